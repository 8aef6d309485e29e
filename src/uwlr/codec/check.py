"""What keeps a message from being written: every place where it breaks its field table.

Written for clarity, not speed: the writer looks column by column, and comes here only when something is wrong.
"""

from __future__ import annotations

from typing import Any, TypeVar

from uwlr.berichten import (
    LeerresultatenVerzoek,
    Resultaat,
    Toets,
    Toetsafname,
    Toetsdefinities,
    ToetsOnderdeel,
)
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Field, table, wire_name
from uwlr.berichten.waarden import Onleesbaar, OutOfRange
from uwlr.codec import private
from uwlr.codec.choices import broken_choices
from uwlr.codec.dialect import UWLR, Dialect
from uwlr.codec.escape import illegal_character
from uwlr.codec.values import UnwritableError, facet_problem, format_value
from uwlr.deviations import Deviation, Facet, Missing, NamesNothing, Reason, TwiceTheSame, WasUnreadable, WrongType
from uwlr.norm import Versie
from uwlr.paths import Path

T = TypeVar("T")


def deviations(bericht: Bericht, versie: Versie, dialect: Dialect = UWLR) -> list[Deviation]:
    """List every deviation of a message from the field tables of that version."""
    name = wire_name(type(bericht)) or type(bericht).__name__
    name = dialect.roots.get(name, name)
    checker = _Checker(versie, dialect)
    checker.message(bericht, Path.of(name))
    return [*checker.found, *identity_deviations(bericht)]


def alternative_for(field: Field, value: object) -> Alternative | None:
    """Find the element that a value is written as."""
    for alternative in field.alternatives:
        if alternative.cls is not None and type(value) is alternative.cls:
            return alternative
    if isinstance(value, Bericht):
        return None
    return next((a for a in field.alternatives if a.simple is not None), None)


def _place(field: Field, value: object, path: Path) -> Path:
    """Name the place of a field that occurs once: by the element its value is written as, if there is one."""
    if field.kind == "content":
        return path
    if field.kind == "attribute":
        return path.attribute(field.wire)
    found = alternative_for(field, value) if field.wrapper is None and value is not None else None
    return path.child(field.wire if found is None else found.wire)


class _Checker:
    """Looks at one message and notes what the tables forbid."""

    def __init__(self, versie: Versie, dialect: Dialect) -> None:
        self.versie = versie
        self.dialect = dialect
        self.found: list[Deviation] = []

    def _note(self, path: Path, reason: Reason, raw: str | None = None) -> None:
        self.found.append(Deviation(path=path, reason=reason, raw=raw))

    def message(self, bericht: Bericht, path: Path) -> None:
        if isinstance(bericht, RawElement):
            problem = private.problem(bericht, self.dialect)
            if problem is not None:
                self._note(path, problem)
            return
        present: set[str] = set()
        for field in table(type(bericht)).fields:
            value = getattr(bericht, field.name)
            place = _place(field, value, path)
            if value is None or value == ():
                if field.is_required(self.versie):
                    self._note(place, Missing())
                continue
            present.add(field.name)
            if isinstance(value, Onleesbaar) and not isinstance(value, OutOfRange):
                self._note(place, WasUnreadable(), value.raw)
            elif field.many:
                self._many(field, value, path)
            else:
                self._one(field, value, place)
        for broken in broken_choices(type(bericht), present):
            self._note(path, broken)

    def _many(self, field: Field, values: Any, path: Path) -> None:
        inside = path.child(field.wrapper) if field.wrapper is not None else path
        if not isinstance(values, tuple):
            self._note(inside, WrongType("list", type(values).__name__))
            return
        counts: dict[str, int] = {}
        for value in values:
            wire = alternative_for(field, value)
            name = wire.wire if wire is not None else field.wire
            counts[name] = counts.get(name, 0) + 1
            self._one(field, value, inside.child(name, counts[name]))

    def _one(self, field: Field, value: Any, place: Path) -> None:
        alternative = alternative_for(field, value)
        if isinstance(value, Onleesbaar) and not isinstance(value, OutOfRange):
            self._note(place, WasUnreadable(), value.raw)
        elif alternative is None:
            self._note(place, WrongType("element", type(value).__name__))
        elif alternative.simple is None:
            self.message(value, place)
        else:
            simple = self.dialect.types.get(alternative.simple.name, alternative.simple)
            try:
                text = format_value(simple, value)
            except UnwritableError as error:
                self._note(place, error.reason)
                return
            except ValueError:
                # Python refuses to write a number of more than 4,300 digits.
                self._note(place, WrongType(simple.base, type(value).__name__))
                return
            illegal = illegal_character(text)
            if illegal is not None:
                self._note(place, Facet("character", illegal), text)
                return
            problem = facet_problem(simple, value, text)
            if problem is not None:
                self._note(place, problem, text)


def identity_deviations(bericht: Bericht, *, results: bool = True) -> list[Deviation]:
    """What the schema's own keys and references forbid: those of leerresultaten, the only ones that work.

    Without `results` those of the results are left out, for a caller that has seen that they are in order.
    """
    found: list[Deviation] = []
    if results and isinstance(bericht, LeerresultatenVerzoek):
        _check_results(bericht, found)
    if isinstance(bericht, LeerresultatenVerzoek | Toetsdefinities):
        toetsen = Path.of(wire_name(type(bericht)) or "", "toetsen")
        for index, toets in _numbered(bericht.toetsen, Toets):
            seen: set[int] = set()
            for number, onderdeel in _numbered(toets.toetsonderdelen, ToetsOnderdeel):
                volgnummer: object = onderdeel.toetsonderdeelvolgnummer
                if not isinstance(volgnummer, int):
                    continue
                if volgnummer in seen:
                    place = toetsen.child("toets", index).child("toetsonderdelen").child("toetsonderdeel", number)
                    place = place.child("toetsonderdeelvolgnummer")
                    found.append(Deviation(path=place, reason=TwiceTheSame("toetsonderdeel")))
                seen.add(volgnummer)
    return found


def _numbered(values: object, cls: type[T]) -> list[tuple[int, T]]:
    """The items of a list with their place in it; what is no list, or no such item, was noted elsewhere."""
    if not isinstance(values, tuple):
        return []
    return [(place, value) for place, value in enumerate(values, 1) if isinstance(value, cls)]


def _check_results(bericht: LeerresultatenVerzoek, found: list[Deviation]) -> None:
    codes: set[str] = set()
    root = Path.of("leerresultaten_verzoek")
    for index, toets in _numbered(bericht.toetsen, Toets):
        code = getattr(toets.toetscode, "waarde", None)
        if not isinstance(code, str):
            continue
        if code in codes:
            place = root.child("toetsen").child("toets", index).child("toetscode")
            found.append(Deviation(path=place, reason=TwiceTheSame("toets"), raw=code))
        codes.add(code)
    keys: set[str] = set()
    for number, afname in _numbered(bericht.toetsafnames, Toetsafname):
        resultaten = root.child("toetsafnames").child("toetsafname", number).child("resultaten")
        for index, resultaat in _numbered(afname.resultaten, Resultaat):
            if isinstance(resultaat.key, str):
                if resultaat.key in keys:
                    place = resultaten.child("resultaat", index).attribute("key")
                    found.append(Deviation(path=place, reason=TwiceTheSame("resultaat")))
                keys.add(resultaat.key)
            if isinstance(resultaat.toetscode, str) and resultaat.toetscode not in codes:
                place = resultaten.child("resultaat", index).child("toetscode")
                found.append(Deviation(path=place, reason=NamesNothing("toets")))
