"""What can be ordered from the fakes: the bodies of the control API."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

from mock_las.changes import Kind
from mock_las.world import DEPENDANCECODE
from uwlr.undisclosed import Undisclosed


class Seed(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a reset makes everything from.

    Attributes:
        seed: the seed; by default the same as before.
    """

    seed: int | None = None


class Which(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Which school at a vendor, and which supplier.

    Attributes:
        brincode: the school; by default the vendor's own made-up school.
        dependancecode: its location.
        klantcode: the supplier; by default the one that the vendor knows from the start.
        klantnaam: its name; by default that of the known supplier.
    """

    brincode: str | None = None
    dependancecode: str = DEPENDANCECODE
    klantcode: str | None = None
    klantnaam: str | None = None


class Activation(Undisclosed, Which, kw_only=True, forbid_unknown_fields=True):
    """How a coupling is activated.

    Attributes:
        autorisatiesleutel: the key to put in force; None has the vendor make one.
        startdatum: day from which the key opens anything; by default at once.
        akkoord: that the school's board agrees, where the vendor asks for that.
    """

    autorisatiesleutel: str | None = None
    startdatum: dt.date | None = None
    akkoord: bool = True

    def __repr__(self) -> str:
        return f"<Activation {self.brincode} {self.dependancecode}>"


class ClockChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """How the clock is set: to a moment, on by so many seconds, or both.

    Attributes:
        now: moment with a time zone.
        frozen: whether it then stands still.
        advance: seconds to move on.
    """

    now: dt.datetime | None = None
    frozen: bool = True
    advance: float | None = None


class NumbersEntered(Undisclosed, msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Leerlingnummers that a school enters by hand.

    Attributes:
        leerlingnummers: the numbers.
        brincode: the school; by default the vendor's own made-up school.
        dependancecode: its location.
    """

    leerlingnummers: tuple[str, ...]
    brincode: str | None = None
    dependancecode: str = DEPENDANCECODE

    def __repr__(self) -> str:
        return f"<NumbersEntered {len(self.leerlingnummers)}>"


class NewSchool(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A made-up school that is added, or made anew.

    Attributes:
        brincode: its BRIN.
        dependancecode: its location.
        leerlingen: how many pupils; by default as many as the vendors' own schools.
        seed: who they are; by default the seed of the fakes.
    """

    brincode: Annotated[str, msgspec.Meta(pattern="^[0-9]{2}[A-Z]{2}$")]
    dependancecode: Annotated[str, msgspec.Meta(pattern="^[0-9]{2}$")] = DEPENDANCECODE
    leerlingen: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    seed: int | None = None


class SchoolChange(Undisclosed, msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Something that happens at a school.

    Attributes:
        kind: a pupil moves to another group, leaves, comes, or gets another achternaam; or everybody is gone.
        brincode: the school; by default the vendor's own made-up school.
        dependancecode: its location.
        schooljaar: the year whose roster changes; by default the current one.
        leerling: key of the pupil, or ECK-iD; by default the first.
        groep: key of the stamgroep to move or come to; by default another than the pupil's own.
    """

    kind: Kind
    brincode: str | None = None
    dependancecode: str = DEPENDANCECODE
    schooljaar: str | None = None
    leerling: str | None = None
    groep: str | None = None

    def __repr__(self) -> str:
        return f"<SchoolChange {self.kind} {self.brincode} {self.dependancecode}>"


class PullOrder(Undisclosed, msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a school gives to have results fetched: three settings, and which part it wants.

    The key shows in no repr.

    Attributes:
        url: address of the web service.
        instellingscode: the school's code at the supplier.
        soapkey: the school's key for JIJ!; that of TOA is refused.
        vanaf: processing date to fetch from, at most to the end of its school year; by default where this year's
            import was, or the first day of this school year.
        batchgrootte: results in a batch; by default as many as the supplier likes.
        batches: stop after so many, as one press on the button does; by default until nothing is found any more.
        brincode: the school; by default the vendor's own made-up school.
        dependancecode: its location.
    """

    url: str
    instellingscode: str
    soapkey: str
    vanaf: dt.date | None = None
    batchgrootte: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    batches: Annotated[int, msgspec.Meta(ge=1)] | None = None
    brincode: str | None = None
    dependancecode: str = DEPENDANCECODE

    def __repr__(self) -> str:
        return f"<PullOrder {self.instellingscode} vanaf={self.vanaf}>"
