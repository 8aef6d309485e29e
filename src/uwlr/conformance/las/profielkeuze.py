"""The profile that a system says its answers keep to."""

from __future__ import annotations

from uwlr.berichten import Leerlinggegevens
from uwlr.berichten.profielen import Profiel, profiel
from uwlr.berichten.tabel import Bericht, table
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.session import ROSTER, LasSession
from uwlr.foutcodes import Foutcode
from uwlr.minimisation import minimise
from uwlr.text import Text


def _profiel(las: LasSession) -> Profiel:
    if las.config.profiel is None:
        raise Absent(Text("profiel is niet ingevuld", "profiel is not given"))
    return profiel(las.config.profiel, las.versie)


@case(
    "leerlinggegevens/profielen/niets-te-veel",
    "PR-01",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("geen veld dat het profiel niet noemt", "no field that the profile does not name"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def niets_te_veel(las: LasSession) -> None:
    """What a profile does not name is not shared."""
    removed = minimise(las.roster(), _profiel(las)).removed
    if removed:
        raise Unmet(Text(f"te veel: {removed[0]}", f"too much: {removed[0]}"))


@case(
    "leerlinggegevens/profielen/niets-te-weinig",
    "PR-02",
    sends=("een gewoon verzoek om het hele rooster", "a plain request for the whole roster"),
    holds=("elk veld dat het profiel verplicht", "every field that the profile asks for"),
    requests=0,
    shares=(ROSTER,),
    after=(NORMAL,),
)
def niets_te_weinig(las: LasSession) -> None:
    """What a profile asks for is there."""
    wanted = _profiel(las).required
    roster: Leerlinggegevens = las.roster()
    parts: list[Bericht] = [roster.school, *roster.leerlingen]
    for part in parts:
        for name in sorted(wanted.get(type(part), ())):
            if getattr(part, name) in {None, ()}:
                wire = next(field.wire for field in table(type(part)).fields if field.name == name)
                raise Unmet(Text(f"{wire} ontbreekt", f"{wire} is missing"))


@case(
    "leerlinggegevens/profielen/leeg-gegevenssetid",
    "FT-02",
    "FC-03",
    "FT-12",
    sends=("een leeg gegevenssetid", "an empty gegevenssetid"),
    holds=("de fout Client.OngeldigBericht", "the fault Client.OngeldigBericht"),
    after=(NORMAL,),
)
def leeg_gegevenssetid(las: LasSession) -> None:
    """An empty set is not the same as none."""
    las.ask(las.verzoek(gegevenssetid="")).must_refuse_with(Foutcode.ONGELDIG_BERICHT, requirement="FC-03")
