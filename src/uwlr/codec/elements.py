"""Elements written column by column, by writers that are made from the field tables once.

All items of a list are written together: for each field the values of all items are taken as one column, checked and
escaped as one, and put into rows. That way the checks of the field tables cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any, NamedTuple, cast

from msgspec.structs import astuple

from uwlr import norm
from uwlr.berichten import Resultaat
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Field, Simple, table
from uwlr.berichten.waarden import Onleesbaar
from uwlr.codec import private
from uwlr.codec.choices import choice_fields, some_row_breaks
from uwlr.codec.columns import Column, RefusedError, column
from uwlr.codec.dialect import Dialect
from uwlr.codec.rows import Part, ResultKeys, Values, Writer, join, spread
from uwlr.norm import Versie

PREFIXES = {norm.OSO: "oso:", norm.TOETSDEFINITIES: "td:", norm.LEERRESULTATEN: "lr:"}
"""The prefix of each namespace that is not the default one."""
_ROWS = 128


class Form(NamedTuple):
    """What the written form of an element depends on besides its table; `default` is the default namespace."""

    versie: Versie
    dialect: Dialect
    default: str
    checked: bool

    def prefix(self, namespace: str) -> str:
        """The prefix of a namespace, colon included."""
        return "" if namespace == self.default else PREFIXES[namespace]


class _Row(NamedTuple):
    """A field and how it is written.

    `alone` writes one value, if it is that simple. `nothing` stands for a field that is absent, which is not looked for
    in one that is `due`: nothing can be made of it there. `fills` tells whether an item that has it is not empty.
    """

    name: str
    writer: Writer
    alone: Callable[[Any], str] | None
    nothing: object
    due: bool
    attribute: bool
    fills: bool
    chosen: bool


Split = tuple[list[Part], list[Part], bool]
"""Written items: what goes into the start tags, what between the tags, and whether no item is known to be empty."""


class Content:
    """Writes the fields of a class."""

    def __init__(self, cls: type[Bericht], form: Form) -> None:
        self.cls = cls
        self.checked = form.checked
        self.has_choices = form.checked and bool(cls.choices)
        # Unpacking a plain tuple is several times faster than unpacking a NamedTuple.
        self.rows: list[tuple[Any, ...]] = [tuple(_row(field, cls, form)) for field in table(cls).fields]
        self.may_be_empty = table(cls).content is None and not any(field.required for field in table(cls).elements)

    def elements(self, name: str, items: Sequence[Any], results: ResultKeys) -> list[Part]:
        """Write the items as elements of that name."""
        attributes, content, filled = self.split(items, results)
        if not content:
            return [f"<{name}", *attributes, "/>"]
        parts = [f"<{name}", *attributes, ">", *content, f"</{name}>"]
        if filled or not self.may_be_empty:
            return parts
        empty = f"></{name}>"
        return [[row.replace(empty, "/>") if row.count("<") == 2 else row for row in join(parts, len(items))]]

    def split(self, items: Sequence[Any], results: ResultKeys) -> Split:
        """Write the fields of all items."""
        if len(items) == 1:
            return self._split_one(items[0], results)
        attributes: list[Part] = []
        content: list[Part] = []
        filled = False
        always: list[str] = []
        sometimes: dict[str, Values] = {}
        columns: Iterable[tuple[Any, ...]] = zip(*map(astuple, items), strict=True)
        if not self.checked:
            columns = map(_without_missing, columns)
        for (name, writer, _, nothing, due, attribute, fills, chosen), values in zip(self.rows, columns, strict=True):
            absent = 0 if due else values.count(nothing)
            if absent == len(values):
                continue
            if absent:
                some = [value for value in values if value is not nothing]
                parts: list[Part] = [spread(join(writer.parts(some, results), len(some)), values, nothing)]
                if chosen:
                    sometimes[name] = values
            else:
                parts = writer.parts(values, results)
                filled = filled or fills
                if chosen:
                    always.append(name)
            if attribute:
                attributes += parts
            else:
                content += parts
        if self.has_choices and some_row_breaks(self.cls, tuple(always), sometimes):
            raise RefusedError
        return attributes, content, filled

    def _split_one(self, item: Any, results: ResultKeys) -> Split:
        """Write the fields of an item that stands alone: columns would take longer than their values."""
        attributes: list[Part] = []
        content: list[Part] = []
        present: list[str] = []
        values: tuple[Any, ...] = astuple(item)
        if not self.checked:
            values = _without_missing(values)
        for (name, writer, alone, nothing, due, attribute, _, chosen), value in zip(self.rows, values, strict=True):
            if value is nothing and not due:
                continue
            target = attributes if attribute else content
            if alone is not None:
                target.append(alone(value))
            else:
                target += writer.parts((value,), results)
            if chosen:
                present.append(name)
        if self.has_choices and some_row_breaks(self.cls, tuple(present), {}):
            raise RefusedError
        return attributes, content, bool(content)


@lru_cache(maxsize=512)
def content(cls: type[Bericht], form: Form) -> Content:
    """The writer of what is in a class, made once."""
    return Content(cls, form)


def _row(field: Field, cls: type[Bericht], form: Form) -> _Row:
    writer: Writer
    attribute = field.kind == "attribute"
    if attribute:
        writer = _simple(field.first, form, f' {field.first.wire}="', '"', attribute=True)
    elif field.kind == "content":
        writer = _simple(field.first, form, "", "", attribute=False)
    else:
        writer = _alternative(field.first, form) if len(field.alternatives) == 1 else _Mixed(field, form)
    if field.many:
        writer = _Many(field, writer, form.prefix(cls.namespace), form)
    if cls is Resultaat and form.checked and field.name in {"key", "toetscode"}:
        writer = _Noted(writer, field.name)
    return _Row(
        name=field.name,
        writer=writer,
        alone=getattr(writer, "alone", None),
        nothing=() if field.many else None,
        due=form.checked and field.is_required(form.versie),
        attribute=attribute,
        fills=not attribute and not field.many,
        chosen=any(field.name in choice_fields(choice) for choice in cls.choices),
    )


def _alternative(alternative: Alternative, form: Form) -> Writer:
    name = form.prefix(alternative.namespace) + alternative.wire
    if alternative.cls is not None:
        return (
            _Raw(alternative.cls, form)
            if issubclass(alternative.cls, RawElement)
            else _Elements(alternative.cls, name, form)
        )
    if alternative.reference:
        return _simple(alternative, form, f'<{name} key="', '"/>', attribute=True)
    return _simple(alternative, form, f"<{name}>", f"</{name}>", attribute=False)


def _simple(alternative: Alternative, form: Form, start: str, end: str, *, attribute: bool) -> Column:
    simple = cast("Simple", alternative.simple)
    simple = form.dialect.types.get(simple.name, simple)
    return column(simple, start, end, attribute=attribute, checked=form.checked)


class _Noted:
    """Keys of results, or the tests that they name: written as any text, and noted."""

    def __init__(self, writer: Writer, name: str) -> None:
        self.writer = writer
        self.is_key = name == "key"

    def parts(self, values: Values, results: ResultKeys) -> list[Part]:
        if self.is_key:
            results.count += len(values)
            results.keys.update(values)
        else:
            results.toetscodes.update(values)
        return self.writer.parts(values, results)


class _Elements:
    """Elements of a class."""

    def __init__(self, cls: type[Bericht], name: str, form: Form) -> None:
        self.only = {cls}
        self.name = name
        self.content = content(cls, form)

    def parts(self, values: Values, results: ResultKeys) -> list[Part]:
        if set(map(type, values)) != self.only:
            raise RefusedError
        return self.content.elements(self.name, values, results)


class _Raw:
    """Elements of a private type."""

    def __init__(self, cls: type[Bericht], form: Form) -> None:
        self.only = {cls}
        self.form = form

    def parts(self, values: Values, _: ResultKeys) -> list[Part]:
        if set(map(type, values)) != self.only:
            raise RefusedError
        if not self.form.checked:
            return [[item.xml.decode() for item in values]]
        if any(private.problem(item, self.form.dialect) for item in values):
            raise RefusedError
        return [[private.written(item) for item in values]]


class _Mixed:
    """Values of several alternatives, in their own order."""

    def __init__(self, field: Field, form: Form) -> None:
        self.by_class = {a.cls: _alternative(a, form) for a in field.alternatives if a.cls is not None}
        self.simple = next((_alternative(a, form) for a in field.alternatives if a.cls is None), None)

    def parts(self, values: Values, results: ResultKeys) -> list[Part]:
        writers = {kind: self._writer(kind) for kind in set(map(type, values))}
        if len(set(writers.values())) == 1:
            return writers[type(values[0])].parts(values, results)
        written = [""] * len(values)
        for writer in set(writers.values()):
            places = [place for place, value in enumerate(values) if writers[type(value)] is writer]
            texts = join(writer.parts([values[place] for place in places], results), len(places))
            for place, text in zip(places, texts, strict=True):
                written[place] = text
        return [written]

    def _writer(self, kind: type) -> Writer:
        found = self.by_class.get(kind)
        if found is None and not issubclass(kind, Bericht):
            found = self.simple
        if found is None:
            raise RefusedError
        return found


class _Many:
    """A repeated field: written for all items at once, of which each gets its own share."""

    def __init__(self, field: Field, one: Writer, prefix: str, form: Form) -> None:
        self.one = one
        wrapper = f"{prefix}{field.wrapper}"
        self.start, self.end = (f"<{wrapper}>", f"</{wrapper}>") if field.wrapper is not None else ("", "")
        self.checked = form.checked
        self.due = form.checked and field.is_required(form.versie)

    def parts(self, values: Values, results: ResultKeys) -> list[Part]:
        if self.checked and set(map(type, values)) != {tuple}:
            raise RefusedError
        lengths = list(map(len, values))
        if self.due and 0 in lengths:
            raise RefusedError
        if not any(lengths):
            return []
        start, end, one = self.start, self.end, self.one
        flat = list(chain.from_iterable(values))
        if lengths.count(1) == len(lengths):
            return [start, *one.parts(flat, results), end]
        batches = (flat[i : i + _ROWS] for i in range(0, len(flat), _ROWS))
        written = (join(one.parts(batch, results), len(batch)) for batch in batches)
        if len(values) == 1:
            # The list of a whole message: each batch is put together when its turn comes, in the memory of the last.
            return [start, written, end]
        rows = chain.from_iterable(written)
        return [[f"{start}{''.join(islice(rows, n))}{end}" if n else "" for n in lengths]]


def _without_missing(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Leave out what was missing when the message was read, so that it stays missing."""
    return tuple(None if isinstance(value, Onleesbaar) and value.raw is None else value for value in values)
