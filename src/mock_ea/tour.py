"""The tours: the steps of each manual in order, on which side each is done, where, and how far the school has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from mock_ea.accounts import School
from mock_ea.apps import Apps
from mock_las.las_answers import CouplingShown
from mock_las.products import BOOM_TESTCENTRUM, IEP_LVS
from mock_las.pull_settings import RIGHT
from uwlr.exchange import Koppeling

TITLES: Final = {
    "A": "ESIS en Boom testcentrum",
    "B": "ParnasSys en Boom testcentrum",
    "C": "Boom testcentrum en Schoolkr8",
    "D": "ESIS en IEP LVS",
    "E": "Magister en JIJ! Leerlingvolgsysteem",
}
"""The couplings, by the letter that docs/manuals.md gives their manuals."""

_SYSTEMS: Final = {"A": "esis", "B": "parnassys", "C": "esis", "D": "esis", "E": "magister"}


class Step(NamedTuple):
    """A step.

    Attributes:
        side: the system in which it is done.
        text: what is done there, and by whom.
        url: the page.
        done: whether it was done.
    """

    side: str
    text: str
    url: str
    done: bool


def school_of(apps: Apps, letter: str) -> School | None:
    """Give the school that a tour is walked with; None where no fakes run beside that have one."""
    found = [school for school in apps.suite.accounts.all() if school.las == _SYSTEMS[letter]]
    return found[0] if found and apps.suite.las is not None else None


def steps(apps: Apps, letter: str, school: School) -> list[Step]:
    """Give the steps of a tour."""
    return [step._replace(done=bool(step.done)) for step in _TOURS[letter](_Seen(apps, school))]


class _Seen:
    """What is seen of a school on both sides."""

    def __init__(self, apps: Apps, school: School) -> None:
        assert apps.suite.las is not None  # noqa: S101 - `school_of` says so
        self.las = apps.suite.las
        self.boom, self.iep, self.jij = apps.boom(school.id), apps.iep(school.id), apps.jij(school.id)
        self.ledger = apps.suite.ledger
        self._koppelingen = apps.suite.koppelingen
        self.school = school
        self.ea_url = apps.suite.url

    def at_las(self, vendor: str, klantcode: str) -> CouplingShown | None:
        """The coupling on the side of a LAS or dashboard."""
        wanted = self.school.brincode, self.school.dependancecode, klantcode
        found = (
            one for one in self.las.couplings(vendor) if (one.brincode, one.dependancecode, one.klantcode) == wanted
        )
        return next(found, None)

    def active_at_las(self, vendor: str, klantcode: str) -> bool:
        """Whether it is active there."""
        found = self.at_las(vendor, klantcode)
        return found is not None and found.status == "actief"

    def happened(self, koppeling: Koppeling | None, soort: str) -> bool:
        """Whether something happened to a koppeling."""
        return koppeling is not None and any(one.soort == soort for one in self._koppelingen.events(koppeling.id))

    def sent(self, koppeling: Koppeling | None) -> bool:
        """Whether results were taken."""
        return koppeling is not None and self.ledger.counts(koppeling.id)["bezorgd"] > 0

    def shows(self, vendor: str) -> bool:
        """Whether the dashboard of a system shows results."""
        return bool(self.las.dashboard(vendor=vendor, brincode=self.school.brincode).toetsen)

    def ea(self, side: str, page: str, text: str, done: object) -> Step:
        """A step in an application."""
        return Step(side, text, f"{self.ea_url}/{page.format(school=self.school.id)}", bool(done))

    def las_step(self, vendor: str, page: str, text: str, done: object) -> Step:
        """A step in a LAS or dashboard."""
        title = {"esis": "ESIS", "parnassys": "ParnasSys", "magister": "Magister"}.get(vendor, "Schoolkr8")
        school = f"{self.school.brincode}-{self.school.dependancecode}"
        return Step(title, text, f"{self.las.url}/{page}/{vendor}?school={school}", bool(done))


def _status(koppeling: Koppeling | None, *wanted: str) -> bool:
    return koppeling is not None and koppeling.status in wanted


_BOOM: Final = "Boom testcentrum"
_KOPPELEN: Final = "boom/{school}/koppelen"


def _results(seen: _Seen, las: Koppeling | None, vendor: str, dashboard: str) -> Iterable[Step]:
    normed = any(afname.term for afname in seen.boom.scores.all())
    imported = seen.happened(las, "toegepast")
    yield seen.ea(_BOOM, _KOPPELEN, "Beheerder: GEGEVENS IMPORTEREN, controleren en bevestigen", imported)
    yield seen.ea(_BOOM, "boom/{school}/", "Leerkracht: scores invoeren en normeren", normed)
    yield seen.ea("Klok", "klok", "Nacht draaien: de genormeerde scores gaan mee", seen.sent(las))
    yield seen.las_step(vendor, "groepen", f"Leerkracht: {dashboard}, ongeveer vijf minuten later", seen.shows(vendor))


def _a(seen: _Seen) -> Iterable[Step]:
    las = seen.boom.with_las()
    active = seen.active_at_las("esis", BOOM_TESTCENTRUM.klantcode)
    yield seen.ea(_BOOM, _KOPPELEN, "Beheerder: type Esis kiezen en AANVRAGEN", las)
    approved = _status(las, "goedgekeurd", "actief", "gepauzeerd")
    yield seen.ea(_BOOM, "boom/{school}/klantenservice", "Klantenservice: de aanvraag goedkeuren", approved)
    text = "Directie of Applicatiebeheerder: Boom testcentrum activeren met een zelf bedachte verificatiecode"
    yield seen.las_step("esis", "koppelingen", text, active)
    yield seen.ea(_BOOM, _KOPPELEN, "Beheerder: dezelfde code invullen en opslaan", _status(las, "actief"))
    yield from _results(seen, las, "esis", "Dashboard Mijn Groep")


def _b(seen: _Seen) -> Iterable[Step]:
    las, there = seen.boom.with_las(), seen.at_las("parnassys", BOOM_TESTCENTRUM.klantcode)
    yield seen.ea(_BOOM, "boom/{school}/klantenservice", "Klantenservice: de koppeling openzetten in ParnasSys", there)
    taken = there and any(step.event == "afgenomen" for step in there.log)
    yield seen.las_step("parnassys", "koppelingen", "Beheerder: Boom testcentrum UWLR afnemen", taken)
    key = there and there.autorisatiesleutel
    yield seen.las_step("parnassys", "koppelingen", "Beheerder: nieuwe autorisatiesleutel instellen, en kopiëren", key)
    yield seen.ea(_BOOM, _KOPPELEN, "Beheerder: type ParnasSys UWLR, de sleutel, en AANVRAGEN", las)
    approved = _status(las, "actief")
    yield seen.ea(_BOOM, "boom/{school}/klantenservice", "Klantenservice: de aanvraag goedkeuren", approved)
    yield from _results(seen, las, "parnassys", "Toetsoverzicht van de groep")


def _c(seen: _Seen) -> Iterable[Step]:
    mine = next((one for one in seen.boom.dashboards() if one.vendor == "schoolkr8"), None)
    there = seen.at_las("schoolkr8", BOOM_TESTCENTRUM.klantcode)
    las = _status(seen.boom.with_las(), "actief")
    yield seen.ea(_BOOM, "rondleiding/A", "Eerst een actieve koppeling met ESIS", las)
    text = "Schoolkr8 activeert op verzoek van de school, en mailt de autorisatiesleutel"
    yield seen.las_step("schoolkr8", "koppelingen", text, there is not None and there.status == "actief")
    yield seen.ea(_BOOM, _KOPPELEN, "Beheerder: SchoolKr8 kiezen, de sleutel invullen en AANVRAGEN", mine)
    approved = _status(mine, "actief")
    yield seen.ea(_BOOM, "boom/{school}/klantenservice", "Klantenservice: de aanvraag goedkeuren", approved)
    known = seen.las.pupils(vendor="schoolkr8", brincode=seen.school.brincode) if there else []
    text = "Intern begeleider: de leerlingnummers uit het Leerlingenoverzicht van Boom overnemen"
    yield seen.las_step("schoolkr8", "leerlingen", text, any(pupil.leerlingnummer for pupil in known))
    yield seen.ea("Klok", "klok", "Nacht draaien, na nieuwe genormeerde scores", seen.sent(mine))
    shows = there and seen.shows("schoolkr8")
    yield seen.las_step("schoolkr8", "groepen", "Scores van de groep bekijken", shows)


def _d(seen: _Seen) -> Iterable[Step]:
    mine = seen.iep.koppeling()
    pupils, normed = seen.iep.pupils(), any(afname.term for afname in seen.iep.scores.all())
    yield seen.ea("IEP LVS", "iep/{school}/school/basispoort", "Schoolbeheerder: leerlingen ophalen", pupils)
    active = seen.active_at_las("esis", IEP_LVS.klantcode)
    text = "Directie of Applicatiebeheerder: IEP LVS activeren met een zelf bedachte verificatiecode"
    yield seen.las_step("esis", "koppelingen", text, active)
    text = "Schoolbeheerder: dezelfde code invullen, testbericht versturen en koppeling inschakelen"
    yield seen.ea("IEP LVS", "iep/{school}/school/resultaatkoppeling", text, _status(mine, "actief"))
    yield seen.ea("IEP LVS", "iep/{school}/", "Leerkracht: scores opslaan en normeren", normed)
    yield seen.ea("Klok", "klok", "Nacht draaien: de resultaten gaan mee", seen.sent(mine))
    shows = seen.shows("esis") and seen.sent(mine)
    yield seen.las_step("esis", "groepen", "Leerkracht: Dashboard Mijn Groep, ongeveer vijf minuten later", shows)


def _e(seen: _Seen) -> Iterable[Step]:
    settings = seen.las.pull_settings(vendor="magister", brincode=seen.school.brincode)
    rights = [right for given in settings.rechten.values() for right in given]
    progress = settings.voortgang
    yield seen.ea("JIJ!", "jij/{school}/beheer", "Beheerder: leerlingen ophalen, SOAP-key aanvragen", seen.jij.pupils())
    yield seen.ea("JIJ!", "jij/{school}/", "Docent: scores verwerken", seen.jij.scores.all())
    yield seen.las_step("magister", "autorisatie", f"Applicatiebeheerder: het recht {RIGHT} aanvinken", RIGHT in rights)
    text = "Applicatiebeheerder: bij TOA/JIJ! adres, Instellingscode en SOAP-key invullen"
    yield seen.las_step("magister", "configuratie", text, settings.jij.soapkey)
    text = "Toetsresultaten ophalen, tot er geen resultaten meer zijn gevonden"
    yield seen.las_step("magister", "ophalen", text, progress and progress.tot)
    yield seen.las_step("magister", "groepen", "Docent: LVS bekijken", progress and progress.opgehaald)


_TOURS: Final[Mapping[str, Callable[[_Seen], Iterable[Step]]]] = {"A": _a, "B": _b, "C": _c, "D": _d, "E": _e}
