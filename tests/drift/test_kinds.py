"""Each kind of drift is found as that kind, and alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from uwlr.berichten import Autorisatie, LeerlinggegevensAntwoord, LeerlinggegevensVerzoek
from uwlr.drift.comparing import compare
from uwlr.drift.differences import KINDS, Drift
from uwlr.drift.drift_reports import render
from uwlr.errors import ConfigurationError
from uwlr.recorded import Recorder, Recording
from uwlr.schemas import served_wsdl
from uwlr.soap.envelope import write_envelope, write_fault
from uwlr.testing import make_school

REQUEST = write_envelope(
    LeerlinggegevensVerzoek(schooljaar="2025-2026", brincode="99QQ", dependancecode="00", xsdversie="2.2"),
    autorisatie=Autorisatie(autorisatiesleutel="sleutel-0123456789", klantcode="K1", klantnaam="Boom"),
)
ANSWER = write_envelope(LeerlinggegevensAntwoord(inhoud=make_school(7, 25, brincode="99QQ", schooljaar="2025-2026")))
PAGE = b"<html><body><h1>503</h1></body></html>"
FAULT = write_fault("Server.TijdelijkNietBeschikbaar")


def _recorded(folder: Path, answer: bytes = ANSWER, *, last_byte: float = 0.3, **more: Any) -> Recording:
    with Recorder(folder, made_from="fixture") as recorder:
        for number in range(2):
            exchange = {
                "method": "POST",
                "target": "/uwlr",
                "headers": [("SOAPAction", '"HaalLeerlinggegevens"')],
                "request": REQUEST,
                "status": 200,
                "answer_headers": [("Content-Type", "text/xml; charset=utf-8")],
                "answer": answer,
                "at": float(number),
                "first_byte": number + 0.1,
                "last_byte": number + last_byte,
            }
            recorder.add(**(exchange | more))  # type: ignore[arg-type]
    return Recording.open(folder)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """The usual answer, three times."""
    return _recorded(tmp_path_factory.mktemp("kinds") / "base")


DRIFTS: dict[str, tuple[tuple[str, str], dict[str, Any]]] = {
    "mark": (("form", "encoding"), {"answer": b"\xef\xbb\xbf" + ANSWER}),
    "quotes": (("form", "declaration"), {"answer": ANSWER.replace(b'version="1.0"', b"version='1.0'")}),
    "no declaration": (("form", "declaration"), {"answer": ANSWER.partition(b"?>\n")[2]}),
    "indented": (("form", "white space"), {"answer": ANSWER.replace(b"><", b">\n  <")}),
    "padded": (("form", "after the end"), {"answer": ANSWER + b" " * 5000}),
    "namespace": (("form", "namespace"), {"answer": ANSWER.replace(b"/leerresultaten/2/", b"/leerresultaten/9/")}),
    "moments": (("form", "value"), {"answer": ANSWER.replace(b"T04:30:00Z", b"T04:30:00+00:00")}),
    "keys": (("form", "key"), {"answer": ANSWER.replace(b'leerling key="', b'leerling key="a-b-')}),
    "codes": (("code", ""), {"answer": ANSWER.replace(b"<jaargroep>", b"<jaargroep>1")}),
    "private element": (
        ("appears", "presence"),
        {"answer": ANSWER.replace(b"</school>", b"<eigen>1</eigen></school>")},
    ),
    "no comment": (("disappears", "presence"), {"answer": ANSWER.replace(b"commentaar>", b"x>")}),
    "header": (("header", ""), {"answer_headers": [("Content-Type", "text/xml; charset=utf-8"), ("X-Frame", "1")]}),
    "type": (("header", ""), {"answer_headers": [("Content-Type", "application/soap+xml")]}),
    "fault": (("fault", ""), {"answer": FAULT, "status": 500}),
    "page": (("answer", ""), {"answer": PAGE}),
    "status": (("status", ""), {"status": 202}),
    "broken": (("status", ""), {"problem": "broken"}),
    "slow": (("timing", ""), {"last_byte": 12.0}),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_a_kind_is_found(name: str, base: Recording, tmp_path: Path) -> None:
    """A difference of one kind is found, both ways round, and takes no other place in the report."""
    mark, change = DRIFTS[name]
    other = _recorded(tmp_path / "other", **change)
    there, back = compare(base, other), compare(other, base)
    assert mark in {(one.kind, one.feature) for one in there.differences}
    assert len(there.differences) == len(back.differences)
    assert [(d.one, d.other) for d in there.differences if d.kind == "form"] == [
        (d.other, d.one) for d in back.differences if d.kind == "form"
    ]
    assert not compare(base, other, ignore=KINDS).differences
    assert not compare(other, other).differences


@pytest.mark.parametrize(
    ("old", "new", "mark"),
    [
        (b'soapAction="HaalLeerlinggegevens"', b'soapAction="urn:HaalLeerlinggegevens"', ("form", "SOAPAction")),
        (b'operation name="HaalStructuur"', b'operation name="HaalSchool"', ("appears", "presence")),
    ],
)
def test_a_wsdl_is_compared_by_its_operations(old: bytes, new: bytes, mark: tuple[str, str], tmp_path: Path) -> None:
    """Another SOAPAction or operation in a WSDL is found; another address is none."""
    wsdl = served_wsdl("leerlinggegevens", address="https://een.example/uwlr")
    assert old in wsdl
    get = {"method": "GET", "target": "/uwlr?wsdl", "headers": [], "request": b""}
    one = _recorded(tmp_path / "one", wsdl, **get)
    same = _recorded(tmp_path / "same", served_wsdl("leerlinggegevens", address="https://ander.example/"), **get)
    assert not compare(one, same).differences
    found = compare(one, _recorded(tmp_path / "other", wsdl.replace(old, new), **get))
    assert mark in {(difference.kind, difference.feature) for difference in found.differences}


def test_a_few_people_prove_nothing(base: Recording, tmp_path: Path) -> None:
    """What three of 25 pupils lack may be chance: it is listed apart, and is no difference."""
    other = _recorded(
        tmp_path / "other", ANSWER.replace(b"<roepnaam>", b"<bijnaam>", 3).replace(b"</roepnaam>", b"</bijnaam>", 3)
    )
    found = compare(base, other)
    assert not found.differences
    assert any(one.place.last.name == "bijnaam" for one in found.unsure)


def test_what_a_recording_invents_is_no_drift(tmp_path: Path) -> None:
    """A code that is not in the list is invented anew in each recording, and is the same code all the same."""
    answer = ANSWER.replace(b"<jaargroep>", b"<jaargroep>onzin")
    assert not compare(_recorded(tmp_path / "one", answer), _recorded(tmp_path / "other", answer)).differences


def test_a_report_shows_no_person(base: Recording, tmp_path: Path) -> None:
    """No value of a person is in any form of a report, not even an invented one."""
    other = _recorded(tmp_path / "other", ANSWER.replace(b"><", b">\n<").replace(b"<jaargroep>", b"<jaargroep>1"))
    found: Drift = compare(base, other)
    for form in ("text", "json", "html"):
        report = render(found, form)  # type: ignore[arg-type]
        assert "xq" not in report.lower()
        assert "facade" not in report


def test_a_recording_that_changes_while_it_is_read(tmp_path: Path) -> None:
    """A damaged line is an error of this project, not a defect."""
    recording = _recorded(tmp_path / "r")
    index = tmp_path / "r" / "exchanges.jsonl"
    index.write_bytes(b"{}\n" + index.read_bytes())
    with pytest.raises(ConfigurationError):
        compare(recording, recording)


def test_differences_are_data() -> None:
    """A drift is read back from plain data as it was."""
    plain = msgspec.json.encode(Drift(one="a", other="b", exchanges=(1, 2)))
    assert msgspec.json.decode(plain, type=Drift) == Drift(one="a", other="b", exchanges=(1, 2))
