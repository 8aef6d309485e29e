"""The wheel: what a user of the package gets."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from mock_las import MockLas

ROOT = Path(__file__).parents[2]

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


def test_wheel_carries_the_schemas_and_the_typing_marker(wheel: Path) -> None:
    """Schemas, WSDLs and py.typed of both packages are in the wheel, tests and examples are not."""
    names = set(zipfile.ZipFile(wheel).namelist())

    on_disk = {
        f"uwlr/{p.relative_to(ROOT).as_posix()}" for kind in ("xsd", "wsdl") for p in (ROOT / kind).rglob("*.*sd*")
    }
    assert on_disk <= names
    assert {"uwlr/py.typed", "mock_las/py.typed"} <= names
    assert not [name for name in names if name.startswith(("tests/", "examples/", "src/"))]


def test_wheel_carries_every_file_that_the_code_reads(wheel: Path) -> None:
    """Registers, settings, schemas and templates that lie beside the code are in the wheel."""
    names = set(zipfile.ZipFile(wheel).namelist())

    kinds = {".toml", ".json", ".jinja", ".html", ".css", ".svg"}
    beside = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*") if path.suffix in kinds}
    assert {"uwlr/conformance/requirements.toml", "uwlr/conformance/examples/las.toml"} <= beside
    assert beside <= names


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel without the checkout, and with only the dependencies at hand; gives its folder of programs."""
    home = tmp_path_factory.mktemp("installed") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, str(wheel)], check=True)
    site = next((home / "lib").glob("python*/site-packages"))
    # A folder named in a .pth file is searched, but its own .pth files (the editable checkout) are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return home / "bin"


def _run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(
        command, cwd=folder, env={**environment, **variables}, capture_output=True, text=True, check=False
    )


def test_installed_wheel_reads_and_checks_a_message(installed: Path, tmp_path: Path) -> None:
    """Outside the checkout the package does its work."""
    done = _run([str(installed / "python"), "-c", CHECK], tmp_path)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("checked")


def test_installed_wheel_judges_a_las(installed: Path, tmp_path: Path) -> None:
    """Outside the checkout the conformance suite lists, runs and reports, by its program and by pytest."""
    uwlr, report, settings = str(installed / "uwlr"), tmp_path / "report.html", tmp_path / "las.toml"
    topic = "leerlinggegevens/rooster"
    with MockLas(leerlingen=20) as las:
        key = las.connection().autorisatie.autorisatiesleutel
        example = _run([uwlr, "conformance", "example", "standaard"], tmp_path).stdout
        settings.write_text(example.replace("http://127.0.0.1:8080", las.url), "utf-8")
        config = ["--config", str(settings)]
        listed = _run([uwlr, "conformance", "list", topic], tmp_path)
        ran = _run(
            [uwlr, "conformance", "run", topic, *config, "--report", f"html={report}"],
            tmp_path,
            UWLR_AUTORISATIESLEUTEL=key,
        )
        pytest_ = [str(installed / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", topic]
        endpoint = f"--uwlr-endpoint={las.connection().leerlinggegevens_url}"
        collected = _run(
            [*pytest_, "--pyargs", "uwlr.conformance", endpoint, f"--uwlr-config={settings}"],
            tmp_path,
            UWLR_AUTORISATIESLEUTEL=key,
        )

    assert f"{topic}/normaal" in listed.stdout
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "<html" in report.read_text("utf-8")
    assert collected.returncode == 0, collected.stdout + collected.stderr
    assert f"{listed.stdout.count(topic)} passed" in collected.stdout
