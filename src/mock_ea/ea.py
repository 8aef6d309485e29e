"""The applications in this process, on a free port of loopback, and what can be done to them from Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

import msgspec

from mock_ea.accounts import School
from mock_ea.apps import Apps
from mock_ea.boom import DASHBOARDS, Boom
from mock_ea.ea_server import EaServer
from mock_ea.iep import pupils_beside
from mock_ea.night_report import NightReport
from mock_ea.suite import Address, Suite, addresses_of
from mock_las.answering import not_started
from mock_las.clock import Clock
from mock_las.declined import Declined
from mock_las.las import Las
from mock_las.local_las import MockLas
from mock_las.verbs import Json
from uwlr.errors import ConfigurationError
from uwlr.exchange import Gegevens, Koppeling, Plan
from uwlr.exchange.leden import SOORTEN
from uwlr.exchange.plan_rows import Keuze
from uwlr.exchange.review_words import why

_APPS: Final = ("boom", "iep", "jij")


class MockEa:
    """Educational applications to test a LAS against: Boom testcentrum, IEP LVS and JIJ!.

    ::

        with MockLas("esis") as las, MockEa(las) as ea:
            ea.request("esis")
            ea.approve()

    Args:
        las: running fakes, with which every system is found; a `MockLas` shares its clock. Without them, say where each
            system is.
        systems: where each system is, by its name among the fakes, in place of what `las` says.
        school: the school that the verbs are about, as BRIN and dependance; it gets an account if it has none.
        host: address to listen on.
        port: port; 0 takes a free one.
        folder: keeps everything; None keeps it as long as this lives.

    Before and after `with`, nothing can be asked of them.

    Attributes:
        school: the school that the verbs are about, such as 99QQ00.
    """

    def __init__(
        self,
        las: Las | None = None,
        *,
        systems: Mapping[str, Address] | None = None,
        school: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        folder: Path | None = None,
    ) -> None:
        self._las = las
        self._systems = dict(systems or {})
        self.school = school or ""
        self._serve = partial(EaServer, host=host, port=port)
        self._folder = folder
        self._open = ExitStack()
        self._apps: Apps | None = None

    def __enter__(self) -> Self:
        if self._apps is not None:
            raise ConfigurationError("these applications are open already")
        with ExitStack() as opened:
            clock: Clock | None = self._las.clock if isinstance(self._las, MockLas) else None
            found = dict(addresses_of(self._las)) if self._las is not None else {}
            suite = Suite(folder=self._folder, clock=clock, systems=found | self._systems, las=self._las)
            opened.callback(suite.close)
            apps = Apps(suite)
            self._choose_school(suite)
            apps.open_all()
            server = self._serve(apps)
            suite.url = server.start()
            opened.callback(server.stop)
            self._apps = apps
            self._open = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._apps = None
        self._open.close()

    def _choose_school(self, suite: Suite) -> None:
        """Let the verbs be about the school that was asked for, or else that of the fakes, or the first."""
        if not self.school and self._las is not None:
            connection = self._las.connection()
            self.school = connection.brincode + connection.dependancecode
        self.school = self.school or suite.accounts.all()[0].id
        if self.school not in {one.id for one in suite.accounts.all()}:
            suite.accounts.add(School(brincode=self.school[:4], dependancecode=self.school[4:] or "00"))

    @property
    def apps(self) -> Apps:
        """The applications, school by school.

        Raises:
            ConfigurationError: they are not open now.
        """
        if self._apps is None:
            raise not_started()
        return self._apps

    @property
    def suite(self) -> Suite:
        """What the applications share."""
        return self.apps.suite

    @property
    def url(self) -> str:
        """Where the applications are."""
        return self.suite.url

    @property
    def boom(self) -> Boom:
        """The school in Boom testcentrum."""
        return self.apps.boom(self.school)

    # Koppelingen

    def request(self, vendor: str, **fields: str) -> Json:
        """Request a koppeling of Boom testcentrum; for `fields` see `Boom.request`."""
        return _shown(self.boom.request(vendor, **fields))

    def approve(self, vendor: str | None = None) -> Json:
        """Let customer service approve a request; without a vendor the one that waits.

        Raises:
            Declined: nothing waits, or a field is not right.
        """
        return _shown(self.boom.approve(self._koppeling(vendor, "aangevraagd").id))

    def reject(self, reden: str, vendor: str | None = None) -> Json:
        """Let customer service refuse a request."""
        return _shown(self.boom.reject(self._koppeling(vendor, "aangevraagd").id, reden))

    def enter_key(self, autorisatiesleutel: str, vendor: str | None = None) -> Json:
        """Enter the key of a LAS; it is proven there, and the koppeling becomes active.

        Raises:
            Declined, UnusableKey, NotEnabled: it did not; `uitleg` says why, in Dutch.
        """
        return _shown(self.boom.enter_key(self._koppeling(vendor).id, autorisatiesleutel))

    def end(self, vendor: str | None = None) -> Json:
        """End a koppeling."""
        return _shown(self.boom.end(self._koppeling(vendor).id))

    def koppelingen(self) -> list[Json]:
        """Give the koppelingen of the school, in all applications."""
        names = {f"{application} {self.school}" for application in _APPS}
        return [_shown(one) for one in self.suite.koppelingen.all() if one.school in names]

    def remove_numbers(self) -> int:
        """Do what VERWIJDER NUMMERS does; gives how many groups and people there are."""
        return self.boom.remove_numbers()

    def seed_pupils(self, *names: str, number: str | None = None) -> None:
        """Enter pupils by hand as of the time before the koppeling, with old numbers if `number` is given.

        Args:
            names: such as "Fenna Oud".
            number: what the old numbers begin with.
        """
        pupils = []
        for nth, name in enumerate(names):
            roepnaam, _, achternaam = name.partition(" ")
            key = None if number is None else f"{number}{nth}"
            pupils.append(Gegevens(key=key, roepnaam=roepnaam, achternaam=achternaam or None))
        self.boom.seed_pupils(pupils)

    # Import

    def start_import(self) -> Json:
        """Fetch the roster and plan the import; nothing is written yet."""
        return self._plan_shown(self.boom.start_import())

    def review(
        self,
        choices: Mapping[int, Keuze] | None = None,
        *,
        couple: Mapping[int, str] | None = None,
        emails: Mapping[int, str] | str | None = None,
        leavers: str | None = None,
        allow: bool = False,
    ) -> Json:
        """Decide on rows of the import that waits, and tell how it stands.

        Args:
            choices: what happens to rows, by number: nieuw, bestaand, niet importeren.
            couple: who rows are, by number: ids of the application's own.
            emails: addresses of staff, by number of the row; or a domain, for all that lack one.
            leavers: what happens to those who are gone after a summer: deactiveren or laten staan.
            allow: let the import pass the guards.

        Raises:
            Refused, ConfigurationError: a choice that cannot be made, or no import waits.
        """
        plan = self._open_plan()
        for nummer, keuze in (choices or {}).items():
            plan.choose(nummer, keuze, door="mock_ea")
        for nummer, lid in (couple or {}).items():
            plan.choose(nummer, "bestaand", lid=lid, door="mock_ea")
        if isinstance(emails, str):
            emails = {rij.nummer: f"personeel{rij.nummer}@{emails}" for rij in plan.rijen if rij.incomplete}
        for nummer, address in (emails or {}).items():
            plan.choose(nummer, "nieuw", emailadres=address, door="mock_ea")
        if leavers is not None:
            plan.vertrek = cast("Any", leavers)
        plan.toegestaan = plan.toegestaan or allow
        self.suite.importer.save(plan)
        return self._plan_shown(plan)

    def confirm(self) -> Json:
        """Do what the second confirmation does: the import is written; tells what was done, per kind.

        Raises:
            NotReady: rows wait, or a guard stopped it.
            Stale: the roster changed meanwhile.
        """
        done = self.suite.importer.apply(self._open_plan(), door="mock_ea")
        return {soort: msgspec.to_builtins(telling) for soort, telling in done.items()}

    def abort(self) -> None:
        """Break the import off: nothing is written."""
        plan = self._open_plan()
        assert plan.id is not None  # noqa: S101 - it comes from the store
        self.suite.importer.abort(plan.id, door="mock_ea")

    def pupils(self, application: str = "boom", *, active: bool = True) -> list[Json]:
        """Give the pupils: leerlingnummer, name, id and whether they are active."""
        found = self.boom.pupils(active=active) if application == "boom" else self._app(application).pupils()
        return [{"id": one.id, "leerlingnummer": one.gegevens.key, "naam": one.gegevens.label} for one in found]

    # Results

    def score(
        self, scores: Mapping[str, int], *, toets: str | None = None, application: str = "boom", day: str | None = None
    ) -> list[str]:
        """Enter scores, by leerlingnummer; a score is no result before it is normed. JIJ! processes it at once.

        Args:
            scores: by leerlingnummer or id of the pupil.
            toets: code of the test; None takes the first of the application.
            application: boom, iep or jij.
            day: on which it was taken, such as 2026-01-31; None is today.

        Returns:
            The ids of what was scored, for `norm`.

        Raises:
            Declined: no such pupil or test, or no score from 0 to 100.
        """
        app = self._app(application)
        by_number = {p.gegevens.key or p.id: p.id for p in app.pupils()} | {p.id: p.id for p in app.pupils()}
        wanted = toets or next(iter(app.scores.tests))
        afgenomen = dt.date.fromisoformat(day) if day else None
        enter = app.score if application == "jij" else app.scores.score
        done = []
        for number, score in scores.items():
            if number not in by_number:
                raise Declined(f"{application} has no such pupil", "Deze leerling is er niet.")
            done.append(enter(by_number[number], wanted, score, afgenomen).id)
        return done

    def norm(self, *ids: str, application: str = "boom") -> int:
        """Norm what is scored, all of it or these; gives how many."""
        return len(self._app(application).scores.norm(ids or None))

    def night(self, *, advance: bool = True) -> NightReport:
        """Move the clock to the night and do its work, for all schools; gives its report."""
        return self.apps.night(advance=advance)

    def release(self, vendor: str | None = None) -> None:
        """Let results go that were normed before the activation; see `Boom.release`."""
        self.boom.release(self._koppeling(vendor).id)

    # IEP LVS and JIJ!

    def take_pupils(self, application: str) -> int:
        """Bring the pupils of the LAS into IEP LVS or JIJ! by another channel than UWLR; gives how many are new."""
        app = self._app(application)
        return int(app.take_pupils(pupils_beside(self.suite.las, app.school)))

    def switch_on(self, verificatiecode: str, vendor: str = "esis") -> Json:
        """Let IEP LVS send the test message: the koppeling is on only if the LAS takes it.

        Raises:
            NotEnabled, UnusableKey: it is not; `uitleg` says why, in Dutch.
        """
        return _shown(self.apps.iep(self.school).switch_on(verificatiecode, vendor=vendor))

    def jij_settings(self) -> dict[str, str]:
        """Give what Magister is configured with: address, Instellingscode and SOAP-key, and that of TOA."""
        account = self.apps.jij(self.school).account
        return {"url": f"{self.url}/toetsresultaten", **msgspec.to_builtins(account)}

    # Beside

    def mails(self, aan: str | None = None) -> list[Json]:
        """Give the mails that were sent, oldest first."""
        return [msgspec.to_builtins(mail) for mail in self.suite.mailbox.all(aan)]

    def meet_dashboards(self) -> None:
        """Let the fake dashboards beside know every school that has a fake LAS, so that it can ask them for a key."""
        if self.suite.las is None:
            return
        for vendor in DASHBOARDS:
            there = {one.brincode for one in self.suite.las.connections() if one.name == vendor}
            for school in self.suite.accounts.all():
                if school.brincode not in there:
                    self.suite.las.add_school(school.brincode, vendor=vendor, dependancecode=school.dependancecode)

    def set_clock(self, moment: dt.datetime) -> None:
        """Let the clock stand still at a moment; customer service works on meanwhile."""
        self.suite.clock.set(moment)
        self.apps.approve_what_is_due()

    def _app(self, application: str) -> Any:
        if application not in _APPS:
            raise Declined(f"the applications are {', '.join(_APPS)}", "Deze toepassing is er niet.")
        return getattr(self.apps, application)(self.school)

    def _koppeling(self, vendor: str | None, status: str | None = None) -> Koppeling:
        found = [
            one
            for one in self.boom.koppelingen()
            if one.status != "beeindigd" and vendor in {None, one.vendor} and status in {None, one.status}
        ]
        if not found:
            raise Declined("there is no such koppeling", "Deze koppeling is er niet.")
        return found[-1] if status else found[0]

    def _open_plan(self) -> Plan:
        koppeling = self.boom.with_las()
        plan = None if koppeling is None else self.suite.importer.open_plan(koppeling.id)
        if plan is None:
            raise Declined("no import waits", "Er wacht geen import.")
        return plan

    def _plan_shown(self, plan: Plan) -> Json:
        return {
            "id": plan.id,
            "counts": {soort: msgspec.to_builtins(plan.telling(soort)) for soort in SOORTEN},
            "ready": plan.ready,
            "guarded": plan.guarded,
            "open": [
                {
                    "nummer": rij.nummer,
                    "soort": rij.soort,
                    "keuze": rij.keuze,
                    "naam": rij.gegevens.label,
                    "waarom": why(rij),
                    "kandidaten": [kandidaat.id for kandidaat in rij.kandidaten],
                }
                for rij in plan.open_rows
            ],
            "link": f"{self.url}/boom/{self.school}/import/{plan.id}",
        }


def _shown(koppeling: Koppeling) -> Json:
    return {
        "id": koppeling.id,
        "vendor": koppeling.vendor,
        "status": koppeling.status,
        "storing": koppeling.storing,
        "application": koppeling.school.partition(" ")[0],
    }
