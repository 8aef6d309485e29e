"""Who may be the one of a row that is not certain: by names, birth date and groups. Pure, as `identity`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

import msgspec

from uwlr.exchange.leden import Gegevens, GroepRef, Lid
from uwlr.exchange.name_forms import Likeness, joined, likeness, slips, surname
from uwlr.exchange.plan_rows import Keuze
from uwlr.exchange.roster_rows import RosterRow, is_dummy, last_name, looks_same, names_swapped

_MOST: Final = 8
"""Candidates that are offered; a search finds the rest."""


_DUMMY: Final = ("voorlopige sleutel",)


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One of the known who may be the one of a row, and what speaks for it.

    Attributes:
        row: place of another row that is this one already; None if no row is.
        blocks: whether the row has to wait for a person because of it.
    """

    lid: Lid
    waarom: tuple[str, ...]
    row: int | None = None
    blocks: bool = True


class Match(msgspec.Struct, kw_only=True, gc=False):
    """What is certain about a row.

    Attributes:
        keuze: nieuw, bestaand or conflict.
        lid: who it is, where that is certain.
        twins: places of rows that share a number with it, or look like the same person.
        holders: the known that have its ECK-iD or key.
        shared: which of eckid and key another row has too.
        joined: place of the row, of another bron, that is the same person, as a person said before.
    """

    keuze: Keuze
    reden: str
    lid: Lid | None = None
    kandidaten: tuple[Candidate, ...] = ()
    twins: tuple[int, ...] = ()
    holders: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    joined: int | None = None


Alike: TypeAlias = Callable[[RosterRow, Lid], Candidate | None]
"""Tells whether one of the known may be the one of a row."""


