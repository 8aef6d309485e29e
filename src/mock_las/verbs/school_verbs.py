"""Verbs about schools: who is there, what happens there, and the results of the pupils."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from mock_las import pull_settings
from mock_las.arguments import EMPTY, Living, NewSchool, SchoolChange
from mock_las.dashboard import dashboard
from mock_las.kept_rosters import School
from mock_las.pull_arguments import PullOrder, PullSettings
from mock_las.pupil_files import groups_at
from mock_las.pupils_by_group import staff, stamgroepen
from mock_las.school_register import read_roster
from mock_las.verbs.lookup import Base, Json, Unknown, shown
from uwlr.schoolref import HOOFDVESTIGING
from uwlr.testing.schoollife import KINDS

if TYPE_CHECKING:
    from mock_las.results_from_jij import Puller


class SchoolVerbs(Base):
    """The verbs about schools."""

    def schools(self, vendor: str) -> list[Json]:
        """The schools of a vendor."""
        return [shown(school) for school in self._world.schools.of(self._served(vendor))]

    def roster(
        self, vendor: str, brincode: str | None = None, dependancecode: str | None = None, schooljaar: str | None = None
    ) -> Json:
        """The stamgroepen of a school with their pupils, and the years of which it has a roster.

        Raises:
            Unknown: no such vendor or school, or no roster of that year.
        """
        school = self._school(vendor, brincode, dependancecode or HOOFDVESTIGING)
        schools = self._world.schools
        rosters = schools.rosters(school)
        years = rosters.years(school)
        if schooljaar is not None and schooljaar not in years:
            raise Unknown(f"{vendor} {school.brincode} {school.dependancecode} has no roster of that year")
        version = rosters.version(school, schooljaar or self._world.clock.schooljaar())
        roster = rosters.roster(school, version.schooljaar)
        groups = stamgroepen(roster)
        life = schools.life(school)
        return {
            **shown(school),
            "leerlingen": sum(len(group.pupils) for group in groups),
            "schooljaar": version.schooljaar,
            "schooljaren": years,
            "changed_at": version.changed_at.isoformat() if version.revision else None,
            "groepen": [
                {"key": g.key, "naam": g.naam, "leerlingen": [{"key": p.key, "naam": p.naam} for p in g.pupils]}
                for g in groups
            ],
            "leerkrachten": staff(roster),
            "kinds": list(life.kinds) if life else [],
        }

    def add_school(self, vendor: str, new: NewSchool) -> Json:
        """Add a made-up school, or make it again. It has no coupling yet.

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
        return shown(school)

    def load_school(self, vendor: str, message: bytes) -> Json:
        """Add a school with the roster of a UWLR answer or an EDEXML file, in place of what it had for that year.

        Raises:
            Unknown: no such vendor.
            MessageError: it is neither, or cannot be read.
            ConfigurationError: the roster does not say of which school it is.
        """
        roster = read_roster(message)
        school, schooljaar = self._world.schools.load(self._served(vendor), roster)
        return {**shown(school), "schooljaar": schooljaar, "leerlingen": len(roster.leerlingen)}

    def roster_findings(self, message: bytes) -> list[Json]:
        """What the validator finds in a file that should be loaded, without personal values."""
        from mock_las.findings import as_plain_data, findings_in  # noqa: PLC0415 - the validator is not small

        return [as_plain_data(finding) for finding in findings_in(message, self._world.clock.now())]

    def change_school(self, vendor: str, change: SchoolChange) -> Json:
        """Let something happen at a school; a client that asks for changes since an earlier moment gets the new roster.

        Raises:
            Unknown: no such vendor or school.
            ConfigurationError: no such kind, nobody to whom it can happen, or no roster to change.
        """
        schools = self._world.schools
        school = self._school(vendor, change.brincode, change.dependancecode)
        people: list[str] = []
        if change.kind == EMPTY:
            schools.empty(school)
        else:
            happened = schools.happen(school, change.kind, change.who, change.groep)
            people = [person.key for person in happened.people]
        version = schools.rosters(school).version(school, self._world.clock.schooljaar())
        return {
            **shown(school),
            "schooljaar": version.schooljaar,
            "changed_at": version.changed_at.isoformat(),
            "people": people,
        }

    def let_happen(self, vendor: str, living: Living) -> Json:
        """Decide what happens at a school by itself from now on, as the clock moves; August always brings a new year.

        Raises:
            Unknown: no such vendor or school.
            ConfigurationError: no such kind, or no roster to change.
        """
        school = self._school(vendor, living.brincode, living.dependancecode)
        kinds = tuple(KINDS) if living.kinds is None else living.kinds
        self._world.schools.let_happen(school, kinds)
        return {**shown(school), "kinds": list(kinds)}

    def happened(self, vendor: str, brincode: str | None = None, dependancecode: str | None = None) -> list[Json]:
        """What happened at a school since its roster was first changed, oldest first.

        Raises:
            Unknown: no such vendor or school.
        """
        life = self._world.schools.life(self._school(vendor, brincode, dependancecode or HOOFDVESTIGING))
        return [
            {"day": day.isoformat(), "kind": kind, "people": [person._asdict() for person in people]}
            for day, kind, people in (life.happened if life else ())
        ]

    def pull(self, vendor: str, order: PullOrder) -> Json:
        """Let a vendor fetch results from a supplier.

        Raises:
            Unknown: no such vendor.
            ConfigurationError: it does not fetch results, or the settings cannot be right.
            TransportError, MessageError, Fault: the supplier did not answer, or refused.
        """
        report: Json = msgspec.to_builtins(self._puller(vendor).pull(order))
        return report

    def pull_settings(self, vendor: str, brincode: str | None = None, dependancecode: str | None = None) -> Json:
        """What a school has set up to fetch results, and how far it has come with it.

        Raises:
            Unknown: no such vendor or school, or it does not fetch results.
        """
        if not self._world.traits(self._served(vendor)).pulls_results:
            raise Unknown(f"{vendor} does not fetch results; they are brought to it")
        puller = self._puller(vendor)
        school = self._school(vendor, brincode, dependancecode or HOOFDVESTIGING)
        settings = pull_settings.settings_of(self._world, school)
        progress = puller.progress(school.brincode, school.dependancecode)
        return {**msgspec.to_builtins(settings), "voortgang": msgspec.to_builtins(progress)}

    def set_pull_settings(self, vendor: str, settings: PullSettings) -> None:
        """Set up the fetching of results, in place of what was set up.

        Raises:
            Unknown: no such vendor or school.
            ConfigurationError: it does not fetch results, or this cannot be set up.
        """
        self._puller(vendor)
        pull_settings.keep(self._world, self._school(vendor, settings.brincode, settings.dependancecode), settings)

    def _puller(self, vendor: str) -> Puller:
        from mock_las.results_from_jij import Puller  # noqa: PLC0415 - the client is loaded when it is first needed

        return Puller(self._world, self._served(vendor), self._fakes.journal.add)

    def dashboard(
        self, vendor: str, brincode: str | None = None, dependancecode: str | None = None, groep: str | None = None
    ) -> Json:
        """The dashboard of a group: its pupils by the tests they took; by default the first group with results.

        Raises:
            Unknown: no such vendor, school or group.
        """
        school = self._school(vendor, brincode, dependancecode or HOOFDVESTIGING)
        schooljaar = self._world.clock.schooljaar()
        traits = self._world.traits(vendor)
        groups = groups_at(self._world, school)
        chosen = next((group for group in groups if group.key == groep), None)
        if groep is not None and chosen is None:
            raise Unknown(f"{vendor} {school.brincode} {school.dependancecode} has no such group with pupils")
        found = dashboard(groups, chosen, self._world.results, school.place, traits, schooljaar)
        return {**shown(school), "schooljaar": schooljaar, **found}
