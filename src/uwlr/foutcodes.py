"""The fault codes of the agreement.

Source: the Dutch texts and their order follow the public Java implementation of the agreement by Topicus
(FaultType), whose ancestry is UWLR 1.0; the official page was not available, so for 2.x this list is inferred.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Foutcode(StrEnum):
    """The part of a SOAP 1.1 faultcode after the prefix."""

    INTERNE_FOUT = "Server.InterneFout"
    TIJDELIJK_NIET_BESCHIKBAAR = "Server.TijdelijkNietBeschikbaar"
    ONGELDIG_BERICHT = "Client.OngeldigBericht"
    ONGELDIGE_KLANT_IDENTIFICATIE = "Client.OngeldigeKlantIdentificatie"
    AUTORISATIE_ONGELDIG = "Client.AutorisatieOngeldig"
    VOCABULAIRE_TERM_ONGELDIG = "Client.VocabulaireTermOngeldig"
    XSD_VERSIE_ONGELDIG = "Client.XsdVersieOngeldig"
    LEERLING_ONGELDIG = "Client.LeerlingOngeldig"
    TOETS_NORMERING_ONGELDIG = "Client.ToetsNormeringOngeldig"
    SCORE_ONGELDIG = "Client.ScoreOngeldig"
    ELD_RESULTAAT_ONGELDIG = "Client.EldResultaatOngeldig"

    @property
    def omschrijving(self) -> str:
        """The sentence that goes with the code."""
        return _OMSCHRIJVINGEN[self]

    @property
    def from_server(self) -> bool:
        """Whether the server blames itself."""
        return self.startswith("Server.")

    @classmethod
    def parse(cls, faultcode: str) -> Foutcode | str:
        """Read a faultcode with or without prefix; an unknown one is returned as text, without its prefix."""
        local = local_code(faultcode)
        try:
            return cls(local)
        except ValueError:
            return local


class SoapFoutcode(StrEnum):
    """Fault codes of SOAP itself, of its extensions, and of servers that have codes of their own.

    Source: SOAP 1.1 section 4.4.1 and SOAP 1.2 part 1 section 5.4.6; WS-Addressing 1.0 SOAP binding section 6.4;
    WS-Security 1.1 section 12; for WCF the source of its `FaultCode`, `FaultCodeConstants` and `ErrorBehavior`.
    """

    CLIENT = "Client"
    SENDER = "Sender"
    VERSION_MISMATCH = "VersionMismatch"
    MUST_UNDERSTAND = "MustUnderstand"
    DATA_ENCODING_UNKNOWN = "DataEncodingUnknown"
    INVALID_ADDRESSING_HEADER = "InvalidAddressingHeader"
    MESSAGE_ADDRESSING_HEADER_REQUIRED = "MessageAddressingHeaderRequired"
    DESTINATION_UNREACHABLE = "DestinationUnreachable"
    ACTION_NOT_SUPPORTED = "ActionNotSupported"
    UNSUPPORTED_SECURITY_TOKEN = "UnsupportedSecurityToken"  # noqa: S105 - a code, no token
    UNSUPPORTED_ALGORITHM = "UnsupportedAlgorithm"
    INVALID_SECURITY = "InvalidSecurity"
    INVALID_SECURITY_TOKEN = "InvalidSecurityToken"  # noqa: S105
    FAILED_AUTHENTICATION = "FailedAuthentication"
    FAILED_CHECK = "FailedCheck"
    SECURITY_TOKEN_UNAVAILABLE = "SecurityTokenUnavailable"  # noqa: S105
    MESSAGE_EXPIRED = "MessageExpired"
    DESERIALIZATION_FAILED = "DeserializationFailed"
    SERVER = "Server"
    RECEIVER = "Receiver"
    ENDPOINT_UNAVAILABLE = "EndpointUnavailable"
    INTERNAL_SERVICE_FAULT = "InternalServiceFault"

    @property
    def omschrijving(self) -> str:
        """What the code says, in few words."""
        return "the server blames itself" if self.from_server else "the server blames the request"

    @property
    def from_server(self) -> bool:
        """Whether the server blames itself."""
        return self in _SERVERS


_SERVERS = frozenset(
    {
        SoapFoutcode.SERVER,
        SoapFoutcode.RECEIVER,
        SoapFoutcode.ENDPOINT_UNAVAILABLE,
        SoapFoutcode.INTERNAL_SERVICE_FAULT,
    }
)
_SOAP_CODES = {code.casefold(): code for code in SoapFoutcode}
_BLAMES_REQUEST = frozenset({"client", "sender"})


def local_code(faultcode: str) -> str:
    """Give a faultcode without what stands before it: a prefix, or a namespace that some write out."""
    return re.split(r"[:}#/]", faultcode.strip())[-1].strip()


def known_code(faultcode: str) -> Foutcode | SoapFoutcode | str:
    """Read a faultcode: of the agreement, of SOAP and its kin, or else as the text without its prefix."""
    code = Foutcode.parse(faultcode)
    return code if isinstance(code, Foutcode) else _SOAP_CODES.get(code.casefold(), code)


def blames_server(code: str) -> bool:
    """Tell whom a code blames, as `known_code` gives it: the server, unless the code says that it is the request."""
    if isinstance(code, Foutcode | SoapFoutcode):
        return code.from_server
    return code.partition(".")[0].strip().casefold() not in _BLAMES_REQUEST


_OMSCHRIJVINGEN = {
    Foutcode.INTERNE_FOUT: "Er is een interne fout opgetreden",
    Foutcode.TIJDELIJK_NIET_BESCHIKBAAR: "Server is tijdelijk niet beschikbaar",
    Foutcode.ONGELDIG_BERICHT: "Inhoud van het bericht is ongeldig",
    Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE: "Klantidentificatie onjuist",
    Foutcode.AUTORISATIE_ONGELDIG: "Autorisatie is ongeldig",
    Foutcode.VOCABULAIRE_TERM_ONGELDIG: "Vocabulairterm ongeldig",
    Foutcode.XSD_VERSIE_ONGELDIG: "De opgegeven XSD-versie is onjuist",
    Foutcode.LEERLING_ONGELDIG: "Leerling ongeldig",
    Foutcode.TOETS_NORMERING_ONGELDIG: "Toetsnormering ongeldig",
    Foutcode.SCORE_ONGELDIG: "Score ongeldig",
    Foutcode.ELD_RESULTAAT_ONGELDIG: "ELD resultaat ongeldig",
}
