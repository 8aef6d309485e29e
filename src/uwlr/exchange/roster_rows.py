"""The rows of an import: what rosters say, cleaned, one row for each group and person, with what was odd about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final, Literal, TypeAlias

import msgspec

from uwlr.berichten import Groep, Leerkracht, Leerling, Leerlinggegevens
from uwlr.damaged_names import damage
from uwlr.exchange.bron import Bron
from uwlr.exchange.leden import Gegevens, GroepRef, Soort
from uwlr.exchange.name_forms import Likeness, joined, likeness, surname, tidy
from uwlr.schoolref import HOOFDVESTIGING

Oddity: TypeAlias = Literal["onleesbaar", "verwijzing", "beschadigd", "e-mailadres", "dubbel e-mailadres"]
"""What can be odd about a row: a value that cannot be read, a reference to a group that is not there, a name damaged by
an encoding, an e-mail address that is none, or one that two have."""

Rosters: TypeAlias = Sequence[tuple[str, Leerlinggegevens]]
"""The roster of each bron, with its name."""

DUMMY: Final = "#"
"""How a key begins that its LAS cannot keep stable, so that it identifies nobody (EDEXML 2.1, manual)."""

_NAMES: Final = ("naam", "achternaam", "voorvoegsel", "roepnaam")


class Melding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something odd about a row: what, and in which field. The value itself is not repeated."""

    wat: Oddity
    veld: str


class RosterRow(msgspec.Struct, kw_only=True, gc=False):
    """What the rosters say about one group or person.

    Attributes:
        bronnen: names of the rosters that it is in.
        stam: of a group: whether it is a stamgroep. Of a pupil: whether the first of the groups is one.
    """

    soort: Soort
    gegevens: Gegevens
    bronnen: tuple[str, ...]
    meldingen: tuple[Melding, ...] = ()
    stam: bool = False


def scope(las: str, bron: str) -> str:
    """Name the space in which keys of a bron are unique: the system, and the school; no dependance is 00."""
    bare = len(bron) == len("99XX")
    return f"{las} {bron}{HOOFDVESTIGING if bare else ''}".strip()


def scopes(las: str, bronnen: Iterable[Bron]) -> tuple[str, ...]:
    """Name the spaces of bronnen, in their order."""
    return tuple(scope(las, bron.roster_name) for bron in bronnen)


def is_dummy(key: str | None) -> bool:
    """Tell whether a key stands for nobody in particular."""
    return key is not None and key.startswith(DUMMY)


def read_rows(rosters: Rosters, las: str = "") -> dict[Soort, list[RosterRow]]:
    """Give the rows of all rosters: those of one group or person in several are one row with the groups of each."""
    found: dict[Soort, list[list[RosterRow]]] = {"groep": [], "leerkracht": [], "leerling": []}
    for bron, roster in rosters:
        reader = _Reader(scope(las, bron), bron, roster)
        found["groep"].append(list(reader.groepen()))
        found["leerkracht"].append([reader.leerkracht(persoon) for persoon in roster.leerkrachten])
        found["leerling"].append([reader.leerling(persoon) for persoon in roster.leerlingen])
    return {soort: _merged(parts) for soort, parts in found.items()}


def same_person(one: Gegevens, other: Gegevens) -> bool:
    """Tell whether name and birth date are given and agree."""
    return (
        one.geboortedatum is not None
        and one.geboortedatum == other.geboortedatum
        and joined(one.roepnaam) == joined(other.roepnaam)
        and surname(one.achternaam, one.voorvoegsel) == surname(other.achternaam, other.voorvoegsel)
    )


def looks_same(soort: Soort, one: Gegevens, other: Gegevens) -> bool:
    """Tell whether two are one person, as far as names tell: a birth date that both have has to agree.

    Two members of staff of one name in one school with other e-mail addresses are two.
    """
    last = surname(one.achternaam, one.voorvoegsel), surname(other.achternaam, other.voorvoegsel)
    first = joined(one.roepnaam), joined(other.roepnaam)
    if not (all(last) and all(first)) or last[0] != last[1] or first[0] != first[1]:
        return same_person(one, other)
    if one.geboortedatum and other.geboortedatum:
        return one.geboortedatum == other.geboortedatum
    mine, yours = (one.emailadres or "").casefold(), (other.emailadres or "").casefold()
    return soort != "leerkracht" or one.bron != other.bron or not mine or not yours or mine == yours


