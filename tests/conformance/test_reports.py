"""Reports, commands and the baseline, through the program as people run it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sysconfig
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from lxml import etree

from conformance.las_defects import DEFECTS
from conformance.right_las import KEY, LasServer, RightLas
from conformance.right_las import make as build
from uwlr.cli import main
from uwlr.conformance import pytest_plugin
from uwlr.conformance.baseline import Baseline
from uwlr.conformance.casebook import cases
from uwlr.conformance.declarations import EXAMPLES, Ea, Las, load, looks_like_production, make, presets
from uwlr.conformance.outcomes import Verdict
from uwlr.conformance.report.one_page import HtmlReport
from uwlr.conformance.report.run_json import SCHEMA

ROOT = Path(__file__).parents[2]
CASE = "leerlinggegevens/fouten/geen-xml"
TOPIC = "leerlinggegevens/fouten"
_KINDS = ("json", "junit", "html", "markdown", "badge", "bundle")
DEFECT = next(one for one in DEFECTS if one.name == "XML that stops is read (HaalLeerlinggegevens)")


def _run(server: LasServer, tmp_path: Path, *options: str, broken: bool = True) -> Result:
    given = server.serve(build(DEFECT.apply) if broken else RightLas())
    config = tmp_path / "las.toml"
    config.write_text(f'url = "{given["url"]}"\n[school]\nbrincode = "99XX"\n', "utf-8")
    return CliRunner().invoke(main, ["conformance", "run", TOPIC, "--config", str(config), *options])


def test_a_failure_prints_all_that_is_needed(server: LasServer, tmp_path: Path) -> None:
    """A failed case shows requirement, expected, seen, evidence and the command that repeats it."""
    result = _run(server, tmp_path)

    assert result.exit_code == 1
    for text in ("FT-01", "expected:", "seen:", "evidence:", f"uwlr conformance run {CASE} --config"):
        assert text in result.output


def test_in_a_pipe_each_line_is_whole(server: LasServer, tmp_path: Path) -> None:
    """Nothing is folded to 80 columns or cut off where no terminal is: each line of a finding begins with its label."""
    shown = _run(server, tmp_path).output.splitlines()
    details = [line for line in shown if line.startswith(" " * 18) and line[18].isalpha() and "evidence" not in line]

    assert max(map(len, shown)) > 120
    assert {line.strip().partition(":")[0] for line in details if ":" in line} >= {"expected", "seen", "impact"}
    assert [line for line in details if ":" not in line] == []
    assert [line for line in shown if line.endswith("…") and line.strip() != "…"] == []


def test_the_command_that_repeats_a_failure_can_be_pasted(server: LasServer, tmp_path: Path) -> None:
    """Pasted into a shell, the printed command carries out the failed case and no other."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    printed = _run(server, folder, "--strict").output.partition("repeat: ")[2].partition("\n")[0]

    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", printed], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1, done.stderr
    told = {word for word in done.stdout.split() if word in {case.id for case in cases("LAS")}}
    assert f"fail  {CASE}" in done.stdout
    assert CASE in told
    assert told <= {CASE, *(case.id for case in cases("LAS") if case.passive)}


def test_a_report_that_cannot_be_written_is_told_before_the_run(server: LasServer, tmp_path: Path) -> None:
    """A wrong path costs no run."""
    result = _run(server, tmp_path, "--report", f"json={tmp_path / 'no' / 'such' / 'folder.json'}")

    assert result.exit_code == 2
    assert "cannot be written" in result.output
    assert "at most" not in result.output


def test_a_green_run_ends_with_zero(server: LasServer, tmp_path: Path) -> None:
    """Where nothing is found the exit code is 0."""
    assert _run(server, tmp_path, broken=False).exit_code == 0


def test_a_run_without_a_pass_is_red(server: LasServer, tmp_path: Path) -> None:
    """A run in which everything is skipped proves nothing."""
    given = server.serve(RightLas())
    config = tmp_path / "las.toml"
    config.write_text(f'leerresultaten_url = "{given["leerresultaten_url"]}"\n[school]\nbrincode = "99XX"\n', "utf-8")
    arguments = ["conformance", "run", "leerresultaten/bezorging", "--config", str(config)]

    assert CliRunner().invoke(main, arguments).exit_code == 1


