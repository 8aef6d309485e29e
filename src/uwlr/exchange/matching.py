"""From a roster to a plan: who is known already, by ECK-iD, then by LAS key; a name alone never decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from uwlr.berichten import Leerkracht, Leerling, Leerlinggegevens
from uwlr.exchange.leden import FIELDS, SOORTEN, Gegevens, Leden, Lid, Soort
from uwlr.exchange.plan import MAX_DEACTIVATED, Kandidaat, Keuze, Plan, Rij, Weg


class _Found(NamedTuple):
    """One row of a roster before it is matched."""

    soort: Soort
    gegevens: Gegevens
    bronnen: tuple[str, ...]
    double: bool = False
    """Whether another row, of somebody else, has its ECK-iD or key."""


def make_plan(
    koppeling_id: int,
    schooljaar: str,
    rosters: Sequence[tuple[str, Leerlinggegevens]],
    leden: Leden,
    *,
    new_keys: Mapping[str, str] | None = None,
    ignored: Iterable[tuple[str, str]] = (),
    max_deactivated: float = MAX_DEACTIVATED,
) -> Plan:
    """Plan the import of the rosters of a school; nothing is written.

    Args:
        koppeling_id: whose import it is.
        schooljaar: the year of the rosters.
        rosters: the roster of each BRIN or location, with its name; one who is in several is merged.
        leden: the application's own.
        new_keys: old LAS keys and those that took their place.
        ignored: soort and identity of what was not to be imported before.
        max_deactivated: share of the pupils above which the guard stops the import.
    """
    known = {soort: list(leden.find(soort)) for soort in SOORTEN}
    skipped = set(ignored)
    rows: list[Rij] = []
    for soort in SOORTEN:
        matcher = _Matcher(soort, known[soort], new_keys or {}, leden.fields)
        left_out = {rij.gegevens.key for rij in rows if rij.soort == "groep" and rij.keuze == "niet importeren"}
        for found in _merged(soort, rosters):
            rows.append(matcher.row(len(rows) + 1, found, skipped, left_out))
    actief = [lid for lid in known["leerling"] if lid.actief]
    return Plan(
        koppeling_id=koppeling_id,
        schooljaar=schooljaar,
        rijen=rows,
        weg=tuple(_missing(rows, known["groep"], actief)),
        leerlingen_actief=len(actief),
        roster_hash=hash_rosters(rosters),
        leden_hash=_hash(known),
        max_deactivated=max_deactivated,
    )


def hash_rosters(rosters: Sequence[tuple[str, Leerlinggegevens]]) -> str:
    """Give a hash of what rosters hold, leaving out when they were made."""
    return _hash([(bron, r.school.schooljaar, r.groepen, r.leerlingen, r.leerkrachten) for bron, r in rosters])


def hash_leden(leden: Leden) -> str:
    """Give a hash of what the application's tables hold."""
    return _hash({soort: list(leden.find(soort)) for soort in SOORTEN})


def _hash(value: Any) -> str:
    return sha256(msgspec.json.encode(value)).hexdigest()


def _merged(soort: Soort, rosters: Sequence[tuple[str, Leerlinggegevens]]) -> list[_Found]:
    """Give the rows of all rosters, one who comes several times once, with the groups of each.

    Two with one key who are not the same stay two, and each waits for a person.
    """
    merged: list[_Found] = []
    seen: dict[str, list[int]] = defaultdict(list)
    for bron, roster in rosters:
        for gegevens in _read(soort, roster):
            names = [f"{kind}:{value}" for kind, value in (("e", gegevens.eckid), ("k", gegevens.key)) if value]
            others = list(dict.fromkeys(place for name in names for place in seen[name]))
            place = next((other for other in others if _may_be_one(merged[other].gegevens, gegevens)), None)
            if place is not None:
                before = merged[place]
                groepen = tuple(dict.fromkeys(before.gegevens.groepen + gegevens.groepen))
                both = msgspec.structs.replace(before.gegevens, groepen=groepen)
                merged[place] = before._replace(gegevens=both, bronnen=(*before.bronnen, bron))
            else:
                place = len(merged)
                merged.append(_Found(soort, gegevens, (bron,), bool(others)))
                for other in others:
                    merged[other] = merged[other]._replace(double=True)
            for name in names:
                if place not in seen[name]:
                    seen[name].append(place)
    return merged


