"""What could be known from rosters alone: for each row, whether what was sent before tells who it is about.

This is the simulator's own word, told with the truth at hand; no code of an import stands behind it. A row tells who
it is about when a number in it was last sent with the same person and contradicts nothing, or when it is about somebody
who was never sent and looks like nobody. In every other case a person has to say, and so the row is *ambiguous*.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from uwlr.berichten import Leerkracht, Leerling
from uwlr.testing.names import plain

_PREFIXES: Final = frozenset(
    ["aan", "al", "ben", "d", "da", "de", "den", "der", "el", "het", "in", "op", "t", "te", "ten", "ter", "uit", "van"]
)
_NEAR: Final = 0.7
"""From how much of two names in common, in the order of letters, they are near."""


class Sent(NamedTuple):
    """One row that was sent; `place` is where it stands: school and number in its list."""

    place: tuple[str, int]
    person: str
    row: Leerling | Leerkracht
    fresh: bool
    """Whether it differs from what was sent of it before."""


class _Look(NamedTuple):
    """What of a person can be compared."""

    first: str
    family: str
    born: date | None


class Memory:
    """What was sent of one kind of person, and what it says about the next roster."""

    def __init__(self) -> None:
        self.unrecognisable: set[tuple[str, int]] = set()
        self._holder: dict[str, str] = {}
        self._eckid: dict[str, str] = {}
        self._looks: dict[str, _Look] = {}
        self._by_first: dict[str, set[str]] = defaultdict(set)
        self._by_family: dict[str, set[str]] = defaultdict(set)
        self._by_birth: dict[date, set[str]] = defaultdict(set)

    def ambiguous(self, sent: Sequence[Sent]) -> set[tuple[str, int]]:
        """Give the places of the rows that do not tell who they are about, and remember all rows."""
        shared = _shared(sent)
        found = shared | {one.place for one in sent if one.fresh and not _numbers(one)}
        certain = {one.person for one in sent if not one.fresh}
        newcomers = []
        self.unrecognisable = set()
        for one in sent:
            if not one.fresh or one.place in found:
                continue
            verdict = self._known(one)
            if verdict is None:
                newcomers.append(one)
            elif verdict:
                certain.add(one.person)
            else:
                found.add(one.place)
        certain.update(one.person for one in newcomers)
        self._remember(newcomers)
        places: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for one in sent if newcomers else ():
            places[one.person].append(one.place)
        for one in newcomers:
            for other in self._alike(one, certain):
                found |= {one.place, *places.get(other, ())}
        self._remember((one for one in sent if one.fresh), shared)
        return found

    def _known(self, one: Sent) -> bool | None:
        """Tell whether the numbers of a row say who it is; None if it is somebody new by all that can be seen."""
        holders = {self._holder[number] for number in _numbers(one) if number in self._holder}
        if holders - {one.person}:
            return False
        before, now = self._looks.get(one.person), _look(one.row)
        if not holders or before is None:
            if before is not None and not _may_be(before, now):
                self.unrecognisable.add(one.place)
                return None
            return None if before is None else False
        eckid = self._eckid.get(one.person)
        if eckid and one.row.eckid and eckid != one.row.eckid:
            return False
        return before.first == now.first or before.born == now.born

    def _alike(self, one: Sent, certain: set[str]) -> Iterable[str]:
        """Find persons who may be the same by what can be seen, leaving out whom another row is for certain."""
        look = _look(one.row)
        rivals = set(self._by_first[look.first])
        if look.born is not None:
            rivals |= self._by_birth[look.born]
        else:
            rivals |= self._by_family[look.family]
        for person in rivals - {one.person}:
            other = self._looks[person]
            same_birth = None if look.born is None or other.born is None else look.born == other.born
            if _same_name(look, other):
                # One who is there for certain, with another birth date, is a namesake.
                if same_birth is not False or person not in certain:
                    yield person
            elif person not in certain and (_near(look, other) if same_birth else _near_without(look, other)):
                yield person

    def _remember(self, rows: Iterable[Sent], shared: Collection[tuple[str, int]] = ()) -> None:
        """Keep what was sent; a number in two rows stays with whom it was with before."""
        for one in rows:
            numbers = [n for n in _numbers(one) if one.place not in shared or n not in self._holder]
            self._holder.update(dict.fromkeys(numbers, one.person))
            if one.row.eckid:
                self._eckid[one.person] = one.row.eckid
            look = _look(one.row)
            before = self._looks.get(one.person)
            if before is not None and before != look:
                self._by_first[before.first].discard(one.person)
                self._by_family[before.family].discard(one.person)
                if before.born is not None:
                    self._by_birth[before.born].discard(one.person)
            self._looks[one.person] = look
            self._by_first[look.first].add(one.person)
            self._by_family[look.family].add(one.person)
            if look.born is not None:
                self._by_birth[look.born].add(one.person)


def shared_numbers(sent: Sequence[Sent]) -> bool:
    """Tell whether one roster has a number in two rows of one school: no roster should."""
    counts = Counter((one.place[0], number) for one in sent for number in (one.row.key, one.row.eckid) if number)
    return any(count > 1 for count in counts.values())


def _shared(sent: Sequence[Sent]) -> set[tuple[str, int]]:
    """The places of rows that have a number in common with a row about somebody else, or with one of their school.

    What a person decided about such rows holds until one of them changes.
    """
    places: dict[str, list[Sent]] = defaultdict(list)
    for one in sent:
        for number in _numbers(one):
            places[number].append(one)
    found: set[tuple[str, int]] = set()
    for rows in places.values():
        schools = {one.place[0] for one in rows}
        twice = len(rows) > len(schools) or len({one.person for one in rows}) > 1
        if twice and any(one.fresh for one in rows):
            found.update(one.place for one in rows)
    return found


def _numbers(one: Sent) -> list[str]:
    """The numbers of a row that stand for somebody: an ECK-iD anywhere, a key in its school, a dummy nowhere."""
    key = one.row.key
    keys = [] if key is None or key.startswith("#") else [f"{one.place[0]} {key}"]
    return [*keys, one.row.eckid] if one.row.eckid else keys


def _look(row: Leerling | Leerkracht) -> _Look:
    words = [plain(word) for word in f"{row.voorvoegsel or ''} {row.achternaam or ''}".replace("-", " ").split()]
    family = "".join(word for word in words if word not in _PREFIXES) or "".join(words)
    return _Look(plain(row.roepnaam or ""), family, getattr(row, "geboortedatum", None))


def _same_name(one: _Look, other: _Look) -> bool:
    """Tell whether two have one name; of a joined family name the last part will do."""
    if one.first != other.first:
        return False
    short, long = sorted((one.family, other.family), key=len)
    return long.endswith(short)


def _may_be(one: _Look, other: _Look) -> bool:
    """Tell whether two looks may be of one person."""
    if _same_name(one, other) or _near_without(one, other):
        return True
    return one.born is not None and one.born == other.born and _near(one, other)


def _near_without(one: _Look, other: _Look) -> bool:
    """Tell whether two names are near where a birth date is not known: one part the same, and most of the other."""
    if one.born is not None and other.born is not None:
        return False
    if one.first == other.first:
        return SequenceMatcher(None, one.family, other.family).ratio() >= _NEAR
    return one.family == other.family and SequenceMatcher(None, one.first, other.first).ratio() >= _NEAR


def _near(one: _Look, other: _Look) -> bool:
    """Tell whether two names are near: either part the same, or most letters of both."""
    if one.first == other.first or one.family == other.family:
        return True
    return SequenceMatcher(None, "".join(one[:2]), "".join(other[:2])).ratio() >= _NEAR
