"""The arguments of the verbs: what the control API takes as JSON bodies, and `MockLas` as keywords."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeAlias, TypedDict, TypeVar

import msgspec

from uwlr.errors import ConfigurationError
from uwlr.schoolref import HOOFDVESTIGING
from uwlr.undisclosed import Undisclosed

EMPTY: Final = "empty"
"""What happens when everybody is gone: the one kind that `uwlr.testing.SchoolLife` does not have."""

Happening: TypeAlias = Literal[
    "all-rekeyed",
    "announced",
    "doubled",
    "dropped",
    "dummy",
    "eckid-added",
    "eckid-changed",
    "eckid-mended",
    "eckid-shared",
    "empty",
    "enrolled",
    "group-renamed",
    "hired",
    "joined",
    "keyed",
    "las-changed",
    "las-updated",
    "leaving",
    "left",
    "married",
    "merged",
    "moved",
    "namesake",
    "prefixed",
    "rebirthed",
    "reissued",
    "rekeyed",
    "renamed",
    "resigned",
    "respelled",
    "returned",
    "rostered",
    "twins",
    "unjoined",
]
"""What a tester can let happen at a school: the kinds of `uwlr.testing.SchoolLife` that need neither time nor a second
school, and `EMPTY`."""

T = TypeVar("T", bound=msgspec.Struct)


class Seed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The seed that a reset makes everything from.

    Attributes:
        seed: the seed; by default the same as before.
    """

    seed: int | None = None


