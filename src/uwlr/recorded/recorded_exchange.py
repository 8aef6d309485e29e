"""What a recording says of itself, and of each exchange in it: the facts beside the messages.

A recording is a folder: `README.md` for people, `recording.json` (`About`), `exchanges.jsonl` (a line for each
`RecordedExchange`), and the messages. Nothing in it is of a person: values of messages are those that were written.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

from uwlr.http_headers import Header

FORMAT: Final = 1
"""Version of the form; it changes when a reader has to."""

ABOUT: Final = "recording.json"
INDEX: Final = "exchanges.jsonl"
README: Final = "README.md"
MESSAGES: Final = "exchanges"
DESCRIPTIONS: Final = "descriptions"
"""Folder of WSDLs and schemas: they stay as they came, since nobody is in them."""

Origin: TypeAlias = Literal["proxy", "zeep", "requests", "httpx", "fixture", "fake"]
"""What saw the exchanges: a proxy, a library in the application, a test, or a fake that was asked."""

Service: TypeAlias = Literal["leerlinggegevens", "leerresultaten", "wsdl", "other"]
"""The service that was called; `wsdl` where it describes itself, in a WSDL or a schema."""

LeftOut: TypeAlias = Literal["packed", "binary"]
"""Why a body was not written: it cannot be unpacked, or is no text, so that nobody can say who is in it."""

Half: TypeAlias = Literal["request", "answer"]

Problem: TypeAlias = Literal["unreachable", "tls", "timeout", "broken", "abandoned"]
"""Why there is no whole answer; `abandoned` where the application did not wait for it."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a recording is.

    Attributes:
        format: version of its form.
        id: tells it apart from any other.
        date: the day on which it began, in UTC.
        uwlr: version of the program.
        made_from: what saw the exchanges.
        label: what its maker calls it.
    """

    format: int
    id: str
    date: str
    uwlr: str
    made_from: Origin
    label: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a request asks for, as it was written into the recording.

    Attributes:
        kind: name of the element in its Body, or of the root of what is no envelope.
        since: whether laatstontvangengegevens was there with a value.
        schooljaar, brincode, dependancecode, schoolkey, gegevenssetid, xsdversie: their values; None where absent.
    """

    kind: str
    since: bool = False
    schooljaar: str | None = None
    brincode: str | None = None
    dependancecode: str | None = None
    schoolkey: str | None = None
    gegevenssetid: str | None = None
    xsdversie: str | None = None


class Passed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One half of an exchange: the request, or the answer.

    Attributes:
        headers: names and values in order; values only of those that say nothing of anybody.
        bytes: size of the body as it passed, packed if it was.
        kind: name of the element in the Body (`Fault` of a fault), or of the root of what is no envelope.
        encoding: encoding of the document, as Python calls it; empty without a body.
        findings: how often each rule of the validator is broken; of messages only.
        left_out: why the body was not written.
    """

    headers: tuple[Header, ...] = ()
    bytes: int = 0
    kind: str | None = None
    encoding: str = ""
    findings: dict[str, int] = {}
    left_out: LeftOut | None = None

    def header(self, name: str) -> str | None:
        """Give the value of a header, if it was kept; the last if there are several."""
        values = [value for known, value in self.headers if known.lower() == name.lower()]
        return values[-1] if values else None


class RecordedExchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request and what came back.

    Attributes:
        number: place in the recording, from 1, in the order in which they ended.
        method: HTTP method.
        target: path and query; words that are no term are replaced.
        service: the service called.
        operation: name of the operation, by the element in the Body.
        question: what was asked; None without a body.
        seconds: when the request began, since the recording did.
        first_byte_ms: milliseconds from there to the first byte of the answer; None if none came.
        last_byte_ms: the same to its last byte.
        status: HTTP status; None if no answer came.
        fault: its faultcode, without prefix.
        problem: why there is no whole answer.
        request: the request.
        answer: the answer.
    """

    number: int
    method: str
    target: str
    service: Service
    operation: str | None = None
    question: Question | None = None
    seconds: float = 0.0
    first_byte_ms: float | None = None
    last_byte_ms: float | None = None
    status: int | None = None
    fault: str | None = None
    problem: Problem | None = None
    request: Passed = Passed()
    answer: Passed = Passed()


def file_name(number: int, half: Half) -> str:
    """Name the file of a message."""
    return f"{number:04d}.{half}.xml"
