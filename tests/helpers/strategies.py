"""Messages for property tests, made from the field tables and nothing else."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, cast

import msgspec
from hypothesis import strategies as st

from uwlr.berichten import LeerresultatenVerzoek, ZonedDate
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import AtLeastOne, AtMostOne, Bericht, Field, Needs, Simple, table
from uwlr.norm import Versie

MANY = 3
"""Items in a list, at most."""

_AWKWARD = "&<>\"'\t\n\r éëŁšß\u0301\U0001d4b3\U0001f469\u00a0\u0085\u2028%-]"
_CHARACTERS = st.one_of(
    st.sampled_from(_AWKWARD),
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
)
_SPECIAL = [
    "]]>",
    "<![CDATA[x]]>",
    "<!--",
    "&amp;",
    "&#13;",
    " ",
    "  van der  ",
    "\r\n",
    "'t",
    "\ufb01",
    "a\tb\nc",
    '"',
]
ZONES = st.one_of(
    st.just(UTC),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)) if minutes else UTC),
)
_URIS = [
    "",
    "vdex",
    "http://www.edustandaard.nl/vdex/a?b=c&d#e",
    "urn:x:1",
    "a%20b",
    "http://é.nl/'x'",
    "//h:80/",
    "a b",
]


def berichten(cls: type[Bericht], versie: Versie = "2.2") -> st.SearchStrategy[Any]:
    """Messages of a class, each within the field tables of the version."""
    if cls is LeerresultatenVerzoek:
        return _parts(cls, versie).map(_resolved)
    return _parts(cls, versie).map(_numbered)


_EXACT = {type(None), str, int}
"""Types whose values are equal to no value of another type that is spelt out, and to each other if written alike."""


def exact(value: Any) -> Any:
    """Spell out a value so that what Python calls equal, but is written differently, differs."""
    if isinstance(value, tuple):
        return tuple([item if type(item) in _EXACT else exact(item) for item in value])
    if isinstance(value, Bericht):
        return type(value), exact(msgspec.structs.astuple(value))
    if isinstance(value, datetime):
        return value.replace(tzinfo=None), value.utcoffset()
    if isinstance(value, ZonedDate):
        return value.toordinal(), value.zone.utcoffset(None)
    if isinstance(value, date):
        return value.toordinal(), None
    return type(value), value


def values(simple: Simple) -> st.SearchStrategy[Any]:
    """Values of a simple type, within its facets."""
    if simple.codes:
        convert: Callable[[str], Any] = int if simple.base == "integer" else str
        code_type = cast("Callable[[Any], Any]", simple.code_type or (lambda code: code))
        return st.sampled_from(simple.codes).map(lambda code: code_type(convert(code)))
    if simple.pattern is not None:
        ascii_only = simple.pattern.replace(r"\p{Nd}", "[0-9]").replace(r"\p{Lu}", "[A-Z]")
        anywhere = simple.pattern.replace(r"\p{Nd}", "[0-9٣]").replace(r"\p{Lu}", "[A-ZÉ]")
        found = st.from_regex(re.compile(ascii_only), fullmatch=True) | st.from_regex(
            re.compile(anywhere), fullmatch=True
        )
        return found | st.just("") if simple.empty_is is not None else found
    return _BASES[simple.base](simple)


def _text(simple: Simple) -> st.SearchStrategy[str]:
    longest = simple.max_length
    special = [s for s in _SPECIAL if longest is None or len(s) <= longest]
    found = st.text(_CHARACTERS, min_size=simple.min_length, max_size=min(longest or 12, 12)) | st.sampled_from(special)
    return found if longest is None else found | st.just("é" * longest)


def _integer(simple: Simple) -> st.SearchStrategy[int]:
    low, high = simple.minimum, simple.maximum
    edges = [n for n in (low, high, 0, 10**24, -(10**24), -1) if n is not None and _within(simple, n)]
    return st.sampled_from(edges) | st.integers(low, high)


def _decimal(simple: Simple) -> st.SearchStrategy[Decimal]:
    low = -(10**9) if simple.minimum is None else simple.minimum
    high = 10**9 if simple.maximum is None else simple.maximum
    edges = [Decimal(t) for t in ("1E+3", "1E-7", "0", "-0.0", "0.50", "1", "123456789.123456789", "-1E+2")]
    return st.sampled_from([d for d in edges if _within(simple, d)]) | st.decimals(
        low, high, allow_nan=False, allow_infinity=False, places=4
    )


def _within(simple: Simple, number: int | Decimal) -> bool:
    return (simple.minimum is None or number >= simple.minimum) and (simple.maximum is None or number <= simple.maximum)


def _date(_: Simple) -> st.SearchStrategy[date]:
    return st.dates() | st.builds(lambda day, zone: ZonedDate(day.year, day.month, day.day, zone), st.dates(), ZONES)


def _datetime(_: Simple) -> st.SearchStrategy[datetime]:
    return st.datetimes() | st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=ZONES)  # noqa: DTZ001


_BASES: dict[str, Callable[[Simple], st.SearchStrategy[Any]]] = {
    "string": _text,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "dateTime": _datetime,
    "anyURI": lambda _: st.sampled_from(_URIS),
}


@st.composite
def _parts(draw: st.DrawFn, cls: type[Bericht], versie: Versie) -> Bericht:
    chosen: dict[str, Any] = {}
    for field in table(cls).fields:
        required = field.is_required(versie)
        if required or draw(st.booleans()):
            value = draw(_field(field, versie))
            if value is not None:
                chosen[field.name] = value
    _settle(draw, cls, chosen, versie)
    return cls(**chosen)


def _field(field: Field, versie: Versie) -> st.SearchStrategy[Any]:
    kinds = [_alternative(a, versie) for a in field.alternatives if not (a.cls and issubclass(a.cls, RawElement))]
    if not kinds:
        return st.just(() if field.many else None)
    one = st.one_of(kinds)
    return st.lists(one, min_size=1, max_size=MANY).map(tuple) if field.many else one


def _alternative(alternative: Any, versie: Versie) -> st.SearchStrategy[Any]:
    if alternative.simple is not None:
        return values(alternative.simple)
    return st.deferred(lambda: _parts(alternative.cls, versie))


def _settle(draw: st.DrawFn, cls: type[Bericht], chosen: dict[str, Any], versie: Versie) -> None:
    """Bring the fields in line with the choices of the class."""
    fields = table(cls).by_name
    for choice in cls.choices:
        match choice:
            case AtMostOne():
                present = [name for name in choice.fields if name in chosen]
                keep = draw(st.sampled_from(present)) if present else None
                for name in present:
                    if name != keep:
                        del chosen[name]
            case AtLeastOne() if not any(name in chosen for name in choice.fields):
                name = draw(st.sampled_from(choice.fields))
                chosen[name] = draw(_field(fields[name], versie))
            case _:
                pass
    for choice in cls.choices:
        if isinstance(choice, Needs) and choice.other not in chosen:
            for name in choice.fields:
                chosen.pop(name, None)


def _numbered(bericht: Bericht) -> Bericht:
    """Give the parts of each test their own number, where the message has tests."""
    return changed(bericht, toetsen=_tests(bericht.toetsen)) if hasattr(bericht, "toetsen") else bericht  # type: ignore[attr-defined]


def _tests(toetsen: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(
        changed(
            toets,
            toetscode=changed(toets.toetscode, waarde=f"{toets.toetscode.waarde[:200]}-{index}"),
            toetsonderdelen=tuple(
                changed(part, toetsonderdeelvolgnummer=number) for number, part in enumerate(toets.toetsonderdelen, 1)
            ),
        )
        for index, toets in enumerate(toetsen)
    )


def _resolved(bericht: LeerresultatenVerzoek) -> LeerresultatenVerzoek:
    """Make keys unique and let every result name a test of the message, as the schema's keys demand."""
    toetsen = _tests(bericht.toetsen)
    number = 0
    afnames = []
    for afname in bericht.toetsafnames:
        resultaten = []
        for resultaat in afname.resultaten:
            number += 1
            toets = toetsen[number % len(toetsen)]
            resultaten.append(
                changed(resultaat, key=f"{resultaat.key[:200]}-{number}", toetscode=toets.toetscode.waarde)
            )
        afnames.append(changed(afname, resultaten=tuple(resultaten)))
    return cast("LeerresultatenVerzoek", changed(bericht, toetsen=toetsen, toetsafnames=tuple(afnames)))


def changed(bericht: Any, **fields: Any) -> Any:
    """A copy of a message with other values in some fields."""
    own = {name: getattr(bericht, name) for name in bericht.__struct_fields__}
    return type(bericht)(**{**own, **fields})
