"""What keeps a message from being written: every place where it breaks its field table, with its path.

Written for clarity, not speed: the writer looks column by column, and comes here only when something is wrong.
"""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import Any

from uwlr.berichten import LeerresultatenVerzoek, Toets, Toetsdefinities
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
            place = f"{path}/@{field.wire}" if field.kind == "attribute" else f"{path}/{field.wire}"
            if field.kind == "content":
                place = path
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


def identity_deviations(bericht: Bericht) -> list[Deviation]:
    """What the schema's own keys and references forbid: those of leerresultaten, the only ones that work."""
    found: list[Deviation] = []
    if isinstance(bericht, LeerresultatenVerzoek):
        _check_results(bericht, found)
    if isinstance(bericht, LeerresultatenVerzoek | Toetsdefinities):
        for index, toets in enumerate(_berichten(bericht.toetsen, Toets), 1):
            seen: set[object] = set()
            for number, onderdeel in enumerate(toets.toetsonderdelen, 1):
                place = f"{wire_name(type(bericht))}/toetsen/toets[{index}]/toetsonderdelen/toetsonderdeel[{number}]"
                if onderdeel.toetsonderdeelvolgnummer in seen:
                    _note(found, "identity", place, "repeats a toetsonderdeelvolgnummer of this toets")
                seen.add(onderdeel.toetsonderdeelvolgnummer)
    return found


def _berichten(values: Any, cls: type[Toets]) -> list[Toets]:
    return [value for value in values if isinstance(value, cls)] if isinstance(values, tuple) else []


def _results_in_order(bericht: LeerresultatenVerzoek) -> bool:
    """Tell at once whether keys are unique and every toetscode resolves, as they nearly always do."""
    try:
        codes = [toets.toetscode.waarde for toets in bericht.toetsen]
        results = list(chain.from_iterable(map(attrgetter("resultaten"), bericht.toetsafnames)))
    except AttributeError:
        return False
    known = set(codes)
    return (
        len(known) == len(codes)
        and len(set(map(attrgetter("key"), results))) == len(results)
        and set(map(attrgetter("toetscode"), results)) <= known
    )


def _check_results(bericht: LeerresultatenVerzoek, found: list[Deviation]) -> None:
    if _results_in_order(bericht):
        return
    codes: set[object] = set()
    for index, toets in enumerate(_berichten(bericht.toetsen, Toets), 1):
        code = getattr(toets.toetscode, "waarde", None)
        if code in codes:
            place = f"leerresultaten_verzoek/toetsen/toets[{index}]/toetscode"
            _note(found, "identity", place, "stands for more than one toets in this message", raw=str(code))
        codes.add(code)
    keys: set[object] = set()
    for number, afname in enumerate(bericht.toetsafnames, 1):
        for index, resultaat in enumerate(getattr(afname, "resultaten", ()), 1):
            place = f"leerresultaten_verzoek/toetsafnames/toetsafname[{number}]/resultaten/resultaat[{index}]"
            if resultaat.key in keys:
                _note(found, "identity", f"{place}/@key", "stands on more than one resultaat in this message")
            keys.add(resultaat.key)
            if resultaat.toetscode not in codes:
                _note(found, "identity", f"{place}/toetscode", "names no toets of this message")
