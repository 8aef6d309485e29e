"""Guards: what makes an import so strange as a whole that it waits, whatever its rows say.

Each is data: a share, and what it says in Dutch. Nothing is written while one stops an import.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from uwlr.exchange.leden import Gegevens, Lid
from uwlr.exchange.name_forms import joined, surname
from uwlr.exchange.plan_rows import MAX_DEACTIVATED, OTHER_ECKID, Aard, Alarm, Rij


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """What one guard looks at.

    Attributes:
        share: above this share it stops an import.
        least: fewer than so many are never strange.
        summer: the share at a change of year; None: it does not look then.
        strange: what is strange, in Dutch; `{aantal}` of `{van}`.
        would: what the import would have done, in Dutch.
    """

    share: float
    least: int = 1
    summer: float | None = None
    strange: str
    would: str


GUARDS: Final[Mapping[str, Guard]] = {
    "deactiveren": Guard(
        share=MAX_DEACTIVATED,
        summer=0.35,
        strange="{aantal} van {van} leerlingen zouden gedeactiveerd worden",
        would="Zij zouden niet meer te vinden zijn, tot iemand hen weer activeert.",
    ),
    "ontbreken": Guard(
        share=0.2,
        least=3,
        summer=0.5,
        strange="{aantal} van {van} leerlingen staan niet in de gegevens van het LAS",
        would="Het antwoord lijkt leeg of half: zij zouden blijven staan of verdwijnen zonder dat iemand dat koos.",
    ),
    "geen groepen": Guard(
        share=0.0,
        summer=0.0,
        strange="het LAS geeft geen enkele groep, en {van} leerlingen zitten in een groep",
        would="Alle leerlingen zouden hun groep kwijtraken.",
    ),
    "stamgroep kwijt": Guard(
        share=0.1,
        least=3,
        summer=0.1,
        strange="{aantal} van {van} leerlingen hebben in het LAS geen stamgroep meer",
        would="Zij zouden uit hun groep verdwijnen.",
    ),
    "samengestelde groepen kwijt": Guard(
        share=0.5,
        least=3,
        strange="{aantal} van {van} leerlingen zitten in het LAS in geen samengestelde groep meer",
        would="Zij zouden uit die groepen verdwijnen.",
    ),
    "van groep veranderd": Guard(
        share=0.4,
        least=5,
        strange="{aantal} van {van} leerlingen zitten in een andere stamgroep dan gisteren",
        would="Zij zouden naar die groepen verhuizen.",
    ),
    "personeel weg": Guard(
        share=0.4,
        least=3,
        summer=0.6,
        strange="{aantal} van {van} leerkrachten staan niet meer in de gegevens van het LAS",
        would="Zij zouden blijven staan, maar het antwoord lijkt niet volledig.",
    ),
    "sleutels veranderd": Guard(
        share=0.2,
        least=3,
        summer=0.2,
        strange="{aantal} van {van} leerlingen en leerkrachten hebben een andere sleutel gekregen",
        would="De nieuwe sleutels zouden de oude vervangen, en resultaten zouden onder de nieuwe verstuurd worden.",
    ),
    "ECK-iD veranderd": Guard(
        share=0.1,
        least=3,
        summer=0.1,
        strange="{aantal} van {van} leerlingen en leerkrachten hebben een ander ECK-iD of geen meer",
        would="De nieuwe ECK-iD's zouden de oude vervangen.",
    ),
    "groepen hernoemd": Guard(
        share=0.4,
        least=3,
        strange="{aantal} van {van} groepen hebben een andere naam",
        would="Zij zouden die naam krijgen.",
    ),
    "geboortedatum veranderd": Guard(
        share=0.05,
        least=3,
        summer=0.05,
        strange="{aantal} van {van} leerlingen hebben een andere geboortedatum",
        would="Die zou de oude vervangen.",
    ),
    "namen veranderd": Guard(
        share=0.1,
        least=3,
        summer=0.1,
        strange="{aantal} van {van} leerlingen en leerkrachten heten anders, meer dan een andere schrijfwijze",
        would="Zij zouden die naam krijgen.",
    ),
    "jaargroep veranderd": Guard(
        share=0.4,
        least=5,
        strange="{aantal} van {van} leerlingen zitten in een ander jaar dan gisteren",
        would="Zij zouden die jaargroep krijgen.",
    ),
    "ouder dan de vorige": Guard(
        share=0.0,
        summer=0.0,
        strange="de gegevens van het LAS zijn ouder dan die van de vorige import",
        would="Wat sindsdien veranderd is zou weer worden zoals het was.",
    ),
    "teruggedraaid": Guard(
        share=0.0,
        summer=0.0,
        strange="de vorige import is teruggedraaid",
        would="Zonder dat iemand ernaar kijkt zou hetzelfde weer gebeuren.",
    ),
}
"""Every guard. The shares are of those that had what is lost or changed."""


def alarm(wat: str, aantal: int, van: int, aard: Aard) -> Iterable[Alarm]:
    """Give an alarm if so many of so many are above the share of a guard."""
    guard = GUARDS[wat]
    share = guard.summer if aard == "jaarwisseling" else guard.share
    if share is not None and aantal >= guard.least and aantal > share * van:
        yield Alarm(wat=wat, aantal=aantal, van=van)


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What guards look at.

    Attributes:
        rows: the rows of the plan.
        known: everybody the application has, by kind and id.
        stam: bron and key of the stamgroepen, old and new.
        absent: active pupils who are in no row, by bron of this import.
        staff_gone: active staff who are in no row and were there at the last import.
        groups: how many groups the rosters have.
        renewed: keys that took the place of others, as was told.
        rosters: hash of the rosters, for what is about them as a whole.
        older, undone: whether the rosters are older than the last ones; whether the last import was undone.
    """

    rows: Sequence[Rij]
    known: Mapping[str, Mapping[str, Lid]]
    stam: frozenset[tuple[str, str]]
    absent: Mapping[str, Sequence[str]]
    staff_gone: Sequence[str]
    groups: int
    renewed: Mapping[str, str]
    rosters: str
    older: bool
    undone: bool


