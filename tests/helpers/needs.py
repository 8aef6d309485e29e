"""What some tests need of a machine besides Python's packages, and whether this one has it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

NODE = Path(__file__).parents[2] / "build" / "peers" / "node_modules"
"""Where `tests/install-needs` puts the packages of node."""
SARIF = NODE / "@microsoft" / "sarif-multitool-linux" / "Sarif.Multitool"
ACTIONLINT = NODE / "@tktco" / "node-actionlint" / "bin" / "node-actionlint.js"
JAXWS = Path("/usr/share/java/jaxws-rt.jar")


def _programs(*names: str) -> bool:
    return all(shutil.which(name) for name in names)


def _php() -> bool:
    php = shutil.which("php")
    return bool(php) and b"soap" in subprocess.run([php, "-m"], capture_output=True, check=False).stdout.split()


def _postgresql() -> bool:
    with socket.socket() as sock:
        sock.settimeout(1)
        return "UWLR_TEST_POSTGRES" in os.environ or not sock.connect_ex(("127.0.0.1", 5432))


NEEDS: dict[str, Callable[[], bool]] = {
    "actionlint": lambda: _programs("node") and ACTIONLINT.is_file(),
    "axe-core": (NODE / "axe-core").is_dir,
    "chromium": lambda: _programs("chromium"),
    "gsoap": lambda: _programs("wsdl2h", "soapcpp2", "g++", "pkg-config"),
    "jaxws": lambda: _programs("wsimport", "javac", "java") and JAXWS.is_file(),
    "node-soap": lambda: _programs("node") and (NODE / "soap").is_dir(),
    "php-soap": _php,
    "postgresql": _postgresql,
    "sarif": SARIF.is_file,
    "wrk": lambda: _programs("wrk"),
}
"""What `tests/install-needs` installs, by the name that it has in what pytest says at its end."""

BEYOND: dict[str, Callable[[], bool]] = {
    "atheris": lambda: importlib.util.find_spec("atheris") is not None,
    "a user who is not root": lambda: os.geteuid() != 0,
    "/proc": lambda: Path("/proc/self/status").exists(),
    "the C library": lambda: sys.platform == "linux",
}
"""What a machine has or has not: nothing that could be installed."""


@cache
def here(name: str) -> bool:
    """Tell whether this machine has it."""
    return (NEEDS.get(name) or BEYOND[name])()


def reason(name: str) -> str:
    """Say what is needed, in the words that the closing line of a run is made from."""
    return f"needs {name}"


def needs(name: str) -> pytest.MarkDecorator:
    """Mark tests that are skipped where something is absent."""
    return pytest.mark.skipif(not here(name), reason=reason(name))


def require(name: str) -> None:
    """Skip the test that asks, where something is absent."""
    if not here(name):
        pytest.skip(reason(name))
