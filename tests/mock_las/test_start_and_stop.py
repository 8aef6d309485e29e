"""Fakes answer from start to stop: before and after there is no address to wait at, and they can start again."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from click import Command
from click.testing import CliRunner

import mock_ea.ea_commands
import mock_las.cli
import uwlr.cli
from mock_ea import MockEa
from mock_las import MockLas
from uwlr.conformance.declarations import Ea
from uwlr.conformance.page.serving import PageServer
from uwlr.conformance.referee import Referee
from uwlr.errors import ConfigurationError
from uwlr.recorded.recording_proxy import RecordingProxy

KEY = "99QQ00OnzeEigenCode2026"


@pytest.mark.parametrize(
    "ask",
    [
        MockLas.connection,
        lambda las: las.url,
        lambda las: las.clock,
        lambda las: las.school,
        MockLas.exchanges,
        lambda las: MockEa(las).__enter__(),
    ],
    ids=["connection", "url", "clock", "school", "exchanges", "applications"],
)
def test_fakes_that_do_not_answer_say_so(ask: Callable[[MockLas], Any]) -> None:
    """Before `start` and after `stop` everything that is asked is refused by what to do."""
    las = MockLas("esis", leerlingen=3)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="`start"):
            ask(las)
        with las:
            las.stop()


def test_fakes_start_again(tmp_path: Path) -> None:
    """After a stop they start as new, or with what the file kept; they start and stop once, and not twice."""
    forgetful, lasting = MockLas("esis", leerlingen=3), MockLas("esis", leerlingen=3, state=tmp_path / "state.db")
    for again in (False, True):
        with forgetful, lasting:
            keys = [las.connection().autorisatie.autorisatiesleutel for las in (forgetful, lasting)]
            assert [key == KEY for key in keys] == [False, again]
            forgetful.activate(KEY)
            lasting.activate(KEY)
            with pytest.raises(ConfigurationError, match="already"):
                lasting.start()
            lasting.stop()


def test_applications_start_again() -> None:
    """Applications are open in `with`, as often as wanted; before and after, what is asked is refused."""
    with MockLas("esis", leerlingen=3) as las:
        ea = MockEa(las)
        for _ in range(2):
            for ask in (MockEa.koppelingen, lambda ea: ea.url, lambda ea: ea.suite):
                with pytest.raises(ConfigurationError, match="`with`"):
                    ask(ea)
            with ea:
                assert ea.koppelingen() == []
                ea.request("esis")
                with pytest.raises(ConfigurationError, match="already"):
                    ea.__enter__()


LISTENING: dict[str, Callable[[Any, Any, Path], AbstractContextManager[Any]]] = {
    "MockLas": lambda port, host, _: MockLas("esis", leerlingen=1, port=port, host=host),
    "MockEa": lambda port, host, _: MockEa(port=port, host=host),
    "Referee": lambda port, host, _: Referee(Ea(), port=port, host=host),
    "RecordingProxy": lambda port, host, folder: RecordingProxy(
        "http://127.0.0.1:9/", folder / "new", port=port, host=host
    ),
    "PageServer": lambda port, _, __: PageServer(port),
}
HERE = "127.0.0.1"


@pytest.mark.parametrize("name", LISTENING)
def test_no_address_to_listen_at(name: str, tmp_path: Path) -> None:
    """A port that is none, one that is taken and a host that is none are refused by name, and nothing stays open."""
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        taken.listen()
        wrong: list[tuple[Any, str]] = [(taken.getsockname()[1], HERE)]
        if name != "MockEa":  # listens as MockLas does, behind a store that takes long to make
            wrong += [(99_999, HERE), (-1, HERE), ("8080", HERE)]
        if name not in {"MockEa", "PageServer"}:
            wrong.append((0, f"{'a' * 70}.example"))
        for port, host in wrong:
            with pytest.raises(ConfigurationError, match=r"port|listen"), LISTENING[name](port, host, tmp_path):
                pass


def test_a_port_that_is_none_is_wrong_use() -> None:
    """Each program that listens refuses such a port as wrong use, and names the option."""
    programs: dict[str, tuple[Command, list[str]]] = {
        "mock-las serve": (mock_las.cli.main, ["serve"]),
        "mock-las replay": (mock_las.cli.main, ["replay", "folder"]),
        "mock-ea serve": (mock_ea.ea_commands.main, ["serve"]),
        "mock-ea play": (mock_ea.ea_commands.main, ["play"]),
        "uwlr conformance serve": (uwlr.cli.main, ["conformance", "serve"]),
        "uwlr conformance referee": (uwlr.cli.main, ["conformance", "referee"]),
    }
    done = {name: CliRunner().invoke(main, [*words, "--port", "99999"]) for name, (main, words) in programs.items()}
    assert {name: one.exit_code for name, one in done.items()} == dict.fromkeys(programs, 2)
    assert all("--port" in one.stderr for one in done.values())
