"""Who has which key and which ECK-iD, by person: compared over answers, so that an exchange of keys shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from uwlr.berichten import Leerlinggegevens
from uwlr.berichten.tabel import wire_name
from uwlr.conformance.casebook import case
from uwlr.conformance.las.getrapt import STRUCTUUR, first_group, staff_of, stamgroepen
from uwlr.conformance.las.rooster import NORMAL
from uwlr.conformance.outcomes import Absent, Unmet
from uwlr.conformance.session import PUPILS, ROSTER, STRUCTURE, LasSession
from uwlr.text import Text

_AGAIN: Final = "rooster-opnieuw"
_STAFF: Final = "leerkrachten"
_NAMES: Final = ("achternaam", "voorvoegsel", "voornamen", "voorletters_1", "roepnaam")
_LISTS: Final = ("leerlingen", "leerkrachten", "groepen")


class Handle(NamedTuple):
    """What a system calls somebody or something."""

    key: str | None
    eckid: str | None


def handles(items: Iterable[Any]) -> Mapping[tuple[Any, ...], Handle]:
    """The handles by what makes a person or a group who it is; namesakes are left out."""
    found = [(_self(item), Handle(item.key, getattr(item, "eckid", None))) for item in items]
    times = Counter(who for who, _ in found)
    return {who: handle for who, handle in found if times[who] == 1}


def _self(item: Any) -> tuple[Any, ...]:
    if hasattr(item, "naam"):
        return (wire_name(type(item)), item.naam, getattr(item, "jaargroep", None))
    return (*(getattr(item, name) for name in _NAMES), getattr(item, "geboortedatum", None))


def _changed(first: Iterable[Any], again: Iterable[Any], part: str) -> tuple[int, int]:
    """How many have another key or ECK-iD now, and how many were found in both."""
    one, other = handles(first), handles(again)
    both = one.keys() & other.keys()
    return sum(1 for who in both if getattr(one[who], part) != getattr(other[who], part)), len(both)


def _compare(pairs: Iterable[tuple[str, Iterable[Any], Iterable[Any]]], part: str, what: str) -> None:
    """Ask that nobody has another handle.

    Raises:
        Unmet: somebody has.
        Absent: nobody was in both answers.
    """
    met = 0
    for name, first, again in pairs:
        changed, both = _changed(first, again, part)
        met += both
        if changed:
            raise Unmet(
                Text(
                    f"{changed} van {both} {name} hebben een ander {what}",
                    f"{changed} of {both} {name} have another {what}",
                )
            )
    if not met:
        raise Absent(Text("niemand komt in beide antwoorden voor", "nobody is in both answers"))


def _again(las: LasSession) -> Leerlinggegevens:
    reply = las.share(_AGAIN, lambda: las.ask(las.verzoek(), fresh=True))
    return reply.must_hold(Leerlinggegevens, requirement="LG-02")


def _both(las: LasSession) -> Iterator[tuple[str, Iterable[Any], Iterable[Any]]]:
    first, again = las.roster(), _again(las)
    for name in _LISTS:
        yield name, getattr(first, name), getattr(again, name)


_REPEAT = (
    "hetzelfde verzoek nog een keer, op een nieuwe verbinding",
    "the same request once more, on a new connection",
)


@case(
    "leerlinggegevens/rooster/sleutels-stabiel",
    "LG-10",
    "LG-02",
    sends=_REPEAT,
    holds=(
        "dezelfde leerlingen, leerkrachten en groepen hebben dezelfde sleutels",
        "the same pupils, staff and groups have the same keys",
    ),
    shares=(ROSTER, _AGAIN),
    requests=0,
    after=(NORMAL,),
)
def sleutels_stabiel(las: LasSession) -> None:
    """A key does not change, and does not go to somebody else."""
    _compare(_both(las), "key", "key")


@case(
    "leerlinggegevens/rooster/eckids-stabiel",
    "LG-17",
    "LG-02",
    sends=_REPEAT,
    holds=("dezelfde personen hebben hetzelfde ECK-iD", "the same persons have the same ECK-iD"),
    shares=(ROSTER, _AGAIN),
    requests=0,
    after=(NORMAL,),
)
def eckids_stabiel(las: LasSession) -> None:
    """An ECK-iD is of one person for good."""
    _compare((pair for pair in _both(las) if pair[0] != "groepen"), "eckid", "ECK-iD")


@case(
    "leerlinggegevens/rooster/even-groot",
    "LG-19",
    "LG-02",
    sends=_REPEAT,
    holds=("dezelfde sleutels, niemand meer of minder", "the same keys, nobody more or less"),
    shares=(ROSTER, _AGAIN),
    requests=0,
    after=(NORMAL,),
)
def even_groot(las: LasSession) -> None:
    """Between two requests one after the other nobody comes or goes."""
    for name, first, again in _both(las):
        differ = len({item.key for item in first} ^ {item.key for item in again})
        if differ:
            raise Unmet(Text(f"{differ} sleutels van {name} verschillen", f"{differ} keys of {name} differ"))


def _staged(las: LasSession) -> Iterator[tuple[str, Iterable[Any], Iterable[Any]]]:
    whole = las.roster()
    yield "groepen", whole.groepen, getattr(las.structure_reply().inhoud, "groepen", ())
    yield "leerlingen", whole.leerlingen, getattr(first_group(las).inhoud, "leerlingen", ())
    reply = las.share(_STAFF, lambda: staff_of(las, _taught(las)))
    yield "leerkrachten", whole.leerkrachten, getattr(reply.inhoud, "leerkrachten", ())


def _taught(las: LasSession) -> str:
    keys = stamgroepen(las)
    used = {ref.key for leerkracht in las.roster().leerkrachten for ref in leerkracht.groepen}
    return next((key for key in keys if key in used), keys[0])


_STAGES = ("de drie stappen van het rooster", "the three stages of the roster")


@case(
    "leerlinggegevens/getrapt/zelfde-sleutels",
    "LG-10",
    sends=_STAGES,
    holds=(
        "wie in beide staat, heeft dezelfde sleutel als in het hele rooster",
        "who is in both has the same key as in the whole roster",
    ),
    shares=(ROSTER, STRUCTURE, PUPILS, _STAFF),
    requests=0,
    after=(STRUCTUUR,),
)
def zelfde_sleutels(las: LasSession) -> None:
    """Staged or whole, a person is the same person."""
    _compare(_staged(las), "key", "key")


@case(
    "leerlinggegevens/getrapt/zelfde-eckids",
    "LG-17",
    sends=_STAGES,
    holds=(
        "wie in beide staat, heeft hetzelfde ECK-iD als in het hele rooster",
        "who is in both has the same ECK-iD as in the whole roster",
    ),
    shares=(ROSTER, STRUCTURE, PUPILS, _STAFF),
    requests=0,
    after=(STRUCTUUR,),
)
def zelfde_eckids(las: LasSession) -> None:
    """Staged or whole, an ECK-iD stays with its person."""
    _compare((pair for pair in _staged(las) if pair[0] != "groepen"), "eckid", "ECK-iD")


@case(
    "leerlinggegevens/getrapt/zelfde-gegevens",
    "LG-18",
    sends=_STAGES,
    holds=(
        "wie in beide staat, heeft dezelfde gegevens als in het hele rooster",
        "who is in both has the same data as in the whole roster",
    ),
    shares=(ROSTER, STRUCTURE, PUPILS, _STAFF),
    requests=0,
    after=(STRUCTUUR,),
)
def zelfde_gegevens(las: LasSession) -> None:
    """Staged or whole, the data of a person are the same."""
    for name, whole, stage in _staged(las):
        by_key = {item.key: item for item in whole}
        for item in stage:
            other = by_key.get(item.key)
            if other is None or other == item:
                continue
            fields = type(item).__struct_fields__
            field = next((f for f in fields if getattr(item, f) != getattr(other, f, None)), "?").replace("_", "-")
            raise Unmet(Text(f"{field} van {name} verschilt", f"{field} of {name} differs"))


@case(
    "leerlinggegevens/rooster/steeds-dezelfde",
    "LG-10",
    "LG-17",
    "LG-02",
    sends=("niets meer: elk heel rooster tot nu toe", "nothing more: every whole roster so far"),
    holds=(
        "wie in meer dan één antwoord staat, heeft steeds dezelfde sleutel en hetzelfde ECK-iD",
        "who is in more than one answer has the same key and the same ECK-iD each time",
    ),
    shares=(ROSTER, _AGAIN),
    requests=0,
    after=(NORMAL,),
)
def steeds_dezelfde(las: LasSession) -> None:
    """What is seldom exchanged, or only where something changed, shows over the whole of a run."""
    first = las.roster()
    _again(las)
    rosters = [reply for reply in las.replies if isinstance(reply.inhoud, Leerlinggegevens)]
    of = (first.school.schooljaar, first.school.brincode)
    one = {name: handles(getattr(first, name)) for name in _LISTS}
    for reply in rosters:
        if (reply.inhoud.school.schooljaar, reply.inhoud.school.brincode) != of:
            continue
        for name in _LISTS:
            other = handles(getattr(reply.inhoud, name))
            for part, requirement in (("key", "LG-10"), ("eckid", "LG-17")):
                both = [(getattr(one[name][who], part), getattr(other[who], part)) for who in one[name].keys() & other]
                # Some versions and profiles have no ECK-iD.
                if changed := sum(1 for was, now in both if was != now and was and now):
                    raise Unmet(
                        Text(
                            f"{changed} {name} met een ander {part}: uitwisseling {reply.exchange.number}",
                            f"{changed} {name} with another {part}: exchange {reply.exchange.number}",
                        ),
                        requirement=requirement,
                        exchanges=(las.roster_reply().exchange.number, reply.exchange.number),
                    )
