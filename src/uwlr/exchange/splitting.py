"""How results are put into messages, and how a refused message is taken apart; decisions only, nothing is sent here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from uwlr.errors import UwlrError
from uwlr.foutcodes import Foutcode

if TYPE_CHECKING:
    from uwlr.exchange.tables import ResultaatRow

CONTENT: Final = frozenset(
    {
        Foutcode.ONGELDIG_BERICHT,
        Foutcode.LEERLING_ONGELDIG,
        Foutcode.SCORE_ONGELDIG,
        Foutcode.TOETS_NORMERING_ONGELDIG,
        Foutcode.ELD_RESULTAAT_ONGELDIG,
        Foutcode.VOCABULAIRE_TERM_ONGELDIG,
    }
)
"""Faults that blame what is in the message, rather than who sends it or the receiver itself."""

UNSENDABLE: Final = "ongeldig"
"""Stands in place of a fault code if a result cannot be written as the standard has it, so it was never sent."""

FAILING: Final = "Server"
"""Stands in place of a fault code if the receiver itself fails on a result, night after night."""

_BLAMES_NOBODY: Final = frozenset({Foutcode.ONGELDIG_BERICHT, FAILING})
"""Codes that do not say what is wrong, so a receiver that gives them for everything may itself be to blame."""

ENOUGH: Final = 8
"""Pupils of whom a single result was refused and nothing was taken, after which the receiver is to blame."""


R = TypeVar("R", bound="ResultaatRow")
"""What these decisions are about; they look at its key, leerling, persoon, bron, schooljaar, toetscode, toetsversie."""


class EverythingRefused(UwlrError):  # noqa: N818 - the name says what happened
    """A receiver finds every single result invalid, so it is not the results; they stay klaar."""


def messages(rows: Iterable[R], batch: int) -> Iterator[list[R]]:
    """Put results into messages: of one bron and school year, each test in one version, at most `batch`.

    Versions of a test travel apart because a result names its test by toetscode alone, which stands once in a message.
    """
    open_ones: dict[tuple[int, str], list[list[R]]] = {}
    versions: dict[int, dict[str, str]] = {}
    for row in rows:
        group = open_ones.setdefault((row.bron, row.schooljaar), [])
        for message in group:
            held = versions[id(message)]
            if held.setdefault(row.toetscode, row.toetsversie) == row.toetsversie:
                message.append(row)
                break
        else:
            message = [row]
            group.append(message)
            versions[id(message)] = {row.toetscode: row.toetsversie}
        if len(message) == batch:
            group.remove(message)
            yield message
    for group in open_ones.values():
        yield from group


class Splitting(Generic[R]):
    """A message that is taken apart until each result in it was taken, or was refused on its own.

    `next` gives the part to send; `took` or `refused` tells what came of it. It goes down to a single result at once,
    and then on with the largest part that is left, so the single results come from all over the message: a receiver
    that refuses everything is known soon, and one that refuses every tenth is not taken for it.

    Args:
        rows: the message.
        turn: another number tries other single results first, so that a receiver that takes very little is found out
            another night.

    Attributes:
        alone: results that were refused on their own, with the code.
        taken: how many results the receiver took or knows what to say about.
    """

    def __init__(self, rows: Sequence[R], turn: int = 0) -> None:
        self._dice = Random(turn)  # noqa: S311 - any order will do
        self.parts: list[Sequence[R]] = [rows]
        self.alone: list[tuple[R, str]] = []
        self.taken = 0
        self._deeper = False

    def next(self) -> Sequence[R] | None:
        """Give the next part to send; None if nothing is left."""
        if not self.parts:
            return None
        largest = -1 if self._deeper else max(range(len(self.parts)), key=lambda at: len(self.parts[at]))
        return self.parts.pop(largest)

    def took(self, part: Sequence[R]) -> None:
        """Note that a part needs no more splitting."""
        self.taken += len(part)
        self._deeper = False

    def passed(self) -> None:
        """Note that a part is left as it is: what came of it says nothing about its results."""
        self._deeper = False

    def refused(self, part: Sequence[R], code: str) -> None:
        """Note that a part was refused."""
        if len(part) == 1:
            self.alone.append((part[0], code))
            self._deeper = False
            return
        halves = list(_halves(part, code))
        self._dice.shuffle(halves)
        self.parts += halves
        self._deeper = True

    @property
    def says_nothing(self) -> bool:
        """Whether all that is known of this message are refusals that do not say what is wrong."""
        left = bool(self.parts or self.alone)
        return left and self.taken == 0 and all(code in _BLAMES_NOBODY for _, code in self.alone)

    @property
    def hopeless(self) -> bool:
        """Whether the receiver rather than the results is to blame, as far as this message tells."""
        return self.says_nothing and len({row.leerling for row, _ in self.alone}) >= ENOUGH


def _halves(rows: Sequence[R], code: str) -> tuple[Sequence[R], Sequence[R]]:
    """Split in two: between tests if a test is to blame, else between pupils, as near the middle as that goes."""

    def by(row: R) -> str:
        # By the key of a pupil itself, not by its pseudonym: pupils that are new together often have keys side by side.
        return row.toetscode if code == Foutcode.TOETS_NORMERING_ONGELDIG else row.persoon

    ordered = sorted(rows, key=lambda row: (by(row), row.key))
    middle = len(ordered) // 2
    borders = [at for at in range(1, len(ordered)) if by(ordered[at]) != by(ordered[at - 1])]
    cut = min(borders, key=lambda border: abs(border - middle)) if borders else middle
    return ordered[:cut], ordered[cut:]
