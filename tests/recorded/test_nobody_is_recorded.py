"""Of pupils whose every value is marked nothing is in anything that a recording writes, says or logs."""

from __future__ import annotations

import gzip
import logging
from base64 import b64encode
from pathlib import Path

import pytest

from recorded.pupils import CANARIES, answer_of, request_of
from recorded.scripted_las import ScriptedLas, ask
from uwlr.conformance import written_forms
from uwlr.recorded import Recorder, Recording
from uwlr.recorded.recording_proxy import RecordingProxy
from uwlr.soap.envelope import write_fault

FORMS = (
    written_forms.other_prefixes,
    written_forms.laid_out,
    written_forms.cdata_and_references,
    written_forms.latin_1,
    written_forms.utf_16,
    written_forms.more_attributes,
)


def _answers(pupils: int) -> list[tuple[int, bytes, bytes]]:
    """Status, headers and body of answers in which they are."""
    roster = answer_of(pupils)
    parts = b"--b\r\nContent-Type: text/xml\r\n\r\n%b\r\n--b--\r\n" % answer_of(3)
    return [
        (200, b"X-Pupil: Kanariepiet", roster),
        (200, b"Content-Encoding: gzip", gzip.compress(roster)),
        *((200, b"Content-Type: text/xml", form(roster)) for form in FORMS),
        (200, b"Set-Cookie: kanarie", roster[: len(roster) // 2]),
        (200, b'Content-Type: multipart/related; boundary="b"', parts),
        (500, b"Server: Kanarie/1.0", write_fault("Client.LeerlingOngeldig", "Kanariepiet is onbekend")),
        (500, b"Content-Type: text/html", b"<html><body>Kanariepiet <b>kanarie@kanarie.nl</b></body></html>"),
        (200, b"Content-Type: text/plain", b"S2FuYXJpZXBpZXQgZW4ga2FuYXJpZQ=="),
        (200, b"Content-Type: text/plain", b"<foto>" + b64encode(b"kanariepiet in een lied\xff" * 10_000) + b"</foto>"),
        (200, b"Content-Type: application/zip", b"PK\x03\x04\0\0Kanariepiet"),
    ]


@pytest.mark.parametrize("pupils", [60, pytest.param(10_000, marks=pytest.mark.proof)])
def test_nobody_is_in_what_the_proxy_writes(
    pupils: int, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """However it is written, packed or broken, wherever it stands in request and answer: all pass, none is recorded."""
    answers = _answers(pupils)
    said = [
        b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n%b\r\n\r\n%b" % (status, len(body), header, body)
        for status, header, body in answers
    ]
    request = request_of()
    post = (
        b"POST /kanarie?wie=kanariepiet HTTP/1.1\r\nHost: HOST\r\nAuthorization: Basic a2FuYXJpZQ==\r\n"
        b"User-Agent: Kanarie/2\r\nContent-Length: %d\r\n\r\n%b" % (len(request), request)
    )
    caplog.set_level(logging.DEBUG)
    with (
        ScriptedLas(lambda *_: said.pop(0)) as las,
        RecordingProxy(las.url, tmp_path / "made", queue=1 << 28) as proxy,
    ):
        for _, _, body in answers:
            assert ask(proxy.url, post)[1] == body
    output = "".join(capfd.readouterr()) + caplog.text
    recording = Recording.open(tmp_path / "made")
    written = b"\n".join(path.read_bytes() for path in (tmp_path / "made").rglob("*") if path.is_file())

    assert (proxy.count, proxy.lost) == (len(answers), 0)
    assert recording.answer(1).count(b"<leerling ") == pupils
    assert all(CANARIES.search(body) for _, _, body in answers if not body.startswith(b"\x1f\x8b"))
    assert CANARIES.search(written + output.encode()) is None


def test_nobody_is_in_what_the_library_writes(tmp_path: Path) -> None:
    """The same answers, given to a recorder, leave nobody in its files; what they are called says nothing either."""
    with Recorder(tmp_path / "made", made_from="fake") as recorder:
        for status, header, body in _answers(20):
            name, _, value = header.decode().partition(": ")
            recorder.add(
                method="POST",
                target="/kanarie",
                headers=[("Cookie", "kanarie")],
                request=request_of(),
                status=status,
                answer_headers=[(name, value)],
                answer=body,
            )
    paths = [path for path in (tmp_path / "made").rglob("*") if path.is_file()]

    assert len(paths) > 20
    assert not any(CANARIES.search(path.read_bytes() + path.name.encode()) for path in paths)
