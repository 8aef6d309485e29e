"""From what reading finds to the rule that it breaks, by the type and the fields of the reason."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from uwlr.berichten import Leerling, leerresultaten
from uwlr.berichten.tabel import AtMostOne, Bericht, Simple, table
from uwlr.deviations import (
    Choice,
    Deviation,
    Empty,
    EmptyList,
    Facet,
    Missing,
    NoContent,
    NotEmpty,
    Order,
    Reason,
    Repeated,
    RepeatedList,
    SpaceAround,
    Text,
    UnknownAttribute,
    UnknownElement,
    Unreadable,
)
from uwlr.edexml import files as edexml
from uwlr.soap.operations import BY_VERZOEK
from uwlr.validation.rule_registry import Rule
from uwlr.validation.rules import schema_rules as rules
from uwlr.validation.spots import Spot, resolve


class Words(NamedTuple):
    """The rule that a deviation breaks, and what fills its text."""

    rule: Rule
    data: dict[str, str] = {}  # noqa: RUF012
    data_en: dict[str, str] = {}  # noqa: RUF012
    value: str | None = None
    personal: bool = False


_DUE = {
    "integer": ("een heel getal", "a whole number"),
    "decimal": ("een getal met een punt", "a decimal number"),
    "date": ("een datum als 2026-10-01", "a date such as 2026-10-01"),
    "dateTime": ("een tijdstip als 2026-10-01T08:00:00Z", "a moment such as 2026-10-01T08:00:00Z"),
}
_FORMS = {
    r"\p{Nd}{2}\p{Lu}{2}": "99XX",
    r"\p{Nd}{2}": "99",
    r"[1-2]\p{Nd}{3}-[1-2]\p{Nd}{3}": "2026-2027",
    r"\p{Nd}{4}\p{Lu}{2}": "1234AB",
}
_ROL: Final = "EDEXLeerkrachtRolType"
_NUMBERS: Final = frozenset(
    table(Leerling).by_name[name].wire
    for choice in Leerling.choices
    if isinstance(choice, AtMostOne) and "bsn" in choice.fields
    for name in choice.fields
)
"""The numbers of a pupil that exclude each other."""
_LONGEST_SHOWN: Final = 60
_MOST_CODES: Final = 30


def words(deviation: Deviation) -> Words | None:
    """Find the rule for a deviation; None for what the schema does not forbid."""
    spot = resolve(deviation.path)
    found = _words(deviation, spot)
    if found is None:
        return None
    # What should not be there has no type that says whether it is personal, so it is taken to be.
    foreign = isinstance(deviation.reason, UnknownElement | UnknownAttribute | Text | NotEmpty)
    value = None if deviation.raw is None else deviation.raw.strip()
    return found._replace(
        value=value if value is not None and len(value) <= _LONGEST_SHOWN else None,
        personal=foreign or spot.simple is None or spot.simple.personal or _may_name(deviation.reason, value or ""),
    )


def _may_name(reason: Reason, text: str) -> bool:
    """Tell whether what stands in the place of a number, a date or a moment has words in it, which may be a name."""
    return isinstance(reason, Unreadable) and re.search(r"[^\W\d_]{3}", text) is not None


def _words(deviation: Deviation, spot: Spot) -> Words | None:
    match deviation.reason:
        case Order(after):
            return Words(rules.ORDER, {"previous": after, "order": _order(spot.owner, deviation.path.last.name, after)})
        case UnknownElement():
            return Words(rules.UNKNOWN_ELEMENT)
        case UnknownAttribute():
            return Words(rules.UNKNOWN_ATTRIBUTE)
        case Missing() | EmptyList() | NoContent():
            return Words(rules.NORMKLEUR if spot.owner is leerresultaten.Normkleur else rules.MISSING)
        case Repeated() | RepeatedList():
            return Words(rules.REPEATED)
        case Text() | NotEmpty():
            return Words(rules.TEXT)
        case Choice() as broken:
            return _choice(broken, spot)
        case Empty():
            asked = spot.owner in BY_VERZOEK and deviation.path.last.name == "schooljaar"
            return Words(rules.EMPTY_SCHOOLJAAR if asked else rules.EMPTY)
        case Unreadable() if spot.owner is leerresultaten.Resultaat and deviation.path.last.name == "score":
            return Words(rules.DECIMAL_SCORE)
        case Unreadable(base=base):
            nl, en = _DUE.get(base, ("tekst", "text"))
            return Words(rules.UNREADABLE, {"due": nl}, {"due": en})
        case SpaceAround():
            return Words(rules.SPACE_AROUND)
        case Facet() as facet if spot.simple is not None:
            return _facet(facet, deviation, spot.simple)
        case _:
            return None


def _order(owner: type[Bericht] | None, name: str, after: str) -> str:
    """The elements of a class from one up to another, in the order of the schema."""
    rows = table(owner).elements if owner is not None else ()
    wires = [wire for row in rows for wire in ([row.wrapper] if row.wrapper else [a.wire for a in row.alternatives])]
    if name in wires and after in wires:
        wires = wires[wires.index(name) : wires.index(after) + 1]
    return ", ".join(wires)


def _choice(broken: Choice, spot: Spot) -> Words:
    if broken.rule == "at-most-one" and spot.cls is Leerling and _NUMBERS.issuperset(broken.names):
        return Words(rules.EXCLUDING_NUMBERS, {"fields": broken.joined("nl")}, {"fields": broken.joined("en")})
    if broken.rule == "at-most-one" and broken.names == ("brincode", "schoolkey"):
        return Words(rules.BRIN_AND_SCHOOLKEY)
    return Words(rules.CHOICE, {"choice": broken.text("nl")}, {"choice": broken.text("en")})


def _facet(broken: Facet, deviation: Deviation, simple: Simple) -> Words | None:
    match broken.facet:
        case "min-length":
            return Words(rules.EMPTY)
        case "max-length":
            rule = rules.KEY_LENGTH if deviation.path.last.name == "autorisatiesleutel" else rules.TOO_LONG
            return Words(rule, {"length": str(broken.length), "maximum": str(broken.limit)})
        case "pattern":
            nl, en = _form(str(broken.limit))
            return Words(rules.PATTERN, {"form": nl}, {"form": en})
        case "codes":
            if broken.limit == _ROL and deviation.raw == edexml.TAL:
                return Words(rules.TAL)
            codes = ", ".join(simple.codes[:_MOST_CODES]) + (", …" if len(simple.codes) > _MOST_CODES else "")
            return Words(rules.CODE, {"codes": codes})
        case "uri":
            return Words(rules.UNREADABLE, {"due": "een URI"}, {"due": "a URI"})
        case "minimum" | "maximum":
            low = "…" if simple.minimum is None else str(simple.minimum)
            high = "…" if simple.maximum is None else str(simple.maximum)
            return Words(rules.RANGE, {"bounds": f"{low} t/m {high}"}, {"bounds": f"{low} to {high}"})
        case "character":
            return None


def _form(pattern: str) -> tuple[str, str]:
    """Show a pattern by an example, or by the number of its digits."""
    example = _FORMS.get(pattern)
    if example is not None:
        return example, example
    count = pattern.removeprefix(r"\p{Nd}").strip("{}").replace(",", "-")
    return f"{count} cijfers", f"{count} digits"
