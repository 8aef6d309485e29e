"""The SOAP stacks: whether each is on this machine, and how its client is made."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from helpers.needs import JAXWS

ROOT = Path(__file__).parents[2]
CLIENTS = Path(__file__).parent / "clients"
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
        need: what of `helpers.needs` it needs on this machine.
        command: how the client in a folder is run.
        build: generates and compiles the client in a folder, from the WSDLs at these addresses; None where the client
            reads the WSDL when it runs.
        versions: what the generated code depends on, besides the WSDL and our source.
    """

    source: Path
    need: str | None
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
    "php": Stack(CLIENTS / "client.php", "php-soap", lambda _: ["php", str(CLIENTS / "client.php")]),
    "node": Stack(CLIENTS / "client.js", "node-soap", lambda _: ["node", str(CLIENTS / "client.js")]),
    "zeep": Stack(
        CLIENTS / "client_zeep.py",
        None,
        lambda _: [sys.executable, str(CLIENTS / "client_zeep.py")],
    ),
    "jaxws": Stack(
        CLIENTS / "Client.java",
        "jaxws",
        lambda folder: ["java", "-XX:TieredStopAtLevel=1", "-cp", os.pathsep.join([str(folder), str(JAXWS)]), "Client"],
        _build_java,
        lambda: run("javac", "-version") + str(JAXWS.resolve()),
    ),
    "gsoap": Stack(
        CLIENTS / "client.cpp",
        "gsoap",
        lambda folder: [str(folder / "client")],
        _build_gsoap,
        lambda: run("g++", "--version") + run("pkg-config", "--modversion", "gsoap++"),
    ),
}
"""The stacks by name."""
