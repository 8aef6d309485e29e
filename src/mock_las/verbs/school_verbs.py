"""Verbs about schools: who is there, what happens there, and the results of the pupils."""

from __future__ import annotations

import msgspec

from mock_las.arguments import NewSchool, NumbersEntered, PullOrder, SchoolChange
from mock_las.changes import changed
from mock_las.dashboard import dashboard
from mock_las.pupils_by_group import group_of_numbers, groups_of_roster, stamgroepen
from mock_las.school_register import School, read_roster
from mock_las.verbs.lookup import Base, Json, Unknown, shown
from uwlr.schoolref import HOOFDVESTIGING


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
        years = schools.years(school)
        if schooljaar is not None and schooljaar not in years:
            raise Unknown(f"{vendor} {school.brincode} {school.dependancecode} has no roster of that year")
        version = schools.version(school, schooljaar or self._world.clock.schooljaar())
        groups = stamgroepen(schools.roster(school, version.schooljaar))
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
        return {**shown(school), "schooljaar": schooljaar, "changed_at": changed_at.isoformat(), "leerling": leerling}

    def enter_numbers(self, vendor: str, entered: NumbersEntered) -> None:
        """Enter leerlingnummers by hand: a vendor that knows pupils by number stores their results from now on.

        Raises:
            Unknown: no such vendor or school.
        """
        school = self._school(vendor, entered.brincode, entered.dependancecode)
        self._world.schools.enter_numbers(school, entered.leerlingnummers)

    def pull(self, vendor: str, order: PullOrder) -> Json:
        """Let a vendor fetch results from a supplier.

        Raises:
            Unknown: no such vendor.
            ConfigurationError: it does not fetch results, or the settings cannot be right.
            TransportError, MessageError, Fault: the supplier did not answer, or refused.
        """
        from mock_las.results_from_jij import Puller  # noqa: PLC0415 - the client is loaded when it is first needed

        report: Json = msgspec.to_builtins(Puller(self._world, self._served(vendor)).pull(order))
        return report

    def dashboard(
        self, vendor: str, brincode: str | None = None, dependancecode: str | None = None, groep: str | None = None
    ) -> Json:
        """The dashboard of a group: its pupils by the tests they took; by default the first group with results.

        Raises:
            Unknown: no such vendor, school or group.
        """
        school = self._school(vendor, brincode, dependancecode or HOOFDVESTIGING)
        schools = self._world.schools
        schooljaar = self._world.clock.schooljaar()
        traits = self._world.traits(vendor)
        if traits.knows_pupils_by_number:
            groups = group_of_numbers(schools.numbers(school))
        else:
            groups = groups_of_roster(schools.roster(school, schooljaar))
        chosen = next((group for group in groups if group.key == groep), None)
        if groep is not None and chosen is None:
            raise Unknown(f"{vendor} {school.brincode} {school.dependancecode} has no such group with pupils")
        found = dashboard(groups, chosen, self._world.results, school.place, traits)
        return {**shown(school), "schooljaar": schooljaar, **found}
