"""The control API as a table, from which the HTTP routes, their client and the OpenAPI document are made."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

from mock_las.arguments import (
    Activation,
    ClockChange,
    EnteredResult,
    Living,
    NewSchool,
    NumberOfPupil,
    NumbersEntered,
    PullOrder,
    PullSettings,
    SchoolChange,
    Seed,
    Which,
)
from mock_las.faults import PlannedFault
from mock_las.variants import Change
from mock_las.verbs import Verbs

CONTROL: Final = "/__mock__"
"""Path of the control API."""


class Route(NamedTuple):
    """One verb over HTTP.

    Attributes:
        verb: method of `Verbs`.
        method: HTTP method.
        path: path below `/__mock__`, with arguments of the verb in braces.
        body: type of the JSON body, which becomes the verb's last argument; bytes is XML; None is no body.
        query: optional arguments, given in the query.
        status: HTTP status of success.
        asks: whether it calls another system; if that fails, the HTTP status is 502.
    """

    verb: str
    method: Literal["GET", "PUT", "POST", "DELETE"]
    path: str
    body: Any = None
    query: tuple[str, ...] = ()
    status: int = 200
    asks: bool = False

    @property
    def summary(self) -> str:
        """What it does, in one sentence."""
        return (getattr(Verbs, self.verb).__doc__ or "").partition("\n")[0]


__all__ = ["BY_VERB", "CONTROL", "ROUTES", "Route"]

ROUTES: Final = (
    Route("reset", "POST", "/reset", Seed, status=204),
    Route("vendors", "GET", "/vendors"),
    Route("vendor", "GET", "/vendors/{vendor}"),
    Route("traits", "GET", "/vendors/{vendor}/traits"),
    Route("set_traits", "PUT", "/vendors/{vendor}/traits", Change),
    Route("state", "GET", "/state"),
    Route("clock", "GET", "/clock"),
    Route("set_clock", "PUT", "/clock", ClockChange),
    Route("couplings", "GET", "/couplings/{vendor}"),
    Route("activate", "PUT", "/couplings/{vendor}", Activation),
    Route("act", "POST", "/couplings/{vendor}/{action}", Which),
    Route("outbox", "GET", "/outbox/{vendor}"),
    Route("schools", "GET", "/schools/{vendor}"),
    Route("add_school", "POST", "/schools/{vendor}", NewSchool, status=201),
    Route("load_school", "PUT", "/schools/{vendor}/roster", bytes),
    Route("change_school", "POST", "/schools/{vendor}/changes", SchoolChange),
    Route("let_happen", "PUT", "/schools/{vendor}/life", Living),
    Route("happened", "GET", "/schools/{vendor}/happened", query=("brincode", "dependancecode")),
    Route("enter_numbers", "POST", "/leerlingnummers/{vendor}", NumbersEntered, status=204),
    Route("set_number", "PUT", "/leerlingnummers/{vendor}", NumberOfPupil, status=204),
    Route("pupils", "GET", "/leerlingen/{vendor}", query=("brincode", "dependancecode")),
    Route("pupil", "GET", "/leerlingen/{vendor}/file", query=("leerling", "brincode", "dependancecode")),
    Route("enter_result", "POST", "/toetsresultaten/{vendor}", EnteredResult, status=204),
    Route("pull", "POST", "/pull/{vendor}", PullOrder, asks=True),
    Route("pull_settings", "GET", "/pull/{vendor}/settings", query=("brincode", "dependancecode")),
    Route("set_pull_settings", "PUT", "/pull/{vendor}/settings", PullSettings, status=204),
    Route("dashboard", "GET", "/dashboard/{vendor}", query=("brincode", "dependancecode", "groep")),
    Route("faults", "GET", "/faults"),
    Route("plan_faults", "PUT", "/faults", list[PlannedFault]),
    Route("plan_fault", "POST", "/faults", PlannedFault, status=201),
    Route("remove_fault", "POST", "/faults/remove", PlannedFault),
    Route("clear_faults", "DELETE", "/faults", status=204),
    Route("magic_schools", "GET", "/magic"),
    Route("exchanges", "GET", "/exchanges", query=("vendor", "operation", "faultcode")),
    Route("clear_exchanges", "DELETE", "/exchanges", status=204),
    Route("exchange", "GET", "/exchanges/{number}"),
    Route("export", "GET", "/export"),
)
BY_VERB: Final = {route.verb: route for route in ROUTES}
