"""A LAS that fetches results itself, as Magister does from JIJ!: an import in batches, one school year at a time.

The public manual says of the real one: there are three settings; it fetches batches until there are no more results;
it takes known stamnummers only; an import covers one school year at most, the newest first; after a crash it continues
without processing anything twice. The contract between the two is not public: `mock_las.jij` is our own design.
Magister's own database and the names of its screens are not imitated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final, Self

import msgspec

from mock_las import vendors
from mock_las.arguments import PullOrder
from mock_las.jij import Batch, GeenResultatenMeer, JijClient, JijFoutcode, Toegang
from mock_las.kept_rosters import School
from mock_las.received_results import Pulled, Source
from mock_las.world import World
from uwlr.berichten import GeenGegevens
from uwlr.errors import ClientFault, ConfigurationError
from uwlr.norm import schooljaar_for

KLANTCODE: Final = "JIJ!"
"""Stands in the place of the klantcode of a supplier that brings results."""


class PullReport(msgspec.Struct, kw_only=True):
    """What an import did.

    Attributes:
        schooljaar: the school year that was imported.
        batches: batches that were processed.
        new: results that were not there.
        replaced: results that were there in another form.
        already: results that were there, and were left alone.
        unknown: results of unknown stamnummers, which were not stored.
        complete: whether the supplier had no more results.
        volgende_vanaf: once complete, the suggested date for the next import: the school year before.
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
        """The report in one line."""
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
    """How far the import of a school year has come: to a cursor, or complete up to a moment."""

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
        world: where the schools are, and the results are stored.
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
            ConfigurationError: no such school, a future date, or settings that cannot be right.
            TransportError, MessageError, Fault: the supplier did not answer, or refused. What was processed before
                is kept, and the next import continues from there.
        """
        *_, report = self.steps(order)
        return report

    def steps(self, order: PullOrder) -> Iterator[PullReport]:
        """Fetch results as `pull` does, and give the growing report after each answer of the supplier."""
        school = self._school(order)
        today = self._world.clock.today()
        vanaf = order.vanaf or first_day(today)
        if vanaf > today:
            raise ConfigurationError("vanaf lies in the future: nothing was processed then")
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
                # One transaction stores the results and the cursor after them: neither is there without the other.
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
        """The stamnummers that are known: those of the pupils of this year and of the year that is fetched."""
        rosters = (
            self._world.schools.rosters(school).roster(school, year)
            for year in {self._world.clock.schooljaar(), schooljaar}
        )
        return {
            leerling.key
            for roster in rosters
            if not isinstance(roster, GeenGegevens)
            for leerling in roster.leerlingen
            if leerling.key is not None
        }


def first_day(day: dt.date) -> dt.date:
    """The first day of the school year that holds a day: 1 August."""
    return dt.date(day.year - (day.month < 8), 8, 1)


def _ask(
    client: JijClient, progress: _Progress, batchgrootte: int | None
) -> tuple[Batch | GeenResultatenMeer, _Progress]:
    """Ask for the next batch; from the start of the run, if the supplier has forgotten the cursor.

    Results that were processed already then come again, and are recognized.
    """
    try:
        return client.haal_toetsresultaten(**progress.question(), batchgrootte=batchgrootte), progress
    except ClientFault as fault:
        if progress.cursor is None or fault.code != JijFoutcode.CURSOR_ONBEKEND:
            raise
    progress = msgspec.structs.replace(progress, cursor=None)
    return client.haal_toetsresultaten(**progress.question(), batchgrootte=batchgrootte), progress
