"""The answers of the verbs: what `MockLas` and `RemoteLas` give, and what the control API sends as JSON."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from mock_las.arguments import PullSettings
from mock_las.couplings import Status
from mock_las.vendors import Traits
from uwlr.berichten import Autorisatie
from uwlr.errors import ConfigurationError
from uwlr.norm import Versie
from uwlr.undisclosed import Undisclosed


class Access(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """With what a client asks.

    Attributes:
        autorisatiesleutel: the key; None while the coupling has none.
        klantcode: code of the supplier.
        klantnaam: name of the supplier.
    """

    autorisatiesleutel: str | None
    klantcode: str
    klantnaam: str


class Connection(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """Everything a client needs to connect to a vendor.

    Attributes:
        name: the vendor.
        title: its name for people.
        leerlinggegevens_url: address of the service for rosters; None if the vendor has none.
        leerresultaten_url: address of the service for results, likewise.
        autorisatie: with what a client asks; synthetic.
        brincode: the vendor's own school.
        dependancecode: its location.
        schooljaar: the school year now.
        xsdversie: the version to say.
        gegevenssetid: the set of data to ask for, where the vendor wants one.
        http_headers: headers that every request must have.
    """

    name: str
    title: str
    leerlinggegevens_url: str | None
    leerresultaten_url: str | None
    autorisatie: Access
    brincode: str
    dependancecode: str
    schooljaar: str
    xsdversie: str
    gegevenssetid: str | None = None
    http_headers: dict[str, str] = {}

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what is no key."""
        return [("name", self.name), ("brincode", self.brincode), ("xsdversie", self.xsdversie)]

    @property
    def header(self) -> Autorisatie:
        """The header of a request, for `UwlrClient(autorisatie=…)`.

        Raises:
            ConfigurationError: the coupling has no key yet.
        """
        key = self.autorisatie.autorisatiesleutel
        if key is None:
            raise ConfigurationError(f"{self.name}: the coupling has no key yet; activate it")
        return Autorisatie(
            autorisatiesleutel=key, klantcode=self.autorisatie.klantcode, klantnaam=self.autorisatie.klantnaam
        )

    @property
    def versie(self) -> Versie:
        """The version of a client that says `xsdversie`."""
        return "2.3" if self.xsdversie == "2.3" else "2.2"


class VariantShown(msgspec.Struct, frozen=True, kw_only=True):
    """Another behaviour that a vendor can have: its name, and what it is in one sentence."""

    name: str
    about: str


class TraitsShown(msgspec.Struct, frozen=True, kw_only=True):
    """How a vendor behaves.

    Attributes:
        variant: the variant that is switched on.
        traits: the single traits that were changed.
        in_force: how it behaves now.
        variants: the variants it has.
    """

    variant: str | None
    traits: dict[str, Any]
    in_force: Traits
    variants: tuple[VariantShown, ...]


class ClockShown(msgspec.Struct, frozen=True, kw_only=True):
    """The time in the fakes: now, whether it stands still, and the school year."""

    now: dt.datetime
    frozen: bool
    schooljaar: str


class SchoolShown(msgspec.Struct, frozen=True, kw_only=True):
    """A school of a vendor.

    Attributes:
        brincode: its BRIN.
        dependancecode: its location.
        naam: its name.
        sector: PO or VO.
        leerlingen: number of its pupils.
    """

    brincode: str
    dependancecode: str
    naam: str
    sector: str
    leerlingen: int


class SchoolLoaded(SchoolShown, frozen=True, kw_only=True):
    """A school whose roster was loaded, and of which school year it is."""

    schooljaar: str


class SchoolChanged(SchoolShown, frozen=True, kw_only=True):
    """A school at which something happened: in which school year, when, and the keys of whom it happened to."""

    schooljaar: str
    changed_at: dt.datetime
    people: tuple[str, ...]


class SchoolLiving(SchoolShown, frozen=True, kw_only=True):
    """A school, and what happens at it by itself from now on."""

    kinds: tuple[str, ...]


class PersonShown(msgspec.Struct, frozen=True, kw_only=True):
    """A pupil or member of staff."""

    key: str
    naam: str


