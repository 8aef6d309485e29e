"""The benchmarks run from end to end; how fast anything is, is not for a test to say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.data import make
from benchmarks.floors import is_valid
from benchmarks.measure import VariantError, measure
from lxml import etree

from uwlr.schemas import schema

ROOT = Path(__file__).resolve().parent.parent
SMALL, LARGE = 40, 80


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """What a run on the smallest documents writes."""
    pytest.importorskip("xsdata")
    output = tmp_path_factory.mktemp("bench") / "latest.json"
    sizes = ["--small", str(SMALL), "--large", str(LARGE)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", *sizes, "--output", output],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(output.read_text())


def test_every_variant_tells_time_speed_and_memory(figures):
    """Each variant of each contest has a time, a speed and a growth of memory."""
    taken = [variant for contest in figures["contests"] for variant in contest["variants"].values()]
    assert len(taken) >= 20
    for variant in taken:
        assert variant["seconds"] > 0
        assert variant["mb_per_second"] > 0
        assert variant["peak_mb"] >= 0


def test_every_bar_has_a_figure_and_a_verdict(figures):
    """Each bar names what it compares, has a positive figure and says whether it was met."""
    assert len(figures["bars"]) == 8
    contests = {contest["name"]: contest["variants"] for contest in figures["contests"]}
    for bar in figures["bars"]:
        assert bar["subject"] in contests[bar["contest"]]
        assert bar["versus"] is None or bar["versus"] in contests[bar["contest"]]
        assert bar["figure"] >= 0
        assert isinstance(bar["met"], bool)


def test_the_machine_is_described_by_cores_and_versions(figures):
    """The figures say what they were measured with, and name no machine and no person."""
    assert set(figures["machine"]) == {
        *("cores", "load", "architecture", "system", "python", "libxml2"),
        *("uwlr", "lxml", "msgspec", "zeep", "xsdata"),
    }


@pytest.mark.parametrize("kind", ["leerlinggegevens", "reduced", "leerresultaten"])
def test_the_synthetic_documents_are_valid(kind, tmp_path):
    """What is measured is a message that the schemas accept, of the size that was asked for."""
    make(kind, 300, tmp_path)
    document = etree.parse(tmp_path / f"{kind}-300.xml")
    assert schema().validate(document), schema().error_log
    assert len(document.findall(".//{*}leerling") + document.findall(".//{*}toetsafname")) == 300


def test_a_variant_that_leaves_items_out_is_refused(tmp_path):
    """A figure for a part of the work is no figure: the run ends with what was left out."""
    file = make("leerlinggegevens", 10, tmp_path)
    with pytest.raises(VariantError, match=r"ours\.read dealt with 10 of 11 items"):
        measure(["ours.read"], file, items=11, rounds=1, runs=1, done=lambda: None)


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
