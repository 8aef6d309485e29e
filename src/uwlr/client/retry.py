"""When a request is retried, and with which aanmaakdatum."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta
from typing import TypedDict

import msgspec

from uwlr.berichten import LeerresultatenVerzoek
from uwlr.errors import ConfigurationError, ConnectError, HttpError, ServerFault, TlsError
from uwlr.foutcodes import Foutcode
from uwlr.schoolref import SchoolRef

GATEWAY = frozenset({502, 503, 504, 520, 521, 522, 523, 524})
"""Statuses by which a gateway says that the service behind it is unavailable; those above 511 are specific to CDNs."""

_AGAIN = GATEWAY | {408, 425, 429}
_STEP = timedelta(seconds=1)

# stamina tells of a retry too, and would print that where the application has set up no logging.
logging.getLogger("stamina").addHandler(logging.NullHandler())


class StaminaArguments(TypedDict):
    """Arguments of stamina."""

    attempts: int
    timeout: timedelta
    wait_initial: timedelta
    wait_max: timedelta
    wait_jitter: timedelta


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How often and for how long a request is retried; each wait is about twice the previous one.

    Attributes:
        attempts: including the first; 1 disables retrying.
        within: no attempt starts after this time.
        wait_initial: before the second attempt; up to as much again is added at random, so that clients spread out.
        wait_max: the longest wait.
    """

    attempts: int = 4
    within: timedelta = timedelta(minutes=2)
    wait_initial: timedelta = timedelta(milliseconds=500)
    wait_max: timedelta = timedelta(seconds=20)

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ConfigurationError("retry: attempts is at least 1, the first one included")
        if min(self.within, self.wait_initial, self.wait_max) < timedelta():
            raise ConfigurationError("retry: a time cannot be negative")

    def arguments(self, *, repeat: bool) -> StaminaArguments:
        """Return this as arguments of stamina."""
        return {
            "attempts": self.attempts if repeat else 1,
            "timeout": self.within,
            "wait_initial": self.wait_initial,
            "wait_max": self.wait_max,
            "wait_jitter": self.wait_initial,
        }


def is_temporary(error: Exception) -> bool:
    """Tell whether the same request may succeed if retried soon.

    So it is after Server.TijdelijkNietBeschikbaar, an HTTP status that says so (502, 503, 504, 429 and their kin), and
    a connection that was not made or broke. Not after a timeout while waiting for an answer: the server is at
    work, and asking again adds to the load.
    """
    if isinstance(error, ConnectError):
        return not isinstance(error, TlsError)
    if isinstance(error, HttpError):
        return error.problem == "truncated" or (error.status in _AGAIN and error.problem != "oversized")
    if isinstance(error, ServerFault):
        return error.code == Foutcode.TIJDELIJK_NIET_BESCHIKBAAR or error.http_status in _AGAIN
    return False


class Aanmaakdata:
    """The moments that were sent, per school: a LAS may refuse results whose moment is not later.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[tuple[object, ...], datetime] = {}

    def stamp(self, verzoek: LeerresultatenVerzoek, elapsed: timedelta) -> LeerresultatenVerzoek:
        """Give the request an aanmaakdatum later than any before it for the same school.

        The given one is kept if it is already later. `elapsed` is added in whole seconds, so that the given moment is
        the only clock and time zone involved; and at least one second, since a receiver may drop fractions.
        """
        school = verzoek.school
        given: object = school.aanmaakdatum  # a message that was read tolerantly may hold something else
        if not isinstance(given, datetime):
            return verzoek
        asked = SchoolRef(school.schooljaar, school.brincode, school.dependancecode, school.schoolkey)
        key = (*asked.locatie, given.tzinfo is None)
        with self._lock:
            moment = given + timedelta(seconds=elapsed // _STEP)
            last = self._last.get(key)
            if last is not None and moment < last + _STEP:
                later = last + _STEP
                moment = later if given.tzinfo is None else later.astimezone(given.tzinfo)
            self._last[key] = moment
        if moment == given:
            return verzoek
        return msgspec.structs.replace(verzoek, school=msgspec.structs.replace(school, aanmaakdatum=moment))
