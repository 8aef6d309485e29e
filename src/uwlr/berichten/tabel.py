"""How a class body is read as the table of the standard.

A message class lists its attributes and elements in the order of the schema. The annotations carry what the
wire needs and Python does not: the simple type with its facets, another wire name, attribute or element,
wrapper, alternatives. `table` turns that into plain records that the codec, the validator and the tests use.
"""

from __future__ import annotations

import re
import typing
import unicodedata
from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, TypeVar, Union, dataclass_transform

import msgspec

from uwlr.deviations import Base
from uwlr.norm import Versie

T = TypeVar("T")


class Simple(msgspec.Struct, frozen=True, kw_only=True):
    """A simple type: how text maps to a value, and the facets that bound it.

    `codes` are the values of an enumeration; reading keeps unknown ones, writing refuses them.
    `personal` marks values that may never appear in a log, an error or a report.
    """

    name: str
    base: Base = "string"
    min_length: int = 0
    max_length: int | None = None
    pattern: str | None = None
    codes: tuple[str, ...] = ()
    code_type: type[Enum] | None = None
    minimum: int | None = None
    maximum: int | None = None
    empty_is: str | None = None
    personal: bool = False
    repeats: bool = False

    @property
    def is_text(self) -> bool:
        """Whether a value of the type is its text, as it stands."""
        return self.base == "string" and self.code_type is None

    @property
    def may_be_empty(self) -> bool:
        """Whether an element or attribute without text holds a value of this type."""
        free = self.base in {"string", "anyURI"} and not (self.min_length or self.pattern or self.codes)
        return free or self.empty_is is not None

    def matches(self, text: str) -> bool:
        r"""Tell whether the text fits the pattern, with `\p{Nd}` and `\p{Lu}` as XML Schema has them."""
        if self.pattern is None:
            return True
        ascii_pattern = _ascii_pattern(self.pattern)
        return bool(ascii_pattern.fullmatch(text) or ascii_pattern.fullmatch(_as_ascii(text)))


@cache
def _ascii_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(r"\p{Nd}", "[0-9]").replace(r"\p{Lu}", "[A-Z]"))


def _as_ascii(text: str) -> str:
    """Replace letters and digits outside ASCII by one of the same category, so one pattern serves."""
    stand_in = {"Nd": "0", "Lu": "A"}
    return "".join(c if c.isascii() else stand_in.get(unicodedata.category(c), c) for c in text)


class Attribute(msgspec.Struct, frozen=True):
    """The field is an XML attribute. Before version `optional_from` it is mandatory."""

    optional_from: Versie | None = None


class Content(msgspec.Struct, frozen=True):
    """The field is the text of the element itself."""


class Named(msgspec.Struct, frozen=True):
    """The element's name on the wire, if it differs from the Python name."""

    wire: str


class Reference(msgspec.Struct, frozen=True):
    """The element carries nothing but a key attribute; the value is that key."""


class Wrapped(msgspec.Struct, frozen=True):
    """The elements stand inside one wrapper that bears the field's name; `item` names them where no class does."""

    item: str | None = None


class AtMostOne(msgspec.Struct, frozen=True):
    """Of these fields at most one may be present."""

    fields: tuple[str, ...]


class AtLeastOne(msgspec.Struct, frozen=True):
    """Of these fields at least one must be present."""

    fields: tuple[str, ...]


class Needs(msgspec.Struct, frozen=True):
    """Each of `fields` may be present only together with `other`."""

    fields: tuple[str, ...]
    other: str


Choice = AtMostOne | AtLeastOne | Needs


