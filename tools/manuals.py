"""Write docs/manuals.md: which test shows what the manuals of the five couplings say.

A test says so itself, with `@pytest.mark.manual("A-01", …)`; tests/manuals/statements.toml has the statements, and the
few that no fake can show, with the reason. Run it after a change of either: `python tools/manuals.py`.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "manuals.md"
TESTS: Final = ROOT / "tests"
REGISTER: Final = TESTS / "manuals" / "statements.toml"

_HEAD = """# What the manuals say, and what shows it

The couplings that schools use are described step by step in public Dutch manuals. Each of their statements stands here
in short, in our own words, with the tests that show it with the fake systems. What stands between quotation marks is a
name on a screen. Made by `tools/manuals.py`.
"""


class Mark(NamedTuple):
    """A statement that a test shows."""

    statement: str
    file: Path
    test: str


class Statement(NamedTuple):
    """A statement of a manual, with the tests that show it and the reason if nothing can."""

    name: str
    text: str
    marks: tuple[Mark, ...]
    reason: str | None


class Part(NamedTuple):
    """The statements about one coupling."""

    letter: str
    title: str
    statements: tuple[Statement, ...]


def register() -> dict[str, Any]:
    """The statements as they stand in the file."""
    return tomllib.loads(REGISTER.read_text("utf-8"))


def marks() -> Iterator[Mark]:
    """Every mark of every test, read without importing anything."""
    for file in sorted(TESTS.rglob("test_*.py")):
        source = file.read_text("utf-8")
        if "mark.manual(" not in source:
            continue
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for name in _named(node):
                    yield Mark(name, file, node.name)


def _named(test: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The statements that the decorators of a test name, also in a parameter's marks."""
    calls = (call for decorator in test.decorator_list for call in ast.walk(decorator) if isinstance(call, ast.Call))
    of_manual = (call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "manual")
    return [ast.literal_eval(argument) for call in of_manual for argument in call.args]


def parts() -> list[Part]:
    """Every statement with what shows it."""
    known = register()
    shown: dict[str, list[Mark]] = {}
    for mark in marks():
        shown.setdefault(mark.statement, []).append(mark)
    reasons, left_out = known["reasons"], known["left_out"]
    return [
        Part(
            letter,
            part["title"],
            tuple(
                Statement(name, text, tuple(shown.get(name, ())), reasons[left_out[name]] if name in left_out else None)
                for name, text in part["statements"].items()
            ),
        )
        for letter, part in known["parts"].items()
    ]


def page() -> str:
    """The page."""
    found = parts()
    lines = [_HEAD, "| | statements | shown by a test | cannot be shown |", "|---|---|---|---|"]
    for part in found:
        shown = sum(bool(statement.marks) for statement in part.statements)
        reasons = sum(statement.reason is not None for statement in part.statements)
        lines.append(f"| {part.letter}. {part.title} | {len(part.statements)} | {shown} | {reasons} |")
    for part in found:
        lines += ["", f"## {part.letter}. {part.title}", "", "| | statement | shown by |", "|---|---|---|"]
        lines += [f"| {s.name} | {s.text} | {_by(s)} |" for s in part.statements]
    return "\n".join(lines) + "\n"


def _by(statement: Statement) -> str:
    if statement.marks:
        return ", ".join(
            f"[{mark.test.removeprefix('test_').replace('_', ' ')}](../{mark.file.relative_to(ROOT).as_posix()})"
            for mark in statement.marks
        )
    return f"not shown: {statement.reason}" if statement.reason else "**nothing yet**"


def main() -> None:
    """Write the page, and name what nothing shows."""
    PAGE.write_text(page(), "utf-8")
    bare = [s.name for part in parts() for s in part.statements if not s.marks and s.reason is None]
    if bare:
        sys.exit(f"{len(bare)} statements that nothing shows: {' '.join(bare)}")


if __name__ == "__main__":
    main()
