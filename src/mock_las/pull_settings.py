"""What a school sets up before it can fetch results, as in Magister: version, rights of users, and the web service.

Source: the public manual of the coupling of Magister and JIJ!.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from mock_las.declined import Declined
from mock_las.kept_rosters import School
from mock_las.pull_arguments import PullSettings, Webservice
from mock_las.world import World

LEAST_VERSION: Final = "5.7.35"

RIGHT: Final = "Toetsresultaten JIJ! importeren"
RIGHTS: Final = (
    "Toetsresultaten invoeren",
    RIGHT,
    "Toetsresultaten TOA importeren",
    "Cito volgsysteem VO importeren",
)
"""Rights of the part LVS; each is of its own."""


def settings_of(world: World, school: School) -> PullSettings:
    """Give what a school has set up; nothing yet is the version alone."""
    found = world.state.setting(_name(school), PullSettings)
    return found or PullSettings(brincode=school.brincode, dependancecode=school.dependancecode)


def keep(world: World, school: School, settings: PullSettings) -> PullSettings:
    """Keep what a school sets up, without white space around what was pasted.

    Raises:
        Declined: a right that does not exist, or stamnummers that end before they begin.
    """
    strange = {right for rights in settings.rechten.values() for right in rights} - set(RIGHTS)
    if strange:
        raise Declined(f"there is no right {', '.join(sorted(strange))}", "Dit recht is er niet.")
    first, last = settings.laagste_stamnummer, settings.hoogste_stamnummer
    if first > last:
        raise Declined(
            "the lowest stamnummer is above the highest",
            f"Het laagste stamnummer ({first}) is hoger dan het hoogste ({last}). Verlaag het.",
        )
    jij, toa = _clean(settings.jij), _clean(settings.toa)
    place = {"brincode": school.brincode, "dependancecode": school.dependancecode}
    cleaned = replace(settings, jij=jij, toa=toa, **place)
    world.state.keep(_name(school), cleaned)
    return cleaned


def lacks(settings: PullSettings, group: str) -> list[str]:
    """Say what keeps a group of users from fetching results of JIJ!, each with what to do."""
    found = []
    if _parts(settings.versie) < _parts(LEAST_VERSION):
        found.append(f"Magister is versie {settings.versie}; minimaal {LEAST_VERSION}. Laat Magister bijwerken.")
    if RIGHT not in settings.rechten.get(group, ()):
        found.append(
            f"{group} heeft het recht {RIGHT} niet. De applicatiebeheerder geeft het bij Autorisatie, Gebruikers."
        )
    empty = empty_fields(settings.jij)
    if empty:
        found.append(f"Bij Configuratie Leerlingen, TOA/JIJ!, ontbreekt: {', '.join(empty)}. Vul dat daar in.")
    return found


def empty_fields(webservice: Webservice) -> list[str]:
    """Name the fields of a web service that are empty."""
    fields = {
        "Webservice adres": webservice.url,
        "Instellingscode": webservice.instellingscode,
        "SOAP-key": webservice.soapkey,
    }
    return [name for name, value in fields.items() if not value]


def _clean(webservice: Webservice) -> Webservice:
    return Webservice(
        url=webservice.url.strip(),
        instellingscode=webservice.instellingscode.strip(),
        soapkey=webservice.soapkey.strip(),
    )


def _parts(versie: str) -> list[int]:
    return [int(part) for part in versie.split(".")]


def _name(school: School) -> str:
    return f"ophalen {' '.join(school.place)}"
