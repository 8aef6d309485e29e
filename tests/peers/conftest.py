"""One fake LAS for all peers, and what each peer does with it."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from msgspec.structs import replace

from helpers.needs import NODE, require
from mock_las import MockLas
from peers import stacks
from peers.stacks import DRESSES, ROOT, STACKS, Stack, run
from uwlr.berichten import Leerlinggegevens
from uwlr.recorded.recording_proxy import RecordingProxy
from uwlr.testing import make_school

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
EMPTY = "99LE"
"""BRIN of a school from which everybody is gone."""


class Told(NamedTuple):
    """What a peer printed, the roster as the LAS had it, and the results that the LAS then held."""

    facts: list[tuple[str, ...]]
    roster: Leerlinggegevens
    received: list[dict[str, Any]]

    def of(self, name: str) -> list[tuple[str, ...]]:
        """The facts of one name, in order."""
        return [fact[1:] for fact in self.facts if fact[0] == name]

    def done(self, step: str) -> None:
        """Check that a step came to its end."""
        assert self.of(f"{step}.error") == []


@pytest.fixture(scope="session")
def fakes() -> Iterator[MockLas]:
    """A LAS that follows the norm, on a free port."""
    with MockLas(seed=7) as las:
        yield las


def prepare(las: MockLas, dress: str) -> tuple[Leerlinggegevens, dict[str, str]]:
    """Put the LAS in its starting position: its roster, and what a client is told, as environment variables."""
    las.reset()
    las.set_traits(**DRESSES[dress])
    las.set_clock(now=NOW)
    connection = las.connection()
    roster = make_school(7, 25, brincode=connection.brincode, schooljaar=connection.schooljaar)
    first = replace(roster.leerlingen[0], roepnaam="Zo\u00eb", achternaam="\u015eahin & Zn. <\u00dc>")
    roster = replace(roster, leerlingen=(first, *roster.leerlingen[1:]))
    las.load_school(roster)
    las.add_school(brincode=EMPTY, leerlingen=5)
    las.activate(connection.autorisatie.autorisatiesleutel, brincode=EMPTY)
    las.change_school("empty", brincode=EMPTY)
    las.set_clock(advance=7200)
    return roster, {
        "LEERLINGGEGEVENS": connection.leerlinggegevens_url,
        "LEERRESULTATEN": connection.leerresultaten_url,
        **{name.upper(): value for name, value in msgspec.structs.asdict(connection.autorisatie).items()},
        "FOUTE_SLEUTEL": "x" * 20,
        "SCHOOLJAAR": connection.schooljaar,
        "BRINCODE": connection.brincode,
        "LEGE_BRINCODE": EMPTY,
        "LAATST": (NOW + dt.timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
        "AANMAAKDATUM": (NOW + dt.timedelta(hours=2)).isoformat().replace("+00:00", "Z"),
        "LEERLINGEN": ",".join(leerling.key for leerling in roster.leerlingen[:3]),
    }


@pytest.fixture(scope="session")
def built(request: pytest.FixtureRequest, fakes: MockLas) -> Callable[[str, Stack], Path]:
    """Build the client of a stack, once for these schemas, this source and these tools; the folder with it."""

    def built(name: str, stack: Stack) -> Path:
        kept = request.config.cache.mkdir("peers")
        if stack.build is None:
            return kept
        contract = sorted(path for kind in ("wsdl", "xsd") for path in (ROOT / kind / "2.2").iterdir())
        parts = [path.read_bytes() for path in (*contract, stack.source, Path(stacks.__file__))] + [
            stack.versions().encode()
        ]
        folder = kept / f"{name}-{hashlib.sha256(b''.join(parts)).hexdigest()[:16]}"
        with (kept / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.is_dir():
                for old in kept.glob(f"{name}-*"):
                    shutil.rmtree(old)
                made = kept / f"unfinished-{name}"
                shutil.rmtree(made, ignore_errors=True)
                made.mkdir()
                connection = fakes.connection()
                urls = (connection.leerlinggegevens_url, connection.leerresultaten_url)
                stack.build(made, [f"{url}?wsdl" for url in urls])
                made.rename(folder)
        return folder

    return built


@pytest.fixture(scope="session")
def told(fakes: MockLas, built: Callable[[str, Stack], Path]) -> Callable[..., Told]:
    """What a peer made of its steps; each peer goes through them once for each way of writing.

    With `recorded` it knows the addresses of a proxy in place of those of the LAS, which records what passes there.
    """

    @cache
    def told(name: str, dress: str = "norm", recorded: Path | None = None) -> Told:
        stack = STACKS[name]
        if stack.need:
            require(stack.need)
        folder = built(name, stack)
        if recorded is not None:
            direct = fakes.connection().leerlinggegevens_url.partition("/standaard/")[0]
            with RecordingProxy(direct, recorded) as proxy:
                return _tell(stack, folder, dress, lambda value: value.replace(direct, proxy.url))
        return _tell(stack, folder, dress, str)

    def _tell(stack: Stack, folder: Path, dress: str, address: Callable[[str], str]) -> Told:
        roster, given = prepare(fakes, dress)
        given = {key: address(value) for key, value in given.items()}
        environment = {**os.environ, **given, "NODE_PATH": str(NODE)}
        output = run(*stack.command(folder), environment=environment)
        facts = [tuple(line.split("\t")) for line in output.splitlines()]
        return Told(facts, roster, fakes.received())

    return told