def test_the_total_is_told_before_the_start(server: LasServer, tmp_path: Path) -> None:
    """The first line says how many requests there will be at most, and no more are sent."""
    report = tmp_path / "run.json"
    result = _run(server, tmp_path, "--report", f"json={report}")

    told = int(result.output.partition("at most ")[2].partition(" ")[0])
    assert 0 < json.loads(report.read_text("utf-8"))["requests"] <= told


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_report_shows_a_key_or_a_person(lang: str, server: LasServer, tmp_path: Path) -> None:
    """Neither the key nor any name, key or date of a person is in any report."""
    reports = [f"{kind}={tmp_path / kind}" for kind in _KINDS]
    output = _run(server, tmp_path, "--lang", lang, *(word for one in reports for word in ("--report", one))).output

    texts = [output, *((tmp_path / kind).read_text("utf-8") for kind in _KINDS)]
    roster = RightLas().roster
    personal = (text for one in roster.leerlingen for text in (one.key, one.eckid, str(one.achternaam)))
    secret = {KEY} | {text for text in personal if text and len(text) > len("Hofman")}  # shorter ones are in hashes too
    assert len(secret) > len(roster.leerlingen)
    assert not [text for text in secret if any(text in found for found in texts)]


def test_junit_has_one_testcase_for_each_case(server: LasServer, tmp_path: Path) -> None:
    """A failed case is a failure, no error."""
    path = tmp_path / "junit.xml"
    _run(server, tmp_path, "--report", f"junit={path}")

    suite = etree.parse(path).getroot()
    assert suite.get("failures") == "1"
    assert suite.get("errors") == "0"
    assert len(suite.findall("testcase")) == int(suite.get("tests", "0"))
    assert [case.get("name") for case in suite.findall("testcase") if case.find("failure") is not None] == ["geen-xml"]


def test_the_json_report_is_what_its_schema_says(server: LasServer, tmp_path: Path) -> None:
    """Every member that the schema asks for is there, and no other."""
    path = tmp_path / "run.json"
    _run(server, tmp_path, "--report", f"json={path}")
    schema = json.loads(SCHEMA.read_text("utf-8"))

    _check(json.loads(path.read_text("utf-8")), schema, schema["$defs"])


def _check(value: Any, schema: dict[str, Any], defs: dict[str, Any]) -> None:
    """Hold a value against the few words of JSON Schema that ours uses."""
    if "$ref" in schema:
        return _check(value, defs[schema["$ref"].rpartition("/")[2]], defs)
    if "anyOf" in schema:
        return None if value is None else _check(value, schema["anyOf"][1], defs)
    assert "const" not in schema or value == schema["const"]
    assert "enum" not in schema or value in schema["enum"]
    if schema.get("type") == "object":
        assert set(value) == set(schema["required"]) == set(schema["properties"])
        for name, item in value.items():
            _check(item, schema["properties"][name], defs)
    elif schema.get("type") == "array":
        for item in value:
            _check(item, schema["items"], defs)
    elif "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        kinds = {"string": str, "integer": int, "boolean": bool, "null": type(None)}
        assert type(value) in {kinds[name] for name in names}
    return None


def test_junit_has_the_evidence_of_a_failure(server: LasServer, tmp_path: Path) -> None:
    """A failure holds the request and the answer that show it."""
    path = tmp_path / "junit.xml"
    _run(server, tmp_path, "--report", f"junit={path}")

    (found,) = [text for one in etree.parse(path).getroot().iter("failure") if (text := one.text)]
    assert "request:" in found
    assert "leerlinggegevens_antwoord" in found.partition("answer:")[2]


def test_markdown_tells_what_to_do(server: LasServer, tmp_path: Path) -> None:
    """The text for an issue has the finding under its cause, with impact, remedy, evidence and the command."""
    path = tmp_path / "issue.md"
    _run(server, tmp_path, "--lang", "nl", "--report", f"markdown={path}")
    text = path.read_text("utf-8")

    assert "## Ongeldige verzoeken worden beantwoord (middel)" in text
    assert "wat te doen: Controleer elk verzoek tegen het schema" in text
    assert f"- [ ] `{CASE}` (FT-01, fail)" in text
    assert f"`uwlr conformance run {CASE} --config" in text
    assert "leerlinggegevens_antwoord" in text


@pytest.mark.parametrize(("broken", "said"), [(True, "1 bevindingen"), (False, "in orde")])
def test_a_badge_says_what_a_run_came_to(broken: bool, said: str, server: LasServer, tmp_path: Path) -> None:
    """The image is XML by itself, and says findings, or what share is in order where not all was judged."""
    path = tmp_path / "badge.svg"
    _run(server, tmp_path, "--lang", "nl", "--report", f"badge={path}", broken=broken)

    root = etree.parse(path).getroot()
    assert said in "".join(root.itertext())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_in_order_is_what_was_judged_as_a_whole(judge: Any, server: LasServer, tmp_path: Path) -> None:
    """A topic of which a case was skipped stands as judged in part, with what no outsider can see beside it."""
    path = tmp_path / "run.html"
    judge(server.serve(RightLas()), writes=False, listeners=[HtmlReport(path, "nl")])
    rows = {
        re.sub(r"<[^>]*>", " ", row).split("  ")[0].strip(): row for row in path.read_text("utf-8").split("<tr><td>")
    }

    assert "deels beoordeeld" in rows["Verbinding en beveiliging"]
    assert "niet beoordeeld" in rows["Resultaten bezorgen"]
    assert "in orde" in rows["Het rooster in stappen"]
    assert "van buitenaf niet te zien: Het rooster bevat alle ingeschreven leerlingen" in rows["Het hele rooster"]


