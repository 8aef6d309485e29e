"""The keys of an EDEXML file: unlike those of a UWLR answer, its schema enforces them.

Source: EDEXML 2.1, EDEXML.structuur.xsd, the identity constraints of EDEX.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from uwlr.berichten import Groep, GroepReferentie, Leerlinggegevens
from uwlr.berichten.tabel import wire_name
from uwlr.errors import Deviation


def key_deviations(bericht: Leerlinggegevens) -> list[Deviation]:
    """List the keys that stand more than once, and the references that lead nowhere. No key is shown."""
    groepen = {groep.key for groep in bericht.groepen if isinstance(groep, Groep)}
    samengesteld = {groep.key for groep in bericht.groepen if not isinstance(groep, Groep)}
    vestigingen = {vestiging.key for vestiging in bericht.vestigingen}
    return [
        *_repeated("vestigingen/vestiging", "key", (v.key for v in bericht.vestigingen)),
        *_repeated("groepen/*", "key", (g.key for g in bericht.groepen)),
        *_repeated("leerlingen/leerling", "key", (p.key for p in bericht.leerlingen)),
        *_repeated("leerlingen/leerling", "eckid", (p.eckid for p in bericht.leerlingen)),
        *_repeated("leerkrachten/leerkracht", "key", (p.key for p in bericht.leerkrachten)),
        *_repeated("leerkrachten/leerkracht", "eckid", (p.eckid for p in bericht.leerkrachten)),
        *_dangling(bericht, groepen, samengesteld, vestigingen),
    ]


def _repeated(place: str, attribute: str, values: Iterable[str | None]) -> Iterator[Deviation]:
    seen: set[str] = set()
    for number, value in enumerate(values, 1):
        if value in seen:
            yield _identity(f"{place}[{number}]/@{attribute}", "stands on more than one of them in this file")
        elif value is not None:
            seen.add(value)


def _dangling(
    bericht: Leerlinggegevens,
    groepen: set[str],
    samengesteld: set[str],
    vestigingen: set[str],
) -> Iterator[Deviation]:
    for number, leerling in enumerate(bericht.leerlingen, 1):
        place = f"leerlingen/leerling[{number}]"
        if leerling.groep is not None and leerling.groep not in groepen:
            yield _identity(f"{place}/groep", "names no groep of this file")
        if leerling.vestiging is not None and leerling.vestiging not in vestigingen:
            yield _identity(f"{place}/vestiging", "names no vestiging of this file")
        for key in leerling.samengestelde_groepen:
            if key not in samengesteld:
                yield _identity(f"{place}/samengestelde_groepen", "names no samengestelde_groep of this file")
    for number, leerkracht in enumerate(bericht.leerkrachten, 1):
        for referentie in leerkracht.groepen:
            known = groepen if isinstance(referentie, GroepReferentie) else samengesteld
            if referentie.key not in known:
                name = wire_name(type(referentie))
                yield _identity(f"leerkrachten/leerkracht[{number}]/groepen/{name}", f"names no {name} of this file")


def _identity(place: str, problem: str) -> Deviation:
    return Deviation(kind="identity", path=f"EDEX/{place}", problem=problem)
