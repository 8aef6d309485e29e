"""What each extra brings: alone, from the wheel, outside the checkout, with nothing else installed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = {name: lines for name, lines in PROJECT["optional-dependencies"].items() if name != "all"}
CHEAP = {""}
"""Tried by every run; `make proof` tries all."""

OTHERS = {"pytest", "zeep"}
"""Extras for people who come with the package themselves: without it there is nothing to say."""

FEATURES = {
    "": """
from uwlr.berichten import LeerlinggegevensAntwoord
from uwlr.testing import make_school
from uwlr.server import make_wsgi, Providers
message = LeerlinggegevensAntwoord(inhoud=make_school(seed=7, leerlingen=3))
data = uwlr.write(message)
assert uwlr.read(data, expect=LeerlinggegevensAntwoord) == message
assert uwlr.validate(data).valid
Path("roster.xml").write_bytes(data)
for form in ("text", "json", "junit", "sarif"):
    command("validate", "roster.xml", "--format", form)
command("convert", "roster.xml", "csv", "--to", "csv")
command("convert", "roster.xml", "roster.json")
command("anonymise", "roster.xml", "--out", "invented.xml")
command("explain", "LG-101")
command("generate", "school")
command("conformance", "list")
make_wsgi(Providers(access=object(), roster=object()), via="plain")
""",
    "client": "with uwlr.UwlrClient('http://127.0.0.1:9/', autorisatie=AUTORISATIE): pass",
    "conformance": """
from uwlr.conformance.page.serving import PageServer
with PageServer(): pass
""",
    "exchange": "command('store', 'upgrade', '--store', 'store.sqlite')",
    "mock": "from mock_las import MockLas\nwith MockLas(leerlingen=3) as las: las.connection()",
    "mock-ea": """
from mock_ea import MockEa
with MockEa(): pass
from mock_las import MockLas
with MockLas(leerlingen=3) as las, MockEa(las): pass
""",
    "postgres": "from uwlr.exchange import Store\nStore('postgresql://127.0.0.1:9/none').close()",
    "pytest": """
import pytest
test = "def test_it(mock_las, uwlr_client):\\n    assert uwlr_client.haal_leerlinggegevens(**mock_las.school)\\n"
Path("test_it.py").write_text(test)
assert pytest.main(["-q", "-p", "no:cacheprovider", "test_it.py"]) == 0
""",
    "record": "from uwlr.recorded import recording_proxy",
    "report": "command('validate', 'roster.xml', '--format', 'html')",
    "scale": """
command("store", "upgrade", "--store", "scale.sqlite")
from uwlr.cli import nights
with contextlib.suppress(ConfigurationError), nights._executor("dask://127.0.0.1:9"): pass
""",
    "server": "from uwlr.server import make_wsgi, Providers\nmake_wsgi(Providers(access=object(), roster=object()))",
    "zeep": """
import zeep.transports
with uwlr.UwlrClient('http://127.0.0.1:9/', autorisatie=AUTORISATIE, transport=zeep.transports.Transport()): pass
""",
    "tables": "command('convert', 'roster.xml', 'roster.xlsx')",
}

DRIVER = """
import contextlib, io, json, sys, traceback
from pathlib import Path
sys.path[:0] = [WHEEL, LIBRARIES]
import uwlr
from uwlr.cli import main
from uwlr.errors import ConfigurationError, MissingExtraError

AUTORISATIE = uwlr.Autorisatie(autorisatiesleutel="x", klantcode="x", klantnaam="x")

def command(*words):
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
        code = main(words, standalone_mode=False)
    assert code in (0, None), code

said = {}
for name, code in FEATURES.items():
    try:
        exec(code, dict(globals()))
    except MissingExtraError as error:
        said[name] = str(error)
    except BaseException:
        said[name] = traceback.format_exc()[-600:]
    else:
        said[name] = "works"
