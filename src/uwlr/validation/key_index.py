"""What the rules share: the keys of a message as they come by, and what is known beside the message.

Only keys and counts are kept, never the items themselves, so that a message of any size passes in one stream.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

from uwlr.berichten import (
    ROOTS,
    Groep,
    Leerkracht,
    Leerling,
    Leerlinggegevens,
    SamengesteldeGroep,
    SamengesteldeGroepReferentie,
    Toets,
    Toetsafname,
    Vestiging,
    leerlinggegevens,
    leerresultaten,
)
from uwlr.berichten.tabel import Bericht, table
from uwlr.norm import Versie
from uwlr.paths import Path
from uwlr.validation.context import Context
from uwlr.vocabulaires import VAKGEBIEDEN, Vocabulaire

_STEP = 1 << 24


class Double(NamedTuple):
    """An item with the key of an earlier one; `first` is the number of that one, 0 if it was not kept."""

    kind: str
    number: int
    key: str
    first: int


class Onderdeel(NamedTuple):
    """What a result may refer to: a test or a part of one, and the scores that its norms cover."""

    ranges: tuple[tuple[int, int], ...]

    def covers(self, score: int) -> bool:
        """Whether there are no norms, or one holds the score."""
        return not self.ranges or any(low <= score <= high for low, high in self.ranges)


class Index:
    """Grows with every item; complete when the rules over the end of the message run."""

    def __init__(self, root: type[Bericht], context: Context, *, versie: Versie, edexml: bool = False) -> None:
        self.root = root
        self.edexml = edexml
        self.context = context
        self.versie = versie
        self.vandaag = context.vandaag or date.today()  # noqa: DTZ011 - a school lives by its wall calendar
        self.today = self.vandaag.toordinal()
        self.oldest = date(max(self.vandaag.year - 100, 1), 1, 1).toordinal()
        self.school: leerlinggegevens.School | leerresultaten.School | None = None
        self.start_year: int | None = None
        self.year_bounds: tuple[int, int] | None = None
        self.keys: dict[str, dict[str, int]] = defaultdict(dict)
        self.doubles: list[Double] = []
        self.jaargroepen: dict[str, str] = {}
        self.references: dict[str, dict[str, array[int]]] = defaultdict(lambda: defaultdict(lambda: array("L")))
        self.toetsen: dict[tuple[str, str | None], Onderdeel] = {}
        self.toetsversies: dict[str, set[str | None]] = defaultdict(set)
        self.uses: dict[tuple[str, str | None], dict[int | None, array[int]]] = {}
        self._result_keys: set[int] = set()
        self._add: dict[type, Any] = {
            leerlinggegevens.School: self._school,
            leerresultaten.School: self._school,
            Vestiging: self._vestiging,
            Groep: self._groep,
            SamengesteldeGroep: self._samengestelde_groep,
            Leerling: self._leerling,
            Leerkracht: self._leerkracht,
            Toetsafname: self._toetsafname,
            Toets: self._toets,
        }

    @property
    def complete(self) -> bool:
        """Whether the message holds groups and persons together, so that every reference must resolve in it."""
        return self.root is Leerlinggegevens

    @property
    def schooljaar(self) -> str:
        """The school year of the message, empty if it is not known."""
        year = None if self.school is None else self.school.schooljaar
        return year if isinstance(year, str) else ""

    def outside_year(self, day: float) -> bool:
        """Whether the day of that number is outside the school year of the message; False if the year is unknown."""
        return self.year_bounds is not None and not self.year_bounds[0] <= day <= self.year_bounds[1]

    def add(self, items: Iterable[Bericht], cls: type, start: int) -> None:
        """Take in the keys of items of one class, of which the first has that number."""
        add = self._add.get(cls)
        if add is not None:
            for number, item in enumerate(items, start):
                add(item, number)

    def _key(self, kind: str, key: object, number: int) -> None:
        if type(key) is str:
            first = self.keys[kind].setdefault(key, number)
            if first != number:
                self.doubles.append(Double(kind, number, key, first))

    def _school(self, school: Any, _: int) -> None:
        self.school = school
        year = school.schooljaar if isinstance(school.schooljaar, str) else ""
        if year[:4].isascii() and year[:4].isdigit():
            self.start_year = int(year[:4])
            if 1 <= self.start_year < date.max.year:
                first, last = date(self.start_year, 8, 1), date(self.start_year + 1, 7, 31)
                self.year_bounds = first.toordinal(), last.toordinal()

    def _vestiging(self, vestiging: Vestiging, number: int) -> None:
        self._key("vestiging", vestiging.key, number)

    def _groep(self, groep: Groep, number: int) -> None:
        self._key("groep", groep.key, number)
        if isinstance(groep.key, str) and isinstance(groep.jaargroep, str):
            self.jaargroepen[groep.key] = groep.jaargroep

    def _samengestelde_groep(self, groep: SamengesteldeGroep, number: int) -> None:
        self._key("samengestelde_groep", groep.key, number)

    def _leerling(self, leerling: Leerling, number: int) -> None:
        self._key("leerling", leerling.key, number)
        self._key("leerling eckid", leerling.eckid, number)
        if leerling.groep is not None:
            self.references["leerling groep"][leerling.groep].append(number)
        for key in leerling.samengestelde_groepen:
            self.references["leerling samengestelde_groep"][key].append(number)
        if leerling.vestiging is not None:
            self.references["leerling vestiging"][leerling.vestiging].append(number)

    def _leerkracht(self, leerkracht: Leerkracht, number: int) -> None:
        self._key("leerkracht", leerkracht.key, number)
        self._key("leerkracht eckid", leerkracht.eckid, number)
        for groep in leerkracht.groepen:
            kind = "samengestelde_groep" if isinstance(groep, SamengesteldeGroepReferentie) else "groep"
            self.references[f"leerkracht {kind}"][groep.key].append(number)

    def _toetsafname(self, afname: Toetsafname, number: int) -> None:
        for position, resultaat in enumerate(afname.resultaten, 1):
            place = number * _STEP + position
            self._result_key(resultaat.key, place)
            use = self.uses.setdefault((resultaat.toetscode, resultaat.toetsonderdeelcode), {})
            score = resultaat.uitkomst if isinstance(resultaat.uitkomst, int) else None
            places = use.get(score)
            if places is None:
                use[score] = places = array("Q")
            places.append(place)

    def _result_key(self, key: object, place: int) -> None:
        # A message may hold millions of results; of their keys no more is kept than 64 bits each.
        if type(key) is str:
            code = hash(key)
            if code in self._result_keys:
                self.doubles.append(Double("resultaat", place, key, 0))
            else:
                self._result_keys.add(code)

    def _toets(self, toets: Toets, number: int) -> None:
        code = getattr(toets.toetscode, "waarde", None)
        if not isinstance(code, str):
            return
        self._key("toets", code, number)
        self.toetsversies[code].add(getattr(toets.versie, "waarde", None))
        self.toetsen.setdefault((code, None), Onderdeel(_ranges(toets.toetsnormering)))
        for onderdeel in toets.toetsonderdelen:
            part = getattr(onderdeel.toetsonderdeelcode, "waarde", None)
            if isinstance(part, str):
                self.toetsen.setdefault((code, part), Onderdeel(_ranges(onderdeel.toetsonderdeelnormering)))

    @cached_property
    def vocabulaires(self) -> tuple[Vocabulaire, ...]:
        """The vocabularies that terms are looked up in; a given one takes precedence over the one that is known."""
        return (VAKGEBIEDEN, *self.context.vocabulaires)

    @cached_property
    def roster(self) -> dict[str, str | None] | None:
        """The eckid of each pupil of the given roster, by key; None if no roster was given."""
        if self.context.leerlinggegevens is None:
            return None
        return {
            leerling.key: leerling.eckid
            for leerling in self.context.leerlinggegevens.leerlingen
            if isinstance(leerling.key, str)
        }

    @cached_property
    def earlier(self) -> dict[tuple[object, ...], str]:
        """The key of each result of the given earlier message, by pupil, test and date."""
        vorige = self.context.vorige
        if vorige is None:
            return {}
        return {
            (afname.leerlingid, r.toetscode, r.toetsonderdeelcode, r.afnamedatum): r.key
            for afname in vorige.toetsafnames
            for r in afname.resultaten
        }


def item_path(kind: str, number: int) -> Path:
    """The path of an item inside the message that lists it, from its element and its number in the index."""
    if kind == "resultaat":
        afname, position = divmod(number, _STEP)
        return item_path("toetsafname", afname) + Path.of("resultaten", (kind, position))
    return Path.of(_lists()[kind], (kind, number))


@cache
def _lists() -> dict[str, str]:
    """The list that each item of a message stands in."""
    return {
        alternative.wire: field.wrapper
        for cls in ROOTS
        for field in table(cls).elements
        for alternative in field.alternatives
        if field.wrapper is not None
    }


def _ranges(normering: leerresultaten.Normering | None) -> tuple[tuple[int, int], ...]:
    if normering is None:
        return ()
    return tuple(
        (norm.beginnormwaarde, norm.eindnormwaarde)
        for norm in normering.norm
        if isinstance(norm.beginnormwaarde, int) and isinstance(norm.eindnormwaarde, int)
    )
