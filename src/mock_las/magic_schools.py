"""Schools that always react in one way, depending on their BRIN, for testers who cannot reach the control API.

Every vendor has them, and the key of the vendor's own school is valid for them. No real BRIN begins with 89.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, TypeAlias

from mock_las.faults import PlannedFault
from uwlr.foutcodes import Foutcode

Reaction: TypeAlias = PlannedFault | Literal["geengegevens", "geenwijzigingen"] | int


class Magic(NamedTuple):
    """What a magic school does: a fault on every call, an empty answer, or a roster of so many pupils."""

    brincode: str
    reaction: Reaction

    @property
    def description(self) -> str:
        """The reaction in words."""
        if isinstance(self.reaction, int):
            return f"a roster of {self.reaction} pupil{'' if self.reaction == 1 else 's'}"
        return str(self.reaction)


_FOUTCODES = [PlannedFault(kind="foutcode", foutcode=code, times=0) for code in Foutcode]
_OTHERS = [
    PlannedFault(kind="http", status=503, times=0),
    PlannedFault(kind="http", status=401, times=0),
    PlannedFault(kind="delay", seconds=5, times=0),
    PlannedFault(kind="truncate", times=0),
    PlannedFault(kind="close_connection", times=0),
    PlannedFault(kind="wrong_namespace", times=0),
    PlannedFault(kind="wrong_order", times=0),
    PlannedFault(kind="gzip", times=0),
    PlannedFault(kind="huge", megabytes=300, times=0),
    PlannedFault(kind="not_utf8", times=0),
]
_ROSTERS: tuple[Reaction, ...] = ("geengegevens", "geenwijzigingen", 1, 2700)


def _numbered(letter: str, reactions: list[PlannedFault] | tuple[Reaction, ...]) -> list[Magic]:
    return [Magic(f"89{letter}{chr(65 + place)}", reaction) for place, reaction in enumerate(reactions)]


SCHOOLS: Final = {
    magic.brincode: magic
    for magic in (*_numbered("A", _FOUTCODES), *_numbered("B", _OTHERS), *_numbered("C", _ROSTERS))
}
"""The magic schools by BRIN: 89A. gives a fault of the agreement, 89B. trouble in transit, 89C. a special roster."""

_BRINCODE: Final = re.compile(rb"<(?:[\w.-]+:)?brincode>\s*(89[A-Z]{2})\s*<")


def find(brincode: str | None) -> Magic | None:
    """The magic school with this BRIN, if there is one."""
    return SCHOOLS.get(brincode or "")


def fault_of_school(head: bytes) -> PlannedFault | None:
    """The fault of the magic school that is named at the beginning of a request, if any."""
    found = _BRINCODE.search(head)
    magic = SCHOOLS.get(found[1].decode()) if found else None
    return magic.reaction if magic and isinstance(magic.reaction, PlannedFault) else None
