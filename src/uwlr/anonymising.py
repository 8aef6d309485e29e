"""Messages that lie about, without anybody in them: what was replaced and what stayed, and whether nobody is left.

What comes out can be held against the vocabulary of `uwlr.invented`, and against the original.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Container
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from uwlr.errors import ConfigurationError
from uwlr.invented import Inventor, Sort, is_invented, sort_at, telling
from uwlr.private_files import open_private
from uwlr.written_values import Rewriting, Spot, encoding_of, rewrite

_BLOCK: Final = 1 << 16


class Field(NamedTuple):
    """A field of a message: an element or an attribute of one, and what its values are."""

    name: str
    sort: Sort


class Place(NamedTuple):
    """A value in its field: an element, or an attribute of one."""

    parent: str
    element: str
    attribute: str
    value: str


class Tally(msgspec.Struct):
    """How many values of each field were replaced, and how many stayed."""

    replaced: Counter[Field] = msgspec.field(default_factory=Counter)
    stayed: Counter[Field] = msgspec.field(default_factory=Counter)

    def rows(self) -> list[tuple[Field, int, int]]:
        """Each field with both numbers, by name."""
        fields = sorted({*self.replaced, *self.stayed})
        return [(field, self.replaced[field], self.stayed[field]) for field in fields]


class Left(msgspec.Struct, frozen=True):
    """A value that may be somebody's.

    Attributes:
        name: the field.
        sort: what its values are.
        why: `vocabulary` if it is not an invented one, `original` if the original has it too.
        count: how many there are.
    """

    name: str
    sort: Sort
    why: str
    count: int


class Anonymiser:
    """Anonymises messages; equal values become equal ones in all of them.

    Args:
        secret: what the invented values follow from; by default one that nobody keeps.
    """

    def __init__(self, secret: bytes | None = None) -> None:
        self._inventor = Inventor(secret or secrets.token_bytes(32))
        self.tally = Tally()

    def message(self, data: bytes) -> bytes:
        """Give a message without anybody in it.

        Raises:
            ConfigurationError: it is no text.
        """
        refuse_binary(data)
        return rewrite(data, self._change)

    def file(self, source: Path, target: Path) -> None:
        """Anonymise a file into another, part by part, so that its size does not matter.

        Raises:
            ConfigurationError: one of them cannot be opened, both are the same, or it is no text.
        """
        rewriting = Rewriting(self._change)
        try:
            if target.exists() and target.samefile(source):
                raise ConfigurationError(f"{target} is the original: write to another file")
            with source.open("rb") as original:
                refuse_binary(original.read(_BLOCK))
                original.seek(0)
                with open_private(target) as made:
                    while block := original.read(_BLOCK):
                        made.write(rewriting.feed(block))
                    made.write(rewriting.close())
        except OSError as error:
            raise ConfigurationError(f"{error.filename or target} cannot be used: {error.strerror}") from None

    def _change(self, value: str, spot: Spot) -> str:
        sort = sort_at(spot, value)
        made = self._inventor.value(value, sort)
        if value.strip():
            (self.tally.stayed if made == value else self.tally.replaced)[_field(spot, sort)] += 1
        return made


def place_of(value: str, spot: Spot) -> Place:
    """Give a value in its field."""
    return Place(spot.parent, spot.element, spot.attribute, value.strip())


def left_over(result: bytes, original: bytes | None = None, *, made_up: Container[Place] = frozenset()) -> list[Left]:
    """Find values that are not invented ones, and with the original those that both have.

    Args:
        result: a message.
        original: the message that it was made from.
        made_up: values that are nobody's either, each in its field.

    Raises:
        ConfigurationError: a file is no text.
    """
    refuse_binary(result)
    real = _personal(original) if original is not None else frozenset()
    found: Counter[tuple[Field, str]] = Counter()

    def look(value: str, spot: Spot) -> str:
        sort = sort_at(spot, value)
        if not is_invented(value, sort) and place_of(value, spot) not in made_up:
            found[_field(spot, sort), "vocabulary"] += 1
        elif real and not real.isdisjoint(telling(value, sort)):
            found[_field(spot, sort), "original"] += 1
        return value

    rewrite(result, look)
    return [Left(field.name, field.sort, why, count) for (field, why), count in sorted(found.items())]


def refuse_binary(data: bytes) -> None:
    """Refuse what is no text.

    Raises:
        ConfigurationError: there are bytes in it that no text has.
    """
    if is_binary(data):
        raise ConfigurationError("it is no text: unpack what is packed, and leave out what is no message")


def is_binary(data: bytes) -> bool:
    """Tell whether the beginning of a document is no text of an encoding that can be told."""
    encoding, _ = encoding_of(data)
    text = data[: _BLOCK - _BLOCK % 4].decode(encoding, "replace")
    return any(character < " " and character not in "\t\n\r\f" for character in text) or text.count("\ufffd") > max(
        8, len(text) // 4
    )


def _personal(original: bytes) -> frozenset[str]:
    """Every value, and every word of one, that has to be gone."""
    found: set[str] = set()

    def note(value: str, spot: Spot) -> str:
        sort = sort_at(spot, value)
        if sort != "kept" and not is_invented(value, sort):
            found.update(telling(value, sort))
        return value

    refuse_binary(original)
    rewrite(original, note)
    return frozenset(one for one in found if not is_invented(one, "words"))


def _field(spot: Spot, sort: Sort) -> Field:
    name = f"{spot.element}@{spot.attribute}" if spot.attribute else spot.element or "(between the elements)"
    return Field(name, sort)
