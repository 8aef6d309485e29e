"""What is shown to people who write code passes their type checkers, with the wheel installed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from helpers.pages import blocks, files

ROOT = Path(__file__).parents[2]
PAGES = [
    page for folder in ("tutorials", "howto", "reference") for page in sorted((ROOT / "docs" / folder).glob("*.md"))
]
EXAMPLES = sorted((ROOT / "examples").rglob("*.py"))

ANYTHING = ("asgiref", "asgiref.wsgi", "django", "django.conf", "django.db", "pandas", "polars")
"""Of others, and without types, or with so many that a run takes seconds more: to the checkers all in them is Any."""

MYPY = """
[mypy]
strict = true
mypy_path = $MYPY_CONFIG_FILE_DIR/stubs

# To read it is a third of all the work; basedpyright does.
[mypy-sqlalchemy.*,alembic.*]
follow_imports = skip

# Django has no types of its own, and to subclass what has none is an error.
[mypy-django_leden]
disallow_subclassing_any = false
warn_return_any = false
"""

RIGHT = """
from typing import assert_type

import mock_las
import uwlr
from uwlr.berichten import GeenGegevens, GeenWijzigingen, Leerlinggegevens, LeerlinggegevensAntwoord


def keys(data: bytes) -> list[str | None]:
    assert_type(uwlr.read_tolerant(data, expect=LeerlinggegevensAntwoord).bericht, LeerlinggegevensAntwoord)
    print(uwlr.errors.UwlrError, uwlr.testing.make_school, uwlr.__version__.upper())
    match uwlr.read(data, expect=LeerlinggegevensAntwoord).inhoud:
        case Leerlinggegevens(leerlingen=leerlingen):
            return [leerling.key for leerling in leerlingen]
        case GeenWijzigingen():
            return []
        case empty:
            assert_type(empty, GeenGegevens)
            return []


def ask(vendor: str) -> int:
    with mock_las.MockLas(vendor, seed=7) as las:
        to = las.connection()
        las.plan_fault("http", operation="HaalLeerlinggegevens", status=503)
        las.set_clock(now="2026-11-20T08:00:00Z")
        las.change_school("moved", brincode=to.brincode)
        assert_type(las.received()[0].score, int | None)
        assert_type(las.happened()[0].people[0].key, str)
        with uwlr.UwlrClient(**to.arguments, cert="a.pem") as client:
            client.haal_leerlinggegevens(**las.school)
        return sum(len(exchange.remarks) for exchange in las.exchanges())
"""

WRONG = """
import mock_las
import uwlr

uwlr.valdiate(b"")
mock_las.MokcLas
uwlr.read(b"", expect=uwlr.berichten.LeerlinggegevensVerzoek).inhoud
las = mock_las.MockLas()
las.plan_fault("htpp")
las.change_school("mvoed")
las.connection().leerlinggegevens
las.set_clock(nwo="2026-11-20T08:00:00Z")
las.set_traits(key_form="hex")
"""


@pytest.fixture(scope="module")
def shown(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that is shown, settings of the checkers, and an environment that has the wheel."""
    folder = tmp_path_factory.mktemp("shown")
    venv.create(folder / ".venv", symlinks=True)
    site = next((folder / ".venv/lib").glob("python*/site-packages"))
    ZipFile(wheel).extractall(site)
    # A folder named in a .pth file is searched, but its own .pth files (the editable checkout) are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    texts = {"right.py": RIGHT.lstrip(), "wrong.py": WRONG.lstrip(), "mypy.ini": MYPY}
    texts["pyrightconfig.json"] = json.dumps({"stubPath": "stubs"})
    for name in ANYTHING:
        stub = "from typing import Any\n\ndef __getattr__(name: str) -> Any: ...\n"
        texts[f"stubs/{name.replace('.', '/')}/__init__.pyi"] = stub
    for example in EXAMPLES:
        texts["_".join(example.relative_to(ROOT / "examples").parts)] = example.read_text("utf-8")
    for page in PAGES:
        texts |= {name: text for name, text in files(page).items() if name.endswith(".py")}
        texts[f"{page.parent.name}_{page.stem.replace('-', '_')}.py"] = "\n".join(blocks(page, "python"))
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


CHECKERS = {
    "mypy": ["mypy", "--no-error-summary", "--cache-dir", str(ROOT / ".mypy_cache" / "shown"), "--python-executable"],
    "basedpyright": ["basedpyright", "--level", "error", "--pythonpath"],
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_checkers_take_what_is_shown(checker: str, shown: Path) -> None:
    """Mypy --strict and pyright take examples, tutorials and how-to pages, and refuse each slip, at its line."""
    command = [sys.executable, "-m", *CHECKERS[checker], str(shown / ".venv/bin/python")]
    shown_files = sorted(file.name for file in shown.glob("*.py"))
    done = subprocess.run([*command, *shown_files], cwd=shown, capture_output=True, text=True, check=False)

    told = re.findall(r"(\w+)\.py:(\d+)(?::\d+ -|:) error", done.stdout)
    assert told == [("wrong", str(line)) for line in (4, 5, 6, 8, 9, 10, 11, 12)], done.stdout + done.stderr
    assert {"las.py", "ask.py", "howto_asgi.py", "first_mock.py", "las_behind_caddy_las.py"} <= set(shown_files)