def _may_be_one(one: Gegevens, other: Gegevens) -> bool:
    """Tell whether two with an ECK-iD or key in common may be one: the ECK-iD tells, else nothing else differs."""
    if one.eckid and other.eckid:
        return one.eckid == other.eckid
    return not _differs(one, other, "naam", "achternaam", "roepnaam", "geboortedatum")


def _differs(one: Gegevens, other: Gegevens, *names: str) -> bool:
    """Tell whether both have some of these, and it is not the same."""
    pairs = ((getattr(one, name), getattr(other, name)) for name in names)
    return any(mine and yours and mine != yours for mine, yours in pairs)


def _read(soort: Soort, roster: Leerlinggegevens) -> Iterable[Gegevens]:
    if soort == "groep":
        for groep in roster.groepen:
            jaargroep = getattr(groep, "jaargroep", None)
            yield Gegevens(key=groep.key, naam=groep.naam, jaargroep=None if jaargroep is None else str(jaargroep))
    elif soort == "leerkracht":
        for persoon in roster.leerkrachten:
            groepen = tuple(ref.key for ref in persoon.groepen)
            yield _person(persoon, groepen, emailadres=persoon.emailadres)
    else:
        for leerling in roster.leerlingen:
            groepen = (*((leerling.groep,) if leerling.groep else ()), *leerling.samengestelde_groepen)
            geboren, jaargroep = leerling.geboortedatum, leerling.jaargroep
            yield _person(
                leerling,
                groepen,
                geboortedatum=None if geboren is None else str(geboren),
                jaargroep=None if jaargroep is None else str(jaargroep),
                emailadres=leerling.emailadres,
            )


def _person(persoon: Leerling | Leerkracht, groepen: tuple[str, ...], **more: str | None) -> Gegevens:
    return Gegevens(
        key=persoon.key,
        eckid=persoon.eckid,
        achternaam=persoon.achternaam,
        voorvoegsel=persoon.voorvoegsel,
        roepnaam=persoon.roepnaam,
        groepen=groepen,
        **more,
    )


