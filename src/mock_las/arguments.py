"""The arguments of the verbs: what the control API takes as JSON bodies."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

from mock_las.changes import Kind
from uwlr.schoolref import HOOFDVESTIGING
from uwlr.undisclosed import Undisclosed


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
    """

    klantcode: str | None = None
    klantnaam: str | None = None


class Activation(Undisclosed, Which, kw_only=True, forbid_unknown_fields=True):
    """How a coupling is activated.

    Attributes:
        autorisatiesleutel: the key that becomes valid; None lets the vendor make one.
        startdatum: first day on which the key is accepted; by default it is accepted at once.
        akkoord: whether the school's board agrees, which some vendors require.
    """

    autorisatiesleutel: str | None = None
    startdatum: dt.date | None = None
    akkoord: bool = True

    def __repr__(self) -> str:
        return f"<Activation {self.brincode} {self.dependancecode}>"


class ClockChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How the clock is set: to a moment, forward by so many seconds, or both.

    Attributes:
        now: moment with a time zone.
        frozen: whether it then stands still.
        advance: seconds to move forward.
    """

    now: dt.datetime | None = None
    frozen: bool = True
    advance: float | None = None


class NumbersEntered(Undisclosed, AtSchool, kw_only=True, forbid_unknown_fields=True):
    """Leerlingnummers that a school enters by hand.

    Attributes:
        leerlingnummers: the numbers.
    """

    leerlingnummers: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<NumbersEntered {len(self.leerlingnummers)}>"


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
        kind: a pupil moves to another group, leaves, comes, or gets another achternaam; or everybody is gone.
        schooljaar: the year whose roster changes; by default the current one.
        leerling: key of the pupil, or ECK-iD; by default the first.
        groep: key of the stamgroep to move or come to; by default another than the pupil's own.
    """

    kind: Kind
    schooljaar: str | None = None
    leerling: str | None = None
    groep: str | None = None

    def __repr__(self) -> str:
        return f"<SchoolChange {self.kind} {self.brincode} {self.dependancecode}>"


class PullOrder(Undisclosed, AtSchool, kw_only=True, forbid_unknown_fields=True):
    """What a school fills in to have results fetched: three settings, and which part of the results.

    `repr` does not show the key.

    Attributes:
        url: address of the web service.
        instellingscode: the school's code at the supplier.
        soapkey: the school's key for JIJ!; that of TOA is refused.
        vanaf: processing date to fetch from, to the end of its school year at most; by default where this year's
            import stopped, or the first day of this school year.
        batchgrootte: results in a batch; by default the supplier decides.
        batches: stop after so many, as one press of the button does; by default when there are no more.
    """

    url: str
    instellingscode: str
    soapkey: str
    vanaf: dt.date | None = None
    batchgrootte: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    batches: Annotated[int, msgspec.Meta(ge=1)] | None = None

    def __repr__(self) -> str:
        return f"<PullOrder {self.instellingscode} vanaf={self.vanaf}>"
