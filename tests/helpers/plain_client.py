"""A plain client of a LAS on the standard library, so that tests of servers do not lean on the project's own."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

import uwlr
from mock_las.las_answers import Connection
from uwlr.berichten import Leerlinggegevens, LeerlinggegevensVerzoek, LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Resultaat, School, Toets, Toetsafname, VocabulaireGebondenVeld
from uwlr.errors import Fault
from uwlr.soap.envelope import write_envelope
from uwlr.soap.operations import BY_VERZOEK


class Reply(NamedTuple):
    """Status and body of an answer."""

    status: int
    body: bytes

    @property
    def bericht(self) -> Any:
        """The message in it."""
        return uwlr.read(self.body)

    @property
    def faultcode(self) -> str:
        """The code of the fault in it; empty where it is none."""
        try:
            uwlr.read(self.body)
        except Fault as fault:
            return str(fault.code)
        return ""


def post(
    connection: Connection | dict[str, Any],
    verzoek: Any,
    *,
    context: Any = None,
    edit: Callable[[bytes], bytes] = lambda data: data,
    **autorisatie: str,
) -> Reply:
    """Post a message in an envelope to an address of a connection, with its autorisatie or another, perhaps edited."""
    connection = msgspec.convert(connection, Connection)
    operation = BY_VERZOEK[type(verzoek)]
    header = msgspec.structs.replace(connection.header, **autorisatie)
    data = edit(write_envelope(verzoek, autorisatie=header, unchecked=True))
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation.soap_action}"'}
    request = urllib.request.Request(getattr(connection, f"{operation.service}_url"), data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            return Reply(answer.status, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.read())


def ask(connection: Connection | dict[str, Any], **change: Any) -> LeerlinggegevensVerzoek:
    """Make the roster request that a connection asks for, with changes."""
    connection = msgspec.convert(connection, Connection)
    names = ("schooljaar", "brincode", "dependancecode", "xsdversie", "gegevenssetid")
    return LeerlinggegevensVerzoek(**{**{name: getattr(connection, name) for name in names}, **change})


def roster(connection: Connection | dict[str, Any], **change: Any) -> Leerlinggegevens:
    """Fetch the roster of a connection."""
    return post(connection, ask(connection, **change)).bericht.inhoud


def scores(
    connection: Connection | dict[str, Any], given: dict[tuple[str, str], int], at: Any
) -> LeerresultatenVerzoek:
    """Make a delivery of one test: a score by resultaat/@key and leerlingid."""
    connection = msgspec.convert(connection, Connection)
    afnames = tuple(
        Toetsafname(
            leerlingid=leerlingid,
            resultaten=(Resultaat(key=key, afnamedatum=at.date(), toetscode="T1", uitkomst=score),),
        )
        for (key, leerlingid), score in given.items()
    )
    return LeerresultatenVerzoek(
        school=School(
            schooljaar=connection.schooljaar,
            brincode=connection.brincode,
            dependancecode=connection.dependancecode,
            aanmaakdatum=at,
            xsdversie=connection.xsdversie,
        ),
        toetsafnames=afnames,
        toetsen=(Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen"),),
    )
