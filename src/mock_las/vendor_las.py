"""One vendor, written as a LAS supplier would write it: access, the roster, receiving results."""

from __future__ import annotations

from mock_las import magic_schools, vendors
from mock_las.couplings import Klant
from mock_las.journal import remark
from mock_las.kept_rosters import School
from mock_las.received_results import Source
from mock_las.vendor_roster import RosterForm
from mock_las.vendors import Traits
from mock_las.world import World
from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    Leerlinggegevens,
    LeerlinggegevensVerzoek,
    LeerresultatenVerzoek,
)
from uwlr.dutch_time import as_utc, is_between
from uwlr.foutcodes import Foutcode
from uwlr.schoolref import HOOFDVESTIGING, SchoolRef
from uwlr.soap.providers import Encoded, Providers, Refusal, RosterVerzoek
from uwlr.soap.settings import Settings


class VendorLas:
    """The providers of one vendor.

    Args:
        world: schools and couplings.
        name: the vendor.
        traits: how it behaves.
    """

    def __init__(self, world: World, name: str, traits: Traits) -> None:
        self.world = world
        self.name = name
        self.traits = traits
        self.form = RosterForm.of(self.traits)

    def providers(self) -> Providers:
        """The services that the vendor offers."""
        services = self.traits.services
        return Providers(
            access=self,
            roster=self if "leerlinggegevens" in services else None,
            results=self if "leerresultaten" in services else None,
        )

    def settings(self) -> Settings:
        """What the vendor accepts, and how it answers."""
        return Settings(
            xsdversies=frozenset(self.traits.xsdversies),
            forgives=frozenset(self.traits.forgives),
            soap_action_required=self.traits.soap_action_required,
            prefix=self.traits.soap_prefix,
        )

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        """Tell whether the supplier is known."""
        known = self.world.couplings.klant_known(self.name, Klant(klantcode, klantnaam))
        if not known:
            remark("no supplier with this klantcode and klantnaam")
        return known

    def sleutel_geldig(self, autorisatie: Autorisatie, school: SchoolRef) -> bool:
        """Tell whether the key is valid for the school."""
        # The key of the vendor's own school is valid for the magic schools too.
        brincode = vendors.load(self.name).brincode if magic_schools.find(school.brincode) else school.brincode
        opened = self.world.couplings.opens(
            self.name, autorisatie.klantcode, autorisatie.autorisatiesleutel, brincode, school.dependancecode
        )
        if not opened:
            remark(self._near_miss(autorisatie, school))
        return opened

    def school_bekend(self, school: SchoolRef) -> bool:
        """Tell whether the school is known."""
        return self._find(school) is not None

    def leerlinggegevens(
        self, school: SchoolRef, verzoek: RosterVerzoek
    ) -> Leerlinggegevens | GeenWijzigingen | GeenGegevens | Encoded:
        """Give the roster; a request for all of it gets the encoded one that is kept ready."""
        found, schooljaar = self._question(school, verzoek)
        rosters = self.world.schools.rosters(found)
        special = magic_schools.find(school.brincode)
        if special and special.reaction == "geengegevens":
            return GeenGegevens()
        if special and special.reaction == "geenwijzigingen":
            return GeenWijzigingen()
        if not rosters.holds(found, schooljaar):
            return GeenGegevens()
        last = verzoek.laatstontvangengegevens
        if last is not None and as_utc(last) >= rosters.version(found, schooljaar).changed_at:
            return GeenWijzigingen()
        if self.traits.current_year_only and schooljaar != self.world.clock.schooljaar():
            remark("another school year than the current one")
            return GeenGegevens()
        if isinstance(verzoek, LeerlinggegevensVerzoek):
            return rosters.encoded(found, schooljaar, verzoek.xsdversie, self.form, self.traits.soap_prefix)
        return self.form(rosters.roster(found, schooljaar))

    def neem_leerresultaten(self, autorisatie: Autorisatie, school: SchoolRef, verzoek: LeerresultatenVerzoek) -> None:
        """Take results."""
        found = self._get(school)
        source = Source(*found.place, autorisatie.klantcode)
        self.world.results.take(source, verzoek, self.traits, self._known_pupils(found))

    def _question(self, school: SchoolRef, verzoek: RosterVerzoek) -> tuple[School, str]:
        """Check what this vendor checks beyond the schema; give the school and the year that are meant."""
        traits = self.traits
        if traits.gegevenssetids and verzoek.gegevenssetid not in traits.gegevenssetids:
            raise Refusal(Foutcode.ONGELDIG_BERICHT, detail="gegevenssetid is missing or not known here")
        if traits.night_window is not None and not is_between(self.world.clock.now(), *traits.night_window):
            start, end = traits.night_window
            raise Refusal(Foutcode.TIJDELIJK_NIET_BESCHIKBAAR, detail=f"rosters are given from {start} to {end}")
        return self._get(school), school.schooljaar or self.world.clock.schooljaar()

    def _find(self, school: SchoolRef) -> School | None:
        special = magic_schools.find(school.brincode)
        if special is None:
            return self.world.schools.find(self.name, school.brincode, school.dependancecode)
        pupils = special.reaction if isinstance(special.reaction, int) else self.world.leerlingen
        sector = self.traits.sector
        return School(
            self.name, special.brincode, school.dependancecode or HOOFDVESTIGING, sector, self.world.seed, pupils
        )

    def _get(self, school: SchoolRef) -> School:
        found = self._find(school)
        if found is None:
            raise Refusal(Foutcode.ONGELDIGE_KLANT_IDENTIFICATIE)
        return found

    def _known_pupils(self, found: School) -> set[str]:
        if self.traits.knows_pupils_by_number:
            return set(self.world.schools.numbers(found).values())
        roster = self.world.schools.rosters(found).roster(found, self.world.clock.schooljaar())
        return set() if isinstance(roster, GeenGegevens) else _ids(roster)

    def _near_miss(self, autorisatie: Autorisatie, school: SchoolRef) -> str:
        asked = f"{school.brincode or 'schoolkey'} {school.dependancecode or ''}".strip()
        others = [c for c in self.world.couplings.of(self.name) if c.klantcode == autorisatie.klantcode]
        for coupling in others:
            if coupling.serves(school.brincode, school.dependancecode):
                if coupling.status != "actief":
                    return f"the coupling of {asked} is {coupling.status}"
                if coupling.autorisatiesleutel == autorisatie.autorisatiesleutel.strip():
                    return f"the key for {asked} is right but for the white space around it"
                return f"{asked} has an active coupling with another key"
        there = ", ".join(f"{c.brincode} {c.dependancecode}" for c in others)
        return f"no coupling for {asked}; there is one for {there}" if there else f"no coupling for {asked}"


def _ids(roster: Leerlinggegevens) -> set[str]:
    """Everything by which a result can refer to a pupil."""
    ids = {leerling.key for leerling in roster.leerlingen} | {leerling.eckid for leerling in roster.leerlingen}
    return {found for found in ids if found}
