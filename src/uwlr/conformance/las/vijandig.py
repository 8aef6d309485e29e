"""Hostile input in a polite form: small, and harmless to a server that handles it well."""

from __future__ import annotations

from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Unmet
from uwlr.conformance.session import LasSession
from uwlr.text import Text

_MARK = "uwlr-conformance-entiteit"
_REFUSED = ("een fout of een HTTP-status 4xx", "a fault or an HTTP status 4xx")


def _with_doctype(body: bytes, subset: str, year: bytes, use: str) -> bytes:
    start = body.index(b"<soap:Envelope")
    found = b"<schooljaar>" + year
    return (
        body[:start]
        + f"<!DOCTYPE x [{subset}]>".encode()
        + body[start:].replace(found, b"<schooljaar>" + use.encode(), 1)
    )


@case(
    "leerlinggegevens/vijandig/doctype",
    "VI-01",
    sends=("een verzoek met een DOCTYPE en een entiteit", "a request with a DOCTYPE and an entity"),
    holds=_REFUSED,
    after=(NORMAL,),
)
def doctype(las: LasSession) -> None:
    """SOAP 1.1 forbids a DOCTYPE."""
    year = las.config.schooljaar
    subset = f'<!ENTITY jaar "{year}">'
    las.ask(las.verzoek(), edit=lambda b: _with_doctype(b, subset, year.encode(), "&jaar;")).must_be_refused(
        broken=None
    )


@case(
    "leerlinggegevens/vijandig/externe-entiteit",
    "VI-02",
    sends=(
        "een entiteit die een bestand aanwijst dat er niet is",
        "an entity that points at a file that is not there",
    ),
    holds=_REFUSED,
    after=(NORMAL,),
)
def externe_entiteit(las: LasSession) -> None:
    """No file of the server is read for a stranger."""
    year = las.config.schooljaar.encode()
    subset = f'<!ENTITY f SYSTEM "file:///{_MARK}">'
    las.ask(las.verzoek(), edit=lambda b: _with_doctype(b, subset, year, "&f;")).must_be_refused(broken=None)


@case(
    "leerlinggegevens/vijandig/uitdijende-entiteit",
    "VI-01",
    sends=("entiteiten die samen 64 kB worden", "entities that grow to 64 kB together"),
    holds=_REFUSED,
    after=(NORMAL,),
)
def uitdijende_entiteit(las: LasSession) -> None:
    """Entities that grow are refused before they do."""
    year = las.config.schooljaar.encode()
    levels = [f'<!ENTITY a0 "{"x" * 64}">']
    levels += [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 4)]
    las.ask(las.verzoek(), edit=lambda b: _with_doctype(b, "".join(levels), year, "&a3;")).must_be_refused(broken=None)


@case(
    "leerlinggegevens/vijandig/diep-genest",
    "VI-03",
    sends=("duizend elementen in elkaar", "a thousand elements in each other"),
    holds=_REFUSED,
    after=(NORMAL,),
)
def diep_genest(las: LasSession) -> None:
    """Depth breaks nothing."""
    deep = b"<a>" * 1000 + b"</a>" * 1000
    reply = las.ask(las.verzoek(), edit=lambda b: b.replace(b"<xsdversie>", deep + b"<xsdversie>", 1))
    reply.must_be_refused(broken=None)


@case(
    "leerlinggegevens/vijandig/lange-waarde",
    "VI-03",
    sends=("een schoolkey van 100.000 tekens", "a schoolkey of 100,000 characters"),
    holds=_REFUSED,
    after=(NORMAL,),
)
def lange_waarde(las: LasSession) -> None:
    """Length breaks nothing."""
    las.ask(las.verzoek(brincode=None, dependancecode=None, schoolkey="x" * 100_000)).must_be_refused(broken=None)


@case(
    "leerlinggegevens/vijandig/aanhalingsteken",
    "VI-04",
    sends=("een schoolkey met een aanhalingsteken en SQL", "a schoolkey with a quote and SQL"),
    holds=_REFUSED,
    after=(NORMAL,),
)
def aanhalingsteken(las: LasSession) -> None:
    """A value stays a value."""
    reply = las.ask(las.verzoek(brincode=None, dependancecode=None, schoolkey="x' OR '1'='1"))
    if reply.inhoud is not None and getattr(reply.inhoud, "leerlingen", None):
        raise Unmet(Text("er komt een rooster", "a roster comes"))
    reply.must_be_refused(broken=None)
