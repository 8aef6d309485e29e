"""The commands validate, explain and rules, as a user of the program sees them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

import uwlr
from helpers.needs import SARIF, require
from uwlr.cli import main
from uwlr.validation import RULES
from uwlr.validation.sample_messages import sample


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working directory with one good and one bad roster in it."""
    monkeypatch.chdir(tmp_path)
    good = sample("smalle-set")
    Path("goed.xml").write_text(good)
    Path("fout.xml").write_text(good.replace('<groep key="g1"/>', '<groep key="g9"/>'))
    return tmp_path


def run(*arguments, given=None):
    """Run the program in this process."""
    return CliRunner().invoke(main, arguments, input=given, standalone_mode=True)


def test_a_good_message_gives_zero(folder):
    """Nothing wrong: exit code 0, and one line that says so."""
    result = run("validate", "goed.xml")

    assert result.exit_code == 0
    said = "goed.xml: in orde, 0 fouten, 0 waarschuwingen (xml goed, soap overgeslagen, schema goed, regels goed, "
    assert " ".join(result.stdout.split()) == said + "profiel overgeslagen)"


def test_a_defect_is_told_with_file_line_and_column(folder):
    """A finding starts with file:line:column and rule, and what to do follows."""
    result = run("validate", "fout.xml", "--lang", "en")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[:2] == [
        "fout.xml:24:9  LG-201 error  leerling 1 refers to groep 'g9', which is not in the message",
        "    → Include the groep in the message, or remove the reference.",
    ]


def test_repeats_are_grouped(folder):
    """Of many findings of one rule three are shown, and a number."""
    one = Path("fout.xml").read_text()
    start, end = one.index("<leerling "), one.index("</leerlingen>")
    pupils = "".join(
        one[start:end].replace('key="l1"', f'key="l{n}"').replace("eckid=", f'eckid="{n}" x=') for n in range(9)
    )
    Path("veel.xml").write_text(one[:start] + pupils + one[end:])

    lines = run("validate", "veel.xml").stdout.splitlines()

    assert sum("LG-201 fout" in line for line in lines) == 3
    assert "    … en nog 6 keer LG-201" in lines


def test_lines_fit_a_terminal(folder):
    """No line of a report as text is wider than 100 columns; the command, in a pipe, breaks none."""
    text = sample("antwoord").replace("<jaargroep>6<", "<jaargroep>X<").replace('key="l2"', 'key="l2" eckid="kort"')
    Path("breed.xml").write_text(text)

    piped = run("validate", "breed.xml").stdout.splitlines()
    lines = uwlr.validate(Path("breed.xml")).as_text().splitlines()

    assert {"XS-112", "LG-112"} <= set(" ".join(lines).split())
    assert max(map(len, lines)) <= 100
    assert " ".join(piped).split() == " ".join(lines).split()


def test_stdin_is_a_file_called_stdin(folder):
    """`-` reads the message from stdin."""
    result = run("validate", "-", given=Path("fout.xml").read_bytes())

    assert result.exit_code == 1
    assert result.stdout.startswith("<stdin>:24:9")


def test_text_that_is_not_xml_is_a_finding(folder):
    """A readable file that is not XML is a finding, exit code 1."""
    Path("tekst.xml").write_text("geen xml")

    result = run("validate", "tekst.xml")

    assert result.exit_code == 1
    assert "XM-101" in result.stdout


@pytest.mark.parametrize("name", ["weg.xml", ".", "geheim.xml"])
def test_a_file_that_cannot_be_read_gives_three(folder, name):
    """No file, a directory, no permission: one line on stderr, exit code 3, and the other files are still validated."""
    Path("geheim.xml").touch(mode=0)
    if name == "geheim.xml" and os.access(name, os.R_OK):
        require("a user who is not root")

    result = run("validate", name, "goed.xml")

    assert result.exit_code == 3
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith(f"{name}: cannot be read: ")
    assert result.stdout.startswith("goed.xml: in orde")


def test_a_file_over_the_limit_gives_three(folder):
    """More bytes than --max-size allows: one clear line, exit code 3."""
    with Path("groot.xml").open("wb") as stream:
        stream.truncate((1 << 20) + 1)

    result = run("validate", "groot.xml", "--max-size", "1")

    assert result.exit_code == 3
    assert result.stderr == "groot.xml: cannot be read: larger than the limit of 1048576 bytes\n"


@pytest.mark.parametrize(
    "arguments",
    [["--profiel", "Brede set"], ["--versie", "9"], ["--report", "pdf=x"], ["--report", "json"], ["--lang", "fr"]],
)
def test_a_wrong_option_gives_two(folder, arguments):
    """A wrong option is a usage error."""
    assert run("validate", "goed.xml", *arguments).exit_code == 2


