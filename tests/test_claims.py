"""SECURITY.md: each claim names the tests that try it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def rows(title: str) -> list[list[str]]:
    """The rows of the table under a title."""
    part = TEXT.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_each_claim_names_tests_that_exist():
    """Each row of the table names tests of this repository, by file and function."""
    claims = rows("How each claim is repeated")
    assert len(claims) >= len(rows("Who attacks what, and what stops them")) - 1
    for claim, tried in claims:
        names = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tried)
        assert names, claim
        for path, name in names:
            tree = ast.parse((ROOT / path).read_text("utf-8"))
            assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{path}::{name}"


def test_files_that_are_named_exist():
    """Every file of the sources and the tests that the page names is there."""
    named = set(re.findall(r"`((?:tests|uwlr|mock_las|mock_ea)/[\w/]*\.py)(?:::\w+)?`", TEXT))
    assert len(named) > 20
    assert [name for name in named if not any((top / name).is_file() for top in (ROOT, ROOT / "src"))] == []
