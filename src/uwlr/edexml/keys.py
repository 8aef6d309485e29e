"""The keys of an EDEXML file: unlike those of a UWLR answer, its schema enforces them.

Source: EDEXML 2.1, EDEXML.structuur.xsd, the identity constraints of EDEX.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from uwlr.berichten import Groep, GroepReferentie, Leerlinggegevens
from uwlr.berichten.tabel import wire_name
from uwlr.deviations import Deviation, NamesNothing, TwiceTheSame
from uwlr.paths import Path

_EDEX = Path.of("EDEX")


def key_deviations(bericht: Leerlinggegevens) -> list[Deviation]:
    """List the keys that stand more than once, and the references that lead nowhere. No key is shown."""
    groepen = {groep.key for groep in bericht.groepen if isinstance(groep, Groep)}
    samengesteld = {groep.key for groep in bericht.groepen if not isinstance(groep, Groep)}
    vestigingen = {vestiging.key for vestiging in bericht.vestigingen}
    return [
        *_repeated("vestigingen", "vestiging", "key", (v.key for v in bericht.vestigingen)),
        *_repeated("groepen", "groep", "key", (g.key for g in bericht.groepen)),
        *_repeated("leerlingen", "leerling", "key", (p.key for p in bericht.leerlingen)),
        *_repeated("leerlingen", "leerling", "eckid", (p.eckid for p in bericht.leerlingen)),
        *_repeated("leerkrachten", "leerkracht", "key", (p.key for p in bericht.leerkrachten)),
        *_repeated("leerkrachten", "leerkracht", "eckid", (p.eckid for p in bericht.leerkrachten)),
        *_dangling(bericht, groepen, samengesteld, vestigingen),
    ]


def _repeated(wrapper: str, name: str, attribute: str, values: Iterable[str | None]) -> Iterator[Deviation]:
    seen: set[str] = set()
    for number, value in enumerate(values, 1):
        if value in seen:
            path = _EDEX.child(wrapper).child(name, number).attribute(attribute)
            yield Deviation(path=path, reason=TwiceTheSame(name))
        elif value is not None:
            seen.add(value)


def _dangling(
    bericht: Leerlinggegevens,
    groepen: set[str],
    samengesteld: set[str],
    vestigingen: set[str],
) -> Iterator[Deviation]:
    for number, leerling in enumerate(bericht.leerlingen, 1):
        path = _EDEX.child("leerlingen").child("leerling", number)
        if leerling.groep is not None and leerling.groep not in groepen:
            yield Deviation(path=path.child("groep"), reason=NamesNothing("groep"))
        if leerling.vestiging is not None and leerling.vestiging not in vestigingen:
            yield Deviation(path=path.child("vestiging"), reason=NamesNothing("vestiging"))
        for key in leerling.samengestelde_groepen:
            if key not in samengesteld:
                yield Deviation(path=path.child("samengestelde_groepen"), reason=NamesNothing("samengestelde_groep"))
    for number, leerkracht in enumerate(bericht.leerkrachten, 1):
        path = _EDEX.child("leerkrachten").child("leerkracht", number).child("groepen")
        for referentie in leerkracht.groepen:
            known = groepen if isinstance(referentie, GroepReferentie) else samengesteld
            if referentie.key not in known:
                name = wire_name(type(referentie)) or ""
                yield Deviation(path=path.child(name), reason=NamesNothing(name))
