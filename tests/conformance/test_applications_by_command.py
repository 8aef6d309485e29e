"""The other role as people run it: the referee as a LAS, an application by command, by hand or by its own clock."""

from __future__ import annotations

import re
import shlex
import socket
import ssl
import sys
import sysconfig
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from click.testing import CliRunner, Result

from conformance.app_defects import DEFECTS, make
from conformance.parted_application import PartedApplication
from uwlr.cli import main
from uwlr.conformance.casebook import cases, select
from uwlr.conformance.declarations import Ea
from uwlr.conformance.declarations import make as declared
from uwlr.conformance.execution import Run
from uwlr.conformance.outcomes import Verdict
from uwlr.conformance.progress import Progress
from uwlr.conformance.referee import Referee
from uwlr.conformance.triggers import ByHand, ByItsOwnClock


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


def _by_hand(application: PartedApplication, answers: list[str], *selectors: str, done: Any = None) -> Any:
    """Play some cases by hand; gives what was told, and how the run ended."""
    told: list[str] = []
    chosen = select(selectors, "EA")

    def ask() -> Any:
        answer = answers.pop(0) if answers else "done"
        if answer == "done":
            application.act("leerlinggegevens" if "rooster op" in told[-1] else "leerresultaten")
        return answer

    with Referee(Ea(min_wait_s=0.05, slow_s=0.1)) as referee:
        referee.trigger = ByHand(lambda: referee, told.append, ask, "nl", [case.id for case in chosen])
        application.connect(referee.url, referee.autorisatie, referee.school)
        ended = Run(referee, chosen, [done] if done else [], done=done.done if done else {})("EA")
    return told, {o.case.id: o for o in ended.outcomes}, referee


def test_by_hand_a_person_is_told_what_to_do() -> None:
    """Number and name of the case, what happens in it and what to do now, in Dutch."""
    told, _, _ = _by_hand(PartedApplication(), [], "toepassing/antwoorden/geengegevens")

    assert "[1/1] toepassing/antwoorden/geengegevens: het rooster ophalen geeft geengegevens" in told[0]
    assert told[1] == "Haal in uw toepassing nu het rooster op (importeren of verversen)."


def test_by_hand_a_case_is_played_again_or_passed_over() -> None:
    """A slip of the tester costs nobody a finding: the case begins anew; another is passed over and says so."""
    name, other = "toepassing/leerlingen/vertrokken", "toepassing/leerlingen/sleutelmigratie"
    # The first case is passed over, the second is played to its second step, begun anew, and played to its end.
    told, outcomes, _ = _by_hand(PartedApplication(), ["skip", "done", "again"], "toepassing/leerlingen")

    assert outcomes[other].verdict is Verdict.SKIP
    assert "overgeslagen door de tester" in str(outcomes[other].reason)
    assert outcomes[name].verdict is Verdict.PASS
    assert sum(1 for one in told if name in one) == 2


def test_a_run_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    """What was played stays; what was left for another day is played then, and only that."""
    path = tmp_path / "progress.jsonl"
    topic = "toepassing/antwoorden"
    first = _by_hand(PartedApplication(), ["done", "done", "stop"], topic, done=Progress(path, "EA"))[1]
    second = _by_hand(PartedApplication(), [], topic, done=Progress(path, "EA"))

    assert [o.verdict for o in first.values()] == [Verdict.PASS, Verdict.SKIP, Verdict.SKIP]
    assert {o.verdict for o in second[1].values()} == {Verdict.PASS}
    assert not [one for one in second[0] if "geengegevens: " in one]


def test_an_application_that_calls_by_its_own_clock_is_waited_for() -> None:
    """Nobody does anything: each step ends when the application called and is quiet again."""
    application = PartedApplication()
    stop = threading.Event()

    def nightly() -> None:
        while not stop.wait(0.15):
            application.act("leerlinggegevens")
            application.act("leerresultaten")

    with Referee(Ea(min_wait_s=0.05, slow_s=0.1)) as referee:
        referee.trigger = ByItsOwnClock(lambda: referee, lambda _: None, "nl", 0.05)
        application.connect(referee.url, referee.autorisatie, referee.school)
        nights = threading.Thread(target=nightly)
        nights.start()
        try:
            chosen = select(["toepassing/leerlingen/vertrokken", "toepassing/roosters/een-leerling"], "EA")
            ended = Run(referee, chosen)("EA")
        finally:
            stop.set()
            nights.join()

    assert {o.verdict for o in ended.outcomes} == {Verdict.PASS}


def test_an_invalid_request_is_one_finding_and_the_rest_goes_on() -> None:
    """The finding names element and rule; whatever does not hang on it is judged as ever."""
    wrong = next(one for one in DEFECTS if one.name == "asks with an element of its own")
    application = make(wrong.part)
    with Referee(Ea(min_wait_s=0.05, slow_s=0.1), application.act) as referee:
        application.connect(referee.url, referee.autorisatie, referee.school)
        ended = Run(referee, cases("EA"))("EA")

    (finding,) = [o for o in ended.outcomes if o.unmet]
    assert finding.case.id == "toepassing/verzoeken/geldig"
    assert "client" in finding.actual.nl
    assert re.search(r"X[SM]-\d+", finding.actual.nl)
    skipped = {o.case.id for o in ended.outcomes if o.verdict is not Verdict.PASS} - {finding.case.id}
    assert skipped == {"toepassing/verzoeken/regels"}  # rules are about messages that are valid by the schema


def test_the_referee_has_the_paths_and_the_certificate_of_a_vendor(tmp_path: Path) -> None:
    """At a vendor's path over TLS an application with a certificate is answered, and one without is not let in."""
    ca, stranger = trustme.CA(), trustme.CA()
    server, client = ca.issue_cert("127.0.0.1"), ca.issue_cert("app@example")
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    server.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    settings = {"cert": str(tmp_path / "cert.pem"), "key": str(tmp_path / "key.pem"), "ca": str(tmp_path / "ca.pem")}
    config = declared({"paths": {"leerlinggegevens": "/uwlr2.2.svc"}, "tls": settings}, Ea)

    with Referee(config) as referee:
        assert referee.url_of("leerlinggegevens").startswith("https://127.0.0.1:")
        assert referee.url_of("leerlinggegevens").endswith("/uwlr2.2.svc")
        for issued, let_in in ((client, True), (stranger.issue_cert("x@example"), False)):
            context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
            issued.configure_cert(context)
            with httpx.Client(verify=context, trust_env=False) as http:
                try:
                    status = http.get(f"{referee.url_of('leerlinggegevens')}?wsdl").status_code
                except httpx.HTTPError:
                    status = None
            assert (status == 200) is let_in
