"""The staged roster: structure first, then pupils and staff for each group."""

from __future__ import annotations

from typing import Any

from uwlr.berichten import (
    GeenGegevens,
    Groep,
    LeerkrachtenVerzoek,
    LeerlingenVerzoek,
    LeerlinggegevensLeerkrachten,
    LeerlinggegevensLeerlingen,
    LeerlinggegevensStructuur,
    SamengesteldeGroep,
    VerzoekGroep,
    VerzoekSamengesteldeGroep,
)
from uwlr.conformance.casebook import case
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Absent
from uwlr.conformance.session import PUPILS, ROSTER, STRUCTURE, LasSession, Reply, same
from uwlr.conformance.validator_verdict import must_keep
from uwlr.foutcodes import Foutcode
from uwlr.text import Text

STRUCTUUR = "leerlinggegevens/getrapt/structuur"
LEERLINGEN = "leerlinggegevens/getrapt/leerlingen"
_BOTH = (
    "een structuur_verzoek, en een leerlingen_verzoek voor één stamgroep",
    "a structuur_verzoek, and a leerlingen_verzoek for one stamgroep",
)


def stamgroepen(las: LasSession) -> list[str]:
    """Keys of stamgroepen with pupils in them, by the whole roster."""
    used = {leerling.groep for leerling in las.roster().leerlingen}
    keys = [groep.key for groep in las.roster().groepen if isinstance(groep, Groep) and groep.key in used]
    if not keys:
        raise Absent(Text("er is geen stamgroep met leerlingen", "there is no stamgroep with pupils"))
    return keys


def _leerlingen(las: LasSession, *groepen: Any) -> Reply:
    return las.ask(las.verzoek(LeerlingenVerzoek, groepen=groepen))


def first_group(las: LasSession) -> Reply:
    """The pupils of one stamgroep, which several cases look at."""
    return las.share(PUPILS, lambda: _leerlingen(las, VerzoekGroep(key=stamgroepen(las)[0])))


def staff_of(las: LasSession, key: str) -> Reply:
    """Ask for the staff of one stamgroep."""
    return las.ask(las.verzoek(LeerkrachtenVerzoek, groepen=(VerzoekGroep(key=key),)))


def _keys(reply: Reply) -> set[str | None]:
    return {leerling.key for leerling in reply.must_hold(LeerlinggegevensLeerlingen).leerlingen}


def _differ(got: set[Any], wanted: set[Any]) -> None:
    extra, missing = len(got - wanted), len(wanted - got)
    actual = Text(f"{missing} ontbreken, {extra} te veel", f"{missing} missing, {extra} too many")
    same(got, wanted, actual=actual)


@case(
    STRUCTUUR,
    "GT-01",
    sends=("een structuur_verzoek", "a structuur_verzoek"),
    holds=("school en groepen", "school and groups"),
    requests=0,
    shares=(STRUCTURE,),
    after=(NORMAL,),
)
def structuur(las: LasSession) -> None:
    """The first stage gives the school and its groups."""
    las.structure_reply().must_hold(LeerlinggegevensStructuur)


@case(
    "leerlinggegevens/getrapt/structuur-gelijk",
    "GT-02",
    sends=("een structuur_verzoek", "a structuur_verzoek"),
    holds=("dezelfde groepen als in het hele rooster", "the same groups as in the whole roster"),
    requests=0,
    shares=(STRUCTURE, ROSTER),
    after=(STRUCTUUR,),
)
def structuur_gelijk(las: LasSession) -> None:
    """Both ways give the same groups."""
    found = las.structure_reply().must_hold(LeerlinggegevensStructuur)
    _differ({groep.key for groep in found.groepen}, {groep.key for groep in las.roster().groepen})


@case(
    LEERLINGEN,
    "GT-03",
    sends=("een leerlingen_verzoek voor één stamgroep", "a leerlingen_verzoek for one stamgroep"),
    holds=("precies de leerlingen van die groep", "exactly the pupils of that group"),
    requests=0,
    shares=(PUPILS, ROSTER),
    after=(STRUCTUUR,),
)
def leerlingen(las: LasSession) -> None:
    """The second stage gives the pupils of a group."""
    key = stamgroepen(las)[0]
    wanted = {leerling.key for leerling in las.roster().leerlingen if leerling.groep == key}
    _differ(_keys(first_group(las)), wanted)


@case(
    "leerlinggegevens/getrapt/regels",
    "GT-10",
    "LG-16",
    sends=_BOTH,
    holds=("geen regel van de validator wordt overtreden", "no rule of the validator is broken"),
    requests=0,
    shares=(STRUCTURE, PUPILS, ROSTER),
    after=(STRUCTUUR, LEERLINGEN),
)
def regels(las: LasSession) -> None:
    """Each stage keeps to what the schema cannot say."""
    for reply in (las.structure_reply(), first_group(las)):
        must_keep(reply.report, "rules", advice="LG-16")


