"""`python -m benchmarks.recording`: what `uwlr record` adds to an exchange, and how much memory it takes.

A program of its own answers with a roster of one megabyte; each second it is asked once directly and once through the
proxy, while that validates and writes what passed. Then it answers with ever more pupils at once.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Process, Queue
from pathlib import Path

import click
import psutil

from uwlr.berichten import LeerlinggegevensAntwoord, LeerlinggegevensVerzoek
from uwlr.recorded import Recording
from uwlr.soap.envelope import write_envelope
from uwlr.testing import make_school

_UWLR = Path(sys.executable).with_name("uwlr")
_BLOCK = 1 << 18


def _request(pupils: int) -> bytes:
    body = write_envelope(LeerlinggegevensVerzoek(schooljaar="2025-2026", brincode="99QQ", xsdversie="2.2"))
    head = (
        f"POST /{pupils} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _las(sizes: tuple[int, ...], ready: Queue[int]) -> None:
    """Answer with as many pupils as the path says."""
    answers = {}
    for size in sizes:
        body = write_envelope(LeerlinggegevensAntwoord(inhoud=make_school(7, size, schooljaar="2025-2026")))
        answers[size] = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ready.put(listening.getsockname()[1])
        while True:
            connection, _ = listening.accept()
            with connection:
                said = connection.recv(_BLOCK)
                while not said.rstrip().endswith(b"Envelope>"):
                    said += connection.recv(_BLOCK)
                connection.sendall(answers[int(said.split()[1][1:])])


def _ask(port: int, pupils: int) -> tuple[float, int]:
    """Ask once; gives milliseconds to the last byte, and how many bytes there were."""
    request = _request(pupils)
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BLOCK)
        size, head, due = 0, b"", None
        while due is None or size < due:
            data = connection.recv(_BLOCK)
            if not data:
                break
            size += len(data)
            if due is None:
                head += data
                if b"\r\n\r\n" in head:
                    before, _, _ = head.partition(b"\r\n\r\n")
                    due = len(before) + 4 + int(before.lower().partition(b"content-length:")[2].split()[0])
    return (time.perf_counter() - start) * 1000, size


@contextmanager
def _proxy(to: int, folder: Path, *more: str) -> Iterator[tuple[int, psutil.Process]]:
    command = [_UWLR, "record", "--listen", "127.0.0.1:0", "--to", f"http://127.0.0.1:{to}", *more, folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        port = int(running.stderr.readline().split()[0].rpartition(":")[2])
        try:
            yield port, psutil.Process(running.pid)
        finally:
            running.terminate()
            running.communicate()


def _resident(process: psutil.Process) -> tuple[float, float]:
    """Megabytes of the proxy, and of the process that records."""
    [child] = process.children()
    return process.memory_info().rss / 1e6, child.memory_info().rss / 1e6


@click.command()
@click.option("--seconds", default=60, show_default=True, type=click.IntRange(2), help="Exchanges, one a second.")
@click.option("--pupils", default="10000,100000", show_default=True, help="Pupils of the large answers.")
def main(seconds: int, pupils: str) -> None:
    """Measure what the proxy adds."""
    large = tuple(int(size) for size in pupils.split(","))
    usual = 2_300  # a megabyte
    ready: Queue[int] = Queue()
    las = Process(target=_las, args=((usual, *large), ready), daemon=True)
    las.start()
    port = ready.get()
    try:
        with tempfile.TemporaryDirectory() as folder:
            _latency(port, Path(folder), usual, seconds)
            _memory(port, Path(folder), large)
    finally:
        las.terminate()


def _latency(port: int, folder: Path, usual: int, seconds: int) -> None:
    direct, through, size = [], [], 0
    with _proxy(port, folder / "latency") as (proxy, process):
        _ask(proxy, usual)
        before = sum(process.cpu_times()[:2])
        for _ in range(seconds):
            begun = time.perf_counter()
            direct.append(_ask(port, usual)[0])
            took, size = _ask(proxy, usual)
            through.append(took)
            time.sleep(max(0.0, 1 - (time.perf_counter() - begun)))
        busy = (sum(process.cpu_times()[:2]) - before) * 1000 / seconds
    usually = statistics.median(direct)
    added = [one - usually for one in through]
    kept = sum(1 for _ in Recording.open(folder / "latency"))
    print(f"{size / 1e6:.2f} MB an exchange, one a second, {seconds} times; {kept - 1} recorded")
    print(
        f"direct: median {usually:.1f} ms, p95 {_p95(direct):.1f} ms; "
        f"added to the median: median {statistics.median(added):.1f} ms, p95 {_p95(added):.1f} ms; "
        f"the proxy is busy for {busy:.1f} ms of each exchange (load {os.getloadavg()[0]:.1f})"
    )


def _p95(found: list[float]) -> float:
    return sorted(found)[min(len(found) - 1, round(len(found) * 0.95))]


def _memory(port: int, folder: Path, large: tuple[int, ...]) -> None:
    for pupils in large:
        with _proxy(port, folder / f"memory-{pupils}") as (proxy, process):
            before = _resident(process)
            highest = before
            took, size = _ask(proxy, pupils)
            begun = time.perf_counter()
            while not sum(1 for _ in Recording.open(folder / f"memory-{pupils}")) and time.perf_counter() - begun < 300:
                highest = tuple(map(max, highest, _resident(process)))  # type: ignore[assignment]
                time.sleep(0.05)
        recorded = time.perf_counter() - begun
        print(
            f"{pupils:,} pupils, {size / 1e6:.0f} MB in {took:.0f} ms, recorded in {recorded:.0f} s: "
            f"proxy {before[0]:.0f} -> {highest[0]:.0f} MB, recording process {before[1]:.0f} -> {highest[1]:.0f} MB"
        )


if __name__ == "__main__":
    main()