def test_a_preset_is_where_a_run_begins(server: LasServer, tmp_path: Path) -> None:
    """What a claimed role does not do is declared by its preset; the address of the command is judged."""
    given = server.serve(RightLas())
    config = tmp_path / "las.toml"
    config.write_text('[school]\nbrincode = "99XX"\n', "utf-8")
    arguments = ["conformance", "run", given["url"], "leerlinggegevens/getrapt", "--preset", "las-alleen-heel"]
    done = CliRunner().invoke(main, [*arguments, "--config", str(config)])
    wrong = CliRunner().invoke(main, [*arguments[:3], "--preset", "iep-lvs", "--config", str(config)])

    told = [line.split(maxsplit=1) for line in done.output.splitlines() if line.lstrip().startswith("not-supported")]
    assert [reason.partition(": ")[2] for _, reason in told if "the roster is given as a whole" in reason]
    assert "leerlinggegevens/getrapt/structuur" not in done.output, "what is not tried is told by its reason"
    assert wrong.exit_code == 3


def test_html_needs_nothing_else(server: LasServer, tmp_path: Path) -> None:
    """The page holds the finding in the language asked for, and refers to no other file."""
    path = tmp_path / "run.html"
    _run(server, tmp_path, "--lang", "nl", "--report", f"html={path}")
    page = path.read_text("utf-8")

    assert "ROOD" in page
    assert CASE in page
    assert not [word for word in ("src=", "href=", "<script", "url(") if word in page]


@pytest.mark.parametrize(
    ("days", "broken", "code"), [(1, True, 0), (-2, True, 1), (1, False, 1)], ids=["holds", "expired", "needless"]
)
def test_a_baseline_accepts_for_a_while(days: int, broken: bool, code: int, server: LasServer, tmp_path: Path) -> None:
    """A known finding is no failure until its day; after it, or when the case passes, the run is red."""
    until = (datetime.now(UTC) + timedelta(days=days)).date()
    baseline = tmp_path / "baseline.toml"
    baseline.write_text(f'[[known]]\ncase = "{CASE}"\nreason = "known"\nuntil = {until}\n', "utf-8")

    assert _run(server, tmp_path, "--baseline", str(baseline), broken=broken).exit_code == code


def test_a_name_that_fits_no_case_is_refused(server: LasServer, tmp_path: Path) -> None:
    """A slip of the pen in a baseline or under not_supported is told, not passed over."""
    baseline, config = tmp_path / "baseline.toml", tmp_path / "las.toml"
    baseline.write_text('[[known]]\ncase = "leerlinggegevens/fouten/geen-xlm"\nreason = "known"\nuntil = 2099-12-31\n')
    slip = _run(server, tmp_path, "--baseline", str(baseline))
    config.write_text(f'{config.read_text("utf-8")}[not_supported]\n"leerlinggegevens/getrap" = "no"\n', "utf-8")
    other = CliRunner().invoke(main, ["conformance", "run", "--config", str(config)])

    assert (slip.exit_code, other.exit_code) == (3, 3)
    assert "no case is called leerlinggegevens/fouten/geen-xlm" in slip.output
    assert "no case is called leerlinggegevens/getrap," in other.output


def test_compare_tells_what_got_worse(server: LasServer, tmp_path: Path) -> None:
    """A case that passed and now fails is a finding; the other way round is none."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    _run(server, tmp_path, "--report", f"json={good}", broken=False)
    _run(server, tmp_path, "--report", f"json={bad}")
    runner = CliRunner()

    worse = runner.invoke(main, ["conformance", "compare", str(good), str(bad)])
    assert worse.exit_code == 1
    assert [line for line in worse.output.splitlines() if line.startswith("worse")] == [f"worse  {CASE}: pass -> fail"]
    assert runner.invoke(main, ["conformance", "compare", str(bad), str(good)]).exit_code == 0


def test_all_that_a_run_lacks_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong use, as with `fetch`: address, key and school."""
    monkeypatch.delenv("UWLR_AUTORISATIESLEUTEL", raising=False)

    done = CliRunner().invoke(main, ["conformance", "run"])

    assert (done.exit_code, re.findall(r"no (\w+):", done.stderr)) == (2, ["address", "key", "school"])


