"""A bundle: every verdict follows from it again, every changed byte shows, nobody is in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.app_defects import DEFECTS as APP_DEFECTS
from conformance.app_defects import make as make_application
from conformance.las_defects import DEFECTS
from conformance.right_las import KEY, LasServer, RightLas, Sent, make, wrap
from uwlr.cli import main
from uwlr.conformance.bundle import Broken, BundleReport, verify
from uwlr.conformance.casebook import cases
from uwlr.conformance.declarations import Ea
from uwlr.conformance.execution import Run
from uwlr.conformance.referee import Referee

_WRONG = {
    "persons": (
        "keys of leerlingen go round over who has them",
        "a fault names a pupil (name)",
        "a fault repeats the key (string)",
        "moments are compared as they are written",
    ),
    "rosters": (
        "two pupils share an ECK-iD",
        "everything is sent as a difference",
        "after a fault the connection ends unsaid",
    ),
}
"""Systems with several defects each."""
_ACCESS = "leerlinggegevens/autorisatie"
"""Cases enough for what holds of any bundle."""
_FOUND = {"persons": {"LG-10", "AU-07", "AU-09", "LR-11"}, "rosters": {"LG-06", "LO-03", "TR-15"}}


@pytest.fixture
def record(judge: Any, server: LasServer, tmp_path: Path) -> Callable[..., Path]:
    """Judge a LAS by the whole suite, or some cases of it, and give the bundle of that run."""

    def run(las: RightLas, *cases: str, key: bytes | None = None) -> Path:
        path = tmp_path / "bundle.jsonl"
        judge(server.serve(las), *cases, listeners=lambda system: [BundleReport(path, system, key=key)])
        return path

    return run


def _verdicts(path: Path) -> dict[str, Any]:
    records = map(json.loads, path.read_text("utf-8").splitlines())
    return {one["case"]: one for one in records if one["kind"] == "verdict"}


@pytest.mark.parametrize("name", _WRONG)
def test_every_verdict_follows_again_and_nobody_is_in_it(name: str, record: Any) -> None:
    """From exchanges without a key, name, ECK-iD or address come the verdicts that the run had, findings as well."""
    las = make(*(one.apply for one in DEFECTS if one.name in _WRONG[name]))
    path = record(las)

    found = verify(path)
    assert found.holds
    assert found.verdicts == len(cases("LAS"))
    assert not [one for one in _verdicts(path).values() if "live" in one]
    assert {one["unmet"] for one in _verdicts(path).values() if one["unmet"]} >= _FOUND[name]

    text = path.read_text("utf-8")
    persons = [*las.roster.leerlingen, *las.roster.leerkrachten]
    names = {f"{p.roepnaam} {p.achternaam}" for p in persons}
    values = {KEY, *names, *(v for p in persons for v in (p.key, p.eckid, getattr(p, "emailadres", None)) if v)}
    assert not [value for value in values if value in text]


def test_no_secret_of_a_header_is_in_it(record: Any) -> None:
    """A header that is not known to be harmless keeps its name only."""
    headers = {
        "Set-Cookie": "JSESSIONID=AbcDefGhi",
        "X-Api-Key": "GeheimWoord",
        "WWW-Authenticate": 'Basic realm="DeVries"',
    }
    sent = make(wrap("deliver", lambda _, inner, *asked: _with_headers(inner(*asked), headers)))
    text = record(sent, "leerlinggegevens/rooster", "leerresultaten/bezorging").read_text("utf-8")
    assert [name for name in headers if f'"{name}":' not in text and f'"{name.lower()}":' not in text] == []
    assert [secret for secret in ("AbcDefGhi", "GeheimWoord", "DeVries") if secret in text] == []


def _with_headers(sent: Sent, headers: dict[str, str]) -> Sent:
    return sent._replace(headers=(*sent.headers, *headers.items()))


def test_every_changed_byte_shows(record: Any, tmp_path: Path) -> None:
    """Wherever a byte is changed, taken out or added, the line is named; a line that is gone shows too."""
    data = record(RightLas(), _ACCESS).read_bytes()
    path = tmp_path / "changed.jsonl"
    first = data.index(b"\n") + 1

    for place in range(5, len(data), len(data) // 40):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(Broken) as broken:
            verify(path)
        assert broken.value.line in {data[:place].count(b"\n") + 1, data[:place].count(b"\n") + 2}
    for changed in (data[first:], data[: data.rindex(b"\n", 0, -1) + 1], data + b"\n", data[:-1]):
        path.write_bytes(changed)
        with pytest.raises(Broken):
            verify(path)


def test_a_verdict_that_was_made_up_shows(record: Any, tmp_path: Path) -> None:
    """Who changes a verdict and makes the chain anew is found by deriving it, or by the signature."""
    from uwlr.conformance.bundle import _chained

    path = record(
        make(next(one.apply for one in DEFECTS if one.name == "any key opens (all)")), _ACCESS, key=b"key of the tester"
    )
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for one in records:
        one.pop("chain")
        if one.get("case") == "leerlinggegevens/autorisatie/onbekende-sleutel" and one["kind"] == "verdict":
            one |= {"verdict": "pass", "unmet": None, "actual": None, "red": False}
    forged = tmp_path / "forged.jsonl"
    forged.write_bytes(_chained(records[:-1], b"another key"))

    found = verify(forged, b"key of the tester")
    assert found.differ == ("leerlinggegevens/autorisatie/onbekende-sleutel",)
    assert found.signed is False
    assert verify(path, b"key of the tester").signed is True


def test_the_program_verifies(record: Any, tmp_path: Path) -> None:
    """Exit code 0 where all holds, 1 where a byte was changed; the fingerprint is printed."""
    path, key = record(RightLas(), _ACCESS, key=b"geheim"), tmp_path / "key.txt"
    key.write_bytes(b"geheim\n")

    whole = CliRunner().invoke(main, ["conformance", "verify", str(path), "--key", str(key)])
    path.write_bytes(path.read_bytes().replace(b'"pass"', b'"fail"', 1))
    changed = CliRunner().invoke(main, ["conformance", "verify", str(path)])

    assert (whole.exit_code, changed.exit_code) == (0, 1)
    assert "signature: by this key" in whole.output
    assert "0 of them differ; fingerprint " in whole.output
    assert "is not what was written: line " in changed.output


@pytest.mark.parametrize("name", ["", "reads by a pattern", "sends another klantnaam (leerresultaten)"])
def test_a_run_of_an_application_follows_again(name: str, tmp_path: Path) -> None:
    """The verdicts about an application come out of its recorded requests again."""
    parts = [one.part for one in APP_DEFECTS if one.name == name]
    application, path = make_application(*parts), tmp_path / "bundle.jsonl"
    with Referee(Ea(min_wait_s=0.05, slow_s=0.1), application.act) as referee:
        application.connect(referee.url, referee.autorisatie, referee.school)
        ended = Run(referee, cases("EA"), [BundleReport(path, referee)])("EA")

    assert verify(path).holds
    assert {case: one["verdict"] for case, one in _verdicts(path).items()} == {
        o.case.id: str(o.verdict) for o in ended.outcomes
    }
    assert referee.autorisatie.autorisatiesleutel not in path.read_text("utf-8")