print("\\n" + json.dumps(said))
"""


def brought(extra: str) -> tuple[set[str], set[str]]:
    """What `uwlr[extra]` brings: the distributions that come along, and the extras that it holds."""
    distributions, extras = set[str](), {"", extra}
    waiting = [*PROJECT["dependencies"], *EXTRAS.get(extra, [])]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = Requirement(waiting.pop())
        name = canonicalize_name(wanted.name)
        if name == PROJECT["name"]:
            extras |= wanted.extras
            waiting += [line for more in wanted.extras for line in EXTRAS[more]]
            continue
        distributions.add(name)
        for more in {"", *wanted.extras}:
            if (name, more) not in seen:
                seen.add((name, more))
                waiting += [
                    line.partition(";")[0]
                    for line in distribution(name).requires or ()
                    if not (marker := Requirement(line).marker) or marker.evaluate({"extra": more})
                ]
    return distributions, extras


def lay_out(distributions: set[str], folder: Path) -> Path:
    """A folder with these distributions of this environment, and no other."""
    folder.mkdir()
    for name in distributions:
        for file in distribution(name).files or ():
            top, *below = file.parts
            if top == ".." or file.suffix == ".pth" or top == "__pycache__":
                continue
            home = Path(str(distribution(name).locate_file("")))
            part = (
                Path(top)
                if not below or top.endswith(("-info", ".libs")) or (home / top / "__init__.py").exists()
                else Path(*file.parts[:2])
            )
            link = folder / part
            if not link.is_symlink():
                link.parent.mkdir(exist_ok=True)
                link.symlink_to(home / part)
    return folder


@pytest.mark.parametrize(
    "extra", [pytest.param(name, marks=() if name in CHEAP else pytest.mark.proof) for name in ("", *EXTRAS)]
)
def test_an_extra_alone_does_what_it_is_for(extra: str, wheel: Path, tmp_path: Path) -> None:
    """With one extra, each feature works or names the extra that it needs; no byte code, and warnings are errors."""
    distributions, extras = brought(extra)
    libraries = lay_out(distributions, tmp_path / "libraries")
    zipfile.ZipFile(wheel).extractall(tmp_path / "wheel")
    (tmp_path / "work").mkdir()
    tried = {name: code for name, code in FEATURES.items() if name not in OTHERS or name in extras}
    given = {"WHEEL": str(tmp_path / "wheel"), "LIBRARIES": str(libraries), "FEATURES": tried}
    code = "".join(f"{name} = {value!r}\n" for name, value in given.items()) + DRIVER
    fresh = ["-X", f"pycache_prefix={tmp_path / 'none'}"] if extra not in CHEAP else []
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-W", "error", *fresh, "-c", code],
        cwd=tmp_path / "work",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    works = {name for name, what in said.items() if what == "works"}
    named = {name: set(re.findall(r"uwlr\[([\w-]+)\]", what)) for name, what in said.items() if name not in works}
    assert extras & FEATURES.keys() <= works, json.dumps(said, indent=1).replace("\\n", "\n")
    assert all(found and found <= brought(name)[1] for name, found in named.items()), named


def test_a_program_names_its_extra() -> None:
    """What a fake lacks is named with the extra of that fake, before it says that it answers."""
    code = """
import sys
import mock_ea
from mock_ea.ea_commands import main as ea
from mock_las.cli import main as las
sys.stdout = sys.stderr
play = ["play", "--port", "0", "--las-port", "0"]
for missing, program, words in [
    ("sqlalchemy", ea, ["serve"]), ("sqlalchemy", ea, play), ("cheroot", ea, ["serve", "--port", "0"]),
    ("cheroot", ea, play), ("cheroot", las, ["serve", "--port", "0"]), ("spyne", las, ["serve", "--port", "0"]),
    ("spyne", ea, play), ("flask", ea, ["serve", "--port", "0"]), ("stamina", las, ["serve", "--port", "0"]),
]:
    before = sys.modules.pop(missing, None)
    sys.modules[missing] = None
    try:
        program(words)
    except SystemExit as ended:
        assert ended.code == 3
    sys.modules[missing] = before
    if before is None:
        del sys.modules[missing]
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = re.findall(r"(\S+): (\w+) is not installed: pip install \"uwlr\[([\w-]+)\]\"\n", done.stderr)
    assert [(name, extra) for name, _, extra in found] == [
        *[("mock-ea", "mock-ea")] * 4,
        *[("mock-las", "mock")] * 2,
        *[("mock-ea", "mock-ea")] * 2,
        ("mock-las", "mock"),
    ]
    assert "".join(f'{n}: {m} is not installed: pip install "uwlr[{e}]"\n' for n, m, e in found) == done.stderr


def test_every_import_is_declared() -> None:
    """What the code imports is a dependency by name, not one that another package happens to bring."""
    imported = set[str]()
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Import(names=names):
                    imported |= {alias.name.partition(".")[0] for alias in names}
                case ast.ImportFrom(module=str(module), level=0):
                    imported.add(module.partition(".")[0])
    declared = {Requirement(line).name for line in sum(EXTRAS.values(), PROJECT["dependencies"])} - {PROJECT["name"]}
    modules = {Path(file.parts[0]).stem for name in declared for file in distribution(name).files or ()}
    own = {path.name for path in (ROOT / "src").iterdir()} | sys.stdlib_module_names | {"_typeshed"}
    parts_of_others = {"werkzeug", "urllib3"}  # Flask's, and that of requests
    assert imported - own - modules == parts_of_others
