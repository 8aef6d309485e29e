"""Hostile input behind every door: kept inputs, searches guided by coverage, and edits of typed messages."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from fuzz import engines, mutate, targets
from fuzz.__main__ import KEPT
from helpers import strategies
from helpers.needs import needs
from uwlr.berichten import LeerlingenVerzoek, LeerlinggegevensAntwoord, LeerresultatenVerzoek
from uwlr.codec.write import write

HERE = Path(__file__).parent
needs_atheris = needs("atheris")


@pytest.mark.parametrize("target", targets.TARGETS)
def test_kept_inputs_keep_every_promise(target):
    """What a search once found, or found new code by, is taken as `fuzz.targets` promises, with and without atheris."""
    kept = sorted((KEPT / target).iterdir())
    for path in kept:
        targets.TARGETS[target](path.read_bytes())
    assert len(kept) > 20


def _search(folder, *options):
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    command = [sys.executable, "-m", "fuzz", *options]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 found" in done.stdout


@needs_atheris
@pytest.mark.proof
@pytest.mark.parametrize("target", targets.TARGETS)
def test_a_search_by_coverage_finds_nothing(target, tmp_path):
    """From the kept inputs on, atheris finds none that breaks a promise, costs too much time or too much memory."""
    _search(tmp_path, target, "--seconds", "600")


@needs_atheris
def test_a_short_search_behind_all_doors_finds_nothing(tmp_path):
    """The same in short: each input behind every door that takes its form."""
    _search(tmp_path, "--together", "--seconds", "3", "--seed", "1")


def test_a_search_tells_what_breaks():
    """The promises can be broken: a document that shows the canary where none may be seen is refused."""
    document = f"<a><b>{targets.CANARY}</b></a>".encode()
    targets.shows_nothing("nothing of it", document)
    with pytest.raises(targets.BrokenError, match="personal"):
        targets.shows_nothing(f"it says {targets.CANARY}", document)


@pytest.mark.parametrize("cls", [LeerlingenVerzoek, LeerlinggegevensAntwoord, LeerresultatenVerzoek])
def test_edits_of_a_typed_message_keep_every_promise(cls):
    """A message from the field tables, its tree edited a few times, is taken as `fuzz.targets` promises."""

    @settings(max_examples=40, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(bericht=strategies.berichten(cls), dice=st.randoms(use_true_random=False), edits=st.integers(0, 6))
    def hold(bericht, dice, edits):
        root = etree.fromstring(write(bericht))
        for _ in range(edits):
            root = mutate.tree(root, dice)
        data = etree.tostring(root, with_tail=False)
        for target in ("read", "read_tolerant", "validate"):
            targets.TARGETS[target](data)

    hold()


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.proof)])
def test_two_schema_engines_agree(count):
    """Over random and damaged messages libxml2 and xmlschema differ only where `engines.DIFFERENCES` says why."""
    seeds = range(4)
    with ProcessPoolExecutor(2 if count > 2_000 else 1) as pool:
        results = list(pool.map(engines.disagreements, seeds, [count // len(seeds)] * len(seeds)))
    assert [document for _, found in results for document in found] == []
    valid = sum(number for number, _ in results)
    assert count * 0.1 < valid < count * 0.9


@pytest.mark.parametrize(
    ("text", "reason"), [("1_000", "underscores"), ("9" * 5000, "digits"), ("2024-01-01 ", "white space around")]
)
def test_a_known_difference_is_named(text, reason):
    """A message over which the engines differ for a reason is told apart from one over which they may not."""
    sample = engines.message(Random(1))
    root = etree.fromstring(sample)
    assert engines.known_difference(sample) is None
    etree.SubElement(root, "{http://www.edustandaard.nl/leerresultaten/2/leerresultaten}score").text = text
    assert reason in engines.known_difference(etree.tostring(root))
