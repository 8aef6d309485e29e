"""Both sides of the couplings at any step of their life, so that nobody has to walk all of it to see the end."""

from __future__ import annotations

from typing import Final

from mock_ea.accounts import School
from mock_ea.ea import MockEa
from mock_las.declined import Declined
from mock_las.las import Las
from mock_las.products import BOOM_TESTCENTRUM, IEP_LVS
from mock_las.pull_arguments import Webservice
from mock_las.pull_settings import RIGHT

STEPS: Final = ("leeg", "aangevraagd", "goedgekeurd", "actief", "geimporteerd", "resultaten")
"""How far the couplings have come: nothing, asked for, approved, active, pupils there, results sent."""

_BOOM: Final = BOOM_TESTCENTRUM._asdict()
_CODE: Final = "1234567890abcd"


def bring(ea: MockEa, step: str) -> None:
    """Bring the five couplings of the manuals from nothing to a step, by what people would do on both sides.

    Raises:
        Declined: there is no such step, or no fakes run beside.
    """
    las = ea.suite.las
    if step not in STEPS:
        raise Declined(f"the steps are {', '.join(STEPS)}", "Deze stap is er niet.")
    if las is None:
        raise Declined("no fakes run beside", "Er draaien geen nagebootste schoolsystemen naast.")
    reached = STEPS.index(step)
    before = ea.school
    try:
        for school in ea.suite.accounts.all():
            ea.school = school.id
            if school.las == "esis":
                _boom_with_esis(ea, las, reached)
                _pupils_and_results(ea, reached)
                if reached >= STEPS.index("geimporteerd"):
                    _numbers(ea, las)
                _iep(ea, las, reached)
            elif school.las == "parnassys":
                _boom_with_parnassys(ea, las, school, reached)
            elif school.las == "magister":
                _jij(ea, las, school, reached)
        if reached >= STEPS.index("resultaten"):
            ea.night()
            for school in ea.suite.accounts.all():
                if school.las == "magister":
                    las.pull(vendor="magister", brincode=school.brincode)
    finally:
        ea.school = before


def _boom_with_esis(ea: MockEa, las: Las, reached: int) -> None:
    if reached >= STEPS.index("aangevraagd"):
        ea.request("esis")
    if reached >= STEPS.index("goedgekeurd"):
        ea.approve("esis")
    if reached >= STEPS.index("actief"):
        code = f"{ea.school}{_CODE}"
        las.activate(code, vendor="esis", brincode=ea.school[:4], door="D. van Dam", **_BOOM)
        ea.enter_key(code, "esis")
        _dashboards(ea, las)


def _boom_with_parnassys(ea: MockEa, las: Las, school: School, reached: int) -> None:
    which = {"vendor": "parnassys", "brincode": school.brincode, **_BOOM}
    if reached >= STEPS.index("aangevraagd"):
        las.request_coupling(**which)
        las.approve_coupling(**which)
        las.take_coupling(**which)
        ea.request("parnassys", autorisatiesleutel=las.activate(**which).autorisatiesleutel or "")
    if reached >= STEPS.index("goedgekeurd"):
        ea.approve("parnassys")
    _pupils_and_results(ea, reached)


def _numbers(ea: MockEa, las: Las) -> None:
    """Copy the leerlingnummers of Boom to the pupils of Schoolkr8 who have the same names, as a school does by hand."""
    by_name = {pupil["naam"]: pupil["leerlingnummer"] for pupil in ea.pupils()}
    for pupil in las.pupils(vendor="schoolkr8", brincode=ea.school[:4]):
        if number := by_name.get(pupil.naam):
            las.set_number(pupil.key, number, vendor="schoolkr8", brincode=ea.school[:4], ook_dubbel=True)


def _dashboards(ea: MockEa, las: Las) -> None:
    ea.meet_dashboards()
    for vendor in ("schoolkr8", "focuspo"):
        which = {"vendor": vendor, "brincode": ea.school[:4], **_BOOM}
        las.request_coupling(**which)
        ea.request(vendor, autorisatiesleutel=las.approve_coupling(**which).autorisatiesleutel or "")
        ea.approve(vendor)


def _pupils_and_results(ea: MockEa, reached: int) -> None:
    if reached >= STEPS.index("geimporteerd"):
        ea.start_import()
        ea.review(emails="school.example")
        ea.confirm()
    if reached >= STEPS.index("resultaten"):
        _score(ea, "boom")
        ea.norm()


def _iep(ea: MockEa, las: Las, reached: int) -> None:
    if reached >= STEPS.index("actief"):
        code = f"{ea.school}{_CODE[::-1]}"
        las.activate(code, vendor="esis", brincode=ea.school[:4], door="D. van Dam", **IEP_LVS._asdict())
        ea.switch_on(code)
    if reached >= STEPS.index("geimporteerd"):
        ea.take_pupils("iep")
    if reached >= STEPS.index("resultaten"):
        _score(ea, "iep")
        ea.norm(application="iep")


def _jij(ea: MockEa, las: Las, school: School, reached: int) -> None:
    if reached >= STEPS.index("actief"):
        account = ea.jij_settings()
        url, code = account["url"], account["instellingscode"]
        las.set_pull_settings(
            vendor="magister",
            brincode=school.brincode,
            jij=Webservice(url=url, instellingscode=code, soapkey=account["soapkey"]),
            toa=Webservice(url=url, instellingscode=code, soapkey=account["soapkey_toa"]),
            rechten={"Applicatiebeheerder": (RIGHT,), "Supervisor": (RIGHT,)},
        )
    if reached >= STEPS.index("geimporteerd"):
        ea.take_pupils("jij")
    if reached >= STEPS.index("resultaten"):
        _score(ea, "jij")


def _score(ea: MockEa, application: str) -> None:
    """Give every pupil a score that differs from that of the next."""
    numbers = [pupil["leerlingnummer"] or pupil["id"] for pupil in ea.pupils(application)]
    ea.score({number: 20 + nth * 37 % 80 for nth, number in enumerate(numbers)}, application=application)
