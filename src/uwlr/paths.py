"""Where something stands in a message: steps of wire names that begin at the message's own element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec


class Step(NamedTuple):
    """One step of a path.

    Attributes:
        name: the wire name of an element or attribute.
        number: the place among elements of that name in the same parent, from 1; None if it occurs once.
        attribute: whether it is an attribute.
    """

    name: str
    number: int | None = None
    attribute: bool = False

    def __str__(self) -> str:
        name = f"@{self.name}" if self.attribute else self.name
        return name if self.number is None else f"{name}[{self.number}]"


class Path(msgspec.Struct, frozen=True):
    """The way to an element or attribute: `leerlinggegevens/leerlingen/leerling[3]/@key`.

    A path is made step by step and printed with `str`; nothing reads a printed one.
    """

    steps: tuple[Step, ...] = ()

    @classmethod
    def of(cls, *steps: str | tuple[str, int]) -> Path:
        """Make a path of element names, each alone or with its number."""
        return cls(tuple(Step(step) if isinstance(step, str) else Step(*step) for step in steps))

    def child(self, name: str, number: int | None = None) -> Path:
        """The path of an element inside this one."""
        return Path((*self.steps, Step(name, number)))

    def attribute(self, name: str) -> Path:
        """The path of an attribute of this element."""
        return Path((*self.steps, Step(name, None, True)))

    def __add__(self, inner: Path) -> Path:
        """The path of what is at `inner` inside this element."""
        return Path(self.steps + inner.steps)

    @property
    def last(self) -> Step:
        """The step that names what the path points at."""
        return self.steps[-1]

    @property
    def parent(self) -> Path:
        """The path without its last step."""
        return Path(self.steps[:-1])

    @property
    def element(self) -> Path:
        """The path itself, or that of the element which has the attribute."""
        return self.parent if self.steps and self.last.attribute else self

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all steps, without their numbers."""
        return tuple(step.name for step in self.steps)

    @property
    def kind(self) -> Path:
        """The path without numbers: the same for each item of a list."""
        return Path(tuple(step._replace(number=None) for step in self.steps))

    def is_within(self, outer: Path) -> bool:
        """Tell whether this is `outer`, or something inside it."""
        return self.steps[: len(outer.steps)] == outer.steps

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __len__(self) -> int:
        return len(self.steps)

    def __str__(self) -> str:
        return "/".join(map(str, self.steps))

    def __rich_repr__(self) -> list[tuple[str, object]]:
        return [("path", str(self))]

    def __repr__(self) -> str:
        return f"<Path {self}>"
