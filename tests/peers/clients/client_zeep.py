"""zeep in its strict mode. Does each step with what the WSDL at the two addresses tells, and prints what it read."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from typing import Any

# Some valid messages make zeep take memory until there is none.
resource.setrlimit(resource.RLIMIT_AS, (4_000_000 * 1024,) * 2)

import zeep  # noqa: E402
from lxml import etree  # noqa: E402

AUTORISATIE = "{http://www.edustandaard.nl/leerresultaten/2/autorisatie}autorisatie"
SERVICE = "LeerlinggegevensService"
given = os.environ


def tell(*fact: object) -> None:
    """Print a fact."""
    print(*fact, sep="\t")  # noqa: T201


def header(client: zeep.Client, sleutel: str) -> list[Any]:
    """Make the header that a call needs."""
    autorisatie = client.get_element(AUTORISATIE)
    return [autorisatie(autorisatiesleutel=sleutel, klantcode=given["KLANTCODE"], klantnaam=given["KLANTNAAM"])]


def of_kind(groepen: Any, kind: str) -> list[str]:
    """The keys of one kind of group: a repeated choice comes as `_value_1`, a run of one kind at a time."""
    return [groep["key"] for run in groepen["_value_1"] for groep in run.get(kind) or ()]


def tell_groups(step: str, groepen: Any) -> None:
    """Tell the groups."""
    for kind in ("groep", "samengestelde_groep"):
        for key in of_kind(groepen, kind):
            tell(f"{step}.{kind}", key)


def tell_pupils(step: str, leerlingen: Any) -> None:
    """Tell the pupils."""
    for leerling in leerlingen.leerling:
        tell(f"{step}.leerling", leerling.key, leerling.roepnaam, leerling.achternaam, leerling.geboortedatum)


def tell_teachers(step: str, leerkrachten: Any) -> None:
    """Tell the teachers."""
    for leerkracht in leerkrachten.leerkracht:
        tell(f"{step}.leerkracht", leerkracht.key)


roster = zeep.Client(f"{given['LEERLINGGEGEVENS']}?wsdl")
results = zeep.Client(f"{given['LEERRESULTATEN']}?wsdl")
staged = roster.bind(SERVICE, "prtLeerlinggegevensService-getrapt")
school = {"schooljaar": given["SCHOOLJAAR"], "brincode": given["BRINCODE"], "xsdversie": "2.2"}
signed = header(roster, given["AUTORISATIESLEUTEL"])
wrong = header(roster, given["FOUTE_SLEUTEL"])


def geheel(step: str) -> None:
    """Fetch everything at once."""
    read = roster.service.HaalLeerlinggegevens(**school, _soapheaders=signed).leerlinggegevens
    tell_groups(step, read.groepen)
    tell_pupils(step, read.leerlingen)
    tell_teachers(step, read.leerkrachten)


def getrapt(step: str) -> None:
    """Fetch the groups, then their pupils and teachers."""
    groepen = staged.HaalStructuur(**school, _soapheaders=signed)["leerlinggegevens-structuur"].groepen
    tell_groups(step, groepen)
    kinds = ("groep", "samengestelde_groep")
    asked = {"_value_1": [{kind: {"key": key}} for kind in kinds for key in of_kind(groepen, kind)]}
    read = staged.HaalLeerlingen(**school, groepen=asked, _soapheaders=signed)
    tell_pupils(step, read["leerlinggegevens-leerlingen"].leerlingen)
    read = staged.HaalLeerkrachten(**school, groepen=asked, _soapheaders=signed)
    tell_teachers(step, read["leerlinggegevens-leerkrachten"].leerkrachten)


def tell_empty(step: str, **asked: Any) -> None:
    """Tell which empty answer comes: for zeep itself both are None, so that the element has to be looked up."""
    tell(f"{step}.value", roster.service.HaalLeerlinggegevens(**asked, _soapheaders=signed))
    with roster.settings(raw_response=True):
        answer = roster.service.HaalLeerlinggegevens(**asked, _soapheaders=signed)
    [antwoord] = etree.fromstring(answer.content).find("{*}Body")
    tell(step, *(etree.QName(element).localname for element in antwoord))


def geenwijzigingen(step: str) -> None:
    """Ask for what changed since a moment."""
    tell_empty(step, **school, laatstontvangengegevens=given["LAATST"])


def geengegevens(step: str) -> None:
    """Ask for a school without data."""
    tell_empty(step, **{**school, "brincode": given["LEGE_BRINCODE"]})


def fault(step: str) -> None:
    """Use a wrong key."""
    try:
        roster.service.HaalLeerlinggegevens(**school, _soapheaders=wrong)
    except zeep.exceptions.Fault as error:
        tell(step, error.code)


def fault_getrapt(step: str) -> None:
    """Use a wrong key for a staged operation, which declares its fault."""
    try:
        staged.HaalStructuur(**school, _soapheaders=wrong)
    except zeep.exceptions.Fault as error:
        tell(step, error.code)


def bring(scores: dict[str, object]) -> None:
    """Bring results: a score by leerlingid."""
    afnames = [
        {
            "leerlingid": leerling,
            "resultaten": {
                "resultaat": [{"key": f"r{n}", "afnamedatum": "2026-11-20", "toetscode": "T1", "score": score}]
            },
        }
        for n, (leerling, score) in enumerate(scores.items())
    ]
    results.service.BrengLeerresultaten(
        school={**school, "aanmaakdatum": given["AANMAAKDATUM"]},
        toetsafnames={"toetsafname": afnames},
        toetsen={"toets": [{"toetscode": "T1", "toetsnaam": "Rekenen"}]},
        _soapheaders=header(results, given["AUTORISATIESLEUTEL"]),
    )


def score_0(step: str) -> None:
    """Bring a score of 0 as a number, which zeep leaves out of the message."""
    try:
        bring({given["LEERLINGEN"].split(",")[0]: 0})
    except zeep.exceptions.Fault as error:
        tell(step, error.code)


def resultaten(step: str) -> None:
    """Bring results with their scores as text, the first with score 0."""
    bring({leerling: str(score) for score, leerling in enumerate(given["LEERLINGEN"].split(","))})
    tell(step, "bevestigd")


STEPS: tuple[Callable[[str], None], ...] = (
    geheel,
    getrapt,
    geenwijzigingen,
    geengegevens,
    fault,
    fault_getrapt,
    score_0,
    resultaten,
)
for act in STEPS:
    try:
        act(act.__name__)
    except Exception as error:  # noqa: BLE001 - whatever zeep raises is what the step came to
        tell(f"{act.__name__}.error", type(error).__name__, " ".join(str(error).split()))
