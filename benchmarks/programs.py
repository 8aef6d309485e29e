"""The stacks of other languages: whether each is on this machine, how its program is built, and how it is run.

Each program in `benchmarks/peers` prints what `benchmarks.variant` prints. A stack that is a SOAP client is handed the
document as the answer to its call. JAX-WS takes no answer from memory: it fetches it from a server on loopback, and
nothing is subtracted for that.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from uwlr.schemas import wsdl_file, xsd_file

_ROOT = Path(__file__).resolve().parent.parent
_PEERS = Path(__file__).resolve().parent / "peers"
_NODE = _ROOT / "build" / "peers" / "node_modules"
_BUILT = _ROOT / "build" / "benchmarks"
_JAXWS = Path("/usr/share/java/jaxws-rt.jar")
_GSOAP = Path("/usr/share/gsoap/import")
_WARM = 12
"""Runs of a warm JVM at least; the first ones are slower while it compiles. Half as many for a large document."""

STACKS = ("php", "node", "jaxb", "jaxws", "gsoap")


def is_program(name: str) -> bool:
    """Tell whether a variant is one of a program, not a function here."""
    return name.partition(".")[0] in STACKS


@cache
def missing(stack: str) -> str:
    """Tell what of a stack is not on this machine; empty where all is."""
    programs = {
        "php": ("php",),
        "node": ("node",),
        "jaxb": ("wsimport", "javac", "java"),
        "jaxws": ("wsimport", "javac", "java"),
        "gsoap": ("wsdl2h", "soapcpp2", "g++"),
    }[stack]
    absent = [program for program in programs if not shutil.which(program)]
    if not absent and stack == "php" and "soap" not in _output("php", "-m").split():
        absent = ["php-soap"]
    if not absent and stack == "node" and not (_NODE / "soap").is_dir():
        absent = ["the npm package soap"]
    if not absent and stack.startswith("jax") and not _JAXWS.is_file():
        absent = ["libjaxws-java"]
    return ", ".join(absent)


@contextmanager
def command(name: str, file: Path, runs: int) -> Iterator[list[str]]:
    """Give the command that runs a variant, `stack.task`, on a document; what it needs stands ready meanwhile."""
    stack, _, task = name.partition(".")
    wsdl = str(wsdl_file("leerresultaten" if file.name.startswith("leerresultaten") else "leerlinggegevens"))
    if stack == "php":
        yield ["php", str(_PEERS / "peer.php"), task, str(file), str(runs), wsdl]
    elif stack == "node":
        yield ["node", str(_PEERS / "peer.js"), task, str(file), str(runs), wsdl]
    elif stack == "gsoap":
        yield [str(_build("gsoap") / "peer"), task, str(file), str(runs)]
    else:
        cold = task.endswith("_cold")
        warm = _WARM // 2 if file.stat().st_size > 20_000_000 else _WARM
        java = ["java", "-cp", os.pathsep.join([str(_build("java")), str(_JAXWS)]), "Peer"]
        java += [task.removesuffix("_cold"), str(file), "1" if cold else str(max(runs, warm))]
        if task == "validate":
            yield [*java, str(xsd_file("UWLR_v2p2.xsd"))]
        elif stack == "jaxws":
            with _server(file.read_bytes()) as address:
                yield [*java, Path(wsdl).as_uri(), address]
        else:
            yield java


def environment() -> dict[str, str]:
    """The environment of the programs."""
    return {**os.environ, "NODE_PATH": str(_NODE), "NODE_OPTIONS": "--max-old-space-size=6000"}


def versions() -> dict[str, str]:
    """The version of each stack, or what is missing of it."""
    asked: dict[str, Callable[[], str]] = {
        "php": lambda: _output("php", "-r", "echo PHP_VERSION;"),
        "node": lambda: _output("node", "-p", "process.versions.node"),
        "node soap": lambda: _output("node", "-p", f"require({str(_NODE / 'soap' / 'package.json')!r}).version"),
        "java": lambda: _output("java", "-XshowSettings:properties", "-version").split("java.version = ")[1].split()[0],
        "jaxws": lambda: _output("wsimport", "-version").split()[-1].strip('"'),
        "gsoap": lambda: _output("pkg-config", "--modversion", "gsoap++").strip(),
    }
    found = {}
    for name, ask in asked.items():
        absent = missing({"java": "jaxb"}.get(name, name.split()[0]))
        found[name] = f"not here: {absent}" if absent else ask()
    return found


def _output(*given: str | Path) -> str:
    done = subprocess.run(given, check=True, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip()


@cache
def _build(stack: str) -> Path:
    """Generate and compile a program, once for these schemas, this source and these tools."""
    source = _PEERS / {"java": "Peer.java", "gsoap": "peer.cpp"}[stack]
    wsdls = [wsdl_file("leerlinggegevens"), wsdl_file("leerresultaten")]
    parts = [path.read_bytes() for path in (source, Path(__file__), *map(Path, wsdls))]
    parts += [path.read_bytes() for path in sorted(Path(xsd_file("UWLR_v2p2.xsd")).parent.glob("*.xsd"))]
    parts.append(_output("javac", "-version").encode() if stack == "java" else _output("g++", "--version").encode())
    folder = _BUILT / f"{stack}-{hashlib.sha256(b''.join(parts)).hexdigest()[:16]}"
    if folder.is_dir():
        return folder
    making = _BUILT / f"unfinished-{stack}"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    (_build_java if stack == "java" else _build_gsoap)(making, source, wsdls)
    making.rename(folder)
    return folder


def _build_java(folder: Path, source: Path, wsdls: list[Path]) -> None:
    for wsdl in wsdls:
        _output("wsimport", "-quiet", "-XadditionalHeaders", "-Xnocompile", "-s", folder, wsdl)
    # Named one by one: javac does not find the package-info.java that hold the namespaces.
    _output("javac", "-nowarn", "-cp", _JAXWS, "-d", folder, source, *sorted(folder.rglob("*.java")))


def _build_gsoap(folder: Path, source: Path, wsdls: list[Path]) -> None:
    header, program = folder / "uwlr.h", folder / "peer"
    _output("wsdl2h", "-o", header, *wsdls)
    _output("soapcpp2", "-C", "-j", "-L", "-x", f"-I{_GSOAP}", "-d", folder, header)
    _output("g++", "-w", "-O2", f"-I{folder}", "-o", program, source, folder / "soapC.cpp", "-lgsoap++")


@contextmanager
def _server(answer: bytes) -> Iterator[str]:
    """Answer every call on loopback with the same bytes."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Keep still."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
