"""Sentences and printed paths are for people: no module takes one apart to learn what another module meant."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from uwlr.deviations import Deviation
from uwlr.paths import Path as MessagePath

SRC = Path(__file__).parents[1] / "src"
SPOKEN = re.compile(r"(?:^|_)(?:error|exc|exception|caught|deviation|finding|problem|path|place|report)s?$")
"""Names of what has a sentence or a path to show."""
SHOWS = {"text", "message", "remedy", "outline"}
"""Methods that make a sentence."""
TAKES_APART = {
    *(
        "startswith",
        "endswith",
        "partition",
        "rpartition",
        "split",
        "rsplit",
        "replace",
        "removeprefix",
        "removesuffix",
    ),
    *("find", "rfind", "index", "rindex", "count", "translate", "splitlines"),
}


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_sentence(node: ast.AST, spoken: set[str]) -> bool:
    """Whether an expression is what another module says, or where, in words."""
    match node:
        case ast.Name(id=name):
            return name in spoken
        case ast.Attribute(attr="problem" | "args"):
            return True
        case ast.Call(func=ast.Name(id="str" | "repr"), args=[inner]):
            return bool(SPOKEN.search(_name(inner)))
        case ast.Call(func=ast.Attribute(value=value, attr=method)) if method in SHOWS:
            return bool(SPOKEN.search(_name(value))) or _name(value) in {"d", "f"}
        case ast.Subscript(value=ast.Attribute(attr="args")):
            return True
    return False


def _spoken(function: ast.AST) -> set[str]:
    """The local names that hold a sentence."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and _is_sentence(node.value, set()):
            found.update(_name(target) for target in node.targets if isinstance(target, ast.Name))
    return found


def parsed(source: str) -> Iterator[int]:
    """The lines on which a sentence or a printed path is taken apart."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for scope in (tree, *functions):
        spoken = _spoken(scope) if scope is not tree else set()
        for node in ast.walk(scope):
            match node:
                case ast.Call(func=ast.Attribute(value=value, attr=method), args=args):
                    taken = method in TAKES_APART and _is_sentence(value, spoken)
                    matched = _name(value) == "re" and any(_is_sentence(arg, spoken) for arg in args)
                    if taken or matched:
                        yield node.lineno
                case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[right]):
                    if _is_sentence(right, spoken):
                        yield node.lineno
                case ast.Subscript(value=value, slice=ast.Slice()) if _is_sentence(value, spoken):
                    yield node.lineno


@pytest.mark.parametrize(
    "line",
    [
        '"at most one" in deviation.problem',
        '"DOCTYPE" not in str(error)',
        'str(error).startswith("no such")',
        'deviation.problem.removeprefix("has ")',
        'str(finding.path).split("/")',
        're.sub("x", "", str(error))',
        'error.args[0].partition(":")',
        'finding.message("nl").replace("a", "b")',
        "str(path)[4:]",
        'd.text("en").endswith(")")',
    ],
)
def test_the_lint_rule_finds_what_it_is_for(line):
    """Each way to take a sentence apart is found, at once and by way of a name."""
    assert list(parsed(line)) == [1]
    inner = next(node for node in ast.walk(ast.parse(line)) if _is_sentence(node, set()))
    by_name = line.replace(ast.unparse(inner).replace("'", '"'), "said")
    assert set(parsed(f"def f():\n    said = {ast.unparse(inner)}\n    return {by_name}")) == {3}


def test_no_module_takes_a_sentence_or_a_path_apart():
    """Reasons and paths are data: nothing in src/ reads them back from their words."""
    found = [
        f"{path.relative_to(SRC)}:{line}"
        for path in sorted(SRC.rglob("*.py"))
        for line in sorted(set(parsed(path.read_text("utf-8"))))
    ]
    assert found == []


def test_a_sentence_is_never_given():
    """A deviation is made of a path and a reason; its sentence can only be asked for."""
    assert {"path", "reason"} <= set(Deviation.__struct_fields__)
    assert "problem" not in Deviation.__struct_fields__
    assert isinstance(Deviation.problem, property)
    assert not any(hasattr(MessagePath, name) for name in TAKES_APART)
