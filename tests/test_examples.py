"""The examples run, and what the README shows of them is what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.programs import ran

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SHOWN = re.findall(
    r"\(examples/(\w+\.py)\)\)\n\n```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
)


OF_TESTS = [example for example in EXAMPLES if "def test_" in example.read_text("utf-8")]
PROGRAMS = [example for example in EXAMPLES if example not in OF_TESTS]


@pytest.mark.parametrize("example", PROGRAMS, ids=lambda path: path.stem)
def test_example_runs(example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example that is a program ends well; what it names next is there."""
    monkeypatch.chdir(tmp_path)

    [done] = ran(str(example))

    assert done.returncode == 0, done.stdout + done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("    leerresultaten: unclear")] == [
        "    leerresultaten: unclear, describes itself at ?wsdl; only a test message tells whether it takes results"
    ] * (example.stem == "demo"), "a line is folded"
    assert all((tmp_path / program).is_file() for program in re.findall(r"^  (\S+) serve$", done.stdout, re.MULTILINE))


@pytest.mark.parametrize(
    "example",
    [*OF_TESTS, *(pytest.param(example, marks=pytest.mark.proof) for example in PROGRAMS)],
    ids=lambda path: path.stem,
)
def test_example_runs_by_its_name(example: Path, tmp_path: Path) -> None:
    """Each ends well in an interpreter that has loaded nothing before, under pytest if it holds tests."""
    how = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if example in OF_TESTS else []

    done = subprocess.run(
        [sys.executable, *how, str(example)], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("name", "block"), SHOWN, ids=[name for name, _ in SHOWN])
def test_readme_shows_lines_of_the_example(name: str, block: str) -> None:
    """Every line of a code block in the README stands in the example that it names, in that order."""
    lines = (line.strip() for line in (ROOT / "examples" / name).read_text("utf-8").splitlines())

    assert [line for line in map(str.strip, block.splitlines()) if line and line not in lines] == []


def test_readme_shows_three_examples() -> None:
    """The README has three short examples, and all were found."""
    assert len(SHOWN) == 3