def is_somebody_else(one: Gegevens, other: Gegevens) -> bool:
    """Tell whether a number went to another person: two of roepnaam, surname and birth date contradict.

    One that contradicts alone is a correction: a wrong birth date, a spelling, a marriage.
    """
    odd = (_first(one, other), last_name(one, other), _born(one, other)).count("other") > 1
    return odd and not names_swapped(one, other)


def names_swapped(one: Gegevens, other: Gegevens) -> bool:
    """Tell whether roepnaam and surname were entered in each other's place."""
    if not (one.roepnaam and one.achternaam and other.roepnaam and other.achternaam):
        return False
    first, last = joined(one.roepnaam), surname(one.achternaam, one.voorvoegsel)
    return first != last and (last, first) == (joined(other.roepnaam), surname(other.achternaam, other.voorvoegsel))


def _born(one: Gegevens, other: Gegevens) -> Likeness:
    if not one.geboortedatum or not other.geboortedatum:
        return "silent"
    return "same" if one.geboortedatum == other.geboortedatum else "other"


def _first(one: Gegevens, other: Gegevens) -> Likeness:
    return likeness(joined(one.roepnaam), joined(other.roepnaam))


def last_name(one: Gegevens, other: Gegevens) -> Likeness:
    """Tell how near two surnames are."""
    return likeness(surname(one.achternaam, one.voorvoegsel), surname(other.achternaam, other.voorvoegsel))


class _Reader:
    """Reads the roster of one bron."""

    def __init__(self, space: str, bron: str, roster: Leerlinggegevens) -> None:
        self.space = space
        self.bron = bron
        self.roster = roster
        self.jaargroep: dict[str, str | None] = {}

    def groepen(self) -> Iterator[RosterRow]:
        for groep in self.roster.groepen:
            odd: list[Melding] = []
            stam = isinstance(groep, Groep)
            jaargroep = _code(groep.jaargroep, "jaargroep", odd) if isinstance(groep, Groep) else None
            key = _text(groep.key, "key", odd)
            if key is not None:
                self.jaargroep.setdefault(key, jaargroep)
            gegevens = Gegevens(key=key, bron=self.space, naam=_text(groep.naam, "naam", odd), jaargroep=jaargroep)
            yield self._row("groep", gegevens, odd, stam=stam)

    def leerkracht(self, persoon: Leerkracht) -> RosterRow:
        odd: list[Melding] = []
        groepen = self._known([ref.key for ref in persoon.groepen], odd)
        gegevens = self._person(persoon, groepen, odd)
        return self._row("leerkracht", gegevens, odd)

    def leerling(self, persoon: Leerling) -> RosterRow:
        odd: list[Melding] = []
        stam = self._known([persoon.groep] if persoon.groep is not None else [], odd)
        groepen = stam + tuple(key for key in self._known(persoon.samengestelde_groepen, odd) if key not in stam)
        jaargroep = _code(persoon.jaargroep, "jaargroep", odd)
        if jaargroep is None and stam:
            # EDEXML: a pupil's own jaargroep goes before that of the stamgroep. A combined group tells none.
            derived = self.jaargroep.get(stam[0])
            jaargroep = None if derived == "C" else derived
        gegevens = self._person(
            persoon,
            groepen,
            odd,
            geboortedatum=_day(persoon.geboortedatum, "geboortedatum", odd),
            jaargroep=jaargroep,
            instroomdatum=_day(persoon.instroomdatum, "instroomdatum", odd),
            uitstroomdatum=_day(persoon.uitstroomdatum, "uitstroomdatum", odd),
        )
        return self._row("leerling", gegevens, odd, stam=bool(stam))

    def _row(self, soort: Soort, gegevens: Gegevens, odd: list[Melding], *, stam: bool = False) -> RosterRow:
        return RosterRow(soort=soort, gegevens=gegevens, bronnen=(self.bron,), meldingen=tuple(odd), stam=stam)

    def _known(self, keys: Iterable[Any], odd: list[Melding]) -> tuple[str, ...]:
        """Give the references that lead to a group; spaces at the ends of a key do not count (EDEXML)."""
        found: dict[str, None] = {}
        for key in keys:
            trimmed = _text(key, "groep", odd)
            if trimmed is None:
                continue
            if trimmed in self.jaargroep:
                found[trimmed] = None
            else:
                odd.append(Melding(wat="verwijzing", veld="groep"))
        return tuple(found)

    def _person(
        self, persoon: Leerling | Leerkracht, groepen: tuple[str, ...], odd: list[Melding], **more: str | None
    ) -> Gegevens:
        emailadres = _text(persoon.emailadres, "emailadres", odd)
        if emailadres is not None and not is_emailadres(emailadres):
            odd.append(Melding(wat="e-mailadres", veld="emailadres"))
            emailadres = None
        return Gegevens(
            key=_text(persoon.key, "key", odd),
            bron=self.space,
            eckid=_text(persoon.eckid, "eckid", odd),
            achternaam=_text(persoon.achternaam, "achternaam", odd),
            voorvoegsel=_text(persoon.voorvoegsel, "voorvoegsel", odd),
            roepnaam=_text(persoon.roepnaam, "roepnaam", odd),
            emailadres=emailadres,
            groepen=groepen,
            **more,
        )


