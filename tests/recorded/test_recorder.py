"""A recording holds each exchange as it passed, without anybody in it, whole or not at all."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from datetime import date
from pathlib import Path

import msgspec
import pytest

from recorded.pupils import fixed_secret
from uwlr import schemas
from uwlr.anonymising import left_over
from uwlr.berichten import Autorisatie, Leerling, LeerlinggegevensAntwoord, LeerlinggegevensVerzoek
from uwlr.errors import ConfigurationError
from uwlr.recorded import Question, Recorder, Recording
from uwlr.soap.envelope import write_envelope, write_fault
from uwlr.testing import make_school
from uwlr.validation import validate

SCHOOL = make_school(7, 25, brincode="99QQ", schooljaar="2025-2026")
CANARY = Leerling(
    key="Kanariekey7",
    achternaam="Kanarieboer",
    roepnaam="Kanariepiet",
    geboortedatum=date(2014, 5, 27),
    jaargroep=SCHOOL.leerlingen[0].jaargroep,
    groep=SCHOOL.leerlingen[0].groep,
)
ANSWER = write_envelope(
    LeerlinggegevensAntwoord(inhoud=msgspec.structs.replace(SCHOOL, leerlingen=(CANARY, *SCHOOL.leerlingen)))
)
REQUEST = write_envelope(
    LeerlinggegevensVerzoek(schooljaar="2025-2026", brincode="99QQ", dependancecode="00", xsdversie="2.2"),
    autorisatie=Autorisatie(autorisatiesleutel="kanariesleutel-0123", klantcode="K1", klantnaam="Boom"),
)
HEADERS = [
    ("Content-Type", "text/xml; charset=utf-8"),
    ("SOAPAction", '"HaalLeerlinggegevens"'),
    ("Authorization", "Basic kanarie"),
    ("Content-Length", str(len(REQUEST))),
]


def _written(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _recorded(folder: Path, answer: bytes = ANSWER, *answer_headers: tuple[str, str]) -> Recording:
    with Recorder(folder, made_from="fixture", label="acceptatie", secret_file=fixed_secret(folder)) as recorder:
        recorder.add(
            method="POST",
            target="/kanarie/leerlinggegevens?token=kanarie",
            headers=HEADERS,
            request=REQUEST,
            status=200,
            answer_headers=[("Content-Type", "text/xml"), ("Set-Cookie", "kanarie"), *answer_headers],
            answer=answer,
        )
    return Recording.open(folder)


def test_an_exchange_is_recorded_with_its_facts(tmp_path: Path) -> None:
    """The index says what was asked and what came, the messages stay as valid as they were, nobody is in any file."""
    recording = _recorded(tmp_path / "made")
    [exchange] = recording

    assert (exchange.number, exchange.operation, exchange.service) == (1, "HaalLeerlinggegevens", "leerlinggegevens")
    assert exchange.question == Question(
        kind="leerlinggegevens_verzoek", schooljaar="2025-2026", brincode="99QQ", dependancecode="00", xsdversie="2.2"
    )
    assert (exchange.status, exchange.request.bytes, exchange.answer.bytes) == (200, len(REQUEST), len(ANSWER))
    assert exchange.answer.kind == "leerlinggegevens_antwoord"
    assert exchange.request.header("soapaction") == '"HaalLeerlinggegevens"'
    assert ("Authorization", None) in exchange.request.headers
    assert ("Set-Cookie", None) in exchange.answer.headers
    for made, given, passed in (
        (recording.request(1), REQUEST, exchange.request),
        (recording.answer(1), ANSWER, exchange.answer),
    ):
        assert left_over(made, given) == []
        assert sorted(passed.findings) == sorted({finding.id for finding in validate(given).findings})
    assert b"kanarie" not in _written(tmp_path / "made").lower()
    assert recording.about.label in (tmp_path / "made" / "README.md").read_text("utf-8")


def test_a_packed_answer_is_recorded_unpacked(tmp_path: Path) -> None:
    """The body is that of the plain answer, also in its values; size and encoding are those that passed."""
    packed = gzip.compress(ANSWER)
    recording = _recorded(tmp_path / "made", packed, ("Content-Encoding", "gzip"))
    [exchange] = recording

    assert left_over(recording.answer(1), ANSWER) == []
    assert len(recording.answer(1)) > len(packed) == exchange.answer.bytes
    assert exchange.answer.header("content-encoding") == "gzip"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"%PDF-1.7\0\1 Kanariepiet", "binary"),
        (gzip.compress(ANSWER)[:-20], "packed"),
        (b"\x1f\x8b\x08" + ANSWER, "packed"),
        (ANSWER + b" " * (1 << 16) + zlib.compress(b"Kanariepiet") + b"\0Kanariepiet\0", "binary"),
    ],
    ids=["PDF", "cut short", "no gzip", "far behind"],
)
def test_what_is_no_text_is_left_out(answer: bytes, why: str, tmp_path: Path) -> None:
    """Of a body of which nobody can say who is in it only that is recorded."""
    recording = _recorded(tmp_path / "made", answer)
    [exchange] = recording

    assert (exchange.answer.left_out, exchange.answer.bytes) == (why, len(answer))
    assert recording.answer(1) == b""
    assert b"kanarie" not in _written(tmp_path / "made").lower()


def test_a_fault_a_page_and_a_description(tmp_path: Path) -> None:
    """A fault has its code; a page has its words replaced; a WSDL stays as it came, and the query that asks for it."""
    wsdl = schemas.served_wsdl("leerlinggegevens", address="http://127.0.0.1:1/uwlr")
    with Recorder(tmp_path / "made", made_from="fixture") as recorder:
        for answer in (
            write_fault("Client.AutorisatieOngeldig", "Kanariepiet mag niet"),
            b"<html><body>Kanariepiet</body></html>",
        ):
            recorder.add(method="POST", target="/", request=REQUEST, status=500, answer=answer)
        recorder.add(method="GET", target="/?wsdl", status=200, answer=wsdl)
        recorder.add(method="POST", target="/", request=REQUEST, problem="timeout")
    recording = Recording.open(tmp_path / "made")
    fault, page, description, nothing = recording

    assert (fault.fault, fault.answer.kind) == ("Client.AutorisatieOngeldig", "Fault")
    assert page.answer.kind == "html"
    assert (description.service, description.target, recording.answer(3)) == ("wsdl", "/?wsdl", wsdl)
    assert (nothing.status, nothing.problem, nothing.answer.bytes) == (None, "timeout", 0)
    assert b"kanarie" not in _written(tmp_path / "made").lower()


def test_a_recording_keeps_its_folder(tmp_path: Path) -> None:
    """A folder with something in it is no place for a recording, and one without is none."""
    _recorded(tmp_path / "made")

    with pytest.raises(ConfigurationError, match="not empty"):
        Recorder(tmp_path / "made", made_from="fixture")
    with pytest.raises(ConfigurationError, match="holds no recording"):
        Recording.open(tmp_path)


def test_the_same_secret_makes_the_same_people(tmp_path: Path) -> None:
    """With a secret file two recordings of the same messages are equal; without one they are not."""
    made = []
    for name, secret in (("one", "secret"), ("two", "secret"), ("three", None)):
        with Recorder(
            tmp_path / name, made_from="fixture", secret_file=tmp_path / secret if secret else None
        ) as recorder:
            recorder.add(method="POST", target="/", request=REQUEST, status=200, answer=ANSWER)
        made.append(Recording.open(tmp_path / name).answer(1))

    assert made[0] == made[1] != made[2]
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "one").rglob("*"))


_KILLED = """
import os, signal, sys
from pathlib import Path
from uwlr.recorded import Recorder
recorder = Recorder(sys.argv[1], made_from="fixture", secret_file=sys.argv[3])
answer = Path(sys.argv[2]).read_bytes()
recorder.add(method="POST", target="/", request=b"<a/>", status=200, answer=answer)
under_way = recorder.begin(method="POST", target="/")
under_way.answered(200, [])
under_way.answer(answer * 20)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_maker_that_is_killed_leaves_a_recording(tmp_path: Path) -> None:
    """What had ended is there, what had not is not, a line cut in two is left out, and nobody is in any file."""
    (tmp_path / "answer.xml").write_bytes(ANSWER)
    folder = tmp_path / "made"
    command = [sys.executable, "-c", _KILLED, folder, tmp_path / "answer.xml", fixed_secret(folder)]
    subprocess.run(command, check=False)
    line = (folder / "exchanges.jsonl").read_bytes()
    recording = Recording.open(folder)

    assert [exchange.number for exchange in recording] == [1]
    assert left_over(recording.answer(1), ANSWER) == []
    assert b"kanarie" not in _written(folder).lower()
    (folder / "exchanges.jsonl").write_bytes(line + line[:-20])
    assert [exchange.number for exchange in recording] == [1]
    (folder / "exchanges.jsonl").write_bytes(line[:-20] + b"\n" + line)
    with pytest.raises(ConfigurationError, match="line 1 is damaged"):
        list(recording)
    assert json.loads((folder / "recording.json").read_text("utf-8"))["format"] == 1


_FULL = """
import resource, sys
from uwlr.recorded import Recorder
resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))
with Recorder(sys.argv[1], made_from="fixture") as recorder:
    for size in (10, 5000, 10, 10, 10, 10, 10, 10, 10):
        try:
            recorder.add(method="POST", target="/", request=b"<a/>", status=200, answer=b"<a>" + b" " * size + b"</a>")
        except OSError:
            print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of files are those of Linux")
def test_where_there_is_no_room_nothing_half_is_written(tmp_path: Path) -> None:
    """Whether the message does not fit or its line: it is refused, and what is there belongs to whole exchanges."""
    folder = tmp_path / "made"
    done = subprocess.run([sys.executable, "-c", _FULL, folder], check=True, capture_output=True, text=True)
    numbers = [exchange.number for exchange in Recording.open(folder)]

    refused = done.stdout.count("refused")
    assert numbers == list(range(1, 10 - refused))
    assert 1 < refused < 9
    assert len(list((folder / "exchanges").iterdir())) == 2 * len(numbers)
