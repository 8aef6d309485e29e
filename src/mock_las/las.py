"""What can be done to running fakes from Python, in this process or at an address where they already run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NotRequired, TypedDict, TypeVar, Unpack

import msgspec

from mock_las import vendors
from mock_las.arguments import (
    Activation,
    ActivationKeywords,
    AtSchoolKeywords,
    ClockChange,
    ClockKeywords,
    Day,
    EnteredResult,
    EnteredResultKeywords,
    Happening,
    Living,
    NewSchool,
    NewSchoolKeywords,
    NumberOfPupil,
    NumberOfPupilKeywords,
    NumbersEntered,
    SchoolChange,
    SchoolChangeKeywords,
    Seed,
    Which,
    WhichKeywords,
    checked,
)
from mock_las.faults import FaultKeywords, PlannedFault, refuse_idle
from mock_las.faults import Kind as FaultKind
from mock_las.las_answers import (
    ClockShown,
    Connection,
    CouplingShown,
    DashboardShown,
    ExchangeExported,
    ExchangeShown,
    ExchangeSummary,
    HappenedShown,
    ListedPupil,
    Mail,
    PullReport,
    PullSettingsShown,
    PupilFile,
    PupilsShown,
    Received,
    SchoolChanged,
    SchoolLiving,
    SchoolLoaded,
    SchoolShown,
    StateShown,
    TraitsShown,
)
from mock_las.pull_arguments import PullKeywords, PullOrder, PullSettings, PullSettingsKeywords
from mock_las.variants import Change
from mock_las.vendors.vendor_traits import TraitKeywords
from mock_las.verbs import Action, Unknown
from uwlr.berichten import Leerlinggegevens
from uwlr.codec.write import write
from uwlr.private_files import write_private

T = TypeVar("T")


class AskedSchool(TypedDict):
    """A school as the arguments of a request."""

    schooljaar: str
    brincode: str
    dependancecode: str
    gegevenssetid: NotRequired[str]


class Las(ABC):
    """Running fakes and what can be done to them. What is about one vendor is about `vendor` unless another is named.

    Attributes:
        vendor: the default vendor.
    """

    def __init__(self, vendor: str) -> None:
        self.vendor = vendors.load(vendor).name
        self._expects_invalid = False

    @property
    @abstractmethod
    def url(self) -> str:
        """Where the fakes are."""

    @abstractmethod
    def _do(self, verb: str, *arguments: Any) -> Any:
        """Call a verb of `Verbs`."""

    def _ask(self, kind: type[T], verb: str, *arguments: Any) -> T:
        """Call a verb that answers, and give its answer as what it is."""
        return msgspec.convert(self._do(verb, *arguments), kind)

    def connection(self, vendor: str | None = None) -> Connection:
        """Everything a client needs to connect to a vendor."""
        return self._ask(Connection, "vendor", vendor or self.vendor)

    @property
    def school(self) -> AskedSchool:
        """The school of `vendor`, as the arguments with which a `UwlrClient` asks for it."""
        connection = self.connection()
        asked: AskedSchool = {
            "schooljaar": connection.schooljaar,
            "brincode": connection.brincode,
            "dependancecode": connection.dependancecode,
        }
        if connection.gegevenssetid is not None:
            asked["gegevenssetid"] = connection.gegevenssetid
        return asked

    def connections(self) -> list[Connection]:
        """Everything a client needs to connect, for every vendor."""
        return self._ask(list[Connection], "vendors")

    def reset(self, seed: int | None = None) -> None:
        """Return to the state at the start, or to what it would have been with another seed."""
        self._do("reset", Seed(seed=seed))
        self._expects_invalid = False

    def traits(self, vendor: str | None = None) -> TraitsShown:
        """How a vendor behaves now, what was changed, and the variants it has."""
        return self._ask(TraitsShown, "traits", vendor or self.vendor)

    def set_traits(
        self, variant: str | None = None, *, vendor: str | None = None, **traits: Unpack[TraitKeywords]
    ) -> TraitsShown:
        """Switch on a variant of a vendor, and change single traits; this replaces earlier changes.

        Without arguments the vendor behaves as at the start. Names and values are those of `Traits`.
        """
        change = Change(variant=variant, traits=dict(traits))
        return self._ask(TraitsShown, "set_traits", vendor or self.vendor, change)

    def state(self) -> StateShown:
        """What was received, for every vendor."""
        return self._ask(StateShown, "state")

    def received(self, vendor: str | None = None) -> list[Received]:
        """The results that a vendor has received.

        Raises:
            Unknown: there is no such vendor.
        """
        vendor, found = vendor or self.vendor, self.state().vendors
        if vendor not in found:
            raise Unknown(f"vendor {vendor!r} is not served here; there are {', '.join(found)}")
        return list(found[vendor].received)

    def set_clock(self, **change: Unpack[ClockKeywords]) -> ClockShown:
        """Set the clock; for `change` see `ClockChange`."""
        return self._ask(ClockShown, "set_clock", checked(ClockChange, change))

    def activate(
        self,
        autorisatiesleutel: str | None = None,
        *,
        vendor: str | None = None,
        **more: Unpack[ActivationKeywords],
    ) -> CouplingShown:
        """Activate the coupling with a key, or with a new key that the vendor makes; for `more` see `Activation`."""
        wanted = checked(Activation, {"autorisatiesleutel": autorisatiesleutel, **more})
        return self._ask(CouplingShown, "activate", vendor or self.vendor, wanted)

    def request_coupling(self, *, vendor: str | None = None, **which: Unpack[WhichKeywords]) -> CouplingShown:
        """Request a coupling; for `which` see `Which`."""
        return self._act("request", vendor, which)

    def approve_coupling(self, *, vendor: str | None = None, **which: Unpack[WhichKeywords]) -> CouplingShown:
        """Approve a coupling; a vendor that mails its keys mails one now."""
        return self._act("approve", vendor, which)

    def take_coupling(self, *, vendor: str | None = None, **which: Unpack[WhichKeywords]) -> CouplingShown:
        """Take a coupling that was opened for the school, as one does at ParnasSys."""
        return self._act("take", vendor, which)

    def remove_key(self, *, vendor: str | None = None, **which: Unpack[WhichKeywords]) -> CouplingShown:
        """Remove the key of a coupling, which then pauses or ends, depending on the vendor."""
        return self._act("remove_key", vendor, which)

    def end_coupling(self, *, vendor: str | None = None, **which: Unpack[WhichKeywords]) -> CouplingShown:
        """End a coupling."""
        return self._act("end", vendor, which)

    def _act(self, action: Action, vendor: str | None, which: WhichKeywords) -> CouplingShown:
        return self._ask(CouplingShown, "act", vendor or self.vendor, action, checked(Which, which))

    def couplings(self, vendor: str | None = None) -> list[CouplingShown]:
        """The couplings of a vendor."""
        return self._ask(list[CouplingShown], "couplings", vendor or self.vendor)

    def outbox(self, vendor: str | None = None) -> list[Mail]:
        """The mails that a vendor sent."""
        return self._ask(list[Mail], "outbox", vendor or self.vendor)

    def add_school(self, brincode: str, *, vendor: str | None = None, **new: Unpack[NewSchoolKeywords]) -> SchoolShown:
        """Add a made-up school, or make it again; for `new` see `NewSchool`."""
        wanted = checked(NewSchool, {"brincode": brincode, **new})
        return self._ask(SchoolShown, "add_school", vendor or self.vendor, wanted)

    def load_school(self, roster: Leerlinggegevens | bytes, *, vendor: str | None = None) -> SchoolLoaded:
        """Add a school with this roster, or that of a UWLR answer or an EDEXML file."""
        message = roster if isinstance(roster, bytes) else write(roster)
        return self._ask(SchoolLoaded, "load_school", vendor or self.vendor, message)

    def change_school(
        self, kind: Happening, *, vendor: str | None = None, **change: Unpack[SchoolChangeKeywords]
    ) -> SchoolChanged:
        """Let something happen at a school now, such as `moved`, `enrolled` or `hired`; see `SchoolChange`."""
        wanted = checked(SchoolChange, {"kind": kind, **change})
        return self._ask(SchoolChanged, "change_school", vendor or self.vendor, wanted)

    def let_happen(
        self, kinds: Iterable[str] | None = None, *, vendor: str | None = None, **which: Unpack[AtSchoolKeywords]
    ) -> SchoolLiving:
        """Decide what happens at a school by itself as the clock moves, by default everything; see `Living`."""
        living = checked(Living, {"kinds": None if kinds is None else tuple(kinds), **which})
        return self._ask(SchoolLiving, "let_happen", vendor or self.vendor, living)

    def happened(self, *, vendor: str | None = None, brincode: str | None = None) -> list[HappenedShown]:
        """What happened at a school since its roster was first changed, oldest first."""
        return self._ask(list[HappenedShown], "happened", vendor or self.vendor, brincode, None)

    def enter_numbers(self, numbers: Iterable[str], *, vendor: str | None = None, brincode: str | None = None) -> None:
        """Enter leerlingnummers without pupils at a receiver, which from now on stores results of these."""
        entered = checked(NumbersEntered, {"leerlingnummers": tuple(numbers), "brincode": brincode})
        self._do("enter_numbers", vendor or self.vendor, entered)

    def set_number(
        self, leerling: str, leerlingnummer: str, *, vendor: str | None = None, **more: Unpack[NumberOfPupilKeywords]
    ) -> None:
        """Give one pupil of a receiver a leerlingnummer; for `more` see `NumberOfPupil`."""
        number = checked(NumberOfPupil, {"leerling": leerling, "leerlingnummer": leerlingnummer, **more})
        self._do("set_number", vendor or self.vendor, number)

    def pupils(
        self, *, vendor: str | None = None, brincode: str | None = None, dependancecode: str | None = None
    ) -> list[ListedPupil]:
        """The pupils of a school: key, names, birth date, and the leerlingnummer that was entered."""
        groups = self._ask(PupilsShown, "pupils", vendor or self.vendor, brincode, dependancecode).groepen
        return [pupil for group in groups for pupil in group.leerlingen]

    def pupil(self, leerling: str, *, vendor: str | None = None, brincode: str | None = None) -> PupilFile:
        """The file of a pupil by key, with results as far as the vendor shows them there."""
        return self._ask(PupilFile, "pupil", vendor or self.vendor, leerling, brincode, None)

    def enter_result(
        self,
        leerling: str,
        *,
        toets: str,
        afnamedatum: Day,
        score: str,
        vendor: str | None = None,
        **more: Unpack[EnteredResultKeywords],
    ) -> None:
        """Type in a result at a pupil; for the keywords see `EnteredResult`."""
        given = {"leerling": leerling, "toets": toets, "afnamedatum": afnamedatum, "score": score, **more}
        self._do("enter_result", vendor or self.vendor, checked(EnteredResult, given))

    def pull(self, url: str | None = None, *, vendor: str | None = None, **order: Unpack[PullKeywords]) -> PullReport:
        """Let a vendor fetch results, from an address or where its school set it up; for `order` see `PullOrder`."""
        return self._ask(PullReport, "pull", vendor or self.vendor, checked(PullOrder, {"url": url, **order}))

    def pull_settings(self, *, vendor: str | None = None, brincode: str | None = None) -> PullSettingsShown:
        """What a school has set up to fetch results, and how far it has come with it."""
        return self._ask(PullSettingsShown, "pull_settings", vendor or self.vendor, brincode, None)

    def set_pull_settings(self, *, vendor: str | None = None, **settings: Unpack[PullSettingsKeywords]) -> None:
        """Set up the fetching of results; for `settings` see `PullSettings`."""
        self._do("set_pull_settings", vendor or self.vendor, checked(PullSettings, settings))

    def dashboard(
        self, groep: str | None = None, *, vendor: str | None = None, brincode: str | None = None
    ) -> DashboardShown:
        """What the dashboard of a group shows; by default that of the first group with results."""
        return self._ask(DashboardShown, "dashboard", vendor or self.vendor, brincode, None, groep)

    def faults(self) -> list[PlannedFault]:
        """The planned faults."""
        return self._ask(list[PlannedFault], "faults")

    def plan_fault(self, kind: FaultKind, **more: Unpack[FaultKeywords]) -> None:
        """Plan a fault; for `more` see `PlannedFault`."""
        refuse_idle(kind, more)
        self._do("plan_fault", checked(PlannedFault, {"kind": kind, **more}))

    def remove_fault(self, kind: FaultKind, **more: Unpack[FaultKeywords]) -> None:
        """Cancel one such fault; the others keep their counts."""
        refuse_idle(kind, more)
        self._do("remove_fault", checked(PlannedFault, {"kind": kind, **more}))

    def clear_faults(self) -> None:
        """Cancel all planned faults."""
        self._do("clear_faults")

    def exchanges(
        self, vendor: str | None = None, operation: str | None = None, faultcode: str | None = None
    ) -> list[ExchangeSummary]:
        """The exchanges, oldest first, without their messages.

        Raises:
            Unknown: there is no such vendor or operation.
        """
        return self._ask(list[ExchangeSummary], "exchanges", vendor, operation, faultcode)

    def exchange(self, number: int) -> ExchangeShown:
        """One exchange with its messages, without keys and personal data."""
        return self._ask(ExchangeShown, "exchange", number)

    def export(self, file: Path) -> None:
        """Write every exchange to a file as JSON, without keys and personal data."""
        exchanges = self._ask(list[ExchangeExported], "export")
        write_private(file, msgspec.json.format(msgspec.json.encode(exchanges), indent=1) + b"\n")

    def expect_invalid(self) -> None:
        """Announce invalid requests, so that the fixture `mock_las` does not fail the test because of them."""
        self._expects_invalid = True

    def unexpected_invalid(self) -> list[str]:
        """The requests that were invalid in themselves, one line each; none if they were announced."""
        if self._expects_invalid:
            return []
        return [exchange.line for exchange in self.exchanges() if exchange.invalid]

    def described(self) -> list[str]:
        """The exchanges, one line each, without anything personal."""
        return [exchange.line for exchange in self.exchanges()]
