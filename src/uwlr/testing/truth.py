"""The rosters of a night, and the truth about them: who each row is about, who is at school, what happened."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from uwlr.berichten import Leerlinggegevens
from uwlr.testing.lens import Lens


class Incident(NamedTuple):
    """What went wrong on a night.

    Attributes:
        kind: one of `incidents.INCIDENTS`, or a kind of event that happens to all at once.
        share: of the rows of that kind that it is about, how many it changed, from 0 to 1.
        rows: how many that were.
    """

    kind: str
    share: float
    rows: int = 0


class Event(NamedTuple):
    """Something that happened.

    Attributes:
        kind: one of `KINDS`.
        people: to whom.
        ambiguous: whether a row about one of them does not tell who it is about, the first night that shows it.
        incident: whether it is on a scale at which an import should wait for a person.
        keys: old keys and new ones as they are sent, where many change.
    """

    day: date
    kind: str
    people: tuple[str, ...]
    ambiguous: bool = False
    incident: bool = False
    keys: Mapping[str, str] = MappingProxyType({})


class Answer(NamedTuple):
    """What the LAS answers for one school, and who and what each row is about, by its number in its list.

    Attributes:
        school: brincode and dependancecode.
        leerlingen, leerkrachten: the person of each row; one person may have two rows.
        groepen: the group of each row; an id is never of two groups at one time.
        defect: whether a key or ECK-iD is in two rows, as no roster should have it.
    """

    school: str
    bericht: Leerlinggegevens
    leerlingen: tuple[str, ...]
    leerkrachten: tuple[str, ...]
    groepen: tuple[str, ...]
    defect: bool = False


class Truth(NamedTuple):
    """What is so, whatever the rosters say.

    Attributes:
        enrolled: pupils who are at school on the day.
        employed: members of staff.
        groepen: the groups that each pupil who is enrolled is in, in each school, as the lens shows them.
        jaargroep: of each pupil who is enrolled.
        ambiguous: kind, school and number of each row that does not tell who it is about.
        unrecognisable: the rows about somebody who was sent before, in which nothing is as it was: no number and no
            name. They cannot be told from newcomers, and are not ambiguous.
    """

    enrolled: frozenset[str]
    employed: frozenset[str]
    groepen: Mapping[str, frozenset[str]]
    jaargroep: Mapping[str, str]
    ambiguous: frozenset[tuple[str, str, int]]
    unrecognisable: frozenset[tuple[str, str, int]] = frozenset()


class Night(NamedTuple):
    """One night: what the LAS answers, and the truth.

    Attributes:
        schooljaar: the year asked for.
        events: what happened since the night before.
        incident: what went wrong with the answer or in the LAS, where something did.
    """

    day: date
    schooljaar: str
    lens: Lens
    answers: tuple[Answer, ...]
    truth: Truth
    events: tuple[Event, ...] = ()
    incident: Incident | None = None

    @property
    def rosters(self) -> list[tuple[str, Leerlinggegevens]]:
        """The answers alone, each with its school."""
        return [(answer.school, answer.bericht) for answer in self.answers]
