"""What the verbs answer about results that a vendor fetches."""

from __future__ import annotations

import datetime as dt

import msgspec

from mock_las.pull_arguments import PullSettings


class PullReport(msgspec.Struct, kw_only=True):
    """What an import of results from a supplier did.

    Attributes:
        vanaf: the date it fetches from, if one was chosen.
        sinds: else the end of the last import; None at the first one, which fetches everything.
        schooljaren: the school years of what came.
        batches: batches that were processed.
        new: results that were not there.
        replaced: results that were there in another form.
        already: results that were there, and were left alone.
        unknown: results of unknown stamnummers, which were not stored.
        complete: whether the supplier had no more results.
        long: whether more than a school year is fetched that was not fetched before.
        gap: once complete, from and until when nothing was ever fetched, as a later date was chosen.
        volgende_vanaf: once complete, the suggested date for earlier results: a school year before.
    """

    vanaf: dt.date | None = None
    sinds: dt.datetime | None = None
    schooljaren: list[str] = []
    batches: int = 0
    new: int = 0
    replaced: int = 0
    already: int = 0
    unknown: int = 0
    complete: bool = False
    long: bool = False
    gap: tuple[dt.datetime, dt.date] | None = None
    volgende_vanaf: dt.date | None = None

    def line(self) -> str:
        """The report in one line."""
        counts = f"{self.new} new, {self.replaced} replaced, {self.already} already there, {self.unknown} unknown"
        text = f"{' '.join(self.schooljaren) or 'nothing'} batch {self.batches}: {counts}"
        if self.long:
            text += "; more than a school year"
        if self.complete:
            text += "; no more results"
            if self.volgende_vanaf:
                text += f". Earlier ones, if wanted: --vanaf {self.volgende_vanaf}"
        return text

    def add(self, schooljaar: str, *, new: int, replaced: int, already: int, unknown: int) -> None:
        """Count a batch."""
        self.batches += 1
        if schooljaar not in self.schooljaren:
            self.schooljaren.append(schooljaar)
        self.new += new
        self.replaced += replaced
        self.already += already
        self.unknown += unknown


class PullProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a school has come with one account at one supplier.

    Attributes:
        tot: the moment of the last import that came to its end: everything processed before was offered.
        compleet_vanaf: from which day on everything was offered, without a gap up to `tot`.
        vanaf: the date that the import under way fetches from; None fetches since `tot`.
        cursor: where the import under way goes on; None if there is none.
        opgehaald: results that were ever stored.
    """

    tot: dt.datetime | None = None
    compleet_vanaf: dt.date | None = None
    vanaf: dt.date | None = None
    cursor: str | None = None
    opgehaald: int = 0


class PullSettingsShown(PullSettings, kw_only=True):
    """What a school has set up to fetch results, and how far it has come; None before the first import."""

    voortgang: PullProgress | None
