"""The messages of the service: our own invention, as field tables for the codec.

Source: none; the real contract is not public. What they can say follows the public manual of Magister and JIJ!: an
Instellingscode and a SOAP-key, results since the last import, in batches, from a date where one is set.
`Toetsresultaten.xsd` beside it says the same as a schema, and `Toetsresultaten.wsdl` names the operation.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Final

from uwlr import schemas
from uwlr.berichten import LeerresultatenVerzoek
from uwlr.berichten import typen as t
from uwlr.berichten.tabel import AtMostOne, Bericht, Choice, Simple

NAMESPACE: Final = "urn:example:uwlr:jij:1"
"""A namespace that RFC 6963 reserves for examples, so that it cannot be mistaken for a supplier's own."""

WSDL: Final = "Toetsresultaten.wsdl"
SOAP_ACTION: Final = "HaalToetsresultaten"

MAX_BATCHGROOTTE: Final = 1000
"""Maximum number of results in a batch."""

Moment = Annotated[
    datetime, Simple(name="tpMoment", base="dateTime", pattern=r".*(Z|[+\-][0-9]{2}:[0-9]{2})", repeats=True)
]
"""A moment with a time zone."""

_Instellingscode = Annotated[str, Simple(name="tpInstellingscode", min_length=1, max_length=32)]
_Soapkey = Annotated[str, Simple(name="tpSoapkey", min_length=1, max_length=64, personal=True)]
_Cursor = Annotated[str, Simple(name="tpCursor", min_length=1, max_length=512)]
_Batchgrootte = Annotated[int, Simple(name="tpBatchgrootte", base="integer", minimum=1, maximum=MAX_BATCHGROOTTE)]


class JijFoutcode(StrEnum):
    """The fault codes of this service, beside `Client.OngeldigBericht` and `Server.InterneFout` of UWLR."""

    INSTELLINGSCODE_ONBEKEND = "Client.InstellingscodeOnbekend"
    SOAPKEY_ONGELDIG = "Client.SoapkeyOngeldig"
    CURSOR_ONBEKEND = "Client.CursorOnbekend"

    @property
    def omschrijving(self) -> str:
        """The sentence that goes with the code."""
        return _OMSCHRIJVINGEN[self]


_OMSCHRIJVINGEN = {
    JijFoutcode.INSTELLINGSCODE_ONBEKEND: "De Instellingscode is niet bekend",
    JijFoutcode.SOAPKEY_ONGELDIG: "De SOAP-key geldt niet voor deze webservice",
    JijFoutcode.CURSOR_ONBEKEND: "De cursor is niet bekend; begin opnieuw zonder cursor",
}


class _Deel(Bericht):
    namespace: ClassVar[str] = NAMESPACE


class Toegang(_Deel, tag="toegang"):
    """Who asks: the SOAP header of every request. The key shows in no repr."""

    instellingscode: _Instellingscode
    soapkey: _Soapkey


class ToetsresultatenVerzoek(_Deel, tag="toetsresultaten_verzoek"):
    """Ask for a batch: of a new run, or with a cursor of the run that the cursor belongs to.

    Attributes:
        cursor: of the previous batch; the run continues after it.
        sinds: begin a run with what was processed at or after this moment.
        verwerkingsdatum_vanaf: begin a run with what was processed on or after this day, in Dutch time.
        batchgrootte: results at most.
    """

    cursor: _Cursor | None = None
    sinds: Moment | None = None
    verwerkingsdatum_vanaf: t.Datum | None = None
    batchgrootte: _Batchgrootte | None = None

    choices: ClassVar[tuple[Choice, ...]] = (
        AtMostOne(("cursor", "sinds")),
        AtMostOne(("cursor", "verwerkingsdatum_vanaf")),
    )


class Batch(_Deel, tag="batch"):
    """Some results, as the UWLR message that a supplier would bring, and the cursor to ask for the next with."""

    leerresultaten_verzoek: LeerresultatenVerzoek
    cursor: _Cursor


class GeenResultatenMeer(_Deel, tag="geen_resultaten_meer"):
    """The run is at its end: it holds everything processed before `tot`, the `sinds` of the next run."""

    tot: Moment


class ToetsresultatenAntwoord(_Deel, tag="toetsresultaten_antwoord"):
    """The answer to either kind of request."""

    inhoud: Batch | GeenResultatenMeer


ROOTS: Final[tuple[type[Bericht], ...]] = (Toegang, ToetsresultatenVerzoek, ToetsresultatenAntwoord)
"""The messages that can stand alone."""


def contract_file(name: str) -> Path:
    """Find a file of the contract, or a schema of UWLR that it imports.

    Raises:
        KeyError: there is no such file.
    """
    if name in {WSDL, "Toetsresultaten.xsd"}:
        return Path(__file__).parent / name
    return schemas.xsd_file(name)