class Look(NamedTuple):
    """What one guard sees.

    Attributes:
        wie: ids of those whom something strange is about, or the hash of the rosters.
        van: out of how many.
        lasts: of whom it will be so after the import too, as nothing is written: it is no news the next night.
    """

    wat: str
    wie: Collection[str]
    van: int
    lasts: Collection[str] = ()


class _Pair(NamedTuple):
    """What the rosters say of one of the known, and what was known."""

    lid: str
    new: Gegevens
    old: Gegevens


def alarms(looks: Iterable[Look], passed: Mapping[str, Collection[str]], aard: Aard) -> tuple[Alarm, ...]:
    """Give what the guards find, apart from `deactiveren`, which follows the choices.

    Args:
        looks: what they see.
        passed: what of it was so already when an import was applied last, as `lasting` gives it.
        aard: the kind of plan.
    """
    found: list[Alarm] = []
    for wat, wie, van, lasts in looks:
        if wat == "ontbreken" and any(one.wat == wat for one in found):
            continue  # of all schools together says enough
        known = len(set(lasts).intersection(passed.get(wat, ()))) if lasts and wat in passed else 0
        found += alarm(wat, len(wie) - known, van - known, aard)
    return tuple(found)


def concerned(looks: Iterable[Look], found: Iterable[Alarm]) -> dict[str, tuple[str, ...]]:
    """Give whom alarms are about, by guard."""
    wats = {one.wat for one in found}
    return {one.wat: tuple(one.wie) for one in reversed(list(looks)) if one.wat in wats}


def lasting(looks: Iterable[Look]) -> dict[str, tuple[str, ...]]:
    """Give what will be no news once it was applied, though it is so still: nobody has to let it pass twice."""
    found: dict[str, set[str]] = {}
    for one in looks:
        if one.lasts:
            found.setdefault(one.wat, set()).update(one.lasts)
    return {wat: tuple(sorted(wie)) for wat, wie in found.items()}


def look(seen: Seen, aard: Aard) -> list[Look]:
    """Look at a plan."""
    undone = Look("teruggedraaid", (seen.rosters,) if seen.undone else (), 1)
    if aard == "eerste import":
        return [undone]
    active = {lid.id: lid.gegevens for lid in seen.known["leerling"].values() if lid.actief}
    staff = sum(lid.actief for lid in seen.known["leerkracht"].values())
    in_groups = [lid for lid, gegevens in active.items() if gegevens.groepen]
    gone = [lid for lids in seen.absent.values() for lid in lids]
    found = [
        undone,
        Look("ouder dan de vorige", (seen.rosters,) if seen.older else (), 1),
        Look("ontbreken", gone, len(active), gone),
        Look("personeel weg", seen.staff_gone, staff),
    ]
    if not seen.groups and in_groups:
        found.append(Look("geen groepen", in_groups, len(in_groups), in_groups))
    # A small school whose roster is empty or half is lost among the others.
    there = Counter(gegevens.bron or "" for gegevens in active.values())
    if len(there) > 1:
        parts = [(lids, there[bron]) for bron, lids in sorted(seen.absent.items())]
        found += [Look("ontbreken", lids, of, lids) for lids, of in parts if 2 * len(lids) > of]
    return [*found, *_changes(seen)]


