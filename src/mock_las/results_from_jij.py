"""A LAS that fetches results itself, as Magister does from JIJ!: an import in batches, until there is no more.

The public manual says of the real one: there are three settings; each press of the button fetches a batch, since the
last import; the first import fetches everything; a supervisor can choose the date to fetch from, at best one school
year at a time, the newest first; known stamnummers only; after a crash it continues without processing anything twice.
The contract between the two is not public: `mock_las.jij` is our own design. Magister's own database is not imitated.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import msgspec
from msgspec.structs import replace

from mock_las import vendors
from mock_las.declined import Declined
from mock_las.jij import Batch, GeenResultatenMeer, JijClient, JijFoutcode, Toegang
from mock_las.jij.toetsresultaten import SOAP_ACTION
from mock_las.journal import PULLED, Exchange
from mock_las.kept_rosters import School
from mock_las.las_answers import PullProgress, PullReport
from mock_las.pull_arguments import PullOrder, Webservice
from mock_las.pull_settings import empty_fields, settings_of
from mock_las.received_results import Source
from mock_las.state import Place
from mock_las.world import World
from uwlr.berichten import GeenGegevens
from uwlr.errors import ClientFault, ConfigurationError, Fault

KLANTCODE: Final = "JIJ!"
"""Stands in the place of the klantcode of a supplier that brings results."""

SINCE_THE_START: Final = dt.date.min


class Progress(PullProgress, frozen=True, kw_only=True):
    """How far a school has come, and what to ask next."""

    def question(self) -> dict[str, Any]:
        """What to ask the supplier for."""
        if self.cursor is not None:
            return {"cursor": self.cursor}
        return {"verwerkingsdatum_vanaf": self.vanaf} if self.vanaf is not None else {"sinds": self.tot}

    @property
    def gap(self) -> tuple[dt.datetime, dt.date] | None:
        """What lies between the last import and the date that was chosen, if anything does."""
        if self.vanaf is None or self.tot is None or self.vanaf <= self.tot.date():
            return None
        return self.tot, self.vanaf

    def finished(self, tot: dt.datetime) -> Progress:
        """It after an import that came to its end."""
        complete = self.compleet_vanaf
        if self.vanaf is not None:
            complete = self.vanaf if complete is None or self.gap is not None else min(complete, self.vanaf)
        return Progress(tot=tot, compleet_vanaf=complete or SINCE_THE_START, opgehaald=self.opgehaald)


class Puller:
    """Fetches results for the schools of a vendor.

    Args:
        world: where the schools are, and the results are stored.
        vendor: a vendor that fetches results.
        note: is given each exchange with the supplier.

    Raises:
        ConfigurationError: this vendor does not.
    """

    def __init__(
        self, world: World, vendor: str = "magister", note: Callable[[Exchange], None] = lambda _: None
    ) -> None:
        if not world.traits(vendor).pulls_results:
            raise ConfigurationError(f"{vendor} does not fetch results; they are brought to it")
        self._world = world
        self._vendor = vendor
        self._note = note
        self._began = 0.0
        self._last: Exchange | None = None

    def pull(self, order: PullOrder) -> PullReport:
        """Fetch results, batch by batch, until there are no more or `order.batches` are done.

        Raises:
            ConfigurationError: no such school, a future date, or settings that cannot be right.
            TransportError, MessageError, Fault: the supplier did not answer, or refused. What was processed before
                is kept, and the next import continues from there.
        """
        *_, report = self.steps(order)
        return report

    def progress(self, brincode: str | None, dependancecode: str) -> Progress | None:
        """How far a school has come with what it has set up; None before the first import."""
        school = self._school(brincode, dependancecode)
        return self._load(_place(school, settings_of(self._world, school).jij))

    def steps(self, order: PullOrder) -> Iterator[PullReport]:
        """Fetch results as `pull` does, and give the growing report after each answer of the supplier."""
        school = self._school(order.brincode, order.dependancecode)
        today = self._world.clock.today()
        if order.vanaf is not None and order.vanaf > today:
            raise Declined(
                "vanaf lies in the future: nothing was processed then",
                "De datum ligt in de toekomst; kies vandaag of eerder.",
            )
        webservice = self._webservice(order, school)
        place = _place(school, webservice)
        progress = self._load(place) or Progress()
        if order.vanaf is not None and (progress.cursor is None or progress.vanaf != order.vanaf):
            progress = replace(progress, vanaf=order.vanaf, cursor=None)
        report = PullReport(vanaf=progress.vanaf, sinds=None if progress.vanaf else progress.tot)
        report.long = _is_long(progress, today)
        source = Source(*school.place, KLANTCODE)
        toegang = Toegang(instellingscode=webservice.instellingscode, soapkey=webservice.soapkey)
        with JijClient(webservice.url, toegang=toegang, on_answer=self._to_journal) as client:
            while not report.complete and report.batches != order.batches:
                inhoud, progress = self._ask(client, progress, order.batchgrootte)
                # One transaction stores the results and the cursor after them: neither is there without the other.
                with self._world.state.transaction() as db:
                    if isinstance(inhoud, Batch):
                        verzoek = inhoud.leerresultaten_verzoek
                        schooljaar = verzoek.school.schooljaar
                        numbers = self._numbers(school, schooljaar)
                        pulled = self._world.results.pull(db, source, verzoek, numbers)
                        report.add(schooljaar, **pulled._asdict())
                        stored = progress.opgehaald + pulled.new
                        progress = replace(progress, cursor=inhoud.cursor, opgehaald=stored)
                    else:
                        report.complete, report.gap = True, progress.gap
                        progress = progress.finished(inhoud.tot)
                    values = (*place, msgspec.json.encode(progress).decode())
                    db.execute("INSERT OR REPLACE INTO pull VALUES (?, ?, ?, ?, ?, ?)", values)
                begin = progress.compleet_vanaf
                if report.complete and begin is not None and begin != SINCE_THE_START:
                    report.volgende_vanaf = first_day(begin - dt.timedelta(days=1))
                yield report

    def _ask(
        self, client: JijClient, progress: Progress, batchgrootte: int | None
    ) -> tuple[Batch | GeenResultatenMeer, Progress]:
        """Ask for the next batch; from the start of the run, if the supplier has forgotten the cursor.

        Results that were processed already then come again, and are recognized.
        """
        self._began = time.perf_counter()
        try:
            return client.haal_toetsresultaten(**progress.question(), batchgrootte=batchgrootte), progress
        except Fault as fault:
            if self._last is not None:
                self._last.faultcode = str(fault.code)
            if not isinstance(fault, ClientFault) or progress.cursor is None:
                raise
            if fault.code != JijFoutcode.CURSOR_ONBEKEND:
                raise
        return self._ask(client, replace(progress, cursor=None), batchgrootte)

    def _to_journal(self, request: bytes, status: int, answer: bytes) -> None:
        now = time.perf_counter()
        self._last = Exchange(
            vendor=self._vendor,
            service=PULLED,
            operation=SOAP_ACTION,
            at=self._world.clock.now(),
            milliseconds=(now - self._began) * 1000,
            status=status,
            remarks=["fetched by the fake itself, by a contract that is not UWLR's"],
            request=request,
            answer=answer,
        )
        self._note(self._last)

    def _webservice(self, order: PullOrder, school: School) -> Webservice:
        """Where to fetch: as the order says, and for the rest as the school has set it up."""
        kept = settings_of(self._world, school).jij
        found = Webservice(
            url=without_wsdl(kept.url if order.url is None else order.url),
            instellingscode=kept.instellingscode if order.instellingscode is None else order.instellingscode,
            soapkey=kept.soapkey if order.soapkey is None else order.soapkey,
        )
        empty = empty_fields(found)
        if empty:
            raise Declined(f"nothing was set up for {', '.join(empty)}", f"Vul eerst in: {', '.join(empty)}.")
        return found

    def _load(self, place: tuple[str, ...]) -> Progress | None:
        row = self._world.state.row(
            "SELECT progress FROM pull WHERE vendor = ? AND brincode = ? AND dependancecode = ?"
            " AND url = ? AND instellingscode = ?",
            *place,
        )
        return None if row is None else msgspec.json.decode(row["progress"], type=Progress)

    def _school(self, brincode: str | None, dependancecode: str) -> School:
        brincode = brincode or vendors.load(self._vendor).brincode
        school = self._world.schools.find(self._vendor, brincode, dependancecode)
        if school is None:
            raise ConfigurationError(f"{self._vendor} has no school {brincode} {dependancecode}")
        return school

    def _numbers(self, school: School, schooljaar: str) -> set[str]:
        """The stamnummers that are known: those of the pupils of this year and of the year of the results."""
        rosters = self._world.schools.rosters(school)
        found = (rosters.roster(school, year) for year in {self._world.clock.schooljaar(), schooljaar})
        return {
            leerling.key
            for roster in found
            if not isinstance(roster, GeenGegevens)
            for leerling in roster.leerlingen
            if leerling.key is not None
        }


def first_day(day: dt.date) -> dt.date:
    """The first day of the school year that holds a day: 1 August."""
    return dt.date(day.year - (day.month < 8), 8, 1)


def without_wsdl(url: str) -> str:
    """The address of a service without `?wsdl`, which names its description: with and without it the same is meant."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # the client says what is wrong with it
    return urlunsplit(parts._replace(query="")) if parts.query.casefold() == "wsdl" else url


def _place(school: School, webservice: Webservice) -> tuple[str, ...]:
    place: Place = school.place
    return (*place, without_wsdl(webservice.url), webservice.instellingscode)


def _is_long(progress: Progress, today: dt.date) -> bool:
    """Tell whether more than a school year is asked for that was not fetched before."""
    if progress.vanaf is None:
        return progress.tot is not None and progress.tot.date() < _year_before(today)
    known = progress.compleet_vanaf if progress.gap is None and progress.compleet_vanaf else today
    return known != SINCE_THE_START and progress.vanaf < _year_before(known)


def _year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)
