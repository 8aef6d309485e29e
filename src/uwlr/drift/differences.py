"""What differs between two sides, as data: a kind, a place, what each side shows. Words are made when it is shown."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

import msgspec

from uwlr.paths import Path

Kind: TypeAlias = Literal[
    "appears", "disappears", "moves", "code", "form", "answer", "fault", "status", "header", "timing"
]
"""An element or attribute that only the other side has, or only the first; one that stands elsewhere among its
neighbours; values of a code list; how something is written; which message answers a question; a fault; an HTTP status;
an HTTP header; how long an answer takes."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

Where: TypeAlias = Literal["main", "other", "none"]
Feature: TypeAlias = Literal[
    "",
    "presence",
    "prefix",
    "body prefix",
    "namespace",
    "declaration",
    "encoding",
    "packing",
    "white space",
    "after the end",
    "empty elements",
    "empty",
    "value",
    "key",
    "word before the key",
    "SOAPAction",
]
"""What of a form differs; empty for what is no form."""


USUAL: Final = "usual"
"""The version, or the set of data, that most questions of a side ask for."""


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A kind of question: everything about a request on which the answer may depend, without who or when.

    Attributes:
        method: HTTP method.
        service: the service called.
        kind: name of the message, or of the description that a GET asks for.
        school: the school that most questions are about, another one, or none.
        named_by: elements that name the school.
        dependancecode: as it is; None if absent.
        year: school years after the one that most questions are about.
        since: whether laatstontvangengegevens was there.
        xsdversie: `usual`, or another one; None if absent.
        gegevenssetid: the same.
        soap_action: whether there is a SOAPAction.
        findings: rules of the validator that the request breaks.
    """

    method: str
    service: str
    kind: str = ""
    school: Where = "none"
    named_by: tuple[str, ...] = ()
    dependancecode: str | None = None
    year: int | None = None
    since: bool = False
    xsdversie: str | None = USUAL
    gegevenssetid: str | None = USUAL
    soap_action: bool = True
    findings: tuple[str, ...] = ()


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What one side shows.

    Attributes:
        values: what is there: codes, prefixes, statuses; of an element `absent`, `empty` or `filled`.
        count: how often that of the difference was seen.
        of: among how many.
    """

    values: tuple[str, ...] = ()
    count: int = 0
    of: int = 0


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference.

    Attributes:
        kind: what it is.
        place: where in the messages; of a header `HTTP`, the message with it, its name; empty if about answers.
        feature: what of a form differs.
        asked: the question, if it is about the answers to one.
        one: the first side.
        other: the other side.
        sure: whether it is more than another selection of people can explain.
    """

    kind: Kind
    place: Path = Path()
    feature: Feature = ""
    asked: Asked | None = None
    one: Seen = Seen()
    other: Seen = Seen()
    sure: bool = True


class Apart(msgspec.Struct, frozen=True, kw_only=True):
    """What comes and goes with people and days, and is no drift: the items of a list on both sides.

    Attributes:
        place: the items.
        one: how many different ones the first side has.
        other: how many the other side has.
        keys_shared: how many keys both have.
        same_order: whether the keys that both have stand in the same order.
    """

    place: Path
    one: int
    other: int
    keys_shared: int
    same_order: bool


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """How two sides differ.

    Attributes:
        one: name of the first side.
        other: name of the other side.
        exchanges: how many exchanges were looked at, on each side.
        differences: what differs.
        unsure: what may differ, or comes of other people: too few were seen.
        apart: what came and went with people and days.
        only_one: questions that only the first side was asked.
        only_other: questions that only the other side was asked.
    """

    one: str
    other: str
    exchanges: tuple[int, int]
    differences: tuple[Difference, ...] = ()
    unsure: tuple[Difference, ...] = ()
    apart: tuple[Apart, ...] = ()
    only_one: tuple[Asked, ...] = ()
    only_other: tuple[Asked, ...] = ()