class Candidates:
    """Offers those who may be the ones of rows that are not certain.

    Args:
        rows, known: as of an `Identifier`.
        made: what is certain about each row; what is found is added.
        exactly: gives the known who look the same.
        alike: gives the candidates of a row by what is special to the kind; None is by name and birth date.
    """

    def __init__(
        self,
        rows: Sequence[RosterRow],
        known: Sequence[Lid],
        made: Sequence[Match],
        *,
        exactly: Callable[[Gegevens], Iterable[Lid]],
        alike: Alike | None,
    ) -> None:
        self.rows = rows
        self.known = known
        self.made = made
        self.exactly = exactly
        self.alike = alike
        self.holder = {
            match.lid.id: place for place, match in enumerate(made) if match.lid is not None and match.joined is None
        }
        self.free = [lid for lid in known if lid.id not in self.holder]
        self.by_day: dict[str, list[Lid]] = defaultdict(list)
        self.by_name: dict[tuple[str, str], list[Lid]] = defaultdict(list)
        self.by_part: dict[str, list[Lid]] = defaultdict(list)
        self.by_group: dict[GroepRef, list[Lid]] = defaultdict(list)
        self.dummies: dict[str, list[Lid]] = defaultdict(list)

    def offer(self) -> None:
        """Add the candidates; an unknown row that has one waits."""
        open_places = [p for p, match in enumerate(self.made) if match.lid is None and match.reden != "eerder herkend"]
        if not open_places:
            return
        if self.known:  # a first import has nobody to offer
            self._index()
            for place in open_places:
                self._offer(place)
        if self.alike is None:
            self._enrolled_twice(open_places)

    def _index(self) -> None:
        for lid in self.free:
            g = lid.gegevens
            born, *parts = form(g)
            self.by_name[parts[0], parts[1]].append(lid)
            for part in parts if self.alike is None else ():
                if part:
                    self.by_part[part].append(lid)
            if born:
                self.by_day[born].append(lid)
            if lid.actief:
                for ref in g.groepen:
                    self.by_group[ref].append(lid)
            if is_dummy(g.key):
                self.dummies[g.key or ""].append(lid)

    def _offer(self, place: int) -> None:
        row, match = self.rows[place], self.made[place]
        g = row.gegevens
        found = {candidate.lid.id: candidate for candidate in match.kandidaten}
        born, *parts = form(g)
        near = {lid.id: lid for lid in self.by_name.get((parts[0], parts[1]), ()) if any(parts)}
        near |= {
            lid.id: lid
            for part in parts
            for lid in self.by_part.get(part, ())
            if not born or not lid.gegevens.geboortedatum
        }
        if born:
            near |= {lid.id: lid for lid in self.by_day.get(born, ())}
        for ref in g.groepen:
            near |= {lid.id: lid for lid in self.by_group.get(ref, ())}
        if row.soort == "leerkracht":  # few enough to look at all
            near = {lid.id: lid for lid in self.free}
        for lid in near.values():
            candidate = (self.alike or _alike)(row, lid)
            if candidate is not None:
                found.setdefault(lid.id, candidate)
        if is_dummy(g.key):
            for lid in self.dummies.get(g.key or "", ()):
                found.setdefault(lid.id, Candidate(lid=lid, waarom=_DUMMY))
        if self.alike is None:
            for lid in self.exactly(g):
                if lid.id in self.holder and looks_same(
                    row.soort, g, lid.gegevens
                ):  # another row is this one, and yet this row looks the same
                    other = self.holder[lid.id]
                    if not _apart(g, self.rows[other].gegevens):
                        waarom = ("naam", *(("geboortedatum",) if g.geboortedatum else ()), "andere rij")
                        found.setdefault(lid.id, Candidate(lid=lid, waarom=waarom, row=other))
                        match.twins = tuple(sorted({*match.twins, other}))
        match.kandidaten = tuple(sorted(found.values(), key=_rank)[:_MOST])
        if match.keuze == "nieuw" and any(candidate.blocks for candidate in match.kandidaten):
            twice = any(candidate.row is not None for candidate in match.kandidaten)
            match.keuze, match.reden = "conflict", "twee keer in de gegevens" if twice else "lijkt op een bekende"
            if all(candidate.waarom == _DUMMY for candidate in match.kandidaten):
                match.reden = "voorlopige sleutel"

    def _enrolled_twice(self, places: Iterable[int]) -> None:
        """Find rows that may be one person under two numbers, with a slip in a name or in the birth date, or none."""
        dated = all(row.gegevens.geboortedatum for row in self.rows)
        having: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, row in enumerate(self.rows):
            for sign in _signs(row, dated=dated):
                having[sign].append(place)
        others: dict[int, set[int]] = defaultdict(set)
        for alike in having.values():
            if len(alike) > 1:
                for place in alike:
                    others[place].update(alike)
        for place in places:
            for other in sorted(others.get(place, set()) - {place}):
                waarom = _once(self.rows[place], self.rows[other])
                if waarom:
                    self._is_twice(place, other, waarom)

    def _is_twice(self, place: int, other: int, waarom: tuple[str, ...]) -> None:
        match, lid = self.made[place], self.made[other].lid
        match.twins = tuple(sorted({*match.twins, other}))
        if lid is not None and all(candidate.lid.id != lid.id for candidate in match.kandidaten):
            match.kandidaten = (*match.kandidaten, Candidate(lid=lid, waarom=(*waarom, "andere rij"), row=other))
        if match.keuze == "nieuw":
            match.keuze, match.reden = "conflict", "twee keer in de gegevens"


class _Compared(NamedTuple):
    """How alike two are.

    Attributes:
        groep, address: whether they have one in common.
    """

    first: Likeness
    last: Likeness
    born: Likeness
    groep: bool
    address: bool

    @property
    def named(self) -> bool:
        """Whether the names may be one: near, or a part of them left out."""
        return "other" not in self[:2] and {*self[:2]} not in ({"silent", "near"}, {"silent"})

    @property
    def exact(self) -> bool:
        """Whether the names are one, or a part of them left out."""
        return self.named and "near" not in self[:2]

    def words(self) -> tuple[str, ...]:
        """Say what they have in common."""
        said = {
            "naam": self.exact,
            "gelijkende naam": self.named and not self.exact,
            "geboortedatum": self.born == "same",
            "gelijkende geboortedatum": self.born == "near",
            "groep": self.groep,
        }
        return tuple(word for word, holds in said.items() if holds)


