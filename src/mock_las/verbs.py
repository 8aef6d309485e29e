"""What can be asked of the fakes and done to them, in plain data: the control API and `MockLas` both speak these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from mock_las import magic as magic_schools
from mock_las import vendors
from mock_las.changes import changed
from mock_las.couplings import Coupling, Klant
from mock_las.dashboard import dashboard, group_of_numbers, groups_of_roster
from mock_las.faults import PlannedFault
from mock_las.journal import Exchange
from mock_las.orders import Activation, ClockChange, NewSchool, NumbersEntered, SchoolChange, Seed, Which
from mock_las.pulled import PullOrder
from mock_las.schools import School, read_roster
from mock_las.variants import Change
from mock_las.world import DEPENDANCECODE
from uwlr.errors import ConfigurationError, UwlrError
from uwlr.soap.redact import Redaction

if TYPE_CHECKING:
    from mock_las.application import Application
    from mock_las.vendors import Traits
    from uwlr.validation import Finding

Json: TypeAlias = dict[str, Any]
Action: TypeAlias = Literal["request", "approve", "remove_key", "end"]


class Unknown(UwlrError, LookupError):  # noqa: N818 - the name says what happened
    """There is no such vendor, school, coupling or exchange."""


class Verbs:
    """The verbs, on one running server.

    Args:
        application: the server's application.
        base_url: address of the server as whoever asks knows it.
    """

    def __init__(self, application: Application, base_url: str) -> None:
        self._application = application
        self._base_url = base_url
        self._world = application.world

    def reset(self, wanted: Seed) -> None:
        """Make everything as it was at the start, or as with another seed."""
        self._application.reset(wanted.seed)

    def vendors(self) -> list[Json]:
        """Everything a client needs to connect, per vendor; the keys are synthetic, made from the seed."""
        return [self._connection(name) for name in self._world.names]

    def vendor(self, vendor: str) -> Json:
        """Everything a client needs to connect to one vendor.

        Raises:
            Unknown: it is not served here.
        """
        return self._connection(self._served(vendor))

    def traits_in_force(self, vendor: str) -> Traits:
        """How a vendor goes about it now.

        Raises:
            Unknown: it is not served here.
        """
        return self._world.traits(self._served(vendor))

    def traits(self, vendor: str) -> Json:
        """How a vendor goes about it now, what was changed about that, and the variants it has.

        Raises:
            Unknown: it is not served here.
        """
        change = self._world.variants.changed(self._served(vendor))
        return {
            **msgspec.to_builtins(change),
            "in_force": msgspec.json.decode(msgspec.json.encode(self._world.traits(vendor))),
            "variants": [{"name": v.name, "about": v.about} for v in vendors.load(vendor).variant],
        }

    def set_traits(self, vendor: str, change: Change) -> Json:
        """Have a vendor be one of its variants, or change single traits, in place of what was changed before.

        Raises:
            Unknown: it is not served here.
            ConfigurationError: no such variant or trait, or a value that the trait cannot have.
        """
        self._world.variants.change(self._served(vendor), change)
        return self.traits(vendor)

    def state(self) -> Json:
        """What was received, per vendor."""
        return {
            "clock": self.clock(),
            "seed": self._world.seed,
            "vendors": {name: self._received(name) for name in self._world.names},
        }

    def clock(self) -> Json:
        """The time it is."""
        clock = self._world.clock
        return {"now": clock.now().isoformat(), "frozen": clock.frozen, "schooljaar": clock.schooljaar()}

    def set_clock(self, change: ClockChange) -> Json:
        """Set the clock.

        Raises:
            ConfigurationError: a moment without a time zone.
        """
        if change.now is not None:
            self._world.clock.set(change.now, frozen=change.frozen)
        if change.advance is not None:
            self._world.clock.advance(change.advance)
        return self.clock()

    def couplings(self, vendor: str) -> list[Json]:
        """The couplings of a vendor, with what happened to them."""
        return [self._coupling(coupling) for coupling in self._world.couplings.of(self._served(vendor))]

    def activate(self, vendor: str, wanted: Activation) -> Json:
        """Activate a coupling with a key, or with a new key of the vendor's making; the previous key opens nothing now.

        A coupling that is not there yet is asked for first; where the vendor wants it approved, that comes next.

        Raises:
            Unknown: no such vendor or school.
            ConfigurationError: the vendor would not take this key, or the coupling cannot be activated now.
        """
        coupling = self._requested(vendor, wanted)
        if self._world.traits(vendor).consent_required and not wanted.akkoord:
            raise ConfigurationError(f"{vendor}: the school's board must agree before a coupling is activated")
        return self._coupling(self._world.couplings.activate(coupling, wanted.autorisatiesleutel, wanted.startdatum))

    def act(self, vendor: str, action: Action, which: Which) -> Json:
        """Take a step in the life of a coupling.

        request asks for it; approve opens it, and mails the key where keys go by mail; remove_key pauses or ends it,
        as the vendor has it; end ends it.

        Raises:
            Unknown: no such vendor, school or coupling.
            ConfigurationError: its status does not allow the step.
        """
        couplings = self._world.couplings
        if action == "request":
            return self._coupling(self._requested(vendor, which))
        school = self._school(vendor, which.brincode, which.dependancecode)
        coupling = couplings.find(vendor, school.brincode, school.dependancecode, which.klantcode)
        if coupling is None:
            raise Unknown(f"{vendor} has no coupling for {school.brincode} {school.dependancecode}")
        match action:
            case "approve":
                return self._coupling(couplings.approve(coupling))
            case "remove_key":
                return self._coupling(couplings.remove_key(coupling))
            case "end":
                return self._coupling(couplings.end(coupling))

    def outbox(self, vendor: str) -> list[Json]:
        """The mails that a vendor sent, oldest first."""
        return list(self._world.couplings.mails(self._served(vendor)))

    def schools(self, vendor: str) -> list[Json]:
        """The schools of a vendor."""
        return [_shown(school) for school in self._world.schools.of(self._served(vendor))]

    def add_school(self, vendor: str, new: NewSchool) -> Json:
        """Add a made-up school, or make it anew. It has no coupling yet.

        Raises:
            Unknown: no such vendor.
        """
        world = self._world
        school = School(
            self._served(vendor),
            new.brincode,
            new.dependancecode,
            world.traits(vendor).sector,
            world.seed if new.seed is None else new.seed,
            new.leerlingen or world.leerlingen,
        )
        world.schools.add(school)
        return _shown(school)

    def load_school(self, vendor: str, message: bytes) -> Json:
        """Add a school with the roster of a UWLR answer or an EDEXML file, in place of what it had for that year.

        Raises:
            Unknown: no such vendor.
            MessageError: it is neither, or cannot be read.
            ConfigurationError: the roster does not say of which school it is.
        """
        roster = read_roster(message)
        school, schooljaar = self._world.schools.load(self._served(vendor), roster)
        return {**_shown(school), "schooljaar": schooljaar, "leerlingen": len(roster.leerlingen)}

    def change_school(self, vendor: str, change: SchoolChange) -> Json:
        """Have something happen at a school; a client that asks what changed since then gets the roster again.

        Raises:
            Unknown: no such vendor or school.
            ConfigurationError: no such pupil or group, or no roster to change.
        """
        schools = self._world.schools
        school = self._school(vendor, change.brincode, change.dependancecode)
        schooljaar = change.schooljaar or self._world.clock.schooljaar()
        roster, leerling = changed(
            schools.roster(school, schooljaar),
            change.kind,
            leerling=change.leerling,
            groep=change.groep,
            seed=school.seed,
        )
        schools.change(school, schooljaar, roster)
        changed_at = schools.version(school, schooljaar).changed_at
        return {**_shown(school), "schooljaar": schooljaar, "changed_at": changed_at.isoformat(), "leerling": leerling}

    def enter_numbers(self, vendor: str, entered: NumbersEntered) -> None:
        """Enter leerlingnummers by hand: results of these pupils land from now on, where a vendor goes by numbers.

        Raises:
            Unknown: no such vendor or school.
        """
        school = self._school(vendor, entered.brincode, entered.dependancecode)
        self._world.schools.enter_numbers(school, entered.leerlingnummers)

    def pull(self, vendor: str, order: PullOrder) -> Json:
        """Have a vendor fetch results from a supplier.

        Raises:
            Unknown: no such vendor.
            ConfigurationError: it does not fetch results, or the order cannot be right.
            TransportError, MessageError, Fault: the supplier did not answer, or refused.
        """
        from mock_las.pull import Puller  # noqa: PLC0415 - the client is loaded when it is first needed

        report: Json = msgspec.to_builtins(Puller(self._world, self._served(vendor)).pull(order))
        return report

    def dashboard(
        self, vendor: str, brincode: str | None = None, dependancecode: str | None = None, groep: str | None = None
    ) -> Json:
        """The dashboard of a group: its pupils by the tests they took; by default of the first group with results.

        Raises:
            Unknown: no such vendor, school or group.
        """
        school = self._school(vendor, brincode, dependancecode or DEPENDANCECODE)
        schools = self._world.schools
        schooljaar = self._world.clock.schooljaar()
        traits = self._world.traits(vendor)
        if traits.knows_pupils_by_number:
            groups = group_of_numbers(schools.numbers(school))
        else:
            groups = groups_of_roster(schools.roster(school, schooljaar))
        try:
            shown = dashboard(groups, groep, self._world.results, school, traits)
        except KeyError:
            text = f"{vendor} {school.brincode} {school.dependancecode} has no such group with pupils"
            raise Unknown(text) from None
        return {**_shown(school), "schooljaar": schooljaar, **shown}

    def faults(self) -> list[Json]:
        """The faults on order."""
        return [msgspec.to_builtins(fault) for fault in self._application.plan.list()]

    def plan_faults(self, faults: Sequence[PlannedFault]) -> list[Json]:
        """Put these faults on order, in place of what was.

        Raises:
            ConfigurationError: a fault that could never strike.
        """
        self._application.plan.replace(faults)
        return self.faults()

    def plan_fault(self, fault: PlannedFault) -> None:
        """Put one more fault on order.

        Raises:
            ConfigurationError: it could never strike.
        """
        self._application.plan.add(fault)

    def remove_fault(self, fault: PlannedFault) -> list[Json]:
        """Take one such fault off order, if there is one; the others go on counting."""
        self._application.plan.remove(fault)
        return self.faults()

    def magic_schools(self) -> list[Json]:
        """The schools whose BRIN alone decides what happens."""
        return [{"brincode": magic.brincode, "reaction": magic.description} for magic in magic_schools.SCHOOLS.values()]

    def clear_faults(self) -> None:
        """Take every fault off order."""
        self._application.plan.replace(())

    def exchanges(
        self, vendor: str | None = None, operation: str | None = None, faultcode: str | None = None
    ) -> list[Json]:
        """The exchanges, oldest first, without their messages."""
        return [exchange.summary() for exchange in self._application.journal.list(vendor, operation, faultcode)]

    def exchange(self, number: int | str) -> Json:
        """One exchange with its messages and what the validator finds in them, without keys and personal data.

        Raises:
            Unknown: there is no such exchange any more.
        """
        found = self._application.journal.get(int(number)) if str(number).isdecimal() else None
        if found is None:
            raise Unknown(f"there is no exchange {number}")
        from mock_las.findings import answer_findings, request_findings  # noqa: PLC0415 - the validator is not small

        return {
            **_redacted(found, Redaction()),
            "request_findings": [_finding(finding) for finding in request_findings(found)],
            "answer_findings": [_finding(finding) for finding in answer_findings(found)],
        }

    def clear_exchanges(self) -> None:
        """Forget the exchanges."""
        self._application.journal.clear()

    def export(self) -> list[Json]:
        """Every exchange with its messages, without keys and personal data, to hand to somebody else."""
        redaction = Redaction()
        return [_redacted(exchange, redaction) for exchange in self._application.journal.list()]

    def _served(self, name: str) -> str:
        if name not in self._world.names:
            raise Unknown(f"vendor {name!r} is not served here; there are {', '.join(self._world.names)}")
        return name

    def _requested(self, vendor: str, which: Which) -> Coupling:
        school = self._school(vendor, which.brincode, which.dependancecode)
        known = self._world.couplings.klant(vendor)
        klant = Klant(which.klantcode or known.klantcode, which.klantnaam or known.klantnaam)
        return self._world.couplings.request(vendor, school.brincode, school.dependancecode, klant)

    def _school(self, vendor: str, brincode: str | None, dependancecode: str) -> School:
        brincode = brincode or vendors.load(self._served(vendor)).brincode
        school = self._world.schools.find(vendor, brincode, dependancecode)
        if school is None:
            raise Unknown(f"{vendor} has no school {brincode} {dependancecode}")
        return school

    def _connection(self, name: str) -> Json:
        vendor = vendors.load(name)
        traits = self._world.traits(name)
        coupling = self._world.couplings.find(name, vendor.brincode, DEPENDANCECODE)
        entry: Json = {
            "name": name,
            "title": vendor.title,
            **{
                f"{service}_url": f"{self._base_url}/{name}/{service}" if service in traits.services else None
                for service in ("leerlinggegevens", "leerresultaten")
            },
            "autorisatie": _autorisatie(coupling, self._world.couplings.klant(name)),
            "brincode": vendor.brincode,
            "dependancecode": DEPENDANCECODE,
            "schooljaar": self._world.clock.schooljaar(),
            "xsdversie": traits.xsdversies[-1],
        }
        if traits.gegevenssetids:
            entry["gegevenssetid"] = traits.gegevenssetids[0]
        if traits.http_headers:
            entry["http_headers"] = self._world.couplings.http_headers(name)
        return entry

    def _received(self, name: str) -> Json:
        results = self._world.results
        deliveries = results.deliveries(name)
        received = results.received(name, self._world.traits(name))
        return {
            "schools": [_shown(school) for school in self._world.schools.of(name)],
            "deliveries": len(deliveries),
            "results": len(received),
            "delivered": deliveries,
            "received": received,
        }

    def _coupling(self, coupling: Coupling) -> Json:
        log = self._world.couplings.log(coupling)
        return {**msgspec.to_builtins(coupling), "log": [{"at": at, "event": event} for at, event in log]}


def _finding(finding: Finding) -> Json:
    return {
        "id": finding.id,
        "severity": str(finding.severity),
        "path": finding.path,
        "line": finding.line,
        "message": finding.message("en"),
        "remedy": finding.remedy("en"),
        "message_nl": finding.message("nl"),
        "remedy_nl": finding.remedy("nl"),
    }


def _redacted(exchange: Exchange, redaction: Redaction) -> Json:
    return {
        **exchange.summary(),
        "request": redaction.redact(exchange.request),
        "answer": redaction.redact(exchange.answer),
    }


def _autorisatie(coupling: Coupling | None, klant: Klant) -> Json:
    klant = coupling.klant if coupling else klant
    key = coupling.autorisatiesleutel if coupling else None
    return {"autorisatiesleutel": key, "klantcode": klant.klantcode, "klantnaam": klant.klantnaam}


def _shown(school: School) -> Json:
    return {
        "brincode": school.brincode,
        "dependancecode": school.dependancecode,
        "sector": school.sector,
        "leerlingen": school.leerlingen,
    }