@case(
    "leerlinggegevens/getrapt/meer-groepen",
    "GT-04",
    sends=("een leerlingen_verzoek voor twee stamgroepen", "a leerlingen_verzoek for two stamgroepen"),
    holds=("de leerlingen van beide groepen", "the pupils of both groups"),
    shares=(ROSTER,),
    after=(STRUCTUUR,),
)
def meer_groepen(las: LasSession) -> None:
    """Several groups may be asked for at once."""
    keys = stamgroepen(las)[:2]
    if len(keys) < 2:
        raise Absent(Text("er is maar één stamgroep", "there is one stamgroep only"))
    wanted = {leerling.key for leerling in las.roster().leerlingen if leerling.groep in keys}
    _differ(_keys(_leerlingen(las, *(VerzoekGroep(key=key) for key in keys))), wanted)


@case(
    "leerlinggegevens/getrapt/samengestelde-groep",
    "GT-05",
    sends=("een leerlingen_verzoek voor een samengestelde groep", "a leerlingen_verzoek for a samengestelde groep"),
    holds=("precies de leerlingen van die groep", "exactly the pupils of that group"),
    shares=(ROSTER,),
    after=(STRUCTUUR,),
)
def samengestelde_groep(las: LasSession) -> None:
    """A samengestelde groep can be asked for as a stamgroep can."""
    used = {key for leerling in las.roster().leerlingen for key in leerling.samengestelde_groepen}
    keys = [g.key for g in las.roster().groepen if isinstance(g, SamengesteldeGroep) and g.key in used]
    if not keys:
        raise Absent(Text("er is geen samengestelde groep", "there is no samengestelde groep"))
    wanted = {leerling.key for leerling in las.roster().leerlingen if keys[0] in leerling.samengestelde_groepen}
    _differ(_keys(_leerlingen(las, VerzoekSamengesteldeGroep(key=keys[0]))), wanted)


@case(
    "leerlinggegevens/getrapt/zonder-sleutel",
    "GT-06",
    sends=("een leerlingen_verzoek met een groep zonder sleutel", "a leerlingen_verzoek with a groep without a key"),
    holds=("de leerlingen die in geen stamgroep zitten", "the pupils that are in no stamgroep"),
    shares=(ROSTER,),
    after=(STRUCTUUR,),
)
def zonder_sleutel(las: LasSession) -> None:
    """A group without a key stands for the persons in none."""
    reply = _leerlingen(las, VerzoekGroep())
    inhoud = reply.must_hold((LeerlinggegevensLeerlingen, GeenGegevens))
    got = {leerling.key for leerling in getattr(inhoud, "leerlingen", ())}
    _differ(got, {leerling.key for leerling in las.roster().leerlingen if leerling.groep is None})


@case(
    "leerlinggegevens/getrapt/leerkrachten",
    "GT-07",
    sends=("een leerkrachten_verzoek voor een stamgroep", "a leerkrachten_verzoek for a stamgroep"),
    holds=("precies de leerkrachten van die groep", "exactly the staff of that group"),
    shares=(ROSTER,),
    after=(STRUCTUUR,),
)
def leerkrachten(las: LasSession) -> None:
    """The third stage gives the staff of a group."""
    keys = set(stamgroepen(las))
    staff = [(ref.key, leerkracht.key) for leerkracht in las.roster().leerkrachten for ref in leerkracht.groepen]
    taught = [key for key, _ in staff if key in keys]
    if not taught:
        raise Absent(Text("geen stamgroep heeft een leerkracht", "no stamgroep has staff"))
    reply = staff_of(las, taught[0])
    got = {leerkracht.key for leerkracht in reply.must_hold(LeerlinggegevensLeerkrachten).leerkrachten}
    _differ(got, {person for key, person in staff if key == taught[0]})


@case(
    "leerlinggegevens/getrapt/onbekende-groep",
    "GT-08",
    "FT-12",
    sends=(
        "een leerlingen_verzoek voor een groep die er niet is",
        "a leerlingen_verzoek for a group that is not there",
    ),
    holds=("geengegevens of een fout, geen leerlingen", "geengegevens or a fault, no pupils"),
    after=(STRUCTUUR,),
)
def onbekende_groep(las: LasSession) -> None:
    """A group that does not exist has no pupils."""
    reply = _leerlingen(las, VerzoekGroep(key="uwlr-conformance-geen-groep"))
    if reply.refused:
        reply.must_be_refused()
    else:
        reply.must_hold(GeenGegevens)


@case(
    "leerlinggegevens/getrapt/zonder-groepen",
    "FT-02",
    "FC-03",
    "FT-12",
    sends=(
        "een leerlingen_verzoek en een leerkrachten_verzoek zonder groepen",
        "a leerlingen_verzoek and a leerkrachten_verzoek without groepen",
    ),
    requests=2,
    holds=("geweigerd, met de fout Client.OngeldigBericht", "refused, by the fault Client.OngeldigBericht"),
    after=(STRUCTUUR,),
)
def zonder_groepen(las: LasSession) -> None:
    """The groups are mandatory."""
    for cls in (LeerlingenVerzoek, LeerkrachtenVerzoek):
        reply = las.ask(las.verzoek(cls, groepen=()))
        reply.must_refuse_with(Foutcode.ONGELDIG_BERICHT, requirement="FC-03")
