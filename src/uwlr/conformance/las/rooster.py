"""The whole roster: is it there, is it valid, is it about the right school, do its parts fit together?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from uwlr.berichten import Leerlinggegevens
from uwlr.conformance.casebook import case
from uwlr.conformance.outcomes import OlderStep
from uwlr.conformance.session import ROSTER, LasSession, same
from uwlr.conformance.validator_verdict import must_keep
from uwlr.text import Text

NORMAL = "leerlinggegevens/rooster/normaal"
_ECKID = re.compile(r"https?://\S{10,}")


@case(
    NORMAL,
    "LG-01",
    "LG-02",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("het antwoord bevat leerlinggegevens", "the answer holds leerlinggegevens"),
    requests=0,
    shares=(ROSTER,),
    older=OlderStep("LAS-LG-Nxx Normaal request 1"),
)
def normaal(las: LasSession) -> None:
    """A LAS answers a plain request with the roster."""
    las.roster_reply().must_hold(Leerlinggegevens)


@case(
    "leerlinggegevens/rooster/regels",
    "LG-15",
    "LG-16",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("geen regel van de validator wordt overtreden", "no rule of the validator is broken"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def regels(las: LasSession) -> None:
    """The answer keeps to what the schema cannot say: every rule of `uwlr rules`."""
    must_keep(las.roster_reply().report, "rules", advice="LG-16")


@case(
    "leerlinggegevens/rooster/school",
    "LG-04",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("school en schooljaar zijn die van het verzoek", "school and year are those of the request"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def school(las: LasSession) -> None:
    """The roster is of the school and the year that were asked for."""
    got = las.roster().school
    for name, wanted in las.school.items():
        if name in {"brincode", "schooljaar"}:
            other = Text(f"{name} is die van een ander", f"{name} is that of another")
            same(getattr(got, name), wanted, actual=other)
    asked = las.school.get("dependancecode")
    if asked is not None and got.brincode is not None:
        other = Text("dependancecode is die van een ander", "dependancecode is that of another")
        same(got.dependancecode or "00", asked or "00", actual=other)


@case(
    "leerlinggegevens/rooster/sleutels-uniek",
    "LG-05",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=(
        "elke sleutel van leerling, leerkracht, groep en samengestelde groep komt één keer voor",
        "every key of leerling, leerkracht, groep and samengestelde groep occurs once",
    ),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def sleutels_uniek(las: LasSession) -> None:
    """No key is used twice for the same kind of object."""
    roster = las.roster()
    for name in ("leerlingen", "leerkrachten"):
        _once((item.key for item in getattr(roster, name)), f"@key ({name})")
    for kind in {type(groep) for groep in roster.groepen}:
        _once((groep.key for groep in roster.groepen if isinstance(groep, kind)), f"@key ({kind.__name__})")


@case(
    "leerlinggegevens/rooster/eckid-uniek",
    "LG-06",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("geen twee personen hebben hetzelfde ECK-iD", "no two persons have the same ECK-iD"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def eckid_uniek(las: LasSession) -> None:
    """An ECK-iD is of one person."""
    roster = las.roster()
    for name in ("leerlingen", "leerkrachten"):
        _once((item.eckid for item in getattr(roster, name) if item.eckid), f"@eckid ({name})")


@case(
    "leerlinggegevens/rooster/eckid-vorm",
    "LG-07",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("elk ECK-iD is een webadres", "every ECK-iD is a web address"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def eckid_vorm(las: LasSession) -> None:
    """An ECK-iD has the form that the issuing service gives it."""
    roster = las.roster()
    eckids = [person.eckid for person in roster.leerlingen] + [person.eckid for person in roster.leerkrachten]
    strange = sum(1 for eckid in eckids if eckid and not _ECKID.fullmatch(eckid))
    same(strange, 0, actual=Text(f"{strange} hebben een andere vorm", f"{strange} have another form"))


@case(
    "leerlinggegevens/rooster/verwijzingen",
    "LG-08",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("elke verwijzing naar een groep wijst een groep in het antwoord aan", "every reference finds its group"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def verwijzingen(las: LasSession) -> None:
    """Pupils and staff refer to groups of the same answer."""
    roster = las.roster()
    groepen = {(type(groep).__name__, groep.key) for groep in roster.groepen}
    used = {("Groep", leerling.groep) for leerling in roster.leerlingen if leerling.groep is not None}
    used |= {("SamengesteldeGroep", key) for leerling in roster.leerlingen for key in leerling.samengestelde_groepen}
    used |= {
        (type(ref).__name__.removesuffix("Referentie"), ref.key)
        for leerkracht in roster.leerkrachten
        for ref in leerkracht.groepen
        if ref.key is not None
    }
    lost = len(used - groepen)
    same(lost, 0, actual=Text(f"{lost} groepen ontbreken waarnaar wordt verwezen", f"{lost} groups are missing"))


@case(
    "leerlinggegevens/rooster/jaargroep",
    "LG-09",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=(
        "van elke leerling is de jaargroep bekend, zelf of door de groep",
        "the jaargroep of every pupil is known, of its own or by its group",
    ),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def jaargroep(las: LasSession) -> None:
    """A jaargroep is always filled in."""
    roster = las.roster()
    known = {groep.key for groep in roster.groepen if getattr(groep, "jaargroep", None) not in {None, "C"}}
    without = sum(1 for leerling in roster.leerlingen if leerling.jaargroep is None and leerling.groep not in known)
    actual = Text(f"{without} leerlingen hebben er geen", f"{without} pupils have none")
    same(without, 0, actual=actual)


@case(
    "leerlinggegevens/rooster/ander-schooljaar",
    "LG-04",
    sends=("een verzoek om het vorige schooljaar", "a request for the school year before"),
    holds=(
        "het rooster van dat jaar, geengegevens of een weigering",
        "the roster of that year, geengegevens or a refusal",
    ),
    after=(NORMAL,),
)
def ander_schooljaar(las: LasSession) -> None:
    """The year is that of the request, not the current one by default."""
    first = int(las.config.schooljaar[:4])
    year = f"{first - 1}-{first}"
    inhoud = las.ask(las.verzoek(schooljaar=year)).inhoud
    if isinstance(inhoud, Leerlinggegevens):
        got = inhoud.school.schooljaar
        same(got, year, actual=Text(f"een rooster van {got}", f"a roster of {got}"))


@case(
    "leerlinggegevens/rooster/sleutels-zonder-witruimte",
    "LG-11",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("geen sleutel begint of eindigt met witruimte", "no key begins or ends with white space"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def sleutels_zonder_witruimte(las: LasSession) -> None:
    """White space around a key makes two systems compare it in two ways."""
    roster = las.roster()
    keys = [item.key for item in (*roster.groepen, *roster.leerlingen, *roster.leerkrachten)]
    padded = sum(1 for key in keys if isinstance(key, str) and key != key.strip())
    same(padded, 0, actual=Text(f"{padded} sleutels wel", f"{padded} keys do"))


def _once(keys: Iterable[str], what: str) -> None:
    twice = sum(1 for count in Counter(keys).values() if count > 1)
    same(twice, 0, actual=Text(f"{twice} keer dubbel: {what}", f"{twice} used twice: {what}"))