def _changes(seen: Seen) -> Iterator[Look]:
    """Look at what changes of the known who are in a row."""
    pairs: dict[str, list[_Pair]] = {
        soort: [
            _Pair(lid.id, rij.said(()), lid.gegevens)
            for rij in seen.rows
            if rij.soort == soort
            and rij.lid is not None
            and rij.keuze == "bestaand"
            and not rij.outside
            and rij.samen is None
            if (lid := seen.known[soort].get(rij.lid)) is not None and lid.actief
        ]
        for soort in ("groep", "leerkracht", "leerling")
    }
    pupils, people = pairs["leerling"], pairs["leerling"] + pairs["leerkracht"]
    stam = seen.stam

    def among(wat: str, had: Iterable[_Pair], strange: Callable[[Gegevens, Gegevens], object], *more: str) -> Look:
        had = list(had)
        return Look(
            wat, [*(p.lid for p in had if p.new != p.old and strange(p.new, p.old)), *more], len(had) + len(more)
        )

    def moved(new: Gegevens, old: Gegevens) -> bool:
        return _stam(new, stam) not in {None, _stam(old, stam)}

    had_stam = [p for p in pupils if _stam(p.old, stam)]
    had_more = [p for p in pupils if _others(p.old, stam)]
    with_key = [p for p in people if p.new.key and p.old.key and _one_bron(p.new, p.old)]
    born = [p for p in pupils if p.new.geboortedatum and p.old.geboortedatum]
    yield among("groepen hernoemd", pairs["groep"], _renamed)
    yield among("stamgroep kwijt", had_stam, lambda new, _: _stam(new, stam) is None)
    yield among("samengestelde groepen kwijt", had_more, lambda new, _: not _others(new, stam))
    yield among("van groep veranderd", had_stam, moved)
    yield among(
        "sleutels veranderd", with_key, lambda new, old: new.key not in {old.key, seen.renewed.get(old.key or "")}
    )
    numbered = [p for p in people if p.old.eckid]
    others = [rij.nummers[0] for rij in seen.rows if rij.reden == OTHER_ECKID and rij.nummers]
    eckids = among("ECK-iD veranderd", numbered, lambda new, old: new.eckid != old.eckid, *others)
    yield eckids._replace(lasts=[p.lid for p in numbered if p.new.eckid is None])  # the old one is kept
    yield among("geboortedatum veranderd", born, lambda new, old: new.geboortedatum != old.geboortedatum)
    yield among("namen veranderd", people, _renamed)
    yield among(
        "jaargroep veranderd", (p for p in pupils if p.old.jaargroep), lambda new, old: new.jaargroep != old.jaargroep
    )


def _renamed(new: Gegevens, old: Gegevens) -> bool:
    """Tell whether a name is another one, and not only written in another way."""
    if (new.naam, new.achternaam, new.voorvoegsel, new.roepnaam) == (
        old.naam,
        old.achternaam,
        old.voorvoegsel,
        old.roepnaam,
    ):
        return False
    if new.naam is not None or old.naam is not None:
        return new.naam is not None and joined(new.naam) != joined(old.naam)
    last = new.achternaam is not None and surname(new.achternaam, new.voorvoegsel) != surname(
        old.achternaam, old.voorvoegsel
    )
    return last or (new.roepnaam is not None and joined(new.roepnaam) != joined(old.roepnaam))


def _refs(person: Gegevens) -> list[tuple[str, str]]:
    return [ref if isinstance(ref, tuple) else (person.bron or "", ref) for ref in person.groepen]


def _stam(person: Gegevens, stam: frozenset[tuple[str, str]]) -> str | None:
    """Give the key of the stamgroep; that of a person without a known bron is looked up under any."""
    return next((key for bron, key in _refs(person) if (bron, key) in stam or ("", key) in stam), None)


def _others(person: Gegevens, stam: frozenset[tuple[str, str]]) -> bool:
    return any((bron, key) not in stam and ("", key) not in stam for bron, key in _refs(person))


def _one_bron(new: Gegevens, old: Gegevens) -> bool:
    return old.bron is None or new.bron == old.bron
