"""How an application under test is made to act: by a command, by a person, or by its own clock."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from uwlr.conformance.casebook import cases
from uwlr.conformance.outcomes import Absent, Again, Stop
from uwlr.conformance.referee import Action, Referee
from uwlr.text import Lang, Text

Choice: TypeAlias = Literal["done", "again", "skip", "stop"]

_DO: Final[Mapping[Action, Text]] = {
    "leerlinggegevens": Text(
        "Haal in uw toepassing nu het rooster op (importeren of verversen).",
        "Have your application fetch the roster now (import or refresh).",
    ),
    "leerresultaten": Text(
        "Laat uw toepassing nu resultaten versturen naar de LAS.",
        "Have your application bring results to the LAS now.",
    ),
}
_WAITS: Final = Text(
    "Wacht op het volgende verzoek van de toepassing zelf: {action}.",
    "Waiting for the next request of the application itself: {action}.",
)
PASSED_OVER: Final = Text("overgeslagen door de tester", "passed over by the tester")
_LONGEST_WAIT: Final = 26 * 3600
"""Seconds: a night and what it may be late."""


class ByCommand:
    """Runs a program, with the action as its last word.

    Args:
        words: the program and its arguments.
        environment: variables by which it finds the referee.
    """

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        self._words = tuple(words)
        self._environment = environment

    def __call__(self, action: Action) -> None:
        """Run it; what it writes may be a roster and is not shown, its errors are."""
        subprocess.run(  # noqa: S603 - the tester's own program
            [*self._words, action], env=dict(self._environment), stdout=subprocess.DEVNULL, check=False
        )


class ByHand:
    """Tells a person what to do, and asks what came of it.

    Args:
        referee: whose cases are played.
        tell: says something.
        ask: asks the tester and returns the answer.
        lang: language.
        order: ids of the cases in the order in which they are played.
    """

    def __init__(
        self,
        referee: Callable[[], Referee],
        tell: Callable[[str], None],
        ask: Callable[[], Choice],
        lang: Lang,
        order: Sequence[str],
    ) -> None:
        self._referee = referee
        self._tell = tell
        self._ask = ask
        self._lang = lang
        self._places = {name: place for place, name in enumerate(order, 1)}
        self._told = ""

    def __call__(self, action: Action) -> None:
        """Have it done.

        Raises:
            Absent: the tester passes the case over.
            Again: the tester wants to play the case from its start.
            Stop: the tester goes on another day.
        """
        name = self._referee().case
        if name != self._told:
            self._told = name
            case = next(one for one in cases("EA") if one.id == name)
            self._tell(f"\n[{self._places.get(name, '-')}/{len(self._places)}] {name}: {case.sends.at(self._lang)}")
        self._tell(_DO[action].at(self._lang))
        match self._ask():
            case "skip":
                raise Absent(PASSED_OVER)
            case "again":
                self._told = ""
                raise Again
            case "stop":
                raise Stop
            case _:
                return


class ByItsOwnClock:
    """Waits for what an application does by itself, such as every night: a case takes as many nights as it has steps.

    Args:
        referee: whose cases are played.
        tell: says something.
        lang: language.
        quiet_s: seconds of silence after which a step is over.
    """

    def __init__(self, referee: Callable[[], Referee], tell: Callable[[str], None], lang: Lang, quiet_s: float) -> None:
        self._referee = referee
        self._tell = tell
        self._lang = lang
        self._quiet_s = quiet_s

    def __call__(self, action: Action) -> None:
        """Wait for a request of this kind, and then until it is quiet."""
        referee = self._referee()
        self._tell(f"{referee.case}: {_WAITS.fill(self._lang, {'action': action})}")
        before = len(referee.calls)
        arrived: threading.Event = referee.arrived
        arrived.clear()
        while not any(call.operation and call.operation.service == action for call in referee.calls[before:]):
            if not arrived.wait(_LONGEST_WAIT):
                return
            arrived.clear()
        while arrived.wait(self._quiet_s):
            arrived.clear()
