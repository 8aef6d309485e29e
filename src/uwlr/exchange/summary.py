"""What a night did, for people and for machines."""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.exchange.lifecycle import STORINGEN
from uwlr.exchange.night_job import Done
from uwlr.exchange.notify import counted
from uwlr.exchange.presets import preset_of
from uwlr.exchange.show import rows
from uwlr.visible import one_line

_SHOWN: Final = 200
"""Koppelingen with trouble that a summary lists; all are in the store."""

_WHY: Final = {"quiet": "stille uren", "host": "systeem onbereikbaar"}
"""Why koppelingen are skipped, as people read it."""

Reason: TypeAlias = Literal["quiet", "host"]


class Summary(msgspec.Struct, kw_only=True):
    """What a night did.

    Attributes:
        ok, review, failed, skipped, busy: koppelingen by how they fared; skipped ones were in quiet hours or at a
            host that is down, busy ones were done or under way elsewhere.
        gedaan: koppelingen whose work of this night an earlier run did.
        clock_ahead: koppelingen whose last night lay in the future: the clock was wrong then.
        quiet: the quiet hours by which some were skipped.
        trouble: those that need a person, the first of them.
    """

    night: str
    ok: int = 0
    review: int = 0
    failed: int = 0
    skipped: int = 0
    busy: int = 0
    ongewijzigd: int = 0
    toegepast: int = 0
    bezorgd: int = 0
    geweigerd: int = 0
    wacht: int = 0
    gedaan: int = 0
    clock_ahead: int = 0
    quiet: list[str] = msgspec.field(default_factory=list)
    seconds: float = 0.0
    cpu_ms: int = 0
    trouble: list[Done] = msgspec.field(default_factory=list)
    skipped_because: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many koppelingen were looked at."""
        return self.ok + self.review + self.failed + self.skipped + self.busy

    @property
    def exit_code(self) -> int:
        """0 nothing wrong, 1 something waits for a person, 3 something could not be done."""
        return 3 if self.failed or self.skipped_because["host"] else 1 if self.review else 0

    def add(self, done: Done) -> None:
        """Count a koppeling that is done."""
        setattr(self, done.outcome, getattr(self, done.outcome) + 1)
        self.ongewijzigd += done.ongewijzigd
        self.toegepast += done.toegepast
        self.bezorgd += done.bezorging.bezorgd
        self.geweigerd += done.bezorging.geweigerd
        self.wacht += done.bezorging.wacht
        self.cpu_ms += done.cpu_ms
        self.clock_ahead += done.clock_ahead
        if done.outcome in {"review", "failed"} and len(self.trouble) < _SHOWN:
            self.trouble.append(done)

    def skip(self, reason: Reason, quiet: str | None = None) -> None:
        """Count a koppeling that was left alone; `quiet` says by which quiet hours."""
        self.skipped += 1
        self.skipped_because[reason] += 1
        if quiet is not None and quiet not in self.quiet:
            self.quiet.append(quiet)

    def __str__(self) -> str:
        because = ", ".join(f"{_WHY[reason]} {count}" for reason, count in sorted(self.skipped_because.items()))
        lines = [
            f"Nacht {self.night}: {counted(self.total, 'koppeling')} in {self.seconds:.1f} s.",
            f"  in orde {self.ok} (waarvan ongewijzigd {self.ongewijzigd}), controleren {self.review}",
            f"  mislukt {self.failed}, overgeslagen {self.skipped}{because and f' ({because})'}, elders {self.busy}",
            f"  imports toegepast {self.toegepast}",
            f"  resultaten bezorgd {self.bezorgd}, geweigerd {self.geweigerd}, wachtend {self.wacht}",
        ]
        if self.gedaan:
            lines.append(f"  al gedaan in deze nacht {self.gedaan}; wat er sindsdien bijkwam, brengt `uwlr deliver`")
        if self.quiet:
            lines.append(f"  stille uren (Nederlandse tijd): {', '.join(self.quiet)}")
        if self.clock_ahead:
            lines.append(f"  laatste nacht in de toekomst {self.clock_ahead}: de klok stond toen verkeerd")
        lines += [one_line(f"  koppeling {done.koppeling_id} {done.naam}: {_what(done)}") for done in self.trouble]
        more = self.failed + self.review - len(self.trouble)
        if more:
            lines.append(f"  en nog {counted(more, 'koppeling')}")
        return "\n".join(lines)


def _what(done: Done) -> str:
    """Say what a person has to know of a koppeling with trouble."""
    if done.outcome == "failed":
        words = "" if done.storing is None else STORINGEN[done.storing].named(preset_of(done.vendor).titel).what
        return f"mislukt: {done.error}. {words}".rstrip()
    parts = []
    if done.plan is not None and not done.toegepast:
        waits = f"{rows(done.open_rows)} te beslissen" if done.open_rows else "klaar om toe te passen"
        parts.append(f"plan {done.plan}, {'tegengehouden' if done.guarded else waits}")
    if done.bezorging.geweigerd:
        parts.append(f"{counted(done.bezorging.geweigerd, 'resultaat')} geweigerd")
    return f"controleren: {'; '.join(parts)}"
