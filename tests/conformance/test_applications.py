"""The other role: the referee as a LAS, against scripted applications, each broken in one place."""

from __future__ import annotations

import shlex
import socket
import sys
import sysconfig
from pathlib import Path

import pytest
from applications import BROKEN, MIN_WAIT, Application
from click.testing import CliRunner, Result

from uwlr.cli import main
from uwlr.conformance.casebook import cases
from uwlr.conformance.declarations import Ea
from uwlr.conformance.execution import Run
from uwlr.conformance.outcomes import RunEnded, Verdict
from uwlr.conformance.referee import Referee


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


def _referee(*options: str) -> Result:
    return CliRunner().invoke(main, ["conformance", "referee", *options])


def test_the_referee_runs_a_command(tmp_path: Path) -> None:
    """The program prints address and key, has a command do the work, and tells what came of it."""
    mark = tmp_path / "done"
    script = tmp_path / "app.py"
    script.write_text(f"import sys\nopen({str(mark)!r}, 'a').write(sys.argv[1])\n", "utf-8")

    done = _referee("toepassing/verzoeken/geldig", "--command", f"{sys.executable} {script}")

    assert mark.read_text("utf-8") == "leerlinggegevens"
    assert "autorisatiesleutel: " in done.output
    assert "no request came" in done.output
    assert done.exit_code == 1


def test_the_command_finds_the_connection_in_its_variables(capfd: pytest.CaptureFixture[str]) -> None:
    """A program that reads the variables needs nothing else: `uwlr fetch` is an application that passes."""
    fetch = shlex.join([f"{sysconfig.get_path('scripts')}/uwlr", "fetch"])

    done = _referee("toepassing/verzoeken/header", "toepassing/verzoeken/regels", "--strict", "--command", fetch)

    assert "2 pass" in done.output, done.output
    assert done.exit_code == 0
    assert "leerlinggegevens" not in capfd.readouterr().out


def test_the_referee_listens_further_only_when_asked() -> None:
    """By default only this machine reaches it; another address is warned of, and a program that is not there too."""
    mine = _referee("toepassing/verzoeken/geldig", "--command", "true")
    everywhere = _referee("toepassing/verzoeken/geldig", "--command", "true", "--host", "0.0.0.0")
    missing = _referee("--command", "no-such-program-here")

    assert "http://127.0.0.1:" in mine.output
    assert "Warning" not in mine.output
    assert f"http://{socket.gethostname()}:" in everywhere.output
    assert "Warning: whoever reaches this address" in everywhere.output
    assert missing.exit_code == 2
    assert "there is no program no-such-program-here" in missing.output


def test_an_application_keeps_its_key(tmp_path: Path) -> None:
    """With a key of its own an application need not be told another for each run; nothing shows that key."""
    key, report = tmp_path / "sleutel.txt", tmp_path / "run.json"
    key.write_text("99YY00sleutelvandeschool\n", "utf-8")
    config = tmp_path / "ea.toml"
    config.write_text(f'name = "Toets"\nbrincode = "99YY"\n[autorisatie]\nsleutel_file = "{key}"\n', "utf-8")
    fetch = shlex.join([f"{sysconfig.get_path('scripts')}/uwlr", "fetch"])

    done = _referee(
        "toepassing/verzoeken/header", "--config", str(config), "--command", fetch, "--report", f"json={report}"
    )

    assert "1 pass" in done.output
    assert "sleutelvandeschool" not in done.output
    assert "<brincode>99YY" in report.read_text("utf-8")
    assert "sleutelvandeschool" not in report.read_text("utf-8")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_application_fails_its_case(name: str) -> None:
    """A defect fails its own case; every other passes, or is skipped and names that case."""
    ended = _judge(BROKEN[name]())

    found = {o.case.id: o for o in ended.outcomes}
    assert found[name].verdict is Verdict.FAIL
    others = [o for o in ended.outcomes if o.case.id != name and o.verdict is not Verdict.PASS]
    assert not [(o.case.id, o.actual or o.reason) for o in others if not (o.reason and name in o.reason.en)]
