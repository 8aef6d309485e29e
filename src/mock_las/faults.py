"""Planned faults: exactly which call goes wrong, and how.

A planned fault counts the calls that match it and strikes the ones it was planned for. Chance exists only with a
seed, so that a run can be repeated.
"""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Annotated, Final, Literal, TypeAlias, TypedDict

import msgspec

from mock_las import vendors
from mock_las.declined import Declined
from mock_las.state import State, as_json, from_json
from uwlr.codec.parser import parse
from uwlr.errors import ConfigurationError
from uwlr.foutcodes import Foutcode
from uwlr.soap.operations import OPERATIONS

Kind: TypeAlias = Literal[
    "foutcode",
    "http",
    "delay",
    "truncate",
    "close_connection",
    "wrong_namespace",
    "wrong_order",
    "gzip",
    "huge",
    "not_utf8",
]
"""What goes wrong: a fault of the agreement, an HTTP error with an HTML page, a slow answer, an answer cut off, the
connection closed, another namespace, elements in another order, gzip that was not asked for, megabytes of white space
after the answer, bytes that are not UTF-8."""

OF_KIND: Final[dict[str, str]] = {
    "foutcode": "foutcode",
    "http": "status",
    "delay": "seconds",
    "truncate": "fraction",
    "close_connection": "processed",
    "huge": "megabytes",
}
"""What only one kind of fault has."""

_OPERATIONS: Final = tuple(operation.name for operation in OPERATIONS)
_PAD: Final = b" " * (1 << 20)
_UNORDERED: Final = frozenset({"school", "leerling", "leerkracht"})


class FaultKeywords(TypedDict, total=False):
    """Keywords of `PlannedFault`, without its kind."""

    vendor: str | None
    operation: str | None
    on_call: int
    times: int
    processed: bool
    foutcode: Foutcode | str
    status: int
    seconds: float
    fraction: float
    megabytes: int
    chance: float | None
    seed: int | None


