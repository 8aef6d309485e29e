"""What the import contracts in pyproject.toml cannot say: circles, file names, what `import uwlr` loads."""

import ast
import graphlib
import subprocess
import sys
from collections.abc import Container, Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"

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


@pytest.mark.parametrize("package", ["uwlr", "mock_las"])
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


@pytest.mark.parametrize(
    "path", [p for p in FILES if p.is_relative_to(SRC / "mock_las")], ids=lambda path: path.relative_to(SRC).as_posix()
)
def test_a_file_name_is_its_own(path):
    """No file of the mock is called as another in the tree, nor as its plural."""
    assert not [other for other in FILES if other != path and other.stem in {path.stem, f"{path.stem}s"}]


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
