"""What a school gives to have results fetched, and what it hears about it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

from mock_las.results import Pulled
from mock_las.world import DEPENDANCECODE
from uwlr.undisclosed import Undisclosed


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


class PullReport(msgspec.Struct, kw_only=True):
    """What an import did.

    Attributes:
        schooljaar: the school year it was about.
        batches: batches that were processed.
        new: results that were not there.
        replaced: results that were there in another form.
        already: results that were there, and were left alone.
        unknown: results of a stamnummer that is not known; they did not land.
        complete: whether the supplier had no more results.
        volgende_vanaf: once complete, the date that is advised for the next import: the school year before.
    """

    schooljaar: str
    batches: int = 0
    new: int = 0
    replaced: int = 0
    already: int = 0
    unknown: int = 0
    complete: bool = False
    volgende_vanaf: dt.date | None = None

    def line(self) -> str:
        """Say it in one line."""
        counts = f"{self.new} new, {self.replaced} replaced, {self.already} already there, {self.unknown} unknown"
        text = f"{self.schooljaar} batch {self.batches}: {counts}"
        if self.complete:
            text += f"; no more results. Next, if wanted: --vanaf {self.volgende_vanaf}"
        return text

    def add(self, pulled: Pulled) -> None:
        """Count a batch."""
        self.batches += 1
        for name, count in pulled._asdict().items():
            setattr(self, name, getattr(self, name) + count)
