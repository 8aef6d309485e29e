"""The sdist, and the page that is made of the README."""

from __future__ import annotations

import re
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]


def _is_checkout() -> bool:
    done = subprocess.run(["git", "rev-parse"], cwd=ROOT, capture_output=True, check=False)
    return done.returncode == 0 and (ROOT / ".git").exists()


@pytest.mark.skipif(not _is_checkout(), reason="not a git checkout")
def test_the_sdist_holds_the_whole_repository(sdist: Path) -> None:
    """Every file that git tracks is in the sdist, with its mode, and nothing that git ignores."""
    tracked = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    names = {name for name in tracked.stdout.decode().split("\0") if name and (ROOT / name).exists()}
    held = {path.relative_to(sdist).as_posix() for path in sdist.rglob("*") if path.is_file()}
    assert held - {"PKG-INFO"} == names
    assert {
        name for name in names if (ROOT / name).stat().st_mode & 0o100 != (sdist / name).stat().st_mode & 0o100
    } == set()


@pytest.mark.parametrize(
    "tests",
    [["tests/test_secret_files.py", "tests/test_loopback.py"], pytest.param(["tests"], marks=pytest.mark.proof)],
    ids=["some", "all"],
)
def test_the_sdist_tests_itself(sdist: Path, tests: list[str]) -> None:
    """Its own tests pass in what it unpacks to, on its own code."""
    own = ["-c", f"import sys, pytest; sys.path.insert(0, {str(sdist / 'src')!r}); sys.exit(pytest.main(sys.argv[1:]))"]
    done = subprocess.run(
        [sys.executable, *own, "-q", "-p", "no:cacheprovider", *tests],
        cwd=sdist,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_page_has_links_that_work_anywhere(wheel: Path) -> None:
    """No link of the page leads to a file beside it, as the page has none."""
    metadata = next(name for name in ZipFile(wheel).namelist() if name.endswith("METADATA"))
    text = message_from_bytes(ZipFile(wheel).read(metadata)).get_payload()
    assert "ARCHITECTURE.md" in text
    assert [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("https://")] == []


def test_links_follow_from_the_address_of_the_repository() -> None:
    """With an address each link leads to the page of a file, and a picture is the file; without it texts stay."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    hook = module_from_spec(spec)
    spec.loader.exec_module(hook)
    assert hook.page("See [the docs](docs/report.md).", "") == "See the docs."
    there = "https://forge.example/us/uwlr"
    assert hook.page("See [the docs](docs/report.md).", there) == f"See [the docs]({there}/blob/main/docs/report.md)."
    assert hook.page("[x](https://example.org/a)", there) == "[x](https://example.org/a)"
    assert hook.page("![a pupil](docs/a.png)\n", "") == "\n"
    assert hook.page("![a pupil](docs/a.png)", there) == f"![a pupil]({there}/raw/main/docs/a.png)"
