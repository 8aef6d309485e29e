"""What the layers xml and soap find: the document as such, the envelope, a fault.

Source: XML 1.0; SOAP 1.1 (W3C note of 8 May 2000), section 4; the header of the two WSDLs.
"""

from __future__ import annotations

from typing import Final

from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import ERROR, INFO, WARNING, Example, define
from uwlr.validation.sample_messages import GEEN_GEGEVENS, HEADER, SOAP_FAULT, VERZOEK

_XML: Final = Source("XML 1.0", "2.1, well-formed documents")
_SOAP: Final = Source("SOAP 1.1", "4, the envelope")
_WSDL: Final = Source("UWLR 2.2", "WSDL, soap:header msgHeader on every input")

NOT_WELL_FORMED: Final = define(
    "XM-101",
    layer="xml",
    severity=ERROR,
    source=_XML,
    nl="dit is geen geldige XML{line}: {reason}",
    en="this is not well-formed XML{line}: {reason}",
    remedy_nl=(
        "Schrijf het bericht met een XML-bibliotheek: die sluit elke tag, maakt van & en < vanzelf &amp; en &lt;, en "
        "schrijft in de tekencodering die de eerste regel noemt."
    ),
    remedy_en=(
        "Write the message with an XML library: it closes each tag, turns & and < into &amp; and &lt;, and writes in "
        "the encoding that the first line declares."
    ),
    example=Example("verzoek", "</schooljaar>", "</schoolyear>"),
)
DOCTYPE: Final = define(
    "XM-102",
    layer="xml",
    severity=ERROR,
    source=Source("SOAP 1.1", "3, no document type declaration"),
    nl="het document begint met een DOCTYPE{line}; dat is in SOAP niet toegestaan en wordt om veiligheid geweigerd",
    en="the document starts with a DOCTYPE{line}; SOAP does not allow one, and it is refused for safety",
    remedy_nl="Laat de DOCTYPE weg.",
    remedy_en="Leave the DOCTYPE out.",
    example=Example("verzoek", "<soap:Envelope ", "<!DOCTYPE x>\n<soap:Envelope "),
)
SOAP_12: Final = define(
    "SO-101",
    layer="soap",
    severity=ERROR,
    source=_SOAP,
    nl="dit is een envelop van SOAP 1.2; UWLR gebruikt SOAP 1.1",
    en="this is an envelope of SOAP 1.2; UWLR uses SOAP 1.1",
    remedy_nl="Gebruik de namespace http://schemas.xmlsoap.org/soap/envelope/ en het Content-Type text/xml.",
    remedy_en="Use the namespace http://schemas.xmlsoap.org/soap/envelope/ and the Content-Type text/xml.",
    example=Example("fault", "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
)
BODY: Final = define(
    "SO-102",
    layer="soap",
    severity=ERROR,
    source=_SOAP,
    nl="de envelop hoort één Body te hebben met één element; het aantal Body's is {bodies}, met samen {children}",
    en="the envelope should have one Body with one element; it has {bodies} Body and {children} in all",
    remedy_nl="Zet precies één bericht in precies één Body.",
    remedy_en="Put exactly one message in exactly one Body.",
    example=Example("fault", "  </soap:Body>", "  <extra/></soap:Body>"),
)
NO_HEADER: Final = define(
    "SO-103",
    layer="soap",
    severity=ERROR,
    source=_WSDL,
    nl="het verzoek heeft geen autorisatie in de Header",
    en="the request has no autorisatie in its Header",
    remedy_nl="Stuur autorisatiesleutel, klantcode en klantnaam mee in soap:Header/autorisatie.",
    remedy_en="Send autorisatiesleutel, klantcode and klantnaam in soap:Header/autorisatie.",
    example=Example("verzoek", HEADER, ""),
)
HEADER_ON_ANSWER: Final = define(
    "SO-104",
    layer="soap",
    severity=WARNING,
    source=Source("UWLR 2.2", "WSDL, soap:header on inputs only", "inferred"),
    nl="het antwoord draagt een autorisatie in de Header; die hoort alleen in een verzoek",
    en="the answer carries an autorisatie in its Header; only a request has one",
    remedy_nl="Laat de autorisatie weg uit het antwoord: de sleutel wordt anders zonder reden meegestuurd.",
    remedy_en="Leave the autorisatie out of the answer: it exposes the key for no reason.",
    example=Example("verzoek", VERZOEK, GEEN_GEGEVENS),
)
FAULT: Final = define(
    "SO-105",
    layer="soap",
    severity=INFO,
    source=Source("SOAP 1.1", "4.4, the fault"),
    nl="dit is een SOAP-fout met code {code}; er is geen UWLR-bericht om te toetsen",
    en="this is a SOAP fault with code {code}; there is no UWLR message to validate",
    remedy_nl="Zie 'uwlr explain {code}' voor wat de code betekent.",
    remedy_en="See 'uwlr explain {code}' for what the code means.",
    example=Example("verzoek", VERZOEK, SOAP_FAULT),
)
UNKNOWN_FAULT: Final = define(
    "SO-106",
    layer="soap",
    severity=WARNING,
    source=Source("UWLR 1.0", "foutcodes, as a public implementation lists them", "practice"),
    nl="dit is een SOAP-fout met code {code}, die niet in de lijst van de afspraak staat",
    en="this is a SOAP fault with code {code}, which is not in the list of the agreement",
    remedy_nl="Gebruik een code van de afspraak, zoals Client.OngeldigBericht; 'uwlr explain foutcodes' noemt ze.",
    remedy_en="Use a code of the agreement, such as Client.OngeldigBericht; 'uwlr explain foutcodes' lists them.",
    example=Example("fault", "Client.AutorisatieOngeldig", "Client.Kapot"),
)
