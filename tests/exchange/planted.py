"""Faults planted in the ledger, one at a time: each a line that is wrong in the way such lines are.

`python -m exchange.planted NUMBER`, with `tests` on the path, runs the tests with one of them in its module.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "uwlr" / "exchange"


class Fault(NamedTuple):
    """A line of a module, and what stands there instead."""

    module: str
    right: str
    wrong: str


FAULTS = [
    Fault("recording", "old.volgnummer += 1", "pass"),
    Fault("recording", 'old.status, old.foutcode = "klaar", None', "old.foutcode = None"),
    Fault("recording", "row.inhoud = inhoud\n", "return\n"),
    Fault("recording", "ResultaatRow.toetsversie == one.versie,", ""),
    Fault("new_results", 'parts += [bron, versie or "", str(poging)]', 'parts += [versie or "", str(poging)]'),
    Fault("new_results", 'parts += [bron, versie or "", str(poging)]', "parts += [bron, str(poging)]"),
    Fault("new_results", 'parts += [bron, versie or "", str(poging)]', 'parts += [bron, versie or ""]'),
    Fault("recording", "current, *sorted(self._aliases.get(current, ()))]", "current]"),
    Fault("recording", "fromkeys([leerlingid, current,", "fromkeys([*self._aliases.get(current, ()), current,"),
    Fault("recording", "ResultaatRow.alias.in_(wanted))", "False)"),
    Fault("recording", "if self._problems:\n            raise NotRecorded", "if False:\n            raise NotRecorded"),
    Fault("recording", "if own != _text(one.resultaat) + _text(one.persoon):", "if False:"),
    Fault("result_checks", "if isinstance(day, datetime):", "if False:"),
    Fault("result_checks", "if moment.tzinfo is None or", "if False and"),
    Fault("sendable", '"te oud": ResultaatRow.schooljaar < previous,', ""),
    Fault("sendable", "ResultaatRow.genormeerd_op < koppeling.geactiveerd_op", "ResultaatRow.genormeerd_op < now"),
    Fault("sendable", "genormeerd_op < koppeling.geactiveerd_op", "genormeerd_op != ResultaatRow.genormeerd_op"),
    Fault("sendable", '"afnamedatum in de toekomst": ResultaatRow.afnamedatum > dutch_day(now),', ""),
    Fault("splitting", "ENOUGH: Final = 8", "ENOUGH: Final = 1"),
    Fault("splitting", "self.taken == 0 and all(", "all("),
    Fault("splitting", "self.parts += halves", "self.parts += halves[:1]"),
    Fault("splitting", "held.setdefault(row.toetscode, row.toetsversie) == row.toetsversie", "True"),
    Fault("delivery", "ResultaatRow.volgnummer == volgnummer,", ""),
    Fault("delivery", "ResultaatRow.key.in_([row.key for row in group]),", ""),
    Fault("delivery", 'self._mark_in(session, rows, status="onderweg", verzonden_op=now)', "pass"),
    Fault("delivery", 'session.execute(left.values(status="klaar"))', 'session.execute(left.values(status="bezorgd"))'),
    Fault("delivery", 'if koppeling is None or koppeling.status != "actief":', "if koppeling is None:"),
    Fault("delivery", "if code != FAILING or self._taken]", "]"),
    Fault("delivery", "update([bron] if own_key and bron is not None else every)", "update(every)"),
    Fault("delivery", "unknown: int | None = UNKNOWN_A_NIGHT,", "unknown: int | None = None,"),
    Fault("delivery", "yield from each[: self._unknown]", "yield from each[:1]"),
    Fault("delivery", "waiting = [row for row in rows if self._number(_persoon(row)) not in known]", "waiting = []"),
    Fault("koppeling", "moment = max(moment, koppeling.laatste_aanmaakdatum + _STEP)", "pass"),
    Fault("ledger", "return row.bezorgd_op is not None or unanswered", "return False"),
]  # fmt: skip
"""What is planted."""

TESTS = (
    "test_splitting.py",
    "test_corrections.py",
    "test_pace.py",
    "test_time.py",
    "test_results.py",
    "test_interleavings.py",
)
"""What has to find it, the fast ones first."""


_QUIETLY = (
    "-x", "-q", "-p", "no:cacheprovider", "--no-header", "--tb=no", "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip


class _Planter(importlib.abc.MetaPathFinder):
    """Imports one module with a line changed."""

    def __init__(self, fault: Fault) -> None:
        self.name = f"uwlr.exchange.{fault.module}"
        self.fault = fault

    def find_spec(self, name, path, target=None):
        """Find that module."""
        if name != self.name:
            return None
        file = SOURCE / f"{self.fault.module}.py"
        return importlib.util.spec_from_file_location(name, file, loader=_Loader(name, str(file), self.fault))


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, name: str, path: str, fault: Fault) -> None:
        super().__init__(name, path)
        self.fault = fault

    def get_code(self, fullname):
        """Compile it with the fault."""
        return compile(planted(self.fault), self.path, "exec")


def planted(fault: Fault) -> str:
    """Give the source of a module with a fault in it."""
    source = (SOURCE / f"{fault.module}.py").read_text("utf-8")
    if fault.right not in source:
        raise LookupError(f"{fault.module} has no {fault.right!r} any more")
    return source.replace(fault.right, fault.wrong, 1)


def main() -> int:
    """Run the tests with a fault planted; their exit code."""
    sys.meta_path.insert(0, _Planter(FAULTS[int(sys.argv[1])]))
    importlib.import_module("uwlr.exchange")  # before pytest, which would put itself first
    tests = [str(Path(__file__).with_name(name)) for name in TESTS]
    return int(pytest.main([*_QUIETLY, *tests]))


if __name__ == "__main__":
    sys.exit(main())
