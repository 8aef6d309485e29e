"""The examples run, and what the README shows of them is what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SHOWN = re.findall(
    r"\(examples/(\w+\.py)\)\)\n\n```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(example: Path, tmp_path: Path) -> None:
    """Each example ends well, as a program or, where it holds tests, under pytest; what it names next is there."""
    is_test = "def test_" in example.read_text("utf-8")
    how = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if is_test else []

    done = subprocess.run(
        [sys.executable, *how, str(example)], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert all((tmp_path / program).is_file() for program in re.findall(r"^  (\S+) serve$", done.stdout, re.MULTILINE))


@pytest.mark.parametrize(("name", "block"), SHOWN, ids=[name for name, _ in SHOWN])
def test_readme_shows_lines_of_the_example(name: str, block: str) -> None:
    """Every line of a code block in the README stands in the example that it names, in that order."""
    lines = (line.strip() for line in (ROOT / "examples" / name).read_text("utf-8").splitlines())

    assert [line for line in map(str.strip, block.splitlines()) if line and line not in lines] == []


def test_readme_shows_three_examples() -> None:
    """The README has three short examples, and all were found."""
    assert len(SHOWN) == 3