def test_warnings_count_with_strict_only(folder):
    """A warning leaves the exit code 0, unless --strict."""
    Path("spatie.xml").write_text(sample("smalle-set").replace('key="m1"', 'key="m1 "'))

    assert run("validate", "spatie.xml").exit_code == 0
    assert run("validate", "spatie.xml", "--strict").exit_code == 1
    assert run("validate", "spatie.xml", "--strict", "--ignore", "LG-110").exit_code == 0


def test_values_show_on_request(folder):
    """A personal value is in the output with --show-values only."""
    Path("bsn.xml").write_text(sample("antwoord").replace("111222333", "111222334"))

    assert "111222334" not in run("validate", "bsn.xml").stdout
    assert "111222334" in run("validate", "bsn.xml", "--show-values").stdout


def test_results_are_held_against_a_roster_and_earlier_results(folder):
    """--leerlinggegevens and --vorige give the context that some rules need."""
    Path("rooster.xml").write_text(sample("antwoord"))
    Path("resultaten.xml").write_text(sample("resultaten").replace("<leerlingid>l1", "<leerlingid>l7"))

    result = run("validate", "resultaten.xml", "--leerlinggegevens", "rooster.xml", "--vorige", "resultaten.xml")

    assert "LR-204 fout" in result.stdout
    assert "LR-408 fout" in result.stdout
    wrong = run("validate", "resultaten.xml", "--leerlinggegevens", "resultaten.xml")
    assert wrong.exit_code == 3
    assert "not leerlinggegevens" in wrong.stderr


def test_a_request_gives_context_to_its_answer(folder):
    """--verzoek and --systeem feed the rules that are about a request."""
    Path("verzoek.xml").write_text(sample("verzoek"))
    Path("antwoord.xml").write_text(sample("antwoord").replace("<xsdversie>2.2", "<xsdversie>2.1"))
    Path("kort.xml").write_text(sample("verzoek").replace("99XX01abcdefghijklmnop", "kort"))

    assert "SC-107" in run("validate", "antwoord.xml", "--versie", "2.2", "--verzoek", "verzoek.xml").stdout
    assert "AU-103" in run("validate", "kort.xml", "--systeem", "esis").stdout
    assert "AU-103" not in run("validate", "kort.xml").stdout


VDEX = """<vdex xmlns="http://www.imsglobal.org/xsd/imsvdex_v1p0"><vocabIdentifier>urn:leerjaren</vocabIdentifier>
<term><termIdentifier>8</termIdentifier></term></vdex>"""


def test_terms_are_held_against_a_vocabulary_file(folder):
    """--vocabulaire takes a VDEX file; a term that is not in it is told."""
    Path("leerjaren.xml").write_text(VDEX)
    leerjaar = '<leerjaar vocabulaire="urn:leerjaren">9</leerjaar>\n      <vakgebied '
    Path("resultaten.xml").write_text(sample("resultaten").replace("<vakgebied ", leerjaar))

    assert "LR-406" in run("validate", "resultaten.xml", "--vocabulaire", "leerjaren.xml").stdout
    assert "LR-406" not in run("validate", "resultaten.xml").stdout
    assert run("validate", "resultaten.xml", "--vocabulaire", "resultaten.xml").exit_code == 3


def test_a_profile_is_asked_for_by_name(folder):
    """--profiel adds the layer of the profile."""
    Path("bsn.xml").write_text(sample("antwoord"))

    assert "PS-101 fout" in run("validate", "bsn.xml", "--profiel", "smalle-set").stdout


def test_json_has_all_of_it(folder):
    """--format json gives layers and findings of each file."""
    made = json.loads(run("validate", "goed.xml", "fout.xml", "--format", "json").stdout)

    assert [(r["name"], r["valid"], [f["id"] for f in r["findings"]]) for r in made["reports"]] == [
        ("goed.xml", True, []),
        ("fout.xml", False, ["LG-201"]),
    ]


def test_junit_tells_the_truth(folder):
    """A failure for the rule, passed and skipped layers for the rest, and totals that agree."""
    root = etree.fromstring(run("validate", "fout.xml", "goed.xml", "--format", "junit").stdout.encode())

    bad, good = root.findall("testsuite")
    assert [
        (c.get("name"), c.getchildren()[0].get("type"))
        for c in bad.findall("testcase")
        if c.find("failure") is not None
    ] == [("regels/LG-201", "LG-201")]
    assert (bad.get("tests"), bad.get("failures"), bad.get("skipped")) == ("6", "1", "2")
    assert (good.get("tests"), good.get("failures"), good.get("skipped")) == ("5", "0", "2")


