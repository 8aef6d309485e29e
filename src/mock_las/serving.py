"""Serving the fakes from the command line, until a signal ends it."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

from mock_las import vendors
from mock_las.server import Server, Tls
from mock_las.world import World


def run(
    names: tuple[str, ...],
    *,
    host: str,
    port: int,
    seed: int,
    leerlingen: int,
    threads: int,
    state: Path | None,
    tls: tuple[Path, Path, Path | None] | None,
) -> None:
    """Serve until SIGTERM or SIGINT; one line on standard output tells where, once it answers.

    Raises:
        ConfigurationError: it cannot listen, or the TLS files cannot be used.
    """
    world = World(seed, leerlingen, names or vendors.NAMES, state)
    server = Server(world, host=host, port=port, threads=threads, tls=Tls(*tls) if tls else None)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    server.start()
    sys.stdout.write(f"MOCK_LAS_URL={server.url}\n")
    sys.stdout.flush()
    # It answers already; what the first requests would wait for is loaded meanwhile.
    server.application.warm_up()
    stopped.wait()
    server.stop()
