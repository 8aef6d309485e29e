"""What keeps a message from being written: every place where it breaks its field table, with its path.

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
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec import private
from uwlr.codec.dialect import UWLR, Dialect
from uwlr.codec.escape import illegal_character
from uwlr.codec.tree import choice_problems
from uwlr.codec.values import facet_problem, format_value
from uwlr.errors import Deviation, DeviationKind
from uwlr.norm import Versie

T = TypeVar("T")


def deviations(bericht: Bericht, versie: Versie, dialect: Dialect = UWLR) -> list[Deviation]:
    """List every deviation of a message from the field tables of that version."""
    name = wire_name(type(bericht)) or type(bericht).__name__
    name = dialect.roots.get(name, name)
    checker = _Checker(versie, dialect)
    checker.message(bericht, name)
    return [*checker.found, *identity_deviations(bericht)]


def part_deviations(deel: Bericht, versie: Versie, path: str, dialect: Dialect = UWLR) -> list[Deviation]:
    """List the deviations of one part of a message, which stands at `path`; keys across the message are not seen."""
    checker = _Checker(versie, dialect)
    checker.message(deel, path)
    return checker.found


def _note(found: list[Deviation], kind: DeviationKind, path: str, problem: str, raw: str | None = None) -> None:
    found.append(Deviation(kind=kind, path=path, problem=problem, raw=raw))


def alternative_for(field: Field, value: object) -> Alternative | None:
    """Find the element that a value is written as."""
    for alternative in field.alternatives:
        if alternative.cls is not None and type(value) is alternative.cls:
            return alternative
    if isinstance(value, Bericht):
        return None
    return next((a for a in field.alternatives if a.simple is not None), None)


def _place(field: Field, value: object, path: str) -> str:
    """Name the place of a field that occurs once: by the element its value is written as, where there is one."""
    if field.kind == "content":
        return path
    if field.kind == "attribute":
        return f"{path}/@{field.wire}"
    found = alternative_for(field, value) if field.wrapper is None and value is not None else None
    return f"{path}/{field.wire if found is None else found.wire}"


class _Checker:
    """Looks at one message and notes what the tables forbid."""

    def __init__(self, versie: Versie, dialect: Dialect) -> None:
        self.versie = versie
        self.dialect = dialect
        self.found: list[Deviation] = []

    def message(self, bericht: Bericht, path: str) -> None:
        if isinstance(bericht, RawElement):
            problem = private.problem(bericht, self.dialect)
            if problem is not None:
                _note(self.found, "unknown-element", path, problem)
            return
        values: dict[str, Any] = {}
        for field in table(type(bericht)).fields:
            value = values[field.name] = getattr(bericht, field.name)
            place = _place(field, value, path)
            if isinstance(value, Onleesbaar):
                _note(self.found, "unreadable", place, "was not readable when the message was read", value.raw)
            elif value is None or value == ():
                if field.is_required(self.versie):
                    _note(self.found, "missing", place, "is missing")
            elif field.many:
                self._many(field, value, path)
            else:
                self._one(field, value, place)
        for broken in choice_problems(type(bericht).choices, values):
            _note(self.found, "choice", path, broken)

    def _many(self, field: Field, values: Any, path: str) -> None:
        inside = f"{path}/{field.wrapper}" if field.wrapper is not None else path
        if not isinstance(values, tuple):
            _note(self.found, "unreadable", inside, f"a tuple is due, not {type(values).__name__}")
            return
        counts: dict[str, int] = {}
        for value in values:
            wire = alternative_for(field, value)
            name = wire.wire if wire is not None else field.wire
            counts[name] = counts.get(name, 0) + 1
            self._one(field, value, f"{inside}/{name}[{counts[name]}]")

    def _one(self, field: Field, value: Any, place: str) -> None:
        alternative = alternative_for(field, value)
        if isinstance(value, Onleesbaar):
            _note(self.found, "unreadable", place, "was not readable when the message was read", value.raw)
        elif alternative is None:
            _note(self.found, "unreadable", place, f"cannot hold a {type(value).__name__}")
        elif alternative.simple is None:
            self.message(value, place)
        else:
            simple = self.dialect.types.get(alternative.simple.name, alternative.simple)
            try:
                text = format_value(simple, value)
            except (TypeError, ValueError) as error:
                _note(self.found, "unreadable", place, f"{error}, not {type(value).__name__}")
                return
            illegal = illegal_character(text)
            if illegal is not None:
                _note(self.found, "facet", place, f"has the character {illegal}, which XML cannot hold", text)
                return
            problem = facet_problem(simple, value, text)
            if problem is not None:
                _note(self.found, "facet", place, problem, text)


def identity_deviations(bericht: Bericht, *, results: bool = True) -> list[Deviation]:
    """What the schema's own keys and references forbid: those of leerresultaten, the only ones that work.

    Without `results` those of the results are left out, for a caller that has seen that they are in order.
    """
    found: list[Deviation] = []
    if results and isinstance(bericht, LeerresultatenVerzoek):
        _check_results(bericht, found)
    if isinstance(bericht, LeerresultatenVerzoek | Toetsdefinities):
        for index, toets in _numbered(bericht.toetsen, Toets):
            seen: set[int] = set()
            for number, onderdeel in _numbered(toets.toetsonderdelen, ToetsOnderdeel):
                volgnummer: object = onderdeel.toetsonderdeelvolgnummer
                if not isinstance(volgnummer, int):
                    continue
                if volgnummer in seen:
                    toets_place = f"{wire_name(type(bericht))}/toetsen/toets[{index}]"
                    place = f"{toets_place}/toetsonderdelen/toetsonderdeel[{number}]"
                    _note(found, "identity", place, "repeats a toetsonderdeelvolgnummer of this toets")
                seen.add(volgnummer)
    return found


def _numbered(values: object, cls: type[T]) -> list[tuple[int, T]]:
    """The items of a list with their place in it; what is no list, or no such item, was noted elsewhere."""
    if not isinstance(values, tuple):
        return []
    return [(place, value) for place, value in enumerate(values, 1) if isinstance(value, cls)]


def _check_results(bericht: LeerresultatenVerzoek, found: list[Deviation]) -> None:
    codes: set[str] = set()
    for index, toets in _numbered(bericht.toetsen, Toets):
        code = getattr(toets.toetscode, "waarde", None)
        if not isinstance(code, str):
            continue
        if code in codes:
            place = f"leerresultaten_verzoek/toetsen/toets[{index}]/toetscode"
            _note(found, "identity", place, "stands for more than one toets in this message", raw=code)
        codes.add(code)
    keys: set[str] = set()
    for number, afname in _numbered(bericht.toetsafnames, Toetsafname):
        for index, resultaat in _numbered(afname.resultaten, Resultaat):
            place = f"leerresultaten_verzoek/toetsafnames/toetsafname[{number}]/resultaten/resultaat[{index}]"
            if isinstance(resultaat.key, str):
                if resultaat.key in keys:
                    _note(found, "identity", f"{place}/@key", "stands on more than one resultaat in this message")
                keys.add(resultaat.key)
            if isinstance(resultaat.toetscode, str) and resultaat.toetscode not in codes:
                _note(found, "identity", f"{place}/toetscode", "names no toets of this message")
