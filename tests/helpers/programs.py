"""Programs of Python in processes of their own, forked from one that has loaded the project: loading takes a second.

They do as programs do that were started by name: arguments, environment, streams, signals, exit codes. How a program
starts and how its interpreter ends is for tests that start it by its name.
"""

from __future__ import annotations

import importlib
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context, reduction
from typing import IO, Any

_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(
    [
        "__main__",
        "alembic.command",
        "alembic.ddl.postgresql",
        "alembic.ddl.sqlite",
        "mock_ea.ea_commands",
        "mock_ea.ea_server",
        "mock_las.cli",
        "mock_las.jij.jij_client",
        "mock_las.remote_las",
        "mock_las.results_from_jij",
        "mock_las.server",
        "psycopg",
        "uwlr.cli.database",
        "uwlr.cli.nights",
        "uwlr.client.over_requests",
        "uwlr.exchange",
    ]
)


class _Stream:
    """A descriptor that a child gets too."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> Any:
        return _received, (reduction.DupFd(self.number),)


def _received(sent: Any) -> _Stream:
    return _Stream(sent.detach())


def _run(place: str, arguments: list[str], environment: dict[str, str], *streams: _Stream) -> None:
    for number, stream in enumerate(streams, 1):
        os.dup2(stream.number, number)
        os.close(stream.number)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = [place, *arguments]
    if place.endswith(".py"):
        sys.path.insert(0, os.path.dirname(place))  # noqa: PTH120 - as Python does
        runpy.run_path(place, run_name="__main__")
    else:
        module, _, function = place.partition(":")
        sys.exit(getattr(importlib.import_module(module), function)())


class Program:
    """A program that runs.

    Attributes:
        stdout: what it prints, where that is a pipe.
        stderr: what it says besides, where that is a pipe.
    """

    stdout: IO[str]
    stderr: IO[str]

    def __init__(self, place: str, arguments: tuple[object, ...], stdout: int, stderr: int) -> None:
        given = place, [*map(str, arguments)], dict(os.environ), _Stream(stdout), _Stream(stderr)
        self._waiting = threading.Lock()  # how it ended can be read once
        self._process = _FORKING.Process(target=_run, args=given)
        self._process.start()

    def send_signal(self, number: int) -> None:
        """Send it a signal."""
        os.kill(self._process.pid or 0, number)

    def kill(self) -> None:
        """Kill it, by SIGKILL."""
        self._process.kill()

    def wait(self, timeout: float = 120) -> int:
        """Wait for its end; its exit code, or minus the signal that ended it."""
        with self._waiting:
            self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout)
        return self._process.exitcode


@contextmanager
def started(place: str, *arguments: object) -> Iterator[Program]:
    """Start a program, with pipes; in the end it is killed if it still runs.

    Args:
        place: module and function, such as "mock_las.cli:main", or a file.
        arguments: what comes behind its name.
    """
    (out, its_out), (err, its_err) = os.pipe(), os.pipe()
    with open(out, encoding="utf-8") as stdout, open(err, encoding="utf-8") as stderr:  # noqa: PTH123 - descriptors
        program = Program(place, arguments, its_out, its_err)
        os.close(its_out)
        os.close(its_err)
        program.stdout, program.stderr = stdout, stderr
        try:
            yield program
        finally:
            program.kill()
            program.wait()


def ran(place: str, *arguments: object, times: int = 1) -> list[subprocess.CompletedProcess[str]]:
    """Run a program to its end, as often as asked at the same time; exit code and streams of each."""
    with tempfile.TemporaryDirectory() as folder:
        files = [[open(f"{folder}/{number}{name}", "w+", encoding="utf-8") for name in "oe"] for number in range(times)]  # noqa: PTH123, SIM115 - closed below
        programs = [Program(place, arguments, out.fileno(), err.fileno()) for out, err in files]
        done = []
        for program, streams in zip(programs, files, strict=True):
            code = program.wait()
            said = []
            for stream in streams:
                with stream:
                    stream.seek(0)
                    said.append(stream.read())
            done.append(subprocess.CompletedProcess([place, *arguments], code, *said))
        return done
