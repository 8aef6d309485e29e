"""From an HTTP answer to a message or an error, without any I/O."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from uwlr.berichten import ROOTS
from uwlr.berichten.tabel import Bericht, wire_name
from uwlr.client.records import HttpAnswer
from uwlr.codec.read import Received, Roots, read_envelope
from uwlr.errors import Fault, HttpError, HttpProblem, MessageError, NotSoap, NotXml, Timeout, UnexpectedElement
from uwlr.norm import Versie

EXCERPT = 80
"""Characters of a page that an error keeps."""

_log = logging.getLogger("uwlr.client")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_ENVELOPE = re.compile(rb"<(?:[\w.-]+:)?Envelope\b")
_ENVELOPE_END = re.compile(rb"</(?:[\w.-]+:)?Envelope\s*>\s*$")
_HEAD = 1024


class Collector:
    """Takes an answer as it comes in, and stops it where it grows or lasts beyond the limits."""

    def __init__(self, *, limit: int, total: timedelta) -> None:
        self.limit = limit
        self.total = total
        self.deadline = time.monotonic() + total.total_seconds()
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.certificate: bytes | None = None
        self.pieces: list[bytes] = []
        self.size = 0

    def start(self, status: int, headers: Mapping[str, str], certificate: bytes | None) -> None:
        """Take the head of the answer.

        Raises:
            HttpError: the announced length is beyond the limit.
        """
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.certificate = certificate
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.limit:
            raise self._oversized()

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body, decompressed.

        Raises:
            HttpError: the body is beyond the limit.
            Timeout: it takes too long.
        """
        self.size += len(piece)
        if self.size > self.limit:
            raise self._oversized()
        if time.monotonic() > self.deadline:
            raise Timeout(f"the answer was not complete within {seconds(self.total)}, total_timeout")
        self.pieces.append(piece)

    def finish(self) -> HttpAnswer:
        """Give the whole answer."""
        return HttpAnswer(
            status=cast("int", self.status),
            headers=self.headers,
            body=b"".join(self.pieces),
            certificate=self.certificate,
        )

    def _oversized(self) -> HttpError:
        text = f"the answer is longer than {self.limit} bytes; raise max_response_size if such a size is expected"
        return HttpError(text, problem="oversized", status=self.status, content_type=self.headers.get("content-type"))


def seconds(limit: timedelta) -> str:
    """Write a time limit as people do."""
    return f"{limit.total_seconds():g} s"


def read_answer(
    answer: HttpAnswer, antwoord: type[Bericht], *, versie: Versie, secret: str, roots: Roots = ROOTS
) -> Received:
    """Read the message that an answer holds, tolerantly.

    Args:
        answer: as it came.
        antwoord: the message that is due.
        versie: the version spoken.
        secret: a text that no error may show.
        roots: the messages that are known, of which another than was due is named.

    Raises:
        HttpError: no SOAP.
        NotXml, NotSoap, UnexpectedElement: other XML than was due.
        Fault: the peer refused.
    """
    page = _Page(answer, secret)
    page.check()
    try:
        received = read_envelope(answer.body, tolerant=True, versie=versie, roots=roots)
    except Fault as fault:
        fault.http_status = answer.status
        raise
    except MessageError as error:
        raise page.explain(error) from None
    if not isinstance(received.bericht, antwoord):
        name = wire_name(type(received.bericht)) or ""
        raise UnexpectedElement(f"{name} where {wire_name(antwoord)} was due", element=name)
    if not _is_success(answer.status):
        raise page.error("status", "with an ordinary message in it, so the two contradict each other")
    if not page.is_xml_type and page.content_type:
        _log.warning("an answer came as %s, though it holds SOAP; text/xml is due", page.media_type)
    return received


class _Page:
    """An answer seen from the outside."""

    def __init__(self, answer: HttpAnswer, secret: str) -> None:
        self.answer = answer
        self.secret = secret
        self.head = answer.body[:_HEAD]
        self.content_type = answer.headers.get("content-type", "")
        self.media_type = self.content_type.partition(";")[0].strip().lower()[:EXCERPT]

    @property
    def is_xml_type(self) -> bool:
        return self.media_type in {"text/xml", "application/xml"} or self.media_type.endswith("+xml")

    @property
    def is_envelope(self) -> bool:
        return bool(_ENVELOPE.search(self.head))

    def check(self) -> None:
        """Raise where the outside shows that there is no SOAP."""
        answer = self.answer
        if 300 <= answer.status < 400:
            raise self.error("redirect", f"{self._target()}, which is not followed: a key would go elsewhere")
        if not answer.body.strip():
            raise self._without_soap("empty", "with an empty body")
        encoding = answer.headers.get("content-encoding", "identity").lower()
        if encoding not in {"identity", "gzip", "deflate", "x-gzip"}:
            raise self.error("encoding", f"compressed as {encoding[:20]}, which was not asked for")
        if self.is_envelope:
            return
        if _HTML.search(self.head):
            raise self._without_soap("html", "with an HTML page, not SOAP")
        if not self._starts_as_xml():
            raise self._without_soap("content-type", f"with {self.media_type or 'no content type'}, not SOAP")

    def explain(self, error: MessageError) -> Exception:
        """Say of XML that could not be read what the HTTP answer tells about it."""
        if isinstance(error, NotXml) and self.is_envelope and not _ENVELOPE_END.search(self.answer.body[-_HEAD:]):
            size = len(self.answer.body)
            return self.error("truncated", f"with XML that stops after {size} bytes, before the end of the envelope")
        if isinstance(error, NotXml | NotSoap) and not _is_success(self.answer.status):
            return self._without_soap("status", "with XML that is not SOAP")
        return error

    def error(self, problem: HttpProblem, text: str, *, excerpt: str | None = None) -> HttpError:
        """Make the error: `answered 502 Bad Gateway …`."""
        return HttpError(
            f"answered {_status(self.answer.status)} {text}",
            problem=problem,
            status=self.answer.status,
            content_type=self.content_type or None,
            excerpt=excerpt,
        )

    def _without_soap(self, problem: HttpProblem, text: str) -> HttpError:
        status = self.answer.status
        advice = {
            401: "a login is asked before the service is reached: check HTTP headers, client certificate and address",
            403: "access is refused before the service is reached: check HTTP headers, client certificate and address",
            404: "there is no service at this address: check its path",
            407: "the proxy asks a login",
        }.get(status)
        if status in {401, 403, 407}:
            problem = "login"
        elif advice is None and status >= 500:
            advice = "the service, or something in front of it, failed: try later"
        elif advice is None:
            advice = "check the address: a service answers with SOAP"
        return self.error(problem, f"{text}: {advice}", excerpt=self._excerpt())

    def _excerpt(self) -> str | None:
        """Give how a page starts, for who asks for it; never XML, which is about persons."""
        if self._starts_as_xml() and not _HTML.search(self.head):
            return None
        text = " ".join(self.head.decode("utf-8", "replace").split())
        text = "".join(character if character.isprintable() else "�" for character in text)
        return text.replace(self.secret, "…")[:EXCERPT] or None

    def _starts_as_xml(self) -> bool:
        start = self.head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
        return start.startswith(b"<")

    def _target(self) -> str:
        try:
            host = urlsplit(self.answer.headers.get("location", "")).hostname
        except ValueError:
            host = None
        return f"a redirect to {host}" if host else "a redirect"


def _is_success(status: int) -> bool:
    return 200 <= status < 300


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
