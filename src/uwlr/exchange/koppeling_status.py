"""How koppelingen are doing: for people, as data, and as OpenMetrics, so that monitoring sees a school go silent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from uwlr.exchange.night_job import is_ahead, night_of
from uwlr.exchange.notify import counted
from uwlr.exchange.sendable import may_be_sent, ready
from uwlr.exchange.store import Store
from uwlr.exchange.tables import Koppeling, PlanRow, ResultaatRow
from uwlr.visible import one_line

_SILENT: Final = 2
"""Nights without a good one after which an active koppeling counts as silent."""


class KoppelingStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one koppeling is doing; counts and moments, nothing personal.

    Attributes:
        storing: what keeps it from working, since `storing_sinds`.
        nachten: nights since the last one that went well, or since the activation; None before that.
        laatst_opgehaald: the last roster that came, in UTC.
        laatst_bezorgd: the last results that were taken.
        wachtend: results that are due, `onbekend` of them for pupils whom the receiver does not know.
        oudste: when the oldest of those was recorded.
        geweigerd: results that wait for a person.
        plan: number of the import that waits for a person.
    """

    id: int
    naam: str
    vendor: str
    status: str
    storing: str | None
    storing_sinds: datetime | None
    nachten: int | None
    laatst_opgehaald: datetime | None
    laatst_bezorgd: datetime | None
    wachtend: int
    onbekend: int
    oudste: datetime | None
    geweigerd: int
    plan: int | None

    @property
    def stopped(self) -> bool:
        """Whether an active koppeling does not work, or has been silent for some nights."""
        silent = self.nachten is not None and self.nachten > _SILENT
        return self.status == "actief" and (self.storing is not None or silent)

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to do something."""
        return self.stopped or bool(self.geweigerd) or self.plan is not None

    def __str__(self) -> str:
        lines = [one_line(f"koppeling {self.id} {self.naam} ({self.vendor}): {self.status}")]
        if self.storing is not None:
            lines.append(f"  werkt niet: {self.storing}, sinds {_day(self.storing_sinds)}")
        elif self.stopped:
            lines.append(f"  stil: {counted(self.nachten or 0, 'nacht')} geleden voor het laatst goed")
        lines.append(f"  laatst opgehaald {_day(self.laatst_opgehaald)}, laatst bezorgd {_day(self.laatst_bezorgd)}")
        if self.wachtend:
            unknown = f", {self.onbekend} van onbekende leerlingen" if self.onbekend else ""
            lines.append(f"  wacht: {counted(self.wachtend, 'resultaat')}{unknown}, het oudste van {_day(self.oudste)}")
        if self.geweigerd:
            lines.append(f"  geweigerd: {counted(self.geweigerd, 'resultaat')}")
        if self.plan is not None:
            lines.append(f"  import wacht op controle: plan {self.plan}")
        return "\n".join(lines)


def statuses(store: Store, koppeling_id: int | None = None) -> list[KoppelingStatus]:
    """Tell how all koppelingen are doing, or one."""
    wanted = select(Koppeling).order_by(Koppeling.id)
    if koppeling_id is not None:
        wanted = wanted.where(Koppeling.id == koppeling_id)
    now = store.now()
    with store.read() as session:
        return [_status(session, koppeling, now) for koppeling in session.scalars(wanted).all()]


def _status(session: Session, koppeling: Koppeling, now: datetime) -> KoppelingStatus:
    due = may_be_sent(koppeling, now) if koppeling.geactiveerd_op else select(ResultaatRow).where(ready(koppeling.id))
    unknown = func.coalesce(func.sum(cast(ResultaatRow.wacht, Integer)), 0)
    counts = session.execute(
        due.with_only_columns(func.count(), unknown, func.min(ResultaatRow.vastgelegd_op), maintain_column_froms=True)
    ).one()
    refused = select(func.count()).where(ResultaatRow.koppeling_id == koppeling.id, ResultaatRow.status == "geweigerd")
    plan = select(func.max(PlanRow.id)).where(PlanRow.koppeling_id == koppeling.id, PlanRow.status == "open")
    return KoppelingStatus(
        id=koppeling.id,
        naam=koppeling.naam,
        vendor=koppeling.vendor,
        status=koppeling.status,
        storing=koppeling.storing,
        storing_sinds=koppeling.storing_sinds,
        nachten=_nights(koppeling, night_of(now)),
        laatst_opgehaald=koppeling.laatst_opgehaald,
        laatst_bezorgd=koppeling.laatst_bezorgd,
        wachtend=counts[0],
        onbekend=counts[1],
        oudste=counts[2],
        geweigerd=session.scalar(refused) or 0,
        plan=session.scalar(plan),
    )


def _nights(koppeling: Koppeling, night: date) -> int | None:
    last, begun = koppeling.laatste_nacht, koppeling.geactiveerd_op
    if last is None and begun is not None:
        last = night_of(begun)
    return None if last is None or is_ahead(last, night) else (night - last).days


def _day(moment: datetime | None) -> str:
    return "nooit" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


class _Metric(NamedTuple):
    """A gauge, its help, and its value for a koppeling; None leaves it out."""

    help: str
    value: Callable[[KoppelingStatus], float | None]


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


_METRICS: Final[Mapping[str, _Metric]] = {
    "last_fetch_timestamp_seconds": _Metric("When the last roster came.", lambda s: _seconds(s.laatst_opgehaald)),
    "last_delivery_timestamp_seconds": _Metric("When results were last taken.", lambda s: _seconds(s.laatst_bezorgd)),
    "nights_since_good": _Metric("Nights since the last one that went well.", lambda s: s.nachten),
    "waiting_results": _Metric("Results that are due.", lambda s: s.wachtend),
    "unknown_pupil_results": _Metric("Of those, results of pupils not known there.", lambda s: s.onbekend),
    "oldest_waiting_timestamp_seconds": _Metric("When the oldest of those was recorded.", lambda s: _seconds(s.oudste)),
    "refused_results": _Metric("Results that were refused.", lambda s: s.geweigerd),
    "open_plan": _Metric("Whether an import waits for a person.", lambda s: float(s.plan is not None)),
    "stopped": _Metric("Whether an active koppeling does not work.", lambda s: float(s.stopped)),
}


def as_openmetrics(found: Iterable[KoppelingStatus]) -> str:
    """Write it as OpenMetrics 1.0 text: ids, systems and states as labels, no name."""
    all_of_them, lines = list(found), []
    for name, metric in _METRICS.items():
        full = f"uwlr_koppeling_{name}"
        lines += [f"# TYPE {full} gauge", f"# HELP {full} {metric.help}"]
        for one in all_of_them:
            value = metric.value(one)
            if value is not None:
                labels = {"koppeling": str(one.id), "vendor": one_line(one.vendor), "status": one.status}
                labels |= {"storing": one.storing or ""} if name == "stopped" else {}
                text = ",".join(f'{label}="{_escaped(content)}"' for label, content in labels.items())
                lines.append(f"{full}{{{text}}} {value:.15g}")
    return "\n".join([*lines, "# EOF", ""])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