class _Matcher:
    """Finds the application's own for the rows of one kind."""

    def __init__(
        self, soort: Soort, known: Sequence[Lid], new_keys: Mapping[str, str], fields: Collection[str]
    ) -> None:
        self.fields = fields
        self.soort = soort
        self.new_keys = new_keys
        self.by_eckid: dict[str, list[Lid]] = defaultdict(list)
        self.by_key: dict[str, list[Lid]] = defaultdict(list)
        self.by_name: dict[tuple[str | None, ...], list[Lid]] = defaultdict(list)
        self.taken: set[str] = set()
        for lid in known:
            gegevens = lid.gegevens
            if gegevens.eckid:
                self.by_eckid[gegevens.eckid].append(lid)
            if gegevens.key:
                self.by_key[new_keys.get(gegevens.key, gegevens.key)].append(lid)
            self.by_name[_name(gegevens)].append(lid)

    def row(self, nummer: int, found: _Found, ignored: set[tuple[str, str]], left_out: set[str | None]) -> Rij:
        """Decide on one row, as far as that may be done without a person."""
        gegevens = found.gegevens
        keuze, reden, lid = self._match(gegevens, double=found.double)
        rij = Rij(nummer=nummer, soort=self.soort, gegevens=gegevens, keuze=keuze, reden=reden, bronnen=found.bronnen)
        if lid is not None:
            self.taken.add(lid.id)
            rij.lid, rij.wijzigt = lid.id, self._changes(lid, gegevens, left_out)
        if rij.identity in ignored:
            rij.keuze, rij.reden = "niet importeren", "eerder zo gekozen"
        elif keuze == "nieuw":
            rij.kandidaten = tuple(self._candidates(gegevens))
            if rij.kandidaten:
                rij.keuze, rij.reden = "conflict", "lijkt op een bekende: kies wie het is, of nieuw"
        return rij

    def _match(self, gegevens: Gegevens, *, double: bool) -> tuple[Keuze, str, Lid | None]:
        by_eckid = self.by_eckid[gegevens.eckid] if gegevens.eckid else []
        by_key = self.by_key[gegevens.key] if gegevens.key else []
        if not gegevens.eckid and not gegevens.key:
            return "conflict", "zonder ECK-iD en sleutel, dus niet te herkennen", None
        if len(by_eckid) > 1 or (len(by_key) > 1 and not by_eckid):
            return "conflict", "meer dan een bekende met dit ECK-iD of deze sleutel", None
        if by_eckid:
            lid, reden = by_eckid[0], "ECK-iD bekend"
            if by_key and all(other.id != lid.id for other in by_key):
                return "conflict", "ECK-iD en sleutel horen bij verschillende bekenden", None
        elif double:
            return "conflict", "een ander in de gegevens heeft dezelfde sleutel", None
        elif by_key:
            lid, reden = by_key[0], "sleutel bekend"
            if gegevens.eckid and lid.gegevens.eckid:
                return "conflict", "sleutel bekend met een ander ECK-iD", None
            if _is_somebody_else(gegevens, lid.gegevens):
                return "conflict", "sleutel bekend van iemand met een andere naam", None
        else:
            return "nieuw", "onbekend", None
        if lid.id in self.taken:
            return "conflict", "een andere rij is deze bekende al", None
        return "bestaand", reden, lid

    def _changes(self, lid: Lid, gegevens: Gegevens, left_out: set[str | None]) -> tuple[str, ...]:
        """Name what would change; what the roster leaves out stays as it is."""
        said = [(name, getattr(gegevens, name)) for name in FIELDS if name in self.fields]
        changed = [name for name, value in said if value is not None and value != getattr(lid.gegevens, name)]
        if tuple(key for key in gegevens.groepen if key not in left_out) != lid.gegevens.groepen:
            changed.append("groepen")
        if not lid.actief:
            changed.append("actief")
        return tuple(changed)

    def _candidates(self, gegevens: Gegevens) -> Iterable[Kandidaat]:
        for lid in self.by_name[_name(gegevens)]:
            if lid.id in self.taken:
                continue
            waarom = "naam"
            if gegevens.geboortedatum and gegevens.geboortedatum == lid.gegevens.geboortedatum:
                waarom += ", geboortedatum"
            if set(gegevens.groepen) & set(lid.gegevens.groepen):
                waarom += ", groep"
            yield Kandidaat(id=lid.id, waarom=waarom, label=lid.gegevens.label)


def _is_somebody_else(one: Gegevens, other: Gegevens) -> bool:
    """Tell whether a key went to another person, as after a change of LAS: names and birth date all differ."""
    born = (one.geboortedatum, other.geboortedatum)
    other_birth = born[0] != born[1] if all(born) else True
    return other_birth and _differs(one, other, "roepnaam") and _differs(one, other, "achternaam")


def _name(gegevens: Gegevens) -> tuple[str | None, ...]:
    parts = (gegevens.naam, gegevens.roepnaam, gegevens.achternaam)
    return tuple(part.casefold() if part else None for part in parts)


def _missing(rows: Sequence[Rij], groepen: Sequence[Lid], leerlingen: Sequence[Lid]) -> Iterable[Weg]:
    """Find the active pupils of a known group who are not in the rosters."""
    by_key = {lid.gegevens.key: lid for lid in groepen}
    present = {rij.lid for rij in rows if rij.soort == "leerling"}
    for lid in leerlingen:
        groep = by_key.get(lid.gegevens.groepen[0]) if lid.gegevens.groepen else None
        if lid.id not in present and groep is not None:
            naam = groep.gegevens.naam or ""
            yield Weg(lid=lid.id, label=lid.gegevens.label, groep=groep.id, groepsnaam=naam)
