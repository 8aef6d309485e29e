"""What the xsd layer finds, in words: one rule for each way in which a message can leave its schema.

Source: the schemas of UWLR 2.2 and 2.3. libxml2 gives the verdict; `uwlr.validation.deviation_rules` finds the rule.
"""

from __future__ import annotations

from typing import Any, Final

from uwlr import norm
from uwlr.validation.report_data import Source
from uwlr.validation.rule_registry import ERROR, WARNING, Example, Rule, define

_XSD: Final = Source("UWLR 2.2", "schema set 20170515")


def _xsd(rule_id: str, section: str | None = None, **about: Any) -> Rule:
    source = _XSD if section is None else Source("UWLR 2.2", section)
    return define(rule_id, layer="xsd", severity=ERROR, source=source, **about)


UNKNOWN_MESSAGE: Final = _xsd(
    "XS-101",
    nl="{element} (namespace {namespace}) is geen bericht van UWLR",
    en="{element} (namespace {namespace}) is not a message of UWLR",
    remedy_nl="Controleer naam, hoofdletters en namespace van het buitenste element; {hint}",
    remedy_en="Check name, case and namespace of the outermost element; {hint}",
    example=Example("vo", "leerresultaten/2/leerlinggegevens", "leerresultaten/1/leerlinggegevens"),
)
ORDER: Final = _xsd(
    "XS-102",
    nl="in {where}{line} staat {field} na {previous}; de volgorde is {order}",
    en="in {where}{line}, {field} comes after {previous}; the order is {order}",
    remedy_nl="Zet de elementen in de volgorde van het schema.",
    remedy_en="Put the elements in the order of the schema.",
    example=Example(
        "antwoord",
        "<voorvoegsel>de</voorvoegsel>\n        <voornamen>Anna Maria</voornamen>\n"
        "        <voorletters-1>AM</voorletters-1>\n        <roepnaam>Anna</roepnaam>",
        "<roepnaam>Anna</roepnaam>\n        <voorvoegsel>de</voorvoegsel>",
    ),
)
UNKNOWN_ELEMENT: Final = _xsd(
    "XS-103",
    nl="in {where}{line} staat een element {field}, dat het schema daar niet kent",
    en="{where}{line} has an element {field} that the schema does not allow there",
    remedy_nl="Haal {field} weg, of controleer naam, hoofdletters en namespace.",
    remedy_en="Remove {field}, or check its name, case and namespace.",
    example=Example("antwoord", "<geslacht>2</geslacht>", "<gender>2</gender>"),
)
UNKNOWN_ATTRIBUTE: Final = _xsd(
    "XS-104",
    nl="{where}{line} heeft een attribuut {field}, dat het schema daar niet kent",
    en="{where}{line} has an attribute {field} that the schema does not allow there",
    remedy_nl="Haal {field} weg.",
    remedy_en="Remove {field}.",
    example=Example("antwoord", '<groep key="g2">', '<groep key="g2" type="stam">'),
)
MISSING: Final = _xsd(
    "XS-105",
    nl="in {where}{line} ontbreekt {field}",
    en="{field} is missing in {where}{line}",
    remedy_nl="Voeg {field} toe; het schema maakt dit verplicht.",
    remedy_en="Add {field}; the schema makes it mandatory.",
    example=Example("antwoord", "        <jaargroep>6</jaargroep>\n      </groep>", "      </groep>"),
)
REPEATED: Final = _xsd(
    "XS-106",
    nl="in {where}{line} staat {field} vaker dan eens, of naast een element dat het uitsluit",
    en="{where}{line} has {field} more than once, or beside an element that excludes it",
    remedy_nl="Houd één {field} over.",
    remedy_en="Keep one {field}.",
    example=Example("antwoord", "<geslacht>2</geslacht>", "<geslacht>2</geslacht>\n        <geslacht>2</geslacht>"),
)
CHOICE: Final = _xsd(
    "XS-107",
    nl="{where}{line} voldoet niet aan een keuze van het schema: {choice}",
    en="{where}{line} does not satisfy a choice of the schema: {choice}",
    remedy_nl="Kies een van de mogelijkheden die het schema biedt.",
    remedy_en="Choose one of the options that the schema offers.",
    example=Example("antwoord", "<achternaam>Visser</achternaam>\n        <roepnaam>Bram</roepnaam>\n        ", ""),
)
EMPTY: Final = _xsd(
    "XS-108",
    "EDEXML types: minLength 1, no empty elements",
    nl="in {where}{line} is {field} leeg",
    en="{field} is empty in {where}{line}",
    remedy_nl="Laat {field} weg als er geen waarde is, of vul een waarde in.",
    remedy_en="Leave {field} out if there is no value, or give it one.",
    example=Example("antwoord", "<voorvoegsel>de</voorvoegsel>", "<voorvoegsel/>"),
)
UNREADABLE: Final = _xsd(
    "XS-109",
    nl="in {where}{line} is '{value}' geen geldige waarde voor {field}: er hoort {due} te staan",
    en="in {where}{line}, '{value}' is not a valid value of {field}: expected {due}",
    remedy_nl="Schrijf de waarde in de vorm van het schema.",
    remedy_en="Write the value in the form of the schema.",
    example=Example("antwoord", "<peildatum>2026-10-01</peildatum>", "<peildatum>1-10-2026</peildatum>"),
)
TOO_LONG: Final = _xsd(
    "XS-110",
    nl="in {where}{line} is {field} {length} tekens lang; {maximum} is het meeste",
    en="in {where}{line}, {field} has {length} characters; the maximum is {maximum}",
    remedy_nl="Kort de waarde in tot {maximum} tekens.",
    remedy_en="Shorten the value to {maximum} characters.",
    example=Example("antwoord", "<voorletters-1>AM</voorletters-1>", "<voorletters-1>AMCDEFG</voorletters-1>"),
)
PATTERN: Final = _xsd(
    "XS-111",
    nl="in {where}{line} heeft '{value}' niet de vorm van {field}: {form}",
    en="in {where}{line}, '{value}' does not have the form of {field}: {form}",
    remedy_nl="Schrijf de waarde in de vorm {form}.",
    remedy_en="Write the value in the form {form}.",
    example=Example("antwoord", "<brincode>99XX</brincode>", "<brincode>99xx</brincode>"),
)
CODE: Final = _xsd(
    "XS-112",
    nl="in {where}{line} is '{value}' geen code voor {field}; wel bestaan {codes}",
    en="in {where}{line}, '{value}' is not a code of {field}; the codes are {codes}",
    remedy_nl="Kies een code van de lijst.",
    remedy_en="Choose a code from the list.",
    example=Example("antwoord", "<jaargroep>6</jaargroep>\n      </groep>", "<jaargroep>9</jaargroep>\n      </groep>"),
)
RANGE: Final = _xsd(
    "XS-113",
    nl="in {where}{line} ligt {value} buiten wat {field} toelaat: {bounds}",
    en="in {where}{line}, {value} is outside what {field} allows: {bounds}",
    remedy_nl="Kies een waarde binnen {bounds}.",
    remedy_en="Choose a value within {bounds}.",
    example=Example("resultaten", "<rood_code>200</rood_code>", "<rood_code>300</rood_code>"),
)
TEXT: Final = _xsd(
    "XS-114",
    nl="in {where}{line} staat tekst tussen de elementen",
    en="in {where}{line} there is text between the elements",
    remedy_nl="Haal de losse tekst weg.",
    remedy_en="Remove the stray text.",
    example=Example("antwoord", '<groep key="g2">', '<groep key="g2">groep'),
)
PRIVATE: Final = _xsd(
    "XS-115",
    "EDEXML ToevoegingsBlokType, ctpAnderResultaatType: abstract types",
    nl="{where}{line} bevat {field} van een eigen type, dat het schema niet kent",
    en="{where}{line} holds {field} of a private type that the schema does not know",
    remedy_nl="Stuur {field} alleen aan een partij die dit type met u heeft afgesproken.",
    remedy_en="Send {field} only to a party that agreed on this type with you.",
    example=Example(
        "antwoord",
        "<uitstroomdatum>2027-07-31</uitstroomdatum>",
        "<toevoegingen><blok><code>x</code></blok></toevoegingen>",
    ),
)
SPACE_AROUND: Final = define(
    "XS-116",
    layer="xsd",
    severity=WARNING,
    source=Source("XML Schema 1.0 part 2", "date and dateTime: whiteSpace is collapse; not in libxml2", "practice"),
    nl="in {where}{line} staat witruimte om de waarde van {field}: geldig, maar ontvangers op libxml2 weigeren het",
    en="in {where}{line} there is white space around the value of {field}: valid, but receivers on libxml2 refuse it",
    remedy_nl="Schrijf de datum of het tijdstip direct tussen de tags, zonder spaties of regeleinden.",
    remedy_en="Write the date or moment directly between its tags, without spaces or line ends.",
    example=Example("antwoord", "<peildatum>2026-10-01</peildatum>", "<peildatum>\n      2026-10-01\n    </peildatum>"),
)
OTHER: Final = _xsd(
    "XS-199",
    nl="het schema keurt {where}{line} af bij {field} ({kind})",
    en="the schema refuses {where}{line} at {field} ({kind})",
    remedy_nl="Vergelijk het element met het schema.",
    remedy_en="Compare the element with the schema.",
    example=Example(
        "verzoek",
        "    </autorisatie>\n",
        f'    </autorisatie>\n    <autorisatie xmlns="{norm.AUTORISATIE}"/>\n',
    ),
)
DECIMAL_SCORE: Final = _xsd(
    "LR-401",
    "leerresultaten, tpScore is a whole number",
    nl="score '{value}' van {where} is geen heel getal vanaf 0",
    en="score '{value}' of {where} is not a whole number from 0",
    remedy_nl="Reken om naar een heel getal, of laat het resultaat weg als er geen score is (geen X, geen komma).",
    remedy_en="Convert to a whole number, or leave the result out if there is no score (no X, no comma).",
    example=Example("resultaten", "<score>7</score>", "<score>7.5</score>", "<score>8</score>"),
)
NORMKLEUR: Final = _xsd(
    "LR-306",
    "leerresultaten, normkleur",
    nl="normkleur in {where}{line} mist {field}; een kleur heeft rood_code, groen_code, blauw_code en transparantie",
    en="normkleur in {where}{line} lacks {field}; a colour has rood_code, groen_code, blauw_code and transparantie",
    remedy_nl="Vul {field} in, of laat normkleur in zijn geheel weg; transparantie 1 is ondoorzichtig.",
    remedy_en="Give {field}, or leave normkleur out altogether; transparantie 1 is opaque.",
    example=Example("resultaten", "<groen_code>0</groen_code>\n            ", ""),
)
KEY_LENGTH: Final = define(
    "AU-101",
    layer="xsd",
    severity=WARNING,
    source=Source(
        "UWLR 2.2", "UWLR_Autorisatie, tpString64; a live system hands out keys of 88 characters", "practice"
    ),
    nl=(
        "autorisatiesleutel is {length} tekens lang; het schema laat er {maximum} toe, al geven sommige "
        "systemen langere uit"
    ),
    en=(
        "autorisatiesleutel has {length} characters; the schema allows {maximum}, though some systems "
        "hand out longer ones"
    ),
    remedy_nl="Vraag de leverancier van het LAS of de sleutel zo is uitgegeven; stuur hem dan ongewijzigd.",
    remedy_en="Ask the supplier of the LAS whether the key was issued like this; if so, send it unchanged.",
    example=Example("verzoek", "99XX01abcdefghijklmnop", "a" * 88, "a" * 64),
)
TAL: Final = _xsd(
    "LG-503",
    "EDEXLeerkrachtRolType lacks TAL of EDEXML 2.1",
    nl="rol TAL (toetsafnameleider) van {where} bestaat in EDEXML 2.1, maar niet in UWLR 2.2",
    en="role TAL (leads tests) of {where} exists in EDEXML 2.1 but not in UWLR 2.2",
    remedy_nl="Gebruik een andere rol, of rolomschrijving met een eigen tekst.",
    remedy_en="Use another role, or rolomschrijving with your own text.",
    example=Example(
        "antwoord",
        "<emailadres>jan@school.example</emailadres>\n        <rol>LRK</rol>",
        "<rol>TAL</rol>",
        "<rolomschrijving>TAL</rolomschrijving>",
    ),
)
EXCLUDING_NUMBERS: Final = _xsd(
    "LG-404",
    "EDEXML LeerlingType, choice of identification numbers",
    nl="{where} heeft {fields}; van deze nummers mag er één in het bericht staan",
    en="{where} has {fields}; of these numbers one may be in the message",
    remedy_nl="Houd één nummer over.",
    remedy_en="Keep one number.",
    example=Example(
        "antwoord", "<bsn>111222333</bsn>", "<bsn>111222333</bsn>\n        <bsn_ondwnr-4>2333</bsn_ondwnr-4>"
    ),
)
EMPTY_SCHOOLJAAR: Final = _xsd(
    "VZ-101",
    "gVerzoekBasis, schooljaar",
    nl="schooljaar in {where} is leeg; sommige systemen vullen dan zelf het lopende jaar in, de afspraak doet dat niet",
    en="schooljaar in {where} is empty; some systems then take the current year, the agreement does not",
    remedy_nl="Noem het schooljaar, zoals 2026-2027.",
    remedy_en="Name the school year, such as 2026-2027.",
    example=Example("verzoek", "<schooljaar>2026-2027</schooljaar>", "<schooljaar/>"),
)
BRIN_AND_SCHOOLKEY: Final = _xsd(
    "VZ-102",
    "gSchoolIdentificatie",
    nl="{where} noemt brincode en schoolkey samen; in een verzoek mag er één staan",
    en="{where} gives brincode and schoolkey together; a request has one of them",
    remedy_nl="Stuur brincode (met dependancecode), of schoolkey.",
    remedy_en="Send brincode (with dependancecode), or schoolkey.",
    example=Example("verzoek", "      <xsdversie>", "      <schoolkey>s1</schoolkey>\n      <xsdversie>"),
)
