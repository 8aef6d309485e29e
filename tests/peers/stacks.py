"""The SOAP stacks: whether each is on this machine, and how its client is made."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
CLIENTS = Path(__file__).parent / "clients"
NODE = ROOT / "build" / "peers"
"""Where `tests/install-peers` puts the packages of node."""

JAXWS = Path("/usr/share/java/jaxws-rt.jar")
"""The runtime of JAX-WS; its manifest names the other jars it needs."""

GSOAP = Path("/usr/share/gsoap/import")

DRESSES: dict[str, dict[str, str]] = {
    "norm": {},
    "prefixes": {"soap_prefix": "SOAP-ENV", "body_prefix": "le"},
}
"""How a LAS writes: as ours does, and with the prefixes that those of other vendors have."""


class Stack(NamedTuple):
    """A SOAP stack.

    Attributes:
        source: our client, in `clients`.
        missing: tells what is not on this machine; empty where all is.
        command: how the client in a folder is run.
        build: generates and compiles the client in a folder, from the WSDLs at these addresses; None where the client
            reads the WSDL when it runs.
        versions: what the generated code depends on, besides the WSDL and our source.
    """

    source: Path
    missing: Callable[[], str]
    command: Callable[[Path], list[str]]
    build: Callable[[Path, Iterable[str]], None] | None = None
    versions: Callable[[], str] = str


def run(*command: str | Path, folder: Path | None = None, environment: dict[str, str] | None = None) -> str:
    """Run a program and return what it wrote, failing with its complaint."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, cwd=folder, env=environment
    )
    assert done.returncode == 0, f"{command[0]}: {done.stderr}{done.stdout}"
    return done.stdout


def _programs(*names: str) -> str:
    """Tell which of these programs are missing."""
    return ", ".join(name for name in names if not shutil.which(name))


@cache
def _php_missing() -> str:
    return _programs("php") or ("" if "soap" in run("php", "-m").split() else "php-soap")


def _node_missing() -> str:
    return _programs("node") or ("" if (NODE / "node_modules" / "soap").is_dir() else "the npm package soap")


def _java_missing() -> str:
    return _programs("wsimport", "javac", "java") or ("" if JAXWS.is_file() else "libjaxws-java")


def _build_java(folder: Path, wsdls: Iterable[str]) -> None:
    # One WSDL at a time: in one go wsimport finds the header, which both import, defined twice.
    for wsdl in wsdls:
        run("wsimport", "-quiet", "-XadditionalHeaders", "-Xnocompile", "-s", folder, wsdl)
    # Named one by one: javac finds classes by itself, but not the package-info.java that holds the namespaces.
    sources = sorted(folder.rglob("*.java"))
    run("javac", "-nowarn", "-cp", JAXWS, "-d", folder, CLIENTS / "Client.java", *sources)


def _build_gsoap(folder: Path, wsdls: Iterable[str]) -> None:
    run("wsdl2h", "-o", "uwlr.h", *wsdls, folder=folder)
    run("soapcpp2", "-C", "-j", "-L", "-x", f"-I{GSOAP}", "uwlr.h", folder=folder)
    generated = ("soapC.cpp", "soapbndLeerlinggegevensProxy.cpp", "soapbndLeerresultatenProxy.cpp")
    run("g++", "-w", "-O0", "-I.", "-o", "client", CLIENTS / "client.cpp", *generated, "-lgsoap++", folder=folder)


STACKS = {
    "php": Stack(CLIENTS / "client.php", _php_missing, lambda _: ["php", str(CLIENTS / "client.php")]),
    "node": Stack(CLIENTS / "client.js", _node_missing, lambda _: ["node", str(CLIENTS / "client.js")]),
    "zeep": Stack(
        CLIENTS / "client_zeep.py",
        lambda: "" if importlib.util.find_spec("zeep") else "zeep",
        lambda _: [sys.executable, str(CLIENTS / "client_zeep.py")],
    ),
    "jaxws": Stack(
        CLIENTS / "Client.java",
        _java_missing,
        lambda folder: ["java", "-XX:TieredStopAtLevel=1", "-cp", os.pathsep.join([str(folder), str(JAXWS)]), "Client"],
        _build_java,
        lambda: run("javac", "-version") + str(JAXWS.resolve()),
    ),
    "gsoap": Stack(
        CLIENTS / "client.cpp",
        lambda: _programs("wsdl2h", "soapcpp2", "g++"),
        lambda folder: [str(folder / "client")],
        _build_gsoap,
        lambda: run("g++", "--version") + run("pkg-config", "--modversion", "gsoap++"),
    ),
}
"""The stacks by name."""
