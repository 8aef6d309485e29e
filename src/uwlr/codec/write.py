"""A message to bytes, piece by piece.

What is written is checked on the way (`uwlr.codec.elements`). What the tables forbid sends the message to
`uwlr.codec.check`, which names every place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from io import BytesIO
from typing import cast

from uwlr.berichten import LeerresultatenVerzoek
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Bericht, table, wire_name
from uwlr.codec import check
from uwlr.codec.columns import RefusedError
from uwlr.codec.dialect import UWLR, Dialect
from uwlr.codec.elements import PREFIXES, Form, content
from uwlr.codec.rows import ResultKeys, join
from uwlr.deviations import Deviation, WrongType
from uwlr.errors import ConfigurationError, InvalidMessage
from uwlr.norm import VERSIES, Versie
from uwlr.paths import Path

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def write(
    bericht: Bericht,
    *,
    versie: Versie = "2.2",
    unchecked: bool = False,
    dialect: Dialect = UWLR,
) -> bytes:
    """Write a message as a UTF-8 document.

    Args:
        bericht: one of the messages that can stand alone.
        versie: the version whose field tables hold.
        unchecked: write what the tables forbid too; for fakes and tests. Text that XML cannot hold is refused
            even then.
        dialect: where the document departs from those tables.

    Raises:
        InvalidMessage: the message deviates from the tables; every deviation is listed.
        ConfigurationError: an unknown version.
    """
    document = BytesIO()
    document.write(_DECLARATION)
    write_into(document, bericht, versie=versie, unchecked=unchecked, dialect=dialect)
    return document.getvalue()


def write_into(
    document: BytesIO,
    bericht: Bericht,
    *,
    versie: Versie = "2.2",
    unchecked: bool = False,
    dialect: Dialect = UWLR,
) -> None:
    """Write a message as UTF-8 behind what the document holds: each piece is let go of before the next is made.

    Raises:
        InvalidMessage, ConfigurationError: as `write`; the document then holds the start of the message.
    """
    for rows in _rows(bericht, versie, dialect, checked=not unchecked):
        document.writelines(map(str.encode, rows))


def pieces(
    bericht: Bericht,
    *,
    versie: Versie = "2.2",
    unchecked: bool = False,
    dialect: Dialect = UWLR,
) -> list[bytes]:
    """Write a message as UTF-8 in pieces, without XML declaration: to stand alone or inside an envelope.

    Raises:
        InvalidMessage, ConfigurationError: as `write`.
    """
    batches = _rows(bericht, versie, dialect, checked=not unchecked)
    return [b"".join(map(str.encode, rows)) for rows in batches]


def _rows(bericht: Bericht, versie: Versie, dialect: Dialect, *, checked: bool) -> Iterator[list[str]]:
    message = _message(type(bericht), versie, dialect, checked=checked)
    results = ResultKeys()
    try:
        yield from message.rows(bericht, results)
    except (RefusedError, TypeError, ValueError, AttributeError) as error:
        found = check.deviations(bericht, versie, dialect)
        if not found:
            found = [Deviation(path=Path.of(message.name), reason=WrongType("object", type(error).__name__))]
        raise InvalidMessage(found, element=message.name) from None
    if checked:
        identity = check.identity_deviations(bericht, results=not _results_in_order(bericht, results))
        if identity:
            raise InvalidMessage(identity, element=message.name)


class _Message:
    """How messages of one class are written: the start tag with its namespaces, and the writer of what is in it."""

    def __init__(self, cls: type[Bericht], versie: Versie, dialect: Dialect, *, checked: bool) -> None:
        form = Form(versie, dialect, cls.namespace, checked)
        prefix = PREFIXES[cls.tag_namespace] if cls.tag_namespace else ""
        name = cast("str", wire_name(cls))
        self.name = dialect.roots.get(name, name)
        declared = "" if dialect.bare else f' xmlns="{cls.namespace}"'
        if cls.tag_namespace:
            declared += f' xmlns:{prefix[:-1]}="{cls.tag_namespace}"'
        for namespace in sorted(_namespaces(cls) - {cls.namespace}):
            declared += f' xmlns:{PREFIXES[namespace][:-1]}="{namespace}"'
        self.start = f"<{prefix}{self.name}{declared}"
        self.end = f"</{prefix}{self.name}>"
        self.content = content(cls, form)

    def rows(self, bericht: Bericht, results: ResultKeys) -> Iterator[list[str]]:
        """Write the message in batches of texts that follow each other."""
        attributes, inside, _ = self.content.split([bericht], results)
        rows = [self.start, *join(attributes, 1)]
        if not inside:
            yield [*rows, "/>"]
            return
        rows.append(">")
        for part in inside:
            if isinstance(part, str):
                rows.append(part)
            elif isinstance(part, list | tuple):
                rows += part
            else:
                yield rows
                yield from cast("Iterator[list[str]]", part)
                rows = []
        yield [*rows, self.end]


@lru_cache(maxsize=256)
def _message(cls: type[Bericht], versie: Versie, dialect: Dialect, *, checked: bool) -> _Message:
    """The writer of a message, made once.

    Raises:
        ConfigurationError: an unknown version; the class has no element of its own.
    """
    if versie not in VERSIES:
        raise ConfigurationError(f"versie {versie!r} is not one of {', '.join(VERSIES)}")
    if wire_name(cls) is None:
        raise ConfigurationError(f"{cls.__name__} is a part of a message, not one that stands alone")
    return _Message(cls, versie, dialect, checked=checked)


def _results_in_order(bericht: Bericht, results: ResultKeys) -> bool:
    """Tell of the results that were written whether keys are unique and every toetscode resolves."""
    if not isinstance(bericht, LeerresultatenVerzoek):
        return True
    codes = [toets.toetscode.waarde for toets in bericht.toetsen]
    return len(set(codes)) == len(codes) and len(results.keys) == results.count and results.toetscodes.issubset(codes)


@cache
def _namespaces(cls: type[Bericht]) -> frozenset[str]:
    """The namespaces of all elements that can stand inside one of that class."""
    found: set[str] = set()
    waiting, seen = [cls], {cls}
    while waiting:
        for field in table(waiting.pop()).elements:
            for alternative in field.alternatives:
                found.add(alternative.namespace)
                inner = alternative.cls
                if inner is not None and inner not in seen and not issubclass(inner, RawElement):
                    seen.add(inner)
                    waiting.append(inner)
    return frozenset(found)