def is_emailadres(text: str) -> bool:
    """Tell whether a text can be an e-mail address: one @, a name before it, a host with a dot behind it."""
    name, at, host = text.rpartition("@")
    if not at or not name or "@" in name or not text.isprintable() or any(c in ' ,;:<>"()[]\\' for c in text):
        return False
    parts = host.split(".")
    dots = name[0] == "." or name[-1] == "." or ".." in name
    return not dots and len(text) <= 254 and len(parts) > 1 and all(part.strip("-") == part != "" for part in parts)


def _text(value: Any, veld: str, odd: list[Melding]) -> str | None:
    """Give a text without what does not count in it; None if there is none, or it cannot be read."""
    if value is None:
        return None
    if not isinstance(value, str):
        odd.append(Melding(wat="onleesbaar", veld=veld))
        return None
    if value.isalnum() and value.isascii():  # nearly all are
        return value
    trimmed = tidy(value) if veld in _NAMES else value.strip()
    if not trimmed:
        odd.append(Melding(wat="onleesbaar", veld=veld))
        return None
    if veld in _NAMES and damage(trimmed):
        odd.append(Melding(wat="beschadigd", veld=veld))
    return trimmed


def _code(value: Any, veld: str, odd: list[Melding]) -> str | None:
    if value is None:
        return None
    return _text(str(value) if isinstance(value, (str, int)) else value, veld, odd)


def _day(value: Any, veld: str, odd: list[Melding]) -> str | None:
    """Give a date as YYYY-MM-DD; a time zone is left out, as a birthday has none."""
    if value is None:
        return None
    if not isinstance(value, date):
        odd.append(Melding(wat="onleesbaar", veld=veld))
        return None
    return date.isoformat(value)


def _merged(parts: Sequence[list[RosterRow]]) -> list[RosterRow]:
    """Make one row of rows that are one person: certain by ECK-iD, or by key, and name and birth date agree."""
    rows = [row for part in parts for row in part]
    numbers = [number for row in rows for number in _numbers(row.gegevens)]
    if len(set(numbers)) == len(numbers):
        return rows  # no number comes twice
    by_number: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        for number in _numbers(row.gegevens):
            by_number[number].append(place)
    into: dict[int, int] = {}
    for places in by_number.values():
        kept: list[int] = []  # those that are not one of the earlier ones
        for place in places:
            first = next((one for one in kept if place not in into and _is_one(rows[one], rows[place])), None)
            if first is not None:
                into[place] = first
            elif into.get(place, place) not in kept:
                kept.append(into.get(place, place))
    for place, first in into.items():
        rows[first] = _joined(rows[first], rows[place])
    return [row for place, row in enumerate(rows) if place not in into]


