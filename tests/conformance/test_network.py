"""What stands between the referee and a system is nobody's offence; wrong settings are told before the first case."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conformance.right_las import LasServer, RightLas, Sent, make, wrap
from uwlr.cli import main
from uwlr.conformance.outcomes import RunEnded, Verdict

_TOPIC = "leerlinggegevens/autorisatie"


def _after(number: int, sent: Sent) -> Any:
    """Answers so many requests as it should, and all others like this."""

    def around(las: RightLas, inner: Any, asked: Any) -> Sent:
        las.__dict__["count"] = las.__dict__.get("count", 0) + 1
        return inner(asked) if las.__dict__["count"] <= number else sent

    return wrap("answer", around)


def _blamed(ended: RunEnded) -> list[str]:
    return [o.case.id for o in ended.outcomes if o.unmet]


_PAGE = (("Content-Type", "text/html"),)


@pytest.mark.parametrize(
    "sent",
    [
        Sent(0, (), b""),
        Sent(429, _PAGE, b"<html>slow down</html>"),
        Sent(503, _PAGE, b"<html>maintenance</html>"),
        Sent(502, _PAGE, b"<html>bad gateway</html>"),
    ],
    ids=["hangs-up", "429", "503", "502"],
)
def test_a_system_that_goes_away_is_not_blamed(sent: Sent, judge: Any, server: LasServer) -> None:
    """What does not come through is an error; after three in a row the run stops with what it knows, and is red."""
    las = make(_after(9, sent))
    ended = judge(server.serve(las), _TOPIC)

    assert not _blamed(ended)
    assert not ended.green
    assert "3 times in a row" in ended.stopped.en
    assert las.__dict__["count"] <= 9 + 4
    assert [o for o in ended.outcomes if o.verdict is Verdict.PASS]


def test_nobody_answers(judge: Any) -> None:
    """An address where nobody listens ends the run at its first look, with the reason."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ended = judge({"url": f"http://127.0.0.1:{port}/", "school": {"brincode": "99XX"}}, _TOPIC)

    assert not _blamed(ended)
    assert "no connection" in ended.stopped.en
    assert {o.verdict for o in ended.outcomes} <= {Verdict.ERROR, Verdict.SKIP, Verdict.NOT_SUPPORTED}
    assert ended.requests <= 3


@pytest.mark.parametrize("sent", [Sent(0, (), b""), Sent(503, _PAGE, b"<html>busy</html>")], ids=["hangs-up", "503"])
def test_a_line_that_fails_once_on_one_connection_is_not_blamed(sent: Sent, judge: Any, server: LasServer) -> None:
    """What goes wrong once, and not the next time, is not held against the system."""
    failed: list[int] = []

    def once(las: RightLas, inner: Any, asked: Any) -> Sent:
        if asked.request.headers.get("accept-encoding") == "identity" and not failed:
            failed.append(1)
            return sent
        return inner(asked)

    ended = judge(server.serve(make(wrap("answer", once))), "leerlinggegevens/transport/verbinding-na-een-fout", load=0)

    assert failed
    assert not _blamed(ended)


def test_silence_is_not_blamed(judge: Any, server: LasServer) -> None:
    """A request that is not answered in time is an error, and the cases after it go on."""

    def late(las: RightLas, inner: Any, asked: Any) -> Sent:
        if b"<schooljaar>25-26" in asked.body:
            time.sleep(1.0)
        return inner(asked)

    ended = judge({**server.serve(make(wrap("answer", late))), "timeout_s": 0.5}, "leerlinggegevens/fouten")

    slow = next(o for o in ended.outcomes if o.case.id == "leerlinggegevens/fouten/ongeldig-schooljaar")
    assert slow.verdict is Verdict.ERROR
    assert not _blamed(ended)
    assert sum(1 for o in ended.outcomes if o.verdict is Verdict.PASS) > 5


def test_retry_after_is_kept(judge: Any, server: LasServer) -> None:
    """A system that asks to wait a second is given it, and the case is judged after all."""
    asked_again: list[float] = []

    def busy(las: RightLas, inner: Any, asked: Any) -> Sent:
        if b"uwlr-conformance-onbekend" in asked.body and len(asked_again) < 2:
            asked_again.append(time.monotonic())
            if len(asked_again) == 1:
                return Sent(429, (("Retry-After", "1"),), b"")
        return inner(asked)

    name = f"{_TOPIC}/onbekende-sleutel"
    ended = judge(server.serve(make(wrap("answer", busy))), name)

    assert next(o.verdict for o in ended.outcomes if o.case.id == name) is Verdict.PASS
    assert asked_again[1] - asked_again[0] >= 1


@pytest.mark.parametrize(
    ("settings", "key", "said"),
    [
        ('[school]\nbrincode = "99ZZ"\n', None, "controleer sleutel, brincode"),
        ('[school]\nbrincode = "99XX"\n', "een-andere-sleutel", "controleer sleutel, brincode"),
        ('[school]\nbrincode = "99XX"\n[autorisatie]\nklantcode = "x"\n', None, "controleer die, en de school"),
        ('versie = "2.9"\n[school]\nbrincode = "99XX"\n', None, "controleer versie"),
        ('[school]\nbrincode = "99XX"\nschooljaar = "1990-1991"\n', None, "controleer school en schooljaar"),
    ],
    ids=["school", "key", "customer", "version", "year"],
)
def test_wrong_settings_are_told_before_the_first_case(
    settings: str, key: str | None, said: str, server: LasServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key, school, customer or version that is refused at the first look is told as such; nothing else is sent."""
    las = RightLas()
    if key is not None:
        monkeypatch.setenv("UWLR_AUTORISATIESLEUTEL", key)
    done = _run(tmp_path, f'url = "{server.serve(las)["url"]}"\n{settings}')

    assert done.exit_code == 1
    assert said in done.output
    assert las.asked <= 1
    assert "gefaald" not in done.output
    assert key is None or key not in done.output


def test_an_address_without_a_service_is_told(server: LasServer, tmp_path: Path) -> None:
    """A page where SOAP was due means that the address is wrong."""
    page = _after(0, Sent(200, _PAGE, b"<html><h1>Welkom</h1></html>"))
    done = _run(tmp_path, f'url = "{server.serve(make(page))["url"]}"\n[school]\nbrincode = "99XX"\n')

    assert "antwoordt geen UWLR-dienst" in done.output
    assert "gefaald" not in done.output


def _run(tmp_path: Path, settings: str) -> Result:
    config = tmp_path / "las.toml"
    config.write_text(settings, "utf-8")
    return CliRunner().invoke(main, ["conformance", "run", _TOPIC, "--config", str(config), "--lang", "nl"])
