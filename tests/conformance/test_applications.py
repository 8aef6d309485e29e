"""The other role: the referee as a LAS, against scripted applications, each broken in one place."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from applications import BROKEN, MIN_WAIT, Application
from click.testing import CliRunner

from uwlr.cli import main
from uwlr.conformance.engine import Run
from uwlr.conformance.model import RunEnded, Verdict
from uwlr.conformance.referee import Ea, Referee
from uwlr.conformance.registry import cases


def _judge(application: Application) -> RunEnded:
    with Referee(Ea(min_wait_s=MIN_WAIT, slow_s=application.slow_s), application.act) as referee:
        application.connect(referee.url, referee.autorisatie, referee.school)
        try:
            return Run(referee, cases("EA"), strict=True)("EA")
        finally:
            application.http.close()


def test_every_case_has_its_broken_application() -> None:
    """No case exists without an application that fails it."""
    assert set(BROKEN) == {case.id for case in cases("EA")}


def test_a_good_application_passes_everything() -> None:
    """An application that does everything right passes every case."""
    ended = _judge(Application())

    assert not [(o.case.id, o.verdict, o.actual or o.reason) for o in ended.outcomes if o.verdict is not Verdict.PASS]
    assert ended.green


def test_the_referee_runs_a_command(tmp_path: Path) -> None:
    """The program prints address and key, has a command do the work, and tells what came of it."""
    mark = tmp_path / "done"
    script = tmp_path / "app.py"
    script.write_text(f"import sys\nopen({str(mark)!r}, 'a').write(sys.argv[1])\n", "utf-8")
    command = f"{sys.executable} {script}"

    done = CliRunner().invoke(main, ["conformance", "referee", "toepassing/verzoeken/geldig", "--command", command])

    assert mark.read_text("utf-8") == "leerlinggegevens"
    assert "autorisatiesleutel: " in done.output
    assert "no request came" in done.output
    assert done.exit_code == 1


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_application_fails_its_case(name: str) -> None:
    """A defect fails its own case; every other passes, or is skipped and names that case."""
    ended = _judge(BROKEN[name]())

    found = {o.case.id: o for o in ended.outcomes}
    assert found[name].verdict is Verdict.FAIL
    others = [o for o in ended.outcomes if o.case.id != name and o.verdict is not Verdict.PASS]
    assert not [(o.case.id, o.actual or o.reason) for o in others if not (o.reason and name in o.reason.en)]
