"""A LAS that fetches results itself, as Magister does from JIJ!: an import in batches, one school year at a time.

What is known of the real one is in the public manual: three settings, batches until nothing is found any more, known
stamnummers only, one school year at most an import and the newest first, and after a crash an import that goes on
without processing anything twice. How the two talk to each other is not public: that is `uwlr.jij`, our own design.
Magister's own database and the names of its screens are not imitated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final, Self

import msgspec

from mock_las import vendors
from mock_las.arguments import PullOrder
from mock_las.received_results import Pulled, Source
from mock_las.school_register import School
from mock_las.world import World
from uwlr.berichten import GeenGegevens
from uwlr.errors import ClientFault, ConfigurationError
from uwlr.jij import Batch, GeenResultatenMeer, JijClient, JijFoutcode, Toegang
from uwlr.jij.run import first_day
from uwlr.norm import schooljaar_for

KLANTCODE: Final = "JIJ!"
"""Stands where a supplier who brings results has its klantcode."""


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


class _Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the import of a school year is: at a cursor, or complete up to a moment."""

    vanaf: dt.date
    cursor: str | None = None
    tot: dt.datetime | None = None

    def question(self) -> dict[str, Any]:
        if self.cursor is not None:
            return {"cursor": self.cursor}
        return {"sinds": self.tot, "verwerkingsdatum_vanaf": self.vanaf}

    def after(self, inhoud: Batch | GeenResultatenMeer) -> Self:
        if isinstance(inhoud, Batch):
            return msgspec.structs.replace(self, cursor=inhoud.cursor)
        return msgspec.structs.replace(self, cursor=None, tot=inhoud.tot)


class Puller:
    """Fetches results for the schools of a vendor.

    Args:
        world: where the schools are, and the results go.
        vendor: a vendor that fetches results.

    Raises:
        ConfigurationError: this vendor does not.
    """

    def __init__(self, world: World, vendor: str = "magister") -> None:
        if not world.traits(vendor).pulls_results:
            raise ConfigurationError(f"{vendor} does not fetch results; they are brought to it")
        self._world = world
        self._vendor = vendor

    def pull(self, order: PullOrder) -> PullReport:
        """Fetch results, batch by batch, until there are no more or `order.batches` are done.

        Raises:
            ConfigurationError: no such school, a date to come, or settings that cannot be right.
            TransportError, MessageError, Fault: the supplier did not answer, or refused. What was processed by then
                is kept, and the next time goes on from there.
        """
        *_, report = self.steps(order)
        return report

    def steps(self, order: PullOrder) -> Iterator[PullReport]:
        """Fetch results as `pull`, and give the report after each answer of the supplier; it grows."""
        school = self._school(order)
        today = self._world.clock.today()
        vanaf = order.vanaf or first_day(today)
        if vanaf > today:
            raise ConfigurationError("vanaf is a day to come: nothing was processed then")
        place = (*school.place, order.url, order.instellingscode, schooljaar_for(vanaf))
        progress = self._load(place)
        if progress is None or (order.vanaf is not None and vanaf < progress.vanaf):
            progress = _Progress(vanaf=vanaf)
        source = Source(*school.place, KLANTCODE)
        numbers = self._numbers(school, schooljaar_for(vanaf))
        report = PullReport(schooljaar=schooljaar_for(vanaf))
        toegang = Toegang(instellingscode=order.instellingscode, soapkey=order.soapkey)
        with JijClient(order.url, toegang=toegang) as client:
            while not report.complete and report.batches != order.batches:
                inhoud, progress = _ask(client, progress, order.batchgrootte)
                # The results and the place behind them are one transaction: neither is there without the other.
                with self._world.state.transaction() as db:
                    if isinstance(inhoud, Batch):
                        report.add(self._world.results.pull(db, source, inhoud.leerresultaten_verzoek, numbers))
                    progress = progress.after(inhoud)
                    values = msgspec.to_builtins(progress)
                    db.execute(
                        "INSERT OR REPLACE INTO pull VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (*place, values["vanaf"], values["cursor"], values["tot"]),
                    )
                if isinstance(inhoud, GeenResultatenMeer):
                    report.complete = True
                    report.volgende_vanaf = first_day(first_day(vanaf) - dt.timedelta(days=1))
                yield report

    def _load(self, place: tuple[str, ...]) -> _Progress | None:
        row = self._world.state.row(
            "SELECT vanaf, cursor, tot FROM pull WHERE vendor = ? AND brincode = ? AND dependancecode = ?"
            " AND url = ? AND instellingscode = ? AND schooljaar = ?",
            *place,
        )
        return None if row is None else msgspec.convert(dict(row), _Progress)

    def _school(self, order: PullOrder) -> School:
        brincode = order.brincode or vendors.load(self._vendor).brincode
        school = self._world.schools.find(self._vendor, brincode, order.dependancecode)
        if school is None:
            raise ConfigurationError(f"{self._vendor} has no school {brincode} {order.dependancecode}")
        return school

    def _numbers(self, school: School, schooljaar: str) -> set[str]:
        """The stamnummers that are known: those of this year's pupils, and of the year that is fetched."""
        rosters = (self._world.schools.roster(school, year) for year in {self._world.clock.schooljaar(), schooljaar})
        return {
            leerling.key
            for roster in rosters
            if not isinstance(roster, GeenGegevens)
            for leerling in roster.leerlingen
            if leerling.key is not None
        }


def _ask(
    client: JijClient, progress: _Progress, batchgrootte: int | None
) -> tuple[Batch | GeenResultatenMeer, _Progress]:
    """Ask for the next batch. A supplier that forgot the cursor is asked from where the run began.

    What was processed since then comes again, and is recognised.
    """
    try:
        return client.haal_toetsresultaten(**progress.question(), batchgrootte=batchgrootte), progress
    except ClientFault as fault:
        if progress.cursor is None or fault.code != JijFoutcode.CURSOR_ONBEKEND:
            raise
    progress = msgspec.structs.replace(progress, cursor=None)
    return client.haal_toetsresultaten(**progress.question(), batchgrootte=batchgrootte), progress
