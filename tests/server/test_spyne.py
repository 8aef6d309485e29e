"""spyne on every Python that is here: 2.14 imports on none of 3.12 and later without help."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
IMPORT = """
    import sys
    import uwlr.server
    assert "spyne.protocol.soap.soap11" in sys.modules
    # Neither the stand-in nor the deprecated module itself may stay behind.
    assert "cgi" not in sys.modules
    from spyne.util.six.moves.urllib.parse import quote
    assert quote("a b") == "a%20b"
    from spyne.protocol.soap.soap11 import cgi
    assert cgi.parse_header('text/xml; charset="utf-8"; x=1') == ("text/xml", {"charset": "utf-8", "x": "1"})
    import importlib.util
    assert importlib.util.find_spec("spyne.util.six.moves.no_such_module") is None
"""
PARTS = "import lxml, msgspec, pytz, importlib.util as u; assert u.find_spec('spyne')"


def _interpreter(version: str) -> str:
    if version == f"3.{sys.version_info[1]}":
        return sys.executable
    made = ROOT / f".venv-{version}" / "bin" / "python"  # by `make test-all`
    found = str(made) if made.exists() else shutil.which(f"python{version}")
    if found is None or subprocess.run([found, "-c", PARTS], capture_output=True, check=False).returncode:
        pytest.skip(f"no Python {version} here with lxml, msgspec, spyne and pytz")
    return found


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_server_imports_without_a_warning(version) -> None:
    """uwlr.server imports where every warning is an error, and the help for spyne leaves no module behind."""
    done = subprocess.run(
        [_interpreter(version), "-W", "error", "-c", textwrap.dedent(IMPORT)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_spyne_stays_out_of_the_rest() -> None:
    """Only the server imports spyne; messages and uwlr.soap do without."""
    code = "import sys, uwlr, uwlr.soap.answer; uwlr.read; sys.exit('spyne' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
