"""An application records itself: with requests, zeep or httpx, or in a test; it gets what it would have got."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
from pathlib import Path

import httpx
import pytest
import requests
import zeep

from mock_las import MockLas
from recorded.pupils import CANARIES, answer_of, fixed_secret, request_of
from recorded.scripted_las import ScriptedLas
from uwlr.anonymising import left_over
from uwlr.client import AsyncUwlrClient, UwlrClient
from uwlr.recorded import Recorder, Recording
from uwlr.recorded.in_httpx import AsyncRecordingTransport, RecordingTransport
from uwlr.recorded.in_requests import record_session, recording_transport

pytest_plugins = ["pytester"]
PAGE = Path(__file__).parents[2] / "docs" / "recording.md"
PACKED = gzip.compress(answer_of(5))
ANSWER = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (
    len(PACKED),
    PACKED,
)


def _by_requests(recorder: Recorder, url: str) -> bytes:
    return record_session(requests.Session(), recorder).post(url, data=request_of(), timeout=20).content


def _by_httpx(recorder: Recorder, url: str) -> bytes:
    with httpx.Client(transport=RecordingTransport(recorder)) as client:
        return client.post(url, content=request_of()).content


def _by_async_httpx(recorder: Recorder, url: str) -> bytes:
    async def ask() -> bytes:
        async with httpx.AsyncClient(transport=AsyncRecordingTransport(recorder)) as client:
            return (await client.post(url, content=request_of())).content

    return asyncio.run(ask())


BY = pytest.mark.parametrize("ask", [_by_requests, _by_httpx, _by_async_httpx])


@BY
def test_what_passes_is_recorded(ask, tmp_path: Path) -> None:
    """The caller gets the body, the LAS the request, and the recording both, as they passed and without anybody."""
    with (
        ScriptedLas(lambda *_: ANSWER) as las,
        Recorder(tmp_path / "made", made_from="requests", secret_file=fixed_secret(tmp_path / "made")) as recorder,
    ):
        assert ask(recorder, las.url) == answer_of(5)
    recording = Recording.open(tmp_path / "made")
    [exchange] = recording

    assert las.heard[0][1] == request_of()
    assert (exchange.operation, exchange.answer.bytes) == ("HaalLeerlinggegevens", len(PACKED))
    assert left_over(recording.answer(1), answer_of(5)) == []
    assert not any(CANARIES.search(path.read_bytes()) for path in (tmp_path / "made").rglob("*") if path.is_file())


@BY
@pytest.mark.parametrize("problem", ["unreachable", "broken"])
def test_a_failure_is_the_same_and_recorded(ask, problem: str, tmp_path: Path) -> None:
    """What the library raises is raised, and the recording says why there is no answer."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with (
        ScriptedLas(lambda *_: ANSWER[:-10]) as las,
        Recorder(tmp_path / "made", made_from="requests") as recorder,
        pytest.raises((requests.RequestException, httpx.TransportError)),
    ):
        ask(recorder, las.url if problem == "broken" else nowhere)
    [exchange] = Recording.open(tmp_path / "made")

    assert exchange.problem == problem
    assert exchange.status == (200 if problem == "broken" else None)


def test_clients_fetch_the_same(tmp_path: Path) -> None:
    """`UwlrClient`, its async twin and zeep get from a fake what they get without a recording."""
    with MockLas(seed=7) as las, Recorder(tmp_path / "made", made_from="zeep") as recorder:
        connection = las.connection()
        url, autorisatie = connection.leerlinggegevens_url, connection.header
        school = {"schooljaar": connection.schooljaar, "brincode": connection.brincode}
        session = record_session(requests.Session(), recorder)
        with (
            UwlrClient(url, autorisatie=autorisatie) as plain,
            UwlrClient(url, autorisatie=autorisatie, session=session) as recorded,
        ):
            expected = plain.haal_leerlinggegevens(**school)
            assert recorded.haal_leerlinggegevens(**school) == expected

        async def fetch() -> object:
            made = httpx.AsyncClient(transport=AsyncRecordingTransport(recorder))
            async with made, AsyncUwlrClient(url, autorisatie=autorisatie, session=made) as client:
                return await client.haal_leerlinggegevens(**school)

        assert asyncio.run(fetch()) == expected
        client = zeep.Client(f"{url}?wsdl", transport=recording_transport(recorder), service_name=None)
        assert client.wsdl.services
    services = [exchange.service for exchange in Recording.open(tmp_path / "made")]
    assert services[:2] == ["leerlinggegevens", "leerlinggegevens"]
    assert set(services[2:]) == {"wsdl"}


def test_a_test_has_a_recording(pytester: pytest.Pytester) -> None:
    """The example of docs/recording.md passes; with --uwlr-recordings its recording is kept under the test's name."""
    [example] = re.findall(r"```python\n(import requests\n.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    pytester.makepyfile(test_it=example)
    done = pytester.runpytest_inprocess("-p", "no:cacheprovider", f"--uwlr-recordings={pytester.path / 'kept'}")

    done.assert_outcomes(passed=1)
    [folder] = (pytester.path / "kept").iterdir()
    assert folder.name == "test_it.py-test_fetches"
    assert [exchange.status for exchange in Recording.open(folder)] == [200]