class PlannedFault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A planned fault.

    Attributes:
        kind: what goes wrong.
        vendor: the vendor whose calls it strikes; by default all vendors.
        operation: name of the operation it strikes; by default all operations.
        on_call: the first call that it strikes, counted from the moment it is planned.
        times: number of calls it strikes; 0 is every call from then on.
        processed: whether the request has its effect before the connection is closed.
        foutcode: code of the fault.
        status: HTTP status.
        seconds: delay of the answer.
        fraction: part of the answer that is sent before it is cut off.
        megabytes: amount of white space after the answer.
        chance: probability that it strikes a call it would otherwise strike; needs a seed.
        seed: seed of that chance.
    """

    kind: Kind
    vendor: str | None = None
    operation: str | None = None
    on_call: Annotated[int, msgspec.Meta(ge=1)] = 1
    times: Annotated[int, msgspec.Meta(ge=0)] = 1
    processed: bool = False
    foutcode: Foutcode = Foutcode.TIJDELIJK_NIET_BESCHIKBAAR
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 503
    seconds: Annotated[float, msgspec.Meta(ge=0, le=600)] = 2.0
    fraction: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    megabytes: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 100
    chance: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    seed: int | None = None

    def check(self) -> None:
        """Refuse a fault that could never strike.

        Raises:
            ConfigurationError: an unknown vendor or operation, chance without a seed, or what another kind has.
        """
        idle = [field for field in OF_KIND.values() if getattr(self, field) != getattr(_AS_PLANNED, field)]
        refuse_idle(self.kind, idle)
        if self.vendor is not None and self.vendor not in vendors.NAMES:
            raise ConfigurationError(f"vendor {self.vendor!r} is not one of {', '.join(vendors.NAMES)}")
        if self.operation is not None and self.operation not in _OPERATIONS:
            raise ConfigurationError(f"operation {self.operation!r} is not one of {', '.join(_OPERATIONS)}")
        if self.chance is not None and self.seed is None:
            raise Declined(
                "chance needs a seed, so that the run can be repeated",
                "Deze storing kan niet worden gepland: bij een kans hoort een startgetal. Vul een heel getal in.",
            )

    def __str__(self) -> str:
        match self.kind:
            case "foutcode":
                return str(self.foutcode)
            case "http":
                return f"http {self.status}"
            case "delay":
                return f"delay {self.seconds:g} s"
            case _:
                return self.kind.replace("_", " ")


_AS_PLANNED: Final = PlannedFault(kind="gzip")


def refuse_idle(kind: str, fields: Iterable[str]) -> None:
    """Refuse what only another kind of fault has: it would be ignored.

    Raises:
        ConfigurationError: there is such a field.
    """
    for owner, field in OF_KIND.items():
        if field in fields and owner != kind:
            raise ConfigurationError(f"{field} goes with {owner}, not with {kind}")


class _Counted:
    """A planned fault and the number of calls that matched it so far."""

    def __init__(self, number: int, fault: PlannedFault, calls: int = 0) -> None:
        self.number = number
        self.fault = fault
        self.calls = 0
        self.dice = Random(fault.seed)  # noqa: S311 - repeatable on purpose
        for _ in range(calls):  # brings the dice to where they were, too
            self.strikes()

    def counts(self, vendor: str, operation: str | None) -> bool:
        """Tell whether it counts such a call: the call matches, and the fault may still strike."""
        fault = self.fault
        spent = fault.times and self.calls >= fault.on_call + fault.times - 1
        return not spent and fault.vendor in {None, vendor} and fault.operation in {None, operation}

    def strikes(self) -> bool:
        """Count a call, and tell whether the fault strikes it."""
        fault = self.fault
        self.calls += 1
        due = fault.on_call <= self.calls and (not fault.times or self.calls < fault.on_call + fault.times)
        return due and (fault.chance is None or self.dice.random() < fault.chance)


class FaultPlan:
    """The planned faults. The first one that strikes a call decides what happens; the others still count the call.

    Faults and counts are kept in the state: a fault that struck before a crash does not strike again after it.

    Args:
        state: where they are kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self._counted = [
            _Counted(row["id"], from_json(row["fault"], PlannedFault), row["calls"])
            for row in state.rows("SELECT id, fault, calls FROM fault ORDER BY id")
        ]

    def replace(self, faults: Sequence[PlannedFault]) -> None:
        """Replace all planned faults.

        Raises:
            ConfigurationError: as `PlannedFault.check`; nothing has changed then.
        """
        for fault in faults:
            fault.check()
        with self._state.transaction() as db:
            db.execute("DELETE FROM fault")
            self._counted = [self._kept(db, fault) for fault in faults]

    def add(self, fault: PlannedFault) -> None:
        """Plan one more fault.

        Raises:
            ConfigurationError: as `PlannedFault.check`.
        """
        fault.check()
        with self._state.transaction() as db:
            self._counted = [*self._counted, self._kept(db, fault)]

    def remove(self, fault: PlannedFault) -> None:
        """Cancel one such fault, if there is one; the others keep their counts."""
        with self._state.transaction() as db:
            found = next((counted for counted in self._counted if counted.fault == fault), None)
            if found is not None:
                db.execute("DELETE FROM fault WHERE id = ?", (found.number,))
                self._counted = [counted for counted in self._counted if counted is not found]

    def list(self) -> list[PlannedFault]:
        """The planned faults."""
        return [counted.fault for counted in self._counted]

    def strike(self, vendor: str, operation: str | None) -> PlannedFault | None:
        """Count a call, and give the fault that strikes it, if any."""
        if not self._counted:
            return None
        with self._state.transaction() as db:
            counting = [counted for counted in self._counted if counted.counts(vendor, operation)]
            struck = [counted.fault for counted in counting if counted.strikes()]
            db.executemany(
                "UPDATE fault SET calls = ? WHERE id = ?", [(counted.calls, counted.number) for counted in counting]
            )
        return struck[0] if struck else None

    @staticmethod
    def _kept(db: sqlite3.Connection, fault: PlannedFault) -> _Counted:
        number = db.execute("INSERT INTO fault (fault, calls) VALUES (?, 0)", (as_json(fault),)).lastrowid
        return _Counted(number or 0, fault)


def html_page(status: int) -> bytes:
    """A page such as a proxy on the way sends."""
    return f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n".encode()


def damaged(kind: Kind, answer: bytes) -> bytes:
    """Damage a finished answer."""
    match kind:
        case "wrong_namespace":
            return answer.replace(b"/leerresultaten/2/", b"/leerresultaten/9/")
        case "wrong_order":
            return _reordered(answer)
        case "not_utf8":
            declaration, _, rest = answer.partition(b"?>")
            text = rest.decode().encode("iso-8859-1", "xmlcharrefreplace")
            return declaration + b"?><!-- caf\xe9 -->" + text
        case "gzip":
            return gzip.compress(answer, 6)
        case _:
            return answer


def padded(answer: bytes, megabytes: int) -> Iterator[bytes]:
    """An answer followed by megabytes of white space, which XML allows."""
    yield answer
    for _ in range(megabytes):
        yield _PAD


def _reordered(answer: bytes) -> bytes:
    from lxml import etree  # noqa: PLC0415

    root = parse(answer)
    for element in root.iter("{*}*"):
        if etree.QName(element).localname in _UNORDERED and len(element) > 1:
            element.append(element[0])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
