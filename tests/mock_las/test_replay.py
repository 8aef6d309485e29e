"""A recording answers as the LAS did, and says so if it cannot."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from drift.asked import asked
from mock_las import MockLas
from uwlr.berichten import Autorisatie, Leerlinggegevens
from uwlr.client import UwlrClient
from uwlr.errors import ClientFault, ConfigurationError
from uwlr.recorded import RecordedExchange, Recorder, Recording
from uwlr.soap.envelope import write_fault

WHO = Autorisatie(autorisatiesleutel="een-sleutel-van-nu", klantcode="K1", klantnaam="Boom")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """ESIS, asked what shows how it behaves."""
    return asked(tmp_path_factory.mktemp("replay") / "r", "esis", leerlingen=12)


def _sent(url: str, recording: Recording, exchange: RecordedExchange) -> tuple[int, bytes]:
    """The request of an exchange, sent again: status and answer."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    body = recording.request(exchange.number)
    headers = {"Content-Type": "text/xml; charset=utf-8"} if body else {}
    connection.request(exchange.method, exchange.target, body or None, headers)
    with connection.getresponse() as answer:
        found = answer.status, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize("order", [False, True], ids=["matching", "in order"])
def test_what_was_recorded_is_answered_again(order: bool, recording: Recording) -> None:
    """Each request gets the status and the bytes that it got; a WSDL too, with addresses at the replay."""
    with MockLas.replay(recording.folder, order=order) as las:
        for exchange in recording:
            status, answer = _sent(las.url, recording, exchange)
            assert status == exchange.status
            if exchange.service != "wsdl":
                assert answer == recording.answer(exchange.number)
            else:
                assert las.url.encode() in answer
    assert not las.unmatched


def test_it_starts_again(recording: Recording) -> None:
    """A recording is answered from its beginning at each start, and has no address before and after."""
    las = MockLas.replay(recording.folder, order=True)
    for _ in range(2):
        with pytest.raises(ConfigurationError, match="`with`"):
            assert las.leerlinggegevens_url
        with las:
            assert _sent(las.url, recording, next(iter(recording)))[0] == 200
            with pytest.raises(ConfigurationError, match="already"):
                las.start()
    assert las.unmatched == []


def test_a_client_is_served(recording: Recording) -> None:
    """A client with another key gets the roster that was recorded, and a fault for a year that was not."""
    school = next(one.question for one in recording if one.operation == "HaalLeerlinggegevens")
    assert school is not None
    with (
        MockLas.replay(recording.folder) as las,
        UwlrClient(las.leerlinggegevens_url, autorisatie=WHO, versie="2.2") as client,
    ):
        asking = {"brincode": school.brincode, "dependancecode": school.dependancecode}
        roster = client.haal_leerlinggegevens(schooljaar=str(school.schooljaar), **asking)
        assert isinstance(roster, Leerlinggegevens)
        assert len(roster.leerlingen) == 12
        with pytest.raises(ClientFault) as refused:
            client.haal_leerlinggegevens(schooljaar="1999-2000", **asking)
    assert "never recorded: leerlinggegevens_verzoek, schooljaar 1999-2000" in refused.value.text
    assert f"Recorded is: leerlinggegevens_verzoek, schooljaar {school.schooljaar}" in refused.value.text
    assert las.unmatched == [
        "leerlinggegevens_verzoek, schooljaar 1999-2000, brincode 99QQ, dependancecode 00, xsdversie 2.2"
    ]


def test_in_order_says_what_is_next(recording: Recording) -> None:
    """In order, a request out of turn gets a fault that names the one that is due, which stays due."""
    exchanges = list(recording)
    with MockLas.replay(recording.folder, order=True) as las:
        out_of_turn = next(one for one in exchanges if one.operation == "HaalStructuur")
        status, answer = _sent(las.url, recording, out_of_turn)
        assert status == 500
        assert b"Exchange 1 is next" in answer
        assert _sent(las.url, recording, exchanges[0])[0] == 200


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Recorder]:
    """A recording that is being made."""
    with Recorder(tmp_path / "made", made_from="fixture") as recorder:
        yield recorder


def test_delays_are_those_that_were_recorded(made: Recorder, recording: Recording) -> None:
    """With delays an answer takes as long as it took."""
    request = recording.request(3)
    fault = write_fault("Server")
    made.add(
        method="POST", target="/", request=request, status=500, answer=fault, at=0.0, first_byte=0.2, last_byte=0.4
    )
    [exchange] = Recording.open(made.folder)
    with MockLas.replay(made.folder, delays=True) as las:
        began = time.perf_counter()
        assert _sent(las.url, Recording.open(made.folder), exchange)[1] == Recording.open(made.folder).answer(1)
        assert time.perf_counter() - began >= 0.4


def test_an_answer_that_never_came_does_not_come(made: Recorder, recording: Recording) -> None:
    """Where the connection broke, it breaks again."""
    made.add(method="POST", target="/", request=recording.request(3), problem="broken")
    [exchange] = Recording.open(made.folder)
    with MockLas.replay(made.folder) as las, pytest.raises((http.client.HTTPException, OSError)):
        _sent(las.url, Recording.open(made.folder), exchange)


def test_a_folder_without_exchanges_is_refused(made: Recorder, tmp_path: Path) -> None:
    """What is no recording, or an empty one, is refused before anything listens."""
    for folder in (made.folder, tmp_path):
        with pytest.raises(ConfigurationError):
            MockLas.replay(folder)


def test_the_command_serves_until_it_is_told_to_stop(recording: Recording) -> None:
    """`mock-las replay` prints its address, answers, and ends at SIGTERM."""
    command = [sys.executable, "-m", "mock_las", "replay", str(recording.folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip().removeprefix("MOCK_LAS_URL=")
        exchange = next(one for one in recording if one.operation == "HaalStructuur")
        assert _sent(url, recording, exchange) == (200, recording.answer(exchange.number))
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
