"""A server in the foreground: it says where it is, and goes on until a signal."""

from __future__ import annotations

import signal
import sys
import threading


def stop_signal() -> threading.Event:
    """Give an event that SIGTERM and SIGINT set from now on."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def announce(line: str) -> None:
    """Print a line that somebody waits for."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
