"""Boom testcentrum of one school: its koppelingen with a LAS and with dashboards, and its pupils.

Source: the public manuals of the couplings of Boom testcentrum with ESIS, ParnasSys, Schoolkr8 and Focus PO.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from mock_ea.accounts import School
from mock_ea.catalogue import BOOM
from mock_ea.explaining import explain
from mock_ea.scoring import Scores
from mock_ea.suite import SERVICE, Address, Suite, working_days_after
from mock_ea.typed_pupils import typed_day, typed_pupils
from mock_las.declined import Declined
from mock_las.products import BOOM_TESTCENTRUM
from uwlr.dutch_time import dutch_day
from uwlr.errors import ConfigurationError
from uwlr.exchange import Bron, Gegevens, Koppeling, Lid, NotEnabled, Plan, SqlLeden, UnusableKey
from uwlr.exchange.key_rules import key_problems
from uwlr.exchange.leden import Soort
from uwlr.exchange.presets import preset_of
from uwlr.norm import schooljaar_for

SYSTEMS: Final[Mapping[str, str]] = {
    "esis": "Esis",
    "parnassys": "ParnasSys UWLR",
    "somtoday": "Somtoday UWLR",
    "standaard": "Ander LAS (UWLR)",
}
"""What "Type koppeling" offers. The manuals show the first two; the others are for whoever makes another LAS."""

DASHBOARDS: Final[Mapping[str, str]] = {"schoolkr8": "SchoolKr8", "focuspo": "Focus PO"}
"""What "Type dashboard" offers."""

TITLES: Final[Mapping[str, str]] = {**SYSTEMS, **DASHBOARDS}
"""Both, by vendor."""

KEY_LATER: Final = frozenset({"esis"})
"""Systems whose key is entered after approval, as the school makes it; that of others belongs to the request."""

WORKING_DAYS: Final = 2
"""Customer service approves after so many working days, when nobody does it by hand before."""

_BRINCODE: Final = re.compile("[0-9]{2}[A-Z]{2}")
_SCHOOLKEY: Final = "De SchoolKey moet leeg blijven; hij wordt niet gebruikt."


class Boom:
    """One school in Boom testcentrum.

    Args:
        suite: what all share.
        school: the school.
    """

    def __init__(self, suite: Suite, school: School) -> None:
        self.suite, self.school = suite, school
        self.name = f"boom {school.id}"
        self.leden = SqlLeden(suite.store, self.name)
        self.scores = Scores(suite.state, suite.clock, self.name, BOOM)

    # Koppelingen

    def koppelingen(self) -> list[Koppeling]:
        """Give those of this school, the ended ones too."""
        return self.suite.koppelingen_of(self.name)

    def with_las(self) -> Koppeling | None:
        """Give the koppeling with the LAS: the last one that was asked for and has not ended."""
        found = [one for one in self.koppelingen() if one.vendor in SYSTEMS and one.status != "beeindigd"]
        return found[-1] if found else None

    def dashboards(self) -> list[Koppeling]:
        """Give the koppelingen with dashboards that have not ended."""
        return [one for one in self.koppelingen() if one.vendor in DASHBOARDS and one.status != "beeindigd"]

    def request(
        self,
        vendor: str,
        *,
        brincode: str | None = None,
        dependancecode: str = "",
        autorisatiesleutel: str = "",
        schoolkey: str = "",
        door: str = "beheerder",
    ) -> Koppeling:
        """File a request; it waits for customer service.

        Raises:
            Declined: old numbers are there still, a key is missing, or there is a koppeling already.
        """
        if vendor in DASHBOARDS:
            self._needs_active_las()
            address = Address(None, self.suite.address(vendor).leerresultaten)
            existing = next((one for one in self.dashboards() if one.vendor == vendor), None)
        elif vendor in SYSTEMS:
            self._needs_no_numbers()
            address, existing = self.suite.address(vendor), self.with_las()
        else:
            raise Declined(f"there is no coupling with {vendor}", "Kies een type koppeling uit de lijst.")
        title = preset_of(vendor).titel
        if existing is not None and existing.status != "afgewezen":
            there = preset_of(existing.vendor).titel
            raise Declined(
                f"there is a koppeling with {existing.vendor} already: {existing.status}",
                f"Er is al een koppeling met {there} ({existing.status}). Beëindig die eerst.",
            )
        if vendor not in KEY_LATER and not autorisatiesleutel:
            raise Declined(
                f"the request of {vendor} needs its autorisatiesleutel",
                f"Vul de autorisatiesleutel van {title} in: die hoort bij de aanvraag.",
            )
        if schoolkey:
            raise Declined("the schoolkey stays empty", _SCHOOLKEY)
        bron = Bron(brincode=brincode or self.school.brincode, dependancecode=self._dependance(dependancecode))
        if autorisatiesleutel:
            problems = key_problems(autorisatiesleutel, preset_of(vendor), bron)
            if problems:
                raise UnusableKey(problems)
        if existing is not None:
            self.suite.koppelingen.end(existing.id, door=door, reden="opnieuw aangevraagd")
        koppeling = self.suite.koppelingen.add(
            vendor,
            naam=f"{self.school.naam} - {title}",
            school=self.name,
            bronnen=[bron],
            url=address.leerlinggegevens,
            leerresultaten_url=address.leerresultaten,
            klantcode=BOOM_TESTCENTRUM.klantcode,
            klantnaam=BOOM_TESTCENTRUM.klantnaam,
            autorisatiesleutel=autorisatiesleutel or None,
            door=door,
        )
        text = f"{self.school.naam} ({self.school.id}) vraagt een koppeling met {title} aan."
        self.suite.mailbox.send(self.school.beheerders[0], SERVICE, "Koppeling aangevraagd", text)
        return koppeling

    def faults_of(self, koppeling: Koppeling) -> list[str]:
        """Say what customer service finds wrong with a request."""
        bron = koppeling.bronnen[0]
        found = []
        if not _BRINCODE.fullmatch(bron.brincode or ""):
            found.append("De brincode is niet vier tekens lang: twee cijfers en twee letters.")
        elif bron.brincode != self.school.brincode:
            found.append(f"De brincode hoort niet bij {self.school.naam}: dat is {self.school.brincode}.")
        return found

    def approve(self, koppeling_id: int, *, door: str = "klantenservice") -> Koppeling:
        """Approve a request; where the key came with it, it is proven and the koppeling becomes active.

        Raises:
            Declined: a field is not right, or the system refuses the key; the school is told and may ask again.
        """
        koppelingen = self.suite.koppelingen
        koppeling = koppelingen.get(koppeling_id)
        faults = self.faults_of(koppeling)
        if faults:
            self.reject(koppeling_id, " ".join(faults), door=door)
            raise Declined("a field of the request is not right", " ".join(faults))
        title = preset_of(koppeling.vendor).titel
        koppeling = koppelingen.approve(koppeling_id, door=door)
        if koppeling.autorisatiesleutel is None:
            text = f"De koppeling met {title} is goedgekeurd. Vul nu de sleutel in die u in {title} hebt gemaakt."
            self._tell("Uw koppeling is goedgekeurd", text)
            return koppeling
        try:
            koppeling = koppelingen.enable(koppeling_id, door=door)
        except (NotEnabled, UnusableKey) as error:
            self.reject(koppeling_id, explain(error), door=door)
            raise Declined(f"the key was not proven: {error}", explain(error)) from None
        self._tell("Uw koppeling is goedgekeurd", f"De koppeling met {title} is actief.")
        return koppeling

    def reject(self, koppeling_id: int, reden: str, *, door: str = "klantenservice") -> Koppeling:
        """Refuse a request with the reason; the school is mailed, and may ask again."""
        koppeling = self.suite.koppelingen.refuse(koppeling_id, reden=reden, door=door)
        self._tell("Uw koppeling is niet goedgekeurd", f"{reden}\nVerbeter dit en vraag de koppeling opnieuw aan.")
        return koppeling

    def approve_what_is_due(self) -> int:
        """Let customer service do what waited for two working days; gives how many."""
        due = [
            one
            for one in self.koppelingen()
            if one.status == "aangevraagd"
            and working_days_after(dutch_day(one.aangevraagd_op), WORKING_DAYS) <= self.suite.clock.today()
        ]
        for one in due:
            try:
                self.approve(one.id)
            except ConfigurationError:
                continue  # the school was told why
        return len(due)

    def enter_key(
        self, koppeling_id: int, autorisatiesleutel: str, *, schoolkey: str = "", door: str = "beheerder"
    ) -> Koppeling:
        """Enter the key, or another one; it is proven, and the koppeling becomes active.

        Raises:
            Declined: the koppeling is not approved yet, or the schoolkey was filled in.
            UnusableKey: the key cannot be right.
            NotEnabled: the system refuses it; its `uitleg` says why.
        """
        koppeling = self.suite.koppelingen.get(koppeling_id)
        if koppeling.status == "aangevraagd":
            raise Declined(
                "the koppeling is not approved yet",
                "De aanvraag is nog niet goedgekeurd door de klantenservice; dat duurt 1 tot 2 werkdagen. "
                "Vul daarna de sleutel in.",
            )
        if schoolkey:
            raise Declined("the schoolkey stays empty", _SCHOOLKEY)
        return self.suite.koppelingen.enable(koppeling_id, autorisatiesleutel=autorisatiesleutel, door=door)

    def end(self, koppeling_id: int, *, door: str = "beheerder") -> Koppeling:
        """End a koppeling."""
        return self.suite.koppelingen.end(koppeling_id, door=door)

    # Numbers

    def old_numbers(self) -> dict[Soort, int]:
        """Count the groups and pupils that have a number of a LAS."""
        soorten: tuple[Soort, ...] = ("groep", "leerling")
        counts = {soort: sum(bool(lid.gegevens.key) for lid in self.leden.find(soort)) for soort in soorten}
        return {soort: count for soort, count in counts.items() if count}

    def remove_numbers(self) -> int:
        """Forget the numbers of all; people, tests and scores stay. Gives how many groups and people there are."""
        return self.leden.forget_keys()

    def seed_pupils(self, pupils: list[Gegevens]) -> None:
        """Enter pupils by hand, as of the time before the koppeling."""
        with self.leden.transaction():
            for pupil in pupils:
                self.leden.create("leerling", pupil)

    def add_pupils(self, lines: str) -> int:
        """Add pupils by hand, one a line: name, and if wanted birth date and number, between commas; gives how many.

        Raises:
            Declined: a line is none; nothing was added.
        """
        found = typed_pupils(lines)
        self.seed_pupils(found)
        return len(found)

    def change_pupil(self, pupil: Lid, *, roepnaam: str, achternaam: str, geboren: str) -> None:
        """Change the data of a pupil; a next import brings back what the LAS says.

        Raises:
            Declined: there is no name, or no day of birth.
        """
        if not achternaam.strip():
            raise Declined("achternaam is empty", "Vul een achternaam in; er is niets opgeslagen.")
        changed = replace(
            pupil.gegevens,
            roepnaam=roepnaam.strip() or None,
            achternaam=achternaam.strip(),
            geboortedatum=typed_day(geboren),
        )
        with self.leden.transaction():
            self.leden.update("leerling", pupil.id, changed)

    # Import

    def start_import(self) -> Plan:
        """Fetch the roster and plan the import; administrators are mailed about what waits.

        Raises:
            Declined: there is no active koppeling with a LAS.
            NoRoster, WrongAnswer, TransportError, MessageError, Fault: the roster could not be had.
        """
        koppeling = self.with_las()
        if koppeling is None or koppeling.status != "actief":
            raise Declined(
                "there is no active koppeling with a LAS",
                "Er is geen actieve koppeling met een LAS. Vraag haar aan, laat haar goedkeuren en vul de sleutel in.",
            )
        plan = self.suite.importer.plan(koppeling)
        self.suite.tell()
        return plan

    def pupils(self, *, active: bool = True) -> list[Lid]:
        """Give the pupils, or those that were deactivated, by name."""
        found = [lid for lid in self.leden.find("leerling") if lid.actief is active]
        return sorted(found, key=lambda lid: (lid.gegevens.achternaam or "", lid.gegevens.label))

    def groups(self) -> dict[str, str]:
        """Give the names of the groups, by their keys."""
        return {lid.gegevens.key or lid.id: lid.gegevens.naam or "" for lid in self.leden.find("groep")}

    # Results

    def release(self, koppeling_id: int, schooljaren: list[str] | None = None, *, door: str = "klantenservice") -> None:
        """Let results go that were normed before the activation: history for ESIS, the previous year on request.

        Args:
            koppeling_id: to which system.
            schooljaren: of which years; None is what the manuals grant: for ESIS this year and the one before, else
                the one before.
            door: who let them go.
        """
        koppeling = self.suite.koppelingen.get(koppeling_id)
        this = self.suite.clock.schooljaar()
        before = f"{int(this[:4]) - 1}-{this[:4]}"
        years = schooljaren or ([before, this] if koppeling.vendor == "esis" else [before])
        kept = self._released(koppeling_id)
        moment = self.suite.clock.now()
        self.suite.state.keep(f"vrijgegeven {koppeling_id}", kept | dict.fromkeys(years, moment))
        title = preset_of(koppeling.vendor).titel
        self._tell("Historie vrijgegeven", f"Resultaten van {' en '.join(years)} gaan vannacht naar {title} ({door}).")

    def record(self, koppeling: Koppeling) -> None:
        """Give the exchange what is normed; what it has already stays as it is."""
        everybody = {lid.id: lid.gegevens for lid in self.leden.find("leerling")}
        page = f"{self.suite.url}/boom/{self.school.id}/resultaat/"
        released = self._released(koppeling.id)
        self.suite.ledger.record(koppeling.id, self.scores.results(everybody, page=page, released=released))

    def not_sendable(self) -> tuple[int, int]:
        """Count the scores that are not normed yet, and the normed ones of pupils without a number."""
        numbers = {lid.id for lid in self.leden.find("leerling") if lid.gegevens.key}
        found = [afname for afname in self.scores.all() if afname.score is not None]
        normed = [afname for afname in found if afname.genormeerd_op is not None]
        return len(found) - len(normed), sum(afname.lid not in numbers for afname in normed)

    def _released(self, koppeling_id: int) -> dict[str, dt.datetime]:
        found: dict[str, dt.datetime] | None = self.suite.setting(f"vrijgegeven {koppeling_id}", dict[str, dt.datetime])
        return found or {}

    def _tell(self, onderwerp: str, tekst: str) -> None:
        self.suite.mail_school(self.school, onderwerp, tekst, page=f"/boom/{self.school.id}/koppelen")

    def _dependance(self, dependancecode: str) -> str | None:
        given = dependancecode.strip()
        return given or (self.school.dependancecode if self.school.dependancecode != "00" else None)

    def _needs_active_las(self) -> None:
        las = self.with_las()
        if las is None or las.status != "actief":
            raise Declined(
                "a dashboard needs an active koppeling with a LAS first",
                "Eerst moet er een actieve koppeling zijn tussen Boom testcentrum en het LAS van de school.",
            )

    def _needs_no_numbers(self) -> None:
        numbers = self.old_numbers()
        if numbers and self.with_las() is None:
            counts = " en ".join(f"{count} {_MANY[soort]}" for soort, count in numbers.items())
            raise Declined(
                f"external numbers are left: {numbers}",
                f"Er staan nog externe nummers bij {counts}. Verwijder ze eerst met VERWIJDER NUMMERS; "
                "toetsgegevens blijven bewaard.",
            )


_MANY: Final[Mapping[Soort, str]] = {"groep": "groepen", "leerling": "leerlingen", "leerkracht": "leerkrachten"}


def this_year(suite: Suite) -> str:
    """Give the school year as the form shows it."""
    return f"Huidig schooljaar ({schooljaar_for(suite.clock.today())})"