def _numbers(gegevens: Gegevens) -> Iterator[tuple[str, str]]:
    if gegevens.eckid:
        yield "eckid", gegevens.eckid
    if gegevens.key and not is_dummy(gegevens.key):
        yield "key", gegevens.key


def _is_one(one: RosterRow, other: RosterRow) -> bool:
    """Tell whether two rows with a number in common are one.

    In rosters of two bronnen a pupil has a group in each. In one roster, two that differ in more than sub-groups are
    shown both. Groups of two bronnen are never one: their keys are unique in each only.
    """
    mine, yours = one.gegevens, other.gegevens
    if one.soort == "groep":
        return mine == yours
    if mine.bron == yours.bron:
        return mine.key == yours.key and _but_groups(mine) == _but_groups(yours) and _one_stamgroep(one, other)
    if mine.eckid and yours.eckid:
        return mine.eckid == yours.eckid and _agree(mine, yours)
    return mine.key == yours.key and same_person(mine, yours)


def _agree(one: Gegevens, other: Gegevens) -> bool:
    """Tell whether two with one ECK-iD agree so far that nobody has to see that there were two.

    Twins share all but the roepnaam, so that may not contradict; where something else does, the rest has to agree.
    """
    first, last, born = likenesses = _first(one, other), last_name(one, other), _born(one, other)
    return first != "other" and (
        "other" not in {last, born} or sum(found in {"same", "near"} for found in likenesses) > 1
    )


def _but_groups(gegevens: Gegevens, **more: Any) -> Gegevens:
    return msgspec.structs.replace(gegevens, groepen=(), **more)


def _one_stamgroep(one: RosterRow, other: RosterRow) -> bool:
    return not (one.stam and other.stam) or one.gegevens.groepen[0] == other.gegevens.groepen[0]


def _joined(one: RosterRow, other: RosterRow) -> RosterRow:
    mine, yours = one.gegevens, other.gegevens
    theirs = refs_for(mine, yours)
    if other.stam and not one.stam:  # the stamgroep stands first
        groepen, stam = (*theirs[:1], *mine.groepen, *theirs[1:]), True
    else:
        groepen, stam = mine.groepen + theirs, one.stam
    gegevens = msgspec.structs.replace(
        mine,
        groepen=tuple(dict.fromkeys(groepen)),
        eckid=mine.eckid or yours.eckid,
        jaargroep=mine.jaargroep or yours.jaargroep,
        emailadres=mine.emailadres or yours.emailadres,
    )
    return RosterRow(
        soort=one.soort,
        gegevens=gegevens,
        bronnen=tuple(dict.fromkeys(one.bronnen + other.bronnen)),
        meldingen=tuple(dict.fromkeys(one.meldingen + other.meldingen)),
        stam=stam,
    )


def refs_for(one: Gegevens, other: Gegevens) -> tuple[GroepRef, ...]:
    """Give the groups of another row as one person refers to them."""
    if one.bron == other.bron:
        return other.groepen
    return tuple((other.bron or "", ref) if isinstance(ref, str) else ref for ref in other.groepen)


def hashable(value: Any) -> Any:
    """Say what stands in a hash for a value that JSON has no form for."""
    return f"{type(value).__name__} {value}"


def count_numbers(rows: Iterable[RosterRow]) -> Mapping[tuple[str, str, str], int]:
    """Count how many rows have an ECK-iD, or a key of one bron."""
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows:
        gegevens = row.gegevens
        if gegevens.eckid:
            counts["eckid", "", gegevens.eckid] += 1
        if gegevens.key:
            counts["key", gegevens.bron or "", gegevens.key] += 1
    return counts
