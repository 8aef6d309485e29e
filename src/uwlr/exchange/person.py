"""One pupil in all that is kept of a school: the numbers, and which records are theirs.

Who it is follows the rules of imports: a number counts for the pupil unless somebody else has it too, or what stands
beside it contradicts. What cannot be told is nobody's, and is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, TypeAlias

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from uwlr.errors import ConfigurationError
from uwlr.exchange.identity import fingerprint
from uwlr.exchange.import_history import readable
from uwlr.exchange.leden import Gegevens, Lid
from uwlr.exchange.new_results import Persoon
from uwlr.exchange.plan import Plan
from uwlr.exchange.roster_rows import RosterRow, is_dummy, is_somebody_else, scopes
from uwlr.exchange.tables import Koppeling, PlanRow, ResultaatRow
from uwlr.undisclosed import Undisclosed

Verdict: TypeAlias = Literal["ja", "misschien", "nee"]
"""Whether a result is the pupil's."""


class Person(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A pupil of a school.

    Attributes:
        lids: ids in the application.
        numbers: bron and key of each, those of before too; an empty bron is not known.
        eckids: ECK-iDs.
        said: all that is kept of who the pupil is, as it was said at any time.
    """

    lids: tuple[str, ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    eckids: tuple[str, ...] = ()
    said: tuple[Gegevens, ...] = ()

    def __repr__(self) -> str:
        return "<Person>"

    @property
    def keys(self) -> set[str]:
        """The keys, of whatever bron."""
        return {key for _, key in self.numbers}

    @property
    def fingerprints(self) -> set[str]:
        """By what imports remember the pupil's rows."""
        return {fingerprint(RosterRow(soort="leerling", gegevens=said, bronnen=())) for said in self.said}

    def has_key(self, bron: str | None, key: str | None) -> bool:
        """Tell whether a key is the pupil's."""
        if not key:
            return False
        return (bron or "", key) in self.numbers or ("", key) in self.numbers or (not bron and key in self.keys)

    def owns(self, gegevens: Gegevens) -> bool:
        """Tell whether somebody in a roster is the pupil, by number and without contradiction."""
        if gegevens.eckid and gegevens.eckid in self.eckids:
            mine = True
        else:
            mine = self.has_key(gegevens.bron, gegevens.key) and not (gegevens.eckid and self.eckids)
        return mine and (not self.said or not all(is_somebody_else(gegevens, said) for said in self.said))

    def verdict(self, space: str, persoon: Persoon, others: Others) -> Verdict:
        """Tell whether a result is the pupil's.

        Args:
            space: of the keys of the result's bron; empty is not known.
            persoon: whose result it is.
            others: the other pupils.
        """
        by_key = self.has_key(space, persoon.leerlingid)
        by_eckid = persoon.eckid is not None and persoon.eckid in self.eckids
        if by_eckid:
            return "misschien" if not by_key and others.has_key(space, persoon.leerlingid) else "ja"
        if by_key:
            return "misschien" if persoon.eckid and self.eckids else "ja"
        keys = self.keys | {said.key for said in self.said}
        return "misschien" if persoon.leerlingid in keys and not others.has_key(space, persoon.leerlingid) else "nee"


class Others:
    """The other pupils of a school: their numbers are not the pupil's."""

    def __init__(self, lids: Iterable[Lid]) -> None:
        lids = list(lids)
        self.ids = {lid.id for lid in lids}
        self._keys = {(lid.gegevens.bron or "", lid.gegevens.key) for lid in lids if lid.gegevens.key}
        self.eckids = {lid.gegevens.eckid for lid in lids if lid.gegevens.eckid}

    def has_key(self, bron: str | None, key: str | None) -> bool:
        """Tell whether one of them has a key."""
        return bool(key) and ((bron or "", key) in self._keys or ("", key) in self._keys)

    def has_anywhere(self, key: str) -> bool:
        """Tell whether one of them has a key, of whatever bron."""
        return any(own == key for _, own in self._keys)


class Nobody(ConfigurationError):  # noqa: N818 - the name says what happened
    """Nobody is known by what was given."""


class Several(ConfigurationError):  # noqa: N818
    """More than one is known by it: say the id in the application, or the bron."""


class Finder:
    """Finds a pupil in all that is kept of a school.

    Args:
        session: the store.
        koppelingen: those of the school.
        known: all pupils that the application has of it.
    """

    def __init__(self, session: Session, koppelingen: Sequence[Koppeling], known: Sequence[Lid]) -> None:
        self._session = session
        self._koppelingen = koppelingen
        self._known = known
        self._lids: set[str] = set()
        self._numbers: set[tuple[str, str]] = set()
        self._eckids: set[str] = set()
        self._said: dict[Gegevens, None] = {}
        self._others = Others(known)

    def find(self, wie: str, spaces: Iterable[str] | None = None) -> Person:
        """Find who is meant.

        Args:
            wie: key, ECK-iD, or id in the application.
            spaces: those of the bronnen in which it is a key; None is any.

        Raises:
            Nobody, Several: as they say.
        """
        wanted = None if spaces is None else {*spaces, None}
        found = [
            lid
            for lid in self._known
            if lid.id == wie or (wie in {lid.gegevens.key, lid.gegevens.eckid} and _in(wanted, lid.gegevens.bron))
        ]
        exact = [lid for lid in found if lid.id == wie]
        found = exact or found
        if len(found) > 1:
            raise Several(f"{len(found)} pupils are known by that: say the id in the application, or --bron")
        for lid in found:
            self._lids.add(lid.id)
        self._others = Others(lid for lid in self._known if lid.id not in self._lids)
        for lid in found:
            self._learn(lid.gegevens)
        if not found:
            self._begin(wie, wanted)
        self._gather()
        return self._person

    @property
    def others(self) -> Others:
        """Everybody else."""
        return self._others

    @property
    def _person(self) -> Person:
        return Person(
            lids=tuple(sorted(self._lids)),
            numbers=tuple(sorted(self._numbers)),
            eckids=tuple(sorted(self._eckids)),
            said=tuple(self._said),
        )

    def _learn(self, gegevens: Gegevens, *, without: Iterable[str] = ()) -> None:
        """Take what was said of the pupil; numbers that somebody else has too are not the pupil's."""
        self._said.setdefault(gegevens)
        key, eckid, bron = gegevens.key, gegevens.eckid, gegevens.bron or ""
        if key and "key" not in without and not is_dummy(key) and not self._others.has_key(bron, key):
            self._numbers.add((bron, key))
        if eckid and "eckid" not in without and eckid not in self._others.eckids:
            self._eckids.add(eckid)

    def _begin(self, wie: str, wanted: set[str | None] | None) -> None:
        """Find one whom the application does not have: in plans, or by results only."""
        found: dict[str, list[Gegevens]] = {}
        for _, plan in self._plans({wie}):
            for lid, gegevens, without in pupils_in(plan):
                number = wie in {gegevens.key, gegevens.eckid} and not (lid and lid in self._others.ids)
                if number and not without and _in(wanted, gegevens.bron):
                    found.setdefault(gegevens.bron or "", []).append(gegevens)
        for space, persoon in self._results():
            theirs = self._others.has_key(space, persoon.leerlingid)
            if wie in {persoon.leerlingid, persoon.eckid} and _in(wanted, space) and not theirs:
                own = Gegevens(key=persoon.leerlingid, bron=space or None, eckid=persoon.eckid)
                found.setdefault(space, []).append(own)
        if not found:
            raise Nobody("nobody is known by that in this school")
        everything = [gegevens for own in found.values() for gegevens in own]
        by_eckid = all(wie == gegevens.eckid for gegevens in everything)
        last = everything[-1]
        if (len(found) > 1 and not by_eckid) or any(is_somebody_else(one, last) for one in everything):
            raise Several("pupils of several bronnen, or of several names, are known by that: say --bron")
        for gegevens in everything:
            self._learn(gegevens)

    def _gather(self) -> None:
        """Find all numbers and ids that the pupil has or had."""
        before = None
        while before != (before := (len(self._lids), len(self._numbers), len(self._eckids), len(self._said))):
            for koppeling in self._koppelingen:
                self._follow(koppeling)
            for _, plan in self._plans(self._tokens):
                person = self._person
                for lid, gegevens, without in pupils_in(plan):
                    if lid in self._lids:
                        self._learn(gegevens, without=without)
                    elif not (lid and lid in self._others.ids) and not without and person.owns(gegevens):
                        self._lids |= {lid} if lid else set()
                        self._learn(gegevens)
                        person = self._person
            person = self._person
            for space, persoon in self._results():
                if persoon.eckid in self._eckids and person.verdict(space, persoon, self._others) == "ja":
                    self._numbers.add((space, persoon.leerlingid))

    def _follow(self, koppeling: Koppeling) -> None:
        for old, new in koppeling.sleutelwissel.items():
            for space in scopes(koppeling.vendor, koppeling.bronnen):
                both = self._person.has_key(space, old), self._person.has_key(space, new)
                for key in (old, new) if any(both) else ():
                    if not self._others.has_key(space, key):
                        self._numbers.add((space, key))

    @property
    def _tokens(self) -> set[str]:
        return self._lids | self._eckids | {key for _, key in self._numbers}

    def _plans(self, tokens: Iterable[str]) -> Iterator[tuple[PlanRow, Plan]]:
        for row in plan_rows_with(self._session, self._koppelingen, tokens):
            plan = readable(row)
            if plan is not None:
                yield row, plan

    def _results(self) -> Iterator[tuple[str, Persoon]]:
        for koppeling in self._koppelingen:
            wanted = select(ResultaatRow.bron, ResultaatRow.persoon).where(ResultaatRow.koppeling_id == koppeling.id)
            space_of = spaces_of(koppeling)
            for bron, text in self._session.execute(wanted):
                persoon = persoon_in(text)
                if persoon is not None:
                    yield space_of(bron), persoon


def spaces_of(koppeling: Koppeling) -> Callable[[int], str]:
    """Give what tells the space of the keys of a bron by its number; empty where there is none."""
    spaces = dict(enumerate(scopes(koppeling.vendor, koppeling.bronnen)))
    return lambda bron: spaces.get(bron, "")


def persoon_in(text: str) -> Persoon | None:
    """Read whose result it is; None if that cannot be read."""
    try:
        return msgspec.json.decode(text, type=Persoon)
    except msgspec.MsgspecError:
        return None


def plan_rows_with(session: Session, koppelingen: Sequence[Koppeling], tokens: Iterable[str]) -> Iterator[PlanRow]:
    """Give the plans whose text holds one of some words, one at a time."""
    written = [msgspec.json.encode(token).decode()[1:-1] for token in tokens]
    ids = session.scalars(
        select(PlanRow.id).where(PlanRow.koppeling_id.in_([one.id for one in koppelingen])).order_by(PlanRow.id)
    ).all()
    for plan_id in ids:
        row = session.get_one(PlanRow, plan_id)
        if any(token in row.inhoud for token in written):
            yield row
        elif not session.is_modified(row):
            session.expunge(row)


def pupils_in(plan: Plan) -> Iterator[tuple[str | None, Gegevens, tuple[str, ...]]]:
    """Give the pupils in a plan: id in the application if it is known, what is said, numbers that others have too."""
    for rij in plan.rijen:
        if rij.soort != "leerling":
            continue
        yield rij.lid, rij.gegevens, rij.gedeeld
        if rij.was is not None and rij.lid is not None:
            yield rij.lid, rij.was, ()
        for one in rij.kandidaten:
            if one.gegevens is not None:
                yield one.id, one.gegevens, ()
    for weg in plan.weg:
        if weg.gegevens is not None:
            yield weg.lid, weg.gegevens, ()
    for taken in plan.ontnomen:
        if taken.soort == "leerling":
            yield taken.lid, taken.was, ()
            yield taken.lid, taken.na, ()


def _in(wanted: set[str | None] | None, bron: str | None) -> bool:
    return wanted is None or bron in wanted