class HappenedShown(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened: the day, what it was, and to whom."""

    day: dt.date
    kind: str
    people: tuple[PersonShown, ...]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a coupling: when, what, and who did it as far as somebody said so."""

    at: dt.datetime
    event: str
    door: str | None


class CouplingShown(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A coupling of a school with a supplier; `repr` does not show its key.

    Attributes:
        id: its number.
        vendor: the vendor.
        brincode: the school; empty if one key serves every school of the supplier.
        dependancecode: its location.
        klantcode: code of the supplier.
        klantnaam: name of the supplier.
        status: how far it is.
        autorisatiesleutel: the key.
        startdatum: first day on which the key is accepted; None: at once.
        log: what happened to it, oldest first.
    """

    id: int
    vendor: str
    brincode: str
    dependancecode: str
    klantcode: str
    klantnaam: str
    status: Status
    autorisatiesleutel: str | None
    startdatum: dt.date | None
    log: tuple[Step, ...]

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show what is no key."""
        return [("vendor", self.vendor), ("brincode", self.brincode), ("status", self.status)]


class Mail(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A mail that a vendor sent; it may hold a key."""

    at: dt.datetime
    subject: str
    body: str

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show its subject."""
        return [("subject", self.subject)]


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A message of results that came in.

    Attributes:
        id: its number.
        brincode: the school.
        dependancecode: its location.
        klantcode: code of the supplier.
        schooljaar: the school year of the message.
        aanmaakdatum: its moment.
        received_at: when it came in, on the clock of the fakes.
        new: results that were not there.
        replaced: results that were there.
        held: results that were left out.
    """

    id: int
    brincode: str
    dependancecode: str
    klantcode: str
    schooljaar: str
    aanmaakdatum: dt.datetime
    received_at: dt.datetime
    new: int
    replaced: int
    held: int


class Received(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A result that a vendor has received; one of score, osoresultaat and anderresultaat is its outcome.

    Attributes:
        key: its key.
        brincode: the school.
        dependancecode: its location.
        klantcode: code of the supplier.
        schooljaar: the school year of the message.
        leerlingid: the pupil, by key.
        eckid: the pupil, by ECK-iD.
        afnamedatum: day of the test.
        toetscode: the test.
        versie: version of the test.
        toetsonderdeelcode: part of the test.
        infourl: where more is to be seen.
        received_at: when it came in, on the clock of the fakes.
        zichtbaar: whether the dashboard shows it yet.
        score: a whole number.
        osoresultaat: an outcome of OSO, field by field.
        anderresultaat: another outcome, as XML.
    """

    key: str
    brincode: str
    dependancecode: str
    klantcode: str
    schooljaar: str
    leerlingid: str | None
    eckid: str | None
    afnamedatum: dt.date
    toetscode: str
    versie: str | None
    toetsonderdeelcode: str | None
    infourl: str | None
    received_at: dt.datetime
    zichtbaar: bool
    score: int | None = None
    osoresultaat: dict[str, Any] | None = None
    anderresultaat: str | None = None

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show nothing of the pupil."""
        return [("toetscode", self.toetscode), ("afnamedatum", self.afnamedatum), ("score", self.score)]


class VendorState(msgspec.Struct, frozen=True, kw_only=True):
    """What a vendor received.

    Attributes:
        schools: its schools.
        deliveries: how many messages came in.
        results: how many results there are.
        delivered: the messages, oldest first.
        received: the results.
    """

    schools: tuple[SchoolShown, ...]
    deliveries: int
    results: int
    delivered: tuple[Delivery, ...]
    received: tuple[Received, ...]


class StateShown(msgspec.Struct, frozen=True, kw_only=True):
    """The clock, the seed, and what was received, by vendor."""

    clock: ClockShown
    seed: int
    vendors: dict[str, VendorState]


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


class ListedPupil(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A pupil: key, names, birth date, and the leerlingnummer that was entered."""

    key: str
    naam: str
    leerlingnummer: str | None
    eckid: str | None = None
    roepnaam: str | None = None
    voorvoegsel: str | None = None
    achternaam: str | None = None
    geboortedatum: str | None = None


class ListedGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group with its pupils."""

    key: str
    naam: str
    leerlingen: tuple[ListedPupil, ...]


class PupilsShown(SchoolShown, frozen=True, kw_only=True):
    """The groups of a school with their pupils."""

    groepen: tuple[ListedGroup, ...]


class GroupShown(msgspec.Struct, frozen=True, kw_only=True):
    """A group and the number of its pupils."""

    key: str
    naam: str
    leerlingen: int


class ColourShown(msgspec.Struct, frozen=True, kw_only=True):
    """A colour: red, green, blue 0 to 255, transparantie 0 (clear) to 1 (opaque)."""

    rood_code: int
    groen_code: int
    blauw_code: int
    transparantie: Decimal


class NormShown(msgspec.Struct, frozen=True, kw_only=True):
    """A norm of a test: the scores it covers, and what they mean."""

    term: str
    omschrijving: str | None = None
    beginnormwaarde: int
    eindnormwaarde: int
    normkleur: ColourShown | None = None
    schoolcijfer_vanaf: Decimal | None = None
    schoolcijfer_totenmet: Decimal | None = None


class ColumnShown(msgspec.Struct, frozen=True, kw_only=True):
    """A test, or a part of one, as a column of the dashboard."""

    klantcode: str
    toetscode: str
    versie: str | None
    toetsnaam: str | None
    toetsonderdeelcode: str | None
    toetsonderdeelnaam: str | None
    normen: tuple[NormShown, ...]


class CellShown(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A result of a pupil in a column; `norm` is the place of the norm that covers it, in `normen` of the column."""

    key: str
    afnamedatum: dt.date
    infourl: str | None
    score: int | None = None
    osoresultaat: dict[str, Any] | None = None
    anderresultaat: str | None = None
    norm: int | None


class PupilShown(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A pupil as a row of the dashboard: a result or None for each column."""

    key: str
    naam: str
    leerlingnummer: str | None = None
    resultaten: tuple[CellShown | None, ...]


class DashboardShown(msgspec.Struct, frozen=True, kw_only=True):
    """What the dashboard of a group shows.

    Attributes:
        brincode: the school.
        dependancecode: its location.
        naam: its name.
        sector: PO or VO.
        schooljaar: the school year.
        groepen: the groups of the school.
        groep: key of the group that is shown.
        toetsen: the tests, as columns.
        leerlingen: the pupils, as rows.
        nog_niet_zichtbaar: results of these pupils that do not show yet.
        van_eerdere_schooljaren: results of these pupils that never will, as they are of earlier years.
    """

    brincode: str
    dependancecode: str
    naam: str
    sector: str
    schooljaar: str
    groepen: tuple[GroupShown, ...]
    groep: str | None
    toetsen: tuple[ColumnShown, ...]
    leerlingen: tuple[PupilShown, ...]
    nog_niet_zichtbaar: int
    van_eerdere_schooljaren: int


class ResultAtPupil(CellShown, frozen=True, kw_only=True):
    """A result in the file of a pupil: the name of the test, and the test."""

    toets: str
    test: ColumnShown


class EnteredShown(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """A result that was typed in."""

    toets: str
    afnamedatum: dt.date
    score: str
    dle: int | None


class PupilFile(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """The file of a pupil.

    Attributes:
        school: the school.
        key: the pupil.
        naam: the whole name.
        voornaam: the first name.
        achternaam: the last name.
        geboortedatum: day of birth.
        geslacht: the code of the standard.
        jaargroep: year.
        groep: name of the group.
        leerlingnummer: the number that was entered.
        resultaten: results as far as the vendor shows them here.
        ingevoerd: results that were typed in.
    """

    school: SchoolShown
    key: str
    naam: str
    voornaam: str
    achternaam: str
    geboortedatum: dt.date | None
    geslacht: int | None
    jaargroep: str | None
    groep: str | None
    leerlingnummer: str | None
    resultaten: tuple[ResultAtPupil, ...]
    ingevoerd: tuple[EnteredShown, ...]


class MagicSchool(msgspec.Struct, frozen=True, kw_only=True):
    """A school that always reacts in one way."""

    brincode: str
    reaction: str


class ExchangeSummary(Undisclosed, msgspec.Struct, frozen=True, kw_only=True):
    """An exchange of the fakes with a client, without its messages.

    Attributes:
        id: number, rising from 1.
        vendor: the vendor that was called.
        service: its service.
        operation: name of the operation, if the request shows it.
        at: when it began, on the clock of the fakes.
        milliseconds: time it took to make the answer.
        status: HTTP status; 0 if the connection was closed instead.
        faultcode: code of the fault, if the answer is one.
        planned: the planned fault that struck.
        invalid: whether the request itself was invalid.
        line: the exchange in one line, without anything personal.
        remarks: reasons for what the fakes decided.
        request_bytes: size of the request.
        answer_bytes: size of the answer.
    """

    id: int
    vendor: str
    service: str
    operation: str | None
    at: dt.datetime
    milliseconds: float
    status: int
    faultcode: str | None
    planned: str | None
    invalid: bool
    line: str
    remarks: tuple[str, ...]
    request_bytes: int
    answer_bytes: int

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show the line, without the messages of those that have them."""
        return [("line", self.line)]


class ExchangeExported(ExchangeSummary, frozen=True, kw_only=True):
    """An exchange with its messages, without keys and personal data."""

    request: str
    answer: str


class FindingShown(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of the validator, without personal values.

    Attributes:
        id: the rule.
        severity: how bad it is.
        path: where it stands.
        steps: the elements on the path, with their numbers.
        line: its line.
        message: what is wrong, in English.
        remedy: what to do, in English.
        message_nl: what is wrong, in Dutch.
        remedy_nl: what to do, in Dutch.
    """

    id: str
    severity: str
    path: str
    steps: tuple[tuple[str, int], ...]
    line: int | None
    message: str
    remedy: str
    message_nl: str
    remedy_nl: str


class ExchangeShown(ExchangeExported, frozen=True, kw_only=True):
    """An exchange with its messages, and what the validator finds in them."""

    request_findings: tuple[FindingShown, ...]
    answer_findings: tuple[FindingShown, ...]
