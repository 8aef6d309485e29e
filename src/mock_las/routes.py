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
    SchoolChange,
    Seed,
    Which,
)
from mock_las.faults import PlannedFault
from mock_las.las_answers import (
    ClockShown,
    Connection,
    CouplingShown,
    DashboardShown,
    ExchangeExported,
    ExchangeShown,
    ExchangeSummary,
    HappenedShown,
    MagicSchool,
    Mail,
    PullReport,
    PullSettingsShown,
    PupilFile,
    PupilsShown,
    SchoolChanged,
    SchoolLiving,
    SchoolLoaded,
    SchoolShown,
    StateShown,
    TraitsShown,
)
from mock_las.pull_arguments import PullOrder, PullSettings
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
        answer: type of the JSON that comes back; None is nothing.
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
    answer: Any = None

    @property
    def summary(self) -> str:
        """What it does, in one sentence."""
        return (getattr(Verbs, self.verb).__doc__ or "").partition("\n")[0]


__all__ = ["BY_VERB", "CONTROL", "ROUTES", "Route"]

_SCHOOL: Final = ("brincode", "dependancecode")
_FILTER: Final = ("vendor", "operation", "faultcode")
ROUTES: Final = (
    Route("reset", "POST", "/reset", Seed, status=204),
    Route("vendors", "GET", "/vendors", answer=tuple[Connection, ...]),
    Route("vendor", "GET", "/vendors/{vendor}", answer=Connection),
    Route("traits", "GET", "/vendors/{vendor}/traits", answer=TraitsShown),
    Route("set_traits", "PUT", "/vendors/{vendor}/traits", Change, answer=TraitsShown),
    Route("state", "GET", "/state", answer=StateShown),
    Route("clock", "GET", "/clock", answer=ClockShown),
    Route("set_clock", "PUT", "/clock", ClockChange, answer=ClockShown),
    Route("couplings", "GET", "/couplings/{vendor}", answer=tuple[CouplingShown, ...]),
    Route("activate", "PUT", "/couplings/{vendor}", Activation, answer=CouplingShown),
    Route("act", "POST", "/couplings/{vendor}/{action}", Which, answer=CouplingShown),
    Route("outbox", "GET", "/outbox/{vendor}", answer=tuple[Mail, ...]),
    Route("schools", "GET", "/schools/{vendor}", answer=tuple[SchoolShown, ...]),
    Route("add_school", "POST", "/schools/{vendor}", NewSchool, status=201, answer=SchoolShown),
    Route("load_school", "PUT", "/schools/{vendor}/roster", bytes, answer=SchoolLoaded),
    Route("change_school", "POST", "/schools/{vendor}/changes", SchoolChange, answer=SchoolChanged),
    Route("let_happen", "PUT", "/schools/{vendor}/life", Living, answer=SchoolLiving),
    Route(
        "happened",
        "GET",
        "/schools/{vendor}/happened",
        query=_SCHOOL,
        answer=tuple[HappenedShown, ...],
    ),
    Route("enter_numbers", "POST", "/leerlingnummers/{vendor}", NumbersEntered, status=204),
    Route("set_number", "PUT", "/leerlingnummers/{vendor}", NumberOfPupil, status=204),
    Route("pupils", "GET", "/leerlingen/{vendor}", query=_SCHOOL, answer=PupilsShown),
    Route("pupil", "GET", "/leerlingen/{vendor}/file", query=("leerling", *_SCHOOL), answer=PupilFile),
    Route("enter_result", "POST", "/toetsresultaten/{vendor}", EnteredResult, status=204),
    Route("pull", "POST", "/pull/{vendor}", PullOrder, asks=True, answer=PullReport),
    Route("pull_settings", "GET", "/pull/{vendor}/settings", query=_SCHOOL, answer=PullSettingsShown),
    Route("set_pull_settings", "PUT", "/pull/{vendor}/settings", PullSettings, status=204),
    Route("dashboard", "GET", "/dashboard/{vendor}", query=(*_SCHOOL, "groep"), answer=DashboardShown),
    Route("faults", "GET", "/faults", answer=tuple[PlannedFault, ...]),
    Route("plan_faults", "PUT", "/faults", list[PlannedFault], answer=tuple[PlannedFault, ...]),
    Route("plan_fault", "POST", "/faults", PlannedFault, status=204),
    Route("remove_fault", "POST", "/faults/remove", PlannedFault, answer=tuple[PlannedFault, ...]),
    Route("clear_faults", "DELETE", "/faults", status=204),
    Route("magic_schools", "GET", "/magic", answer=tuple[MagicSchool, ...]),
    Route("exchanges", "GET", "/exchanges", query=_FILTER, answer=tuple[ExchangeSummary, ...]),
    Route("clear_exchanges", "DELETE", "/exchanges", status=204),
    Route("exchange", "GET", "/exchanges/{number}", answer=ExchangeShown),
    Route("export", "GET", "/export", answer=tuple[ExchangeExported, ...]),
)
BY_VERB: Final = {route.verb: route for route in ROUTES}