def test_sarif_points_at_the_line(folder):
    """SARIF has rule, level and region."""
    run_ = json.loads(run("validate", "fout.xml", "--format", "sarif").stdout)["runs"][0]

    result = run_["results"][0]
    assert (result["ruleId"], result["level"]) == ("LG-201", "error")
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "fout.xml"},
        "region": {"startLine": 24, "startColumn": 9},
    }
    assert run_["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "LG-201"


def test_sarif_has_what_code_hosts_ask_for(folder):
    """The rules of GitHub's code scanning, as SARIF's own validator knows them, find nothing."""
    require("sarif")
    made = Path("fout.sarif")
    made.write_text(run("validate", "fout.xml", "goed.xml", "--format", "sarif").stdout, "utf-8")
    done = subprocess.run(
        [str(SARIF), "validate", made.name, "--rule-kind", "Sarif;Ghas", "--level", "Error"],
        env=os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, re.findall(r"error \w+:.*", done.stdout)) == (0, []), done.stdout


def test_sarif_links_each_rule_to_its_page_where_the_package_knows_its_address(folder):
    """With addresses in its metadata, rules and program have one; without them none."""
    info = Path("elsewhere/uwlr-0.dist-info/METADATA")
    info.parent.mkdir(parents=True)
    pages = "https://forge.example/us/uwlr/blob/main/docs/rules"
    urls = f"Project-URL: Repository, https://forge.example/us/uwlr\nProject-URL: Rules, {pages}\n"
    info.write_text(f"Metadata-Version: 2.1\nName: uwlr\nVersion: 0\n{urls}", "utf-8")
    command = [sys.executable, "-c", "from uwlr.cli import main; main()", "validate", "fout.xml", "--format", "sarif"]
    drivers = []
    for path in ("elsewhere", ""):
        done = subprocess.run(command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=False)
        drivers.append(json.loads(done.stdout)["runs"][0]["tool"]["driver"])
    known, unknown = drivers
    assert {rule["helpUri"] for rule in known["rules"]} == {f"{pages}/{rule['id']}.md" for rule in known["rules"]}
    assert known["informationUri"] == "https://forge.example/us/uwlr"
    assert "helpUri" not in json.dumps(unknown)


def test_html_is_one_page_without_anything_from_elsewhere(folder):
    """The page loads nothing, escapes what it shows, and has the finding with its remedy."""
    name = "a&b<i>.xml"
    Path(name).write_text(Path("fout.xml").read_text().replace("g9", "&lt;script&gt;"))

    page = run("validate", name, "--format", "html").stdout

    assert "LG-201" in page
    assert "Neem de groep op in het bericht" in page
    assert "<script" not in page
    assert "<i>" not in page
    assert "http:" not in page
    assert "src=" not in page


def test_reports_are_written_beside_the_text(folder):
    """--report FORMAT=FILE may repeat, and leaves stdout as it was."""
    result = run("validate", "fout.xml", "--report", "json=r.json", "--report", "html=r.html")

    assert result.stdout.startswith("fout.xml:24:9")
    assert json.loads(Path("r.json").read_text())["reports"][0]["name"] == "fout.xml"
    assert Path("r.html").read_text().startswith("<!DOCTYPE html>")
    assert run("validate", "fout.xml", "--report", "json=weg/r.json").exit_code == 3


def test_it_runs_as_a_program_of_its_own(folder):
    """As a program of its own: findings on stdout, exit code 1."""
    program = [sys.executable, "-c", "from uwlr.cli import main; main()"]

    done = subprocess.run([*program, "validate", "fout.xml"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (1, "")
    assert "LG-201" in done.stdout


@pytest.mark.parametrize("rule", [r.id for r in RULES])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_rule_is_explained(rule, lang):
    """Explain tells severity, source, what to do and an example, in both languages."""
    result = run("explain", rule.lower(), "--lang", lang)

    assert result.exit_code == 0
    assert result.stdout.startswith(f"{rule}: ")
    assert str(RULES[rule].source) in result.stdout
    assert ("meldt" if lang == "nl" else "reports") in result.stdout


def test_fault_codes_and_terms_are_explained():
    """A fault code, all fault codes, a message, a field."""
    assert "Autorisatie is ongeldig" in run("explain", "Client.AutorisatieOngeldig").stdout
    assert len(run("explain", "foutcodes").stdout.splitlines()) == 11
    assert "achternaam [0..1]" in run("explain", "leerling").stdout
    assert "Leerling/geslacht" in run("explain", "geslacht").stdout
    assert run("explain", "bestaatniet").exit_code == 2


def test_rules_are_listed_and_chosen():
    """Rules lists every rule; --layer and --severity choose; --format json is for machines."""
    assert len(run("rules").stdout.splitlines()) == len(RULES)
    chosen = json.loads(run("rules", "--layer", "profile", "--severity", "info", "--format", "json").stdout)
    assert {r["id"] for r in chosen} == {r.id for r in RULES if r.layer == "profile" and r.severity == "info"}
