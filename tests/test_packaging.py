"""The wheel: what a user of the package gets."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

CHECK = """
import pathlib, sys
import uwlr
from uwlr import schemas
from uwlr.testing import make_school
from uwlr.berichten import LeerlinggegevensAntwoord
from lxml import etree

home = pathlib.Path(uwlr.__file__).parent
assert home.is_relative_to(sys.prefix), home
assert schemas.xsd_file("UWLR_Autorisatie_v2p2.xsd").is_relative_to(home)
data = uwlr.write(LeerlinggegevensAntwoord(inhoud=make_school(seed=7, leerlingen=3)))
assert schemas.schema().validate(etree.fromstring(data)), "the schema of the wheel refuses a good message"
assert len(uwlr.read(data).inhoud.leerlingen) == 3
print("checked", uwlr.__version__)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


def test_wheel_carries_the_schemas_and_the_typing_marker(wheel: Path) -> None:
    """Schemas, WSDLs and py.typed of both packages are in the wheel, tests and examples are not."""
    names = set(zipfile.ZipFile(wheel).namelist())

    on_disk = {
        f"uwlr/{p.relative_to(ROOT).as_posix()}" for kind in ("xsd", "wsdl") for p in (ROOT / kind).rglob("*.*sd*")
    }
    assert on_disk <= names
    assert {"uwlr/py.typed", "mock_las/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "examples/", "src/"))]


def test_installed_wheel_reads_and_checks_a_message(wheel: Path, tmp_path: Path) -> None:
    """Installed without the checkout, and with only the dependencies at hand, the package does its work."""
    home = tmp_path / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, str(wheel)], check=True)
    site = next((home / "lib").glob("python*/site-packages"))
    # A folder named in a .pth file is searched, but its own .pth files (the editable checkout) are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}

    done = subprocess.run(
        [str(python), "-c", CHECK], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("checked")