class _BerichtMeta(msgspec.StructMeta):
    """Makes every message class keyword-only; msgspec would ask for it class by class."""

    def __new__(mcls, name: str, bases: tuple[type, ...], body: dict[str, Any], **options: Any) -> Any:
        return super().__new__(mcls, name, bases, body, **{"kw_only": True, **options})


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Bericht(msgspec.Struct, metaclass=_BerichtMeta, frozen=True, gc=False):
    """Base of every message and every part of one: immutable, keyword-only, compared by value.

    Personal values do not show in `repr`, so that a message in a log line gives nothing away.
    """

    namespace: ClassVar[str]
    tag_namespace: ClassVar[str | None] = None
    choices: ClassVar[tuple[Choice, ...]] = ()

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show the fields that are present, personal ones as an ellipsis."""
        values = ((field, getattr(self, field.name)) for field in table(type(self)).fields)
        return [
            (field.name, ... if field.personal else value)
            for field, value in values
            if value is not None and value != ()
        ]

    def __repr__(self) -> str:
        shown = (f"{name}={'…' if value is ... else repr(value)}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(shown)})"


class Alternative(msgspec.Struct, frozen=True, kw_only=True):
    """One element that may stand for a field: its name and what it holds."""

    wire: str
    namespace: str
    simple: Simple | None = None
    cls: type[Bericht] | None = None
    reference: bool = False

    @property
    def tag(self) -> str:
        """The name as lxml writes it: `{namespace}name`."""
        return f"{{{self.namespace}}}{self.wire}"


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table: an attribute, the content, or an element that occurs `many` times or once."""

    name: str
    kind: Literal["attribute", "content", "element"]
    alternatives: tuple[Alternative, ...]
    many: bool = False
    wrapper: str | None = None
    required: bool = False
    optional_from: Versie | None = None

    @property
    def first(self) -> Alternative:
        """The only alternative of a field that has one."""
        return self.alternatives[0]

    @property
    def wire(self) -> str:
        """The name a person would look for in the message."""
        return self.wrapper or "|".join(a.wire for a in self.alternatives)

    @property
    def personal(self) -> bool:
        """Whether the value itself is a personal one."""
        return any(a.simple is not None and a.simple.personal for a in self.alternatives)

    def is_required(self, versie: Versie | None) -> bool:
        """Tell whether the field must be present in that version; None asks for the most lenient one."""
        if self.optional_from is not None:
            return versie is not None and versie < self.optional_from
        return self.required


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one class, in the order of the schema."""

    cls: type[Bericht]
    fields: tuple[Field, ...]
    attributes: tuple[Field, ...]
    content: Field | None
    elements: tuple[Field, ...]
    mandatory: tuple[Field, ...]
    """The rows that must be present in some version, those that stand for themselves in any."""

    @property
    def by_name(self) -> Mapping[str, Field]:
        """The rows by Python name."""
        return {field.name: field for field in self.fields}


def wire_name(cls: type[Bericht]) -> str | None:
    """The element name that belongs to the class itself, None for a type used under several names."""
    tag = cls.__struct_config__.tag
    return tag if isinstance(tag, str) else None


def element_tag(cls: type[Bericht]) -> str:
    """The class's own element as `{namespace}name`."""
    return f"{{{cls.tag_namespace or cls.namespace}}}{wire_name(cls)}"


@cache
def table(cls: type[Bericht]) -> Table:
    """Read the class body as a table."""
    hints = typing.get_type_hints(cls, include_extras=True)
    defaults = {f.name: f.required for f in msgspec.structs.fields(cls)}
    fields = tuple(_field(cls, name, hints[name], required=defaults[name]) for name in defaults)
    content = [f for f in fields if f.kind == "content"]
    return Table(
        cls=cls,
        fields=fields,
        attributes=tuple(f for f in fields if f.kind == "attribute"),
        content=content[0] if content else None,
        elements=tuple(f for f in fields if f.kind == "element"),
        mandatory=tuple(f for f in fields if f.required or f.optional_from is not None),
    )


def _field(cls: type[Bericht], name: str, hint: Any, *, required: bool) -> Field:
    hint, markers = _unwrap(hint)
    attribute = _marker(markers, Attribute)
    wrapped = _marker(markers, Wrapped)
    named = _marker(markers, Named)
    reference = _marker(markers, Reference) is not None
    many = typing.get_origin(hint) is tuple
    if many:
        hint = typing.get_args(hint)[0]
    item = wrapped.item if wrapped is not None else None
    own_name = item or (named.wire if named is not None else name)
    kind: Literal["attribute", "content", "element"] = "element"
    if attribute is not None:
        kind = "attribute"
    elif _marker(markers, Content) is not None:
        kind = "content"
    simple = _marker(markers, Simple)
    alternatives: tuple[Alternative, ...]
    if simple is not None:
        alternatives = (_alternative(cls, own_name, simple, reference=reference),)
    else:
        alternatives = tuple(_alternative(cls, own_name, member, reference=reference) for member in _members(hint))
    return Field(
        name=name,
        kind=kind,
        alternatives=alternatives,
        many=many,
        wrapper=(named.wire if named is not None else name) if wrapped is not None else None,
        required=required,
        optional_from=attribute.optional_from if attribute is not None else None,
    )


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Take the markers off: `Annotated[X, m] | None` and `Annotated[X | None, m]` mean the same."""
    markers: tuple[Any, ...] = ()
    while True:
        if typing.get_origin(hint) is Annotated:
            markers += hint.__metadata__
            hint = hint.__origin__
            continue
        members = [m for m in _members(hint) if m is not NoneType]
        if len(members) == 1 and members[0] is not hint:
            hint = members[0]
            continue
        return hint, markers


def _members(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) in {Union, UnionType}:
        return typing.get_args(hint)
    return (hint,)


def _marker(markers: tuple[Any, ...], kind: type[T]) -> T | None:
    return next((m for m in markers if isinstance(m, kind)), None)


def _alternative(owner: type[Bericht], own_name: str, member: Any, *, reference: bool) -> Alternative:
    if isinstance(member, Simple):
        return Alternative(wire=own_name, namespace=owner.namespace, simple=member, reference=reference)
    origin, markers = _unwrap(member)
    simple = _marker(markers, Simple)
    if simple is not None:
        named = _marker(markers, Named)
        return Alternative(
            wire=named.wire if named is not None else own_name,
            namespace=owner.namespace,
            simple=simple,
            reference=reference,
        )
    tag = wire_name(origin)
    return Alternative(
        wire=tag or own_name,
        namespace=(origin.tag_namespace or origin.namespace) if tag else owner.namespace,
        cls=origin,
    )
