"""Verbs about single pupils: their files, the numbers that were entered, and results that were typed in."""

from __future__ import annotations

from mock_las import pupil_files
from mock_las.arguments import EnteredResult, NumberOfPupil, NumbersEntered
from mock_las.declined import Declined
from mock_las.kept_rosters import School
from mock_las.verbs.lookup import Base, Json, Unknown, shown
from uwlr.schoolref import HOOFDVESTIGING


class PupilVerbs(Base):
    """The verbs about single pupils."""

    def pupil(
        self, vendor: str, leerling: str | None, brincode: str | None = None, dependancecode: str | None = None
    ) -> Json:
        """The file of a pupil: names, group, leerlingnummer, and results as far as the vendor shows them there.

        Raises:
            Unknown: no such vendor, school or pupil.
        """
        school = self._school(vendor, brincode, dependancecode or HOOFDVESTIGING)
        found = pupil_files.file_of(self._world, school, leerling or "")
        if found is None:
            raise Unknown(f"{vendor} {school.brincode} {school.dependancecode} has no such pupil")
        return {"school": shown(school), **found}

    def pupils(self, vendor: str, brincode: str | None = None, dependancecode: str | None = None) -> Json:
        """The groups of a school with their pupils and the leerlingnummers that were entered.

        Raises:
            Unknown: no such vendor or school.
        """
        school = self._school(vendor, brincode, dependancecode or HOOFDVESTIGING)
        return {**shown(school), "groepen": pupil_files.list_at(self._world, school)}

    def enter_numbers(self, vendor: str, entered: NumbersEntered) -> None:
        """Enter leerlingnummers without pupils: a vendor that knows pupils by number stores their results from now on.

        Raises:
            Unknown: no such vendor or school.
        """
        school = self._school(vendor, entered.brincode, entered.dependancecode)
        self._world.schools.enter_numbers(school, entered.leerlingnummers)

    def set_number(self, vendor: str, number: NumberOfPupil) -> None:
        """Give one pupil a leerlingnummer: results of that number show there from now on.

        Raises:
            Unknown: no such vendor or school.
            Declined: no such pupil, no number, or another pupil has it.
        """
        school = self._by_number(vendor, number)
        pupil_files.set_number(self._world, school, number.leerling, number.leerlingnummer, also=number.ook_dubbel)

    def enter_result(self, vendor: str, entered: EnteredResult) -> None:
        """Type in a result at a pupil, as schools do with what a coupling does not bring.

        Raises:
            Unknown: no such vendor or school.
            Declined: no such pupil, a day to come, or no DLE.
        """
        school = self._school(vendor, entered.brincode, entered.dependancecode)
        pupil_files.enter_result(self._world, school, entered)

    def _by_number(self, vendor: str, number: NumberOfPupil) -> School:
        school = self._school(vendor, number.brincode, number.dependancecode)
        if not self._world.traits(vendor).knows_pupils_by_number:
            raise Declined(f"{vendor} has the numbers of its pupils itself", "Dit systeem heeft zijn eigen nummers.")
        return school