class AtSchool(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which school of a vendor is meant.

    Attributes:
        brincode: the school; by default the vendor's own made-up school.
        dependancecode: its location.
    """

    brincode: str | None = None
    dependancecode: str = HOOFDVESTIGING


class Which(AtSchool, kw_only=True, forbid_unknown_fields=True):
    """Which coupling is meant: that of a school with a supplier.

    Attributes:
        klantcode: the supplier; by default the one that the vendor knows from the start.
        klantnaam: its name; by default that of the known supplier.
        door: who does it, for the log of the coupling.
    """

    klantcode: str | None = None
    klantnaam: str | None = None
    door: str | None = None


class Activation(Undisclosed, Which, kw_only=True, forbid_unknown_fields=True):
    """How a coupling is activated.

    Attributes:
        autorisatiesleutel: the key that becomes valid; None lets the vendor make one.
        startdatum: first day on which the key is accepted; by default it is accepted at once.
        akkoord: whether the school's board agrees, which some vendors require.
        without_key: whether the school fills in its key later, as ESIS allows; until then the coupling is paused.
    """

    autorisatiesleutel: str | None = None
    startdatum: dt.date | None = None
    akkoord: bool = True
    without_key: bool = False

    def __repr__(self) -> str:
        return f"<Activation {self.brincode} {self.dependancecode}>"


class ClockChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How the clock is set: to a moment, forward by so many seconds, or both.

    Attributes:
        now: moment with a time zone.
        frozen: whether it then stands still.
        advance: seconds to move forward.
        next_schooljaar: move to the first morning of the next school year, 1 August.
    """

    now: dt.datetime | None = None
    frozen: bool = True
    advance: float | None = None
    next_schooljaar: bool = False


class NumbersEntered(Undisclosed, AtSchool, kw_only=True, forbid_unknown_fields=True):
    """Leerlingnummers that a school enters by hand.

    Attributes:
        leerlingnummers: the numbers.
    """

    leerlingnummers: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<NumbersEntered {len(self.leerlingnummers)}>"


class NumberOfPupil(Undisclosed, AtSchool, kw_only=True, forbid_unknown_fields=True):
    """The leerlingnummer of a pupil, copied by hand from the supplier of tests.

    Attributes:
        leerling: key of the pupil in the system that receives results.
        leerlingnummer: the number; an empty one takes it away. White space around it is not part of it.
        ook_dubbel: whether it may stand at another pupil too, who then shows the same results.
    """

    leerling: str
    leerlingnummer: str
    ook_dubbel: bool = False

    def __repr__(self) -> str:
        return "<NumberOfPupil>"


class EnteredResult(Undisclosed, AtSchool, kw_only=True, forbid_unknown_fields=True):
    """A result that somebody types in at a pupil, beside those that a coupling brings.

    Attributes:
        leerling: key of the pupil.
        toets: name of the test.
        afnamedatum: day on which it was taken.
        score: the score.
        dle: the didactic age equivalent, in months of education: 0 to 60.
    """

    leerling: str
    toets: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    afnamedatum: dt.date
    score: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    dle: int | None = None

    def __repr__(self) -> str:
        return f"<EnteredResult {self.toets} {self.afnamedatum}>"


class NewSchool(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A made-up school to add, or to make again.

    Attributes:
        brincode: its BRIN.
        dependancecode: its location.
        leerlingen: number of pupils; by default as many as the vendors' own schools have.
        seed: decides who they are; by default the seed of the fakes.
    """

    brincode: Annotated[str, msgspec.Meta(pattern="^[0-9]{2}[A-Z]{2}$")]
    dependancecode: Annotated[str, msgspec.Meta(pattern="^[0-9]{2}$")] = HOOFDVESTIGING
    leerlingen: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    seed: int | None = None


class SchoolChange(Undisclosed, AtSchool, kw_only=True, forbid_unknown_fields=True):
    """Something that happens at a school.

    Attributes:
        kind: what happens to pupils, staff, groups or the whole school, as in `uwlr.testing.SchoolLife`; or "empty":
            everybody is gone, and the roster is answered by geengegevens.
        who: key or ECK-iD of the pupil or member of staff; by default chance decides.
        groep: key of the group that somebody comes to, or that changes; by default chance decides.
    """

    kind: Happening
    who: str | None = None
    groep: str | None = None

    def __repr__(self) -> str:
        return f"<SchoolChange {self.kind} {self.brincode} {self.dependancecode}>"


class Living(AtSchool, kw_only=True, forbid_unknown_fields=True):
    """What happens at a school by itself, as the clock moves.

    Attributes:
        kinds: names as in `uwlr.testing.SchoolLife`; by default everything, and none if it is empty. A new school year
            begins in any case.
    """

    kinds: tuple[str, ...] | None = None


Moment: TypeAlias = dt.datetime | str
"""A moment, or its text as in JSON."""

Day: TypeAlias = dt.date | str
"""A day, or its text as in JSON."""


class AtSchoolKeywords(TypedDict, total=False):
    """Keywords of `AtSchool`."""

    brincode: str | None
    dependancecode: str


class WhichKeywords(AtSchoolKeywords, total=False):
    """Keywords of `Which`."""

    klantcode: str | None
    klantnaam: str | None
    door: str | None


class ActivationKeywords(WhichKeywords, total=False):
    """Keywords of `Activation`, without the key."""

    startdatum: Day | None
    akkoord: bool
    without_key: bool


class ClockKeywords(TypedDict, total=False):
    """Keywords of `ClockChange`."""

    now: Moment | None
    frozen: bool
    advance: float | None
    next_schooljaar: bool


class NewSchoolKeywords(TypedDict, total=False):
    """Keywords of `NewSchool`, without its BRIN."""

    dependancecode: str
    leerlingen: int | None
    seed: int | None


class SchoolChangeKeywords(AtSchoolKeywords, total=False):
    """Keywords of `SchoolChange`, without what happens."""

    who: str | None
    groep: str | None


class NumberOfPupilKeywords(AtSchoolKeywords, total=False):
    """Keywords of `NumberOfPupil`, without the pupil and the number."""

    ook_dubbel: bool


class EnteredResultKeywords(AtSchoolKeywords, total=False):
    """Keywords of `EnteredResult`, without what it cannot do without."""

    dle: int | None


def checked(cls: type[T], given: Mapping[str, Any]) -> T:
    """Make an argument of keywords; dates and moments may be texts.

    Raises:
        ConfigurationError: a value that is none of those there are, of another type, or out of range; or a keyword that
            there is not.
    """
    for field in msgspec.structs.fields(cls):
        choices = _choices(field.type)
        value = given.get(field.name)
        if choices and value is not None and value not in choices:
            raise ConfigurationError(f"{field.name} {value!r} is none of {', '.join(map(str, choices))}")
    try:
        return msgspec.convert(dict(given), cls)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{cls.__name__}: {error}") from None


def _choices(kind: Any) -> tuple[Any, ...]:
    """The values of a Literal or an enum, by itself or as the one that may be absent."""
    found = msgspec.inspect.type_info(kind)
    inner = found.types if isinstance(found, msgspec.inspect.UnionType) else (found,)
    for one in inner:
        if isinstance(one, msgspec.inspect.LiteralType):
            return one.values
        if isinstance(one, msgspec.inspect.EnumType):
            return tuple(value.value if isinstance(value, Enum) else value for value in one.cls)
    return ()
