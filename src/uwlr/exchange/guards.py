"""Guards: what makes an import so strange as a whole that it waits, whatever its rows say.

Each is data: a share, and what it says in Dutch. Nothing is written while one stops an import.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from uwlr.exchange.leden import Gegevens, Lid
from uwlr.exchange.name_forms import joined, surname
from uwlr.exchange.plan_rows import MAX_DEACTIVATED, Aard, Alarm, Rij


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
        absent: how many active pupils of each bron of this import are in no row.
        staff_gone: active staff who are in no row and were there at the last import.
        groups: how many groups the rosters have.
        renewed: keys that took the place of others, as was told.
        older, undone: whether the rosters are older than the last ones; whether the last import was undone.
    """

    rows: Sequence[Rij]
    known: Mapping[str, Mapping[str, Lid]]
    stam: frozenset[tuple[str, str]]
    absent: Mapping[str, int]
    staff_gone: int
    groups: int
    renewed: Mapping[str, str]
    older: bool
    undone: bool


def alarms(seen: Seen, aard: Aard) -> tuple[Alarm, ...]:
    """Give what the guards find, apart from `deactiveren`, which follows the choices."""
    if aard == "eerste import":
        return tuple(alarm("teruggedraaid", int(seen.undone), 1, aard))
    pupils = seen.known["leerling"]
    pairs = {
        soort: [
            (rij.said(()), lid.gegevens)
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
    active = sum(lid.actief for lid in pupils.values())
    in_groups = sum(1 for lid in pupils.values() if lid.actief and lid.gegevens.groepen)
    staff = sum(lid.actief for lid in seen.known["leerkracht"].values())
    found: list[Alarm] = []

    def look(wat: str, aantal: int, van: int) -> None:
        found.extend(alarm(wat, aantal, van, aard))

    look("teruggedraaid", int(seen.undone), 1)
    look("ouder dan de vorige", int(seen.older), 1)
    look("ontbreken", sum(seen.absent.values()), active)
    if all(one.wat != "ontbreken" for one in found):
        # A small school whose roster is empty or half is lost among the others.
        there = Counter(lid.gegevens.bron or "" for lid in pupils.values() if lid.actief)
        for bron, gone in sorted(seen.absent.items()):
            if len(there) > 1 and 2 * gone > there[bron]:
                look("ontbreken", gone, there[bron])
    look("personeel weg", seen.staff_gone, staff)
    if not seen.groups and in_groups:
        look("geen groepen", in_groups, in_groups)
    look("groepen hernoemd", sum(_renamed(*pair) for pair in pairs["groep"]), len(pairs["groep"]))
    leerlingen = pairs["leerling"]
    people = leerlingen + pairs["leerkracht"]
    changed = [pair for pair in leerlingen if pair[0] != pair[1]]
    had_stam = [pair for pair in leerlingen if _stam(pair[1], seen.stam)]
    had_more = [pair for pair in leerlingen if _others(pair[1], seen.stam)]
    now = {id(new): _stam(new, seen.stam) for new, _ in changed}
    look("stamgroep kwijt", sum(now.get(id(new), True) is None for new, _ in had_stam), len(had_stam))
    look("samengestelde groepen kwijt", sum(not _others(new, seen.stam) for new, _ in had_more), len(had_more))
    moved = sum(1 for new, old in had_stam if id(new) in now and now[id(new)] not in {None, _stam(old, seen.stam)})
    look("van groep veranderd", moved, len(had_stam))
    with_key = [(new.key, old.key) for new, old in people if new.key and old.key and _one_bron(new, old)]
    look("sleutels veranderd", sum(a != b and seen.renewed.get(b) != a for a, b in with_key), len(with_key))
    numbered = [(new, old) for new, old in people if old.eckid]
    other_eckid = sum(rij.reden == "sleutel bekend met een ander ECK-iD" for rij in seen.rows)
    look(
        "ECK-iD veranderd",
        sum(new.eckid != old.eckid for new, old in numbered) + other_eckid,
        len(numbered) + other_eckid,
    )
    born = [(new, old) for new, old in leerlingen if new.geboortedatum and old.geboortedatum]
    look("geboortedatum veranderd", sum(new.geboortedatum != old.geboortedatum for new, old in born), len(born))
    look("namen veranderd", sum(_renamed(new, old) for new, old in people), len(people))
    years = [(new, old) for new, old in leerlingen if old.jaargroep]
    look("jaargroep veranderd", sum(new.jaargroep != old.jaargroep for new, old in years), len(years))
    return tuple(found)


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
