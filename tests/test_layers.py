"""What the import contracts in pyproject.toml cannot say: circles, file names, what `import uwlr` loads."""

import ast
import graphlib
import re
import subprocess
import sys
from collections.abc import Container, Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"

TOPS = ("src", "tests", "benchmarks", "tools")

HEAVY = {
    *(
        "zeep",
        "spyne",
        "flask",
        "werkzeug",
        "jinja2",
        "sqlalchemy",
        "alembic",
        "psycopg",
        "httpx",
        "requests",
        "stamina",
    ),
    *("cheroot", "rich", "click", "xmlschema", "distributed", "stdnum", "pytest", "asyncio", "ssl"),
}


def _module(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")


def _needed(source: str, modules: Container[str]) -> Iterator[str]:
    """The modules that a module imports anywhere in it, for type checking too.

    A package comes along with a module of it that is imported; only its own names make it needed.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield from (name for name in (inner if inner in modules else str(node.module),) if name in modules)


def _circle(sources: dict[str, str]) -> list[str]:
    """One circle of imports among modules, given their sources; empty when there is none."""
    graph = {name: set(_needed(source, sources)) - {name} for name, source in sources.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("package", ["uwlr", "mock_las", "mock_ea"])
def test_no_circle_of_imports(package):
    """Every module can be read after those it imports; imports in functions and for type checking count."""
    assert not _circle({_module(path): path.read_text("utf-8") for path in (SRC / package).rglob("*.py")})


@pytest.mark.parametrize(
    "back",
    [
        "import p.a",
        "from p import a",
        "from p.a import x",
        "def f():\n    import p.a",
        "def f():\n    from p.a import x  # noqa",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import X",
    ],
)
def test_circles_are_found(back):
    """A circle is found whichever way it is closed."""
    assert _circle({"p": "", "p.a": "from p import b", "p.b": "import p.c", "p.c": back})
    assert not _circle({"p": "", "p.a": "from p import b", "p.b": "import p.c", "p.c": "import q"})


FILES = sorted(path for path in SRC.rglob("*.py") if not path.stem.startswith("__"))
TWINS_BY_DESIGN = {("_async", "_sync")}


def _too_alike(one: str, other: str) -> bool:
    """Tell whether two names are the same but for one letter, or for an ending of one or two (plural, tense)."""
    short, long = sorted((one.strip("_"), other.strip("_")), key=len)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) <= 1
    one_more = len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    return one_more or (long.startswith(short) and len(long) <= len(short) + 2)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SRC).as_posix())
def test_a_file_name_is_its_own(path):
    """No file is called as another in the tree, nor almost so."""
    others = [other for other in FILES if other != path and _too_alike(path.stem, other.stem)]
    assert not [other for other in others if tuple(sorted((path.stem, other.stem))) not in TWINS_BY_DESIGN]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("columns", "columns", True),
        ("shape", "shapes", True),
        ("koppeling", "koppelingen", True),
        ("validate", "validated", True),
        ("plan", "plain", True),
        ("calls", "cells", True),
        ("plan", "plan_rows", False),
        ("write", "rewritten", False),
    ],
)
def test_alike_names_are_found(one, other, alike):
    """A plural, another ending and one other letter make no name of its own."""
    assert _too_alike(one, other) is alike


def test_architecture_names_files_that_exist():
    """Each file that ARCHITECTURE.md names is there: one that its path, or the end of its path, leads to."""
    root = SRC.parent
    text = (root / "ARCHITECTURE.md").read_text("utf-8")
    named = set(re.findall(r"`([\w/]+\.(?:py|toml))`", text))
    files = [f"/{path.relative_to(root).as_posix()}" for top in TOPS for path in (root / top).rglob("*.*")]
    assert named
    assert [name for name in sorted(named) if not any(file.endswith(f"/{name}") for file in files)] == []


def test_architecture_names_modules_that_exist():
    """Each part in the table of ARCHITECTURE.md is a module or a package of its section."""
    table = (SRC.parent / "ARCHITECTURE.md").read_text("utf-8").partition("```")[2].partition("```")[0]
    section, missing = SRC, []
    for line in table.splitlines():
        if line.startswith("src/"):
            section = SRC.parent / line.split()[0]
        elif found := re.match(r"  (\S.*?)  +\S", line):
            names = [name.rstrip("/") for name in found[1].split()]
            missing += [n for n in names if not ((section / n).is_dir() or (section / f"{n}.py").is_file())]
    assert missing == []


def test_importing_uwlr_stays_light():
    """No SOAP stack, web framework, database or terminal library is loaded by reading and writing messages."""
    script = (
        "import sys, uwlr; uwlr.read, uwlr.read_tolerant, uwlr.write, uwlr.iter_leerlingen, uwlr.iter_resultaten;"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert not set(done.stdout.split()) & HEAVY


def test_a_bare_import_loads_no_other_package():
    """`import uwlr` alone loads nothing that was installed beside it, not even lxml: names come when they are used."""
    script = "import sys; before = set(sys.modules); import uwlr; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded - sys.stdlib_module_names == {"uwlr"}
    assert not loaded & HEAVY


def test_every_public_name_loads():
    """The lazy table of names is right, and all of it is public."""
    import uwlr

    for name in uwlr.__all__:
        assert getattr(uwlr, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'onbekend'"):
        uwlr.onbekend  # noqa: B018


def test_tests_share_helpers_and_not_each_other():
    """No test takes anything from another test or a conftest."""
    found = []
    for path in Path(__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                last = (node.module or "").rpartition(".")[2]
                names = [last, *(alias.name for alias in node.names)]
            elif isinstance(node, ast.Import):
                names = [alias.name.rpartition(".")[2] for alias in node.names]
            else:
                continue
            found += [f"{path.name}: {name}" for name in names if name == "conftest" or name.startswith("test_")]
    assert found == []