def _compared(one: Gegevens, other: Gegevens) -> _Compared:
    first, last = likeness(joined(one.roepnaam), joined(other.roepnaam)), last_name(one, other)
    if names_swapped(one, other):
        first, last = "same", "same"
    born: Likeness = "silent"
    if one.geboortedatum and other.geboortedatum:
        same = one.geboortedatum == other.geboortedatum
        born = "same" if same else "near" if slips(one.geboortedatum, other.geboortedatum, 1) else "other"
    return _Compared(
        first,
        last,
        born,
        one.bron == other.bron and not set(one.groepen).isdisjoint(other.groepen),
        bool(one.emailadres) and (one.emailadres or "").casefold() == (other.emailadres or "").casefold(),
    )


def form(g: Gegevens) -> tuple[str, str, str]:
    """Give birth date, surname and roepnaam, or the name of a group, as they are compared."""
    if g.naam is not None:
        return "", joined(g.naam), ""
    return g.geboortedatum or "", surname(g.achternaam, g.voorvoegsel), joined(g.roepnaam)


def _apart(one: Gegevens, other: Gegevens) -> bool:
    """Tell whether two who look the same are two by their ECK-iDs."""
    return bool(one.eckid and other.eckid and one.eckid != other.eckid)


def _signs(row: RosterRow, *, dated: bool) -> Iterator[tuple[str, ...]]:
    """Give what two rows about one person have in common, one of these at least; groups if not all are dated."""
    g = row.gegevens
    born, last, first = form(g)
    if last and first:
        yield last, first
    if born:
        yield ("geboortedatum", born)
    if not dated:
        for ref in g.groepen:
            yield "groep", str(ref), "last", last
            yield "groep", str(ref), "first", first
    if g.emailadres and row.soort == "leerkracht":
        yield "emailadres", g.emailadres.casefold()


def _once(row: RosterRow, its: RosterRow) -> tuple[str, ...]:
    """Tell why two rows may be one person; nothing if they are two.

    Twins differ in roepnaam, other brothers and sisters in birth date and group.
    """
    one, other = row.gegevens, its.gegevens
    if _apart(one, other):
        return ()
    like = _compared(one, other)
    if looks_same(row.soort, one, other):
        return like.words()
    if like.born == "same":
        once = like.named
    elif like.born == "near":
        once = like.exact
    elif like.born == "silent":
        mail = like.address or not (one.emailadres and other.emailadres)
        once = like.named and "silent" not in like[:2] and ((like.groep and mail) or like.address)
    else:
        once = False
    return like.words() if once else ()


def _alike(row: RosterRow, lid: Lid) -> Candidate | None:
    """Tell whether one of the known may be the person of a row, and what speaks for it."""
    one, other = row.gegevens, lid.gegevens
    like = _compared(one, other)
    if like.first == like.last == "silent":
        return None
    jaargroep = not like.groep and lid.actief and one.jaargroep is not None and one.jaargroep == other.jaargroep
    if _apart(one, other) and (not like.exact or like.born in {"other", "near"}):
        return None  # two by their ECK-iDs, unless everything else says one
    if like.exact:
        blocks = like.born != "other" or like.groep or jaargroep
    elif like.born == "same":
        # Two who share a surname and a day may be twins; a group in common makes them one who was renamed.
        blocks = like.named or like.first == "same" or (like.last == "same" and like.groep and lid.actief)
    else:
        # Without a birth date one part of the name has to be the same, or the group.
        near = like.named and ("same" in {like.first, like.last} or like.groep or row.soort == "leerkracht")
        blocks = (like.born == "silent" and near) or like.address
    if not (blocks or like.exact):
        return None
    return Candidate(lid=lid, waarom=(*like.words(), *(("jaargroep",) if jaargroep else ())), blocks=blocks)


def _rank(candidate: Candidate) -> tuple[bool, int, bool, str]:
    weight = {"naam": 4, "geboortedatum": 4, "gelijkende naam": 2, "gelijkende geboortedatum": 2}
    return (
        not candidate.blocks,
        -sum(weight.get(word, 1) for word in candidate.waarom),
        not candidate.lid.actief,
        candidate.lid.id,
    )