def test_production_is_not_called_without_yes(tmp_path: Path) -> None:
    """An address that says nothing of tests is refused before any request."""
    result = CliRunner().invoke(main, ["conformance", "run", "https://uwlr.school-las.nl/leerlinggegevens"])

    assert result.exit_code == 2
    assert "--yes" in result.output


@pytest.mark.parametrize(
    ("host_name", "production"),
    [
        ("las.nl", True),
        ("www.acacia-las.nl", True),
        ("contest.nl", True),
        ("acc.las.nl", False),
        ("las-test.nl", False),
        ("oop.test.las.nl", False),
        ("las.example", False),
        ("10.0.0.8", False),
        ("127.0.0.1:8080", False),
        ("8.8.8.8", True),
    ],
)
def test_what_looks_like_production(host_name: str, production: bool) -> None:
    """A host is for tests where a word of its name says so, or where it is near."""
    assert looks_like_production(f"https://{host_name}/uwlr") is production


def _uncommented(text: str) -> str:
    """The example with every word that it leaves out put in."""
    return re.sub(r"(?m)^# (?=(\[[\w.]+\]|\w+ = |\"[\w/]+\" = ))", "", text)


@pytest.mark.parametrize(("name", "kind"), [("las", Las), ("ea", Ea)])
def test_an_example_has_every_word(name: str, kind: Any) -> None:
    """What `example` prints is read, and so is each word it explains; none that may be given is left out."""
    told = CliRunner().invoke(main, ["conformance", "example", name]).output

    make(msgspec.toml.decode(told), kind)
    made = make(msgspec.toml.decode(_uncommented(told)), kind)
    missing = [word for word in kind.__struct_fields__ if not re.search(rf"(?m)^(# )?\[?{word}\b", told)]
    assert not missing
    assert made.not_supported


def test_every_example_is_printed_and_read(tmp_path: Path) -> None:
    """Each system's settings and the baseline are what the program takes; another name lists those there are."""
    runner = CliRunner()
    for path in EXAMPLES.glob("*.toml"):
        assert runner.invoke(main, ["conformance", "example", path.stem]).output == path.read_text("utf-8")
        load(path, Baseline if path.stem == "baseline" else Ea if path.stem in {"ea", *presets(Ea)} else Las)

    wrong = runner.invoke(main, ["conformance", "example", "onbekend"])
    assert wrong.exit_code == 2
    assert "magister" in wrong.output


def test_selectors_work_at_any_depth() -> None:
    """A topic lists its own cases, and a word that fits nothing is an error."""
    runner = CliRunner()

    listed = runner.invoke(main, ["conformance", "list", "leerlinggegevens/getrapt", "--lang", "nl"])
    assert listed.exit_code == 0
    ids = [line.split()[0] for line in listed.stdout.splitlines() if not line.startswith(" ")]
    assert ids
    assert all(one.startswith("leerlinggegevens/getrapt/") for one in ids)
    assert runner.invoke(main, ["conformance", "list", "leerlinggegevens/get"]).exit_code == 3


def test_a_finding_in_a_shared_answer_shows_that_answer(judge: Any, server: LasServer) -> None:
    """A case that looks at an exchange of before it has that exchange as its evidence."""
    wrong = next(one for one in DEFECTS if one.name == "the stages leave groups out")
    ended = judge(server.serve(build(wrong.apply)))

    found = next(o for o in ended.outcomes if o.case.id == "leerlinggegevens/getrapt/structuur-gelijk")
    assert "HaalStructuur" in {exchange.operation for exchange in found.evidence}


def test_without_permission_nothing_is_written(judge: Any, server: LasServer) -> None:
    """A read-only run skips every case that writes."""
    ended = judge(server.serve(RightLas()), writes=False)

    assert ended.green
    assert {o.verdict for o in ended.outcomes if o.case.writes} == {"skip"}
    assert server.las.last is None


def test_the_manual_names_what_there_is() -> None:
    """Every option in the manual is one of the program or of the plugin, and every verdict is defined in both."""
    manual = (ROOT / "docs" / "conformance" / "README.md").read_text("utf-8")
    runner = CliRunner()
    helped = "".join(
        runner.invoke(main, ["conformance", word, "--help"]).output for word in ("run", "referee", "verify")
    )
    plugin = Path(pytest_plugin.__file__).read_text("utf-8")

    options = set(re.findall(r"--[a-z][a-z-]+", manual)) - {"--pyargs"}
    assert options
    assert not [option for option in options if option not in helped and option not in plugin]
    assert not [verdict for verdict in Verdict if f"| {verdict} | " not in manual or f"  {verdict} " not in helped]
