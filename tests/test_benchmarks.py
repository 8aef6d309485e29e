"""The benchmarks run from end to end; how fast anything is, is not for a test to say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.data import make
from benchmarks.floors import is_valid
from benchmarks.measure import Absent, Measurement, VariantError, measure
from benchmarks.page import NAMES, write_page
from benchmarks.plan import contests
from benchmarks.programs import STACKS
from lxml import etree

from uwlr.schemas import schema

ROOT = Path(__file__).resolve().parent.parent
SIZE = 40


def run(folder, *options):
    """Run the benchmarks on the smallest documents and return what they wrote."""
    output = folder / "latest.json"
    command = [sys.executable, "-m", "benchmarks", "--quick", "--sizes", str(SIZE), "--output", output]
    done = subprocess.run(
        [*command, "--docs", folder / "docs", *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(output.read_text())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where a run wrote its figures, its page and its plots."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def figures(folder):
    """What a run without the programs in other languages writes; reading, and the plots of growth."""
    run(folder, "--python-only", "--only", "read pupils, ")
    return run(folder, "--python-only", "--only", "growth of pupils")


def test_every_variant_tells_time_speed_and_memory(figures):
    """Each variant that was measured has a time, a speed and a growth of memory."""
    taken = [variant for contest in figures["contests"] for variant in contest["variants"].values()]
    assert len(taken) >= 11
    for variant in taken:
        assert variant["seconds"] > 0
        assert variant["mb_per_second"] > 0
        assert variant["peak_bytes"] >= 0


def test_what_is_not_measured_says_so_in_figures_and_page(figures, folder):
    """A stack that takes no part is named with the reason, and bars that rest on it have no verdict."""
    [reading] = [contest for contest in figures["contests"] if contest["series"] == "read pupils"]
    assert {name.partition(".")[0] for name in reading["absent"]} == set(STACKS)
    page = (folder / "docs" / "figures.md").read_text()
    for name, reason in reading["absent"].items():
        assert f"| {SIZE} | {NAMES[name]} | not measured: {reason} |" in page
    for bar in figures["bars"]:
        assert (bar["figure"] is None) == (bar["met"] is None)
        assert bar["met"] is None or bar["contest"].startswith("read pupils, ")
    assert [bar["met"] for bar in figures["bars"] if bar["versus"] in reading["absent"]] == [None] * 4


def test_one_part_measured_again_leaves_the_rest(figures):
    """With --only the other contests keep the figures that they had."""
    assert [contest["series"] for contest in figures["contests"]] == ["read pupils", "growth of pupils"]


def test_the_same_figures_make_the_same_page_and_plots(figures, folder, tmp_path):
    """Page and plots are made of the figures alone, byte for byte."""
    write_page(figures, tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["figures.md", "growth.svg", "read.svg"]
    for name in made:
        assert (tmp_path / name).read_bytes() == (folder / "docs" / name).read_bytes()


def test_the_machine_is_described_by_cores_and_versions(figures):
    """The figures say what they were measured with, and name no machine and no person."""
    assert set(figures["machine"]) == {
        *("date", "cores", "processor", "load", "architecture", "system", "python", "libxml2"),
        *("uwlr", "lxml", "msgspec", "zeep", "xsdata", "pydantic-xml"),
    }


@pytest.mark.proof
def test_the_stacks_that_are_here_take_part(tmp_path):
    """Every stack reads and writes all items of the documents, or is named with what is missing of it."""
    figures = run(tmp_path)
    assert {contest["series"] for contest in figures["contests"]} == {
        contest.series for contest in contests(sizes=[SIZE], largest=SIZE, rounds=1)
    }
    for contest in figures["contests"]:
        for name, reason in contest["absent"].items():
            assert name.partition(".")[0] in STACKS
            assert reason.startswith("not here: ")


def test_every_variant_has_a_name_for_people():
    """Tables and plots call each variant by the name of the product it stands for."""
    variants = {name for contest in contests(sizes=[10], largest=10, rounds=1) for name in contest.variants}
    assert variants == set(NAMES)


def test_the_published_page_has_the_plots_it_shows():
    """docs/performance holds the page of a whole run, and each plot that it points at."""
    folder = ROOT / "docs" / "performance"
    page = (folder / "figures.md").read_text()
    plots = re.findall(r"\]\((\w+\.svg)\)", page)
    assert sorted(plots) == ["growth.svg", "read.svg", "write.svg"]
    for plot in plots:
        assert etree.parse(folder / plot).getroot().tag.endswith("}svg")
    assert "read pupils, 100,000" in page


@pytest.mark.parametrize("kind", ["leerlinggegevens", "leerresultaten"])
def test_the_synthetic_documents_are_valid(kind, tmp_path):
    """What is measured is a message that the schemas accept, of the size that was asked for."""
    make(kind, 300, tmp_path)
    document = etree.parse(tmp_path / f"{kind}-300.xml")
    assert schema().validate(document), schema().error_log
    assert len(document.findall(".//{*}leerling") + document.findall(".//{*}toetsafname")) == 300


def test_the_small_rosters_are_valid_and_differ(tmp_path):
    """Each line is an answer of its own that the schemas accept, with a pupil that no other has."""
    lines = make("rosters", 20, tmp_path).read_bytes().splitlines()
    documents = [etree.fromstring(line) for line in lines]
    for document in documents:
        assert schema().validate(document), schema().error_log
        assert document.find(".//{*}leerling/{*}groep").get("key") == document.find(".//{*}groep").get("key")
    assert len({document.find(".//{*}leerling").get("key") for document in documents}) == 20


def test_a_variant_that_leaves_items_out_is_refused(tmp_path):
    """A figure for a part of the work is no figure: the run ends with what was left out."""
    file = make("leerlinggegevens", 10, tmp_path)
    with pytest.raises(VariantError, match=r"ours\.read dealt with 10 of 11 items"):
        measure(["ours.read"], file, items=11, rounds=1, runs=1, done=lambda _: None)


def test_a_variant_that_would_take_too_long_is_left_out_with_the_reason(tmp_path):
    """By what it took on a smaller document a variant is left out before it starts, and what it would take is said."""
    file = make("leerlinggegevens", 10, tmp_path)
    before = {"ours.read": Measurement(seconds=7.0, peak_bytes=0, size=1, items=1)}
    found = measure(["ours.read"], file, items=10, rounds=1, runs=1, done=lambda _: None, before=before)
    assert found == {"ours.read": Absent("left out: by the smaller document it would take 70 s; the limit is 60 s")}


def test_a_document_that_is_not_valid_is_seen_while_streaming(tmp_path):
    """The floor of validation finds the one wrong element, which lxml does not raise for."""
    file = make("leerlinggegevens", 10, tmp_path)
    assert is_valid(file)
    file.write_bytes(file.read_bytes().replace(b"<geslacht>1<", b"<geslacht>7<"))
    assert not is_valid(file)


def test_a_night_is_measured():
    """The benchmark of a night runs `uwlr nightly` and tells speed, processor time and peak of memory."""
    command = [sys.executable, "-m", "benchmarks.nightly", "--schools", "2", "--leerlingen", "5", "--part", "sizes"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    head, night = done.stdout.splitlines()
    assert head.startswith("2 schools of 5 pupils, SQLite")
    assert all(word in night for word in ("schools/s", "ms each", "peak", "ok 2 unchanged 0 busy 0 other 0"))
