"""From an HTTP answer to a message or an error, without any I/O."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from uwlr.berichten import ROOTS
from uwlr.berichten.tabel import Bericht, wire_name
from uwlr.client.http_body import ENVELOPE, ENVELOPE_END, HEAD, EndedEarlyError, Unpacker, xml_of
from uwlr.client.records import HttpAnswer
from uwlr.client.retry import GATEWAY
from uwlr.codec.read import Received, Roots, read_envelope
from uwlr.errors import Fault, HttpError, HttpProblem, MessageError, NotSoap, NotXml, Timeout, UnexpectedElement
from uwlr.norm import Versie
from uwlr.visible import logger

EXCERPT = 80
"""Characters of a page that an error keeps."""

_log = logger("uwlr.client")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.?|[0-9a-f:.]*:[0-9a-f:.]*", re.ASCII)
_MEDIA_TYPES = frozenset(
    {
        "application/json",
        "application/octet-stream",
        "application/problem+json",
        "application/soap+xml",
        "application/xhtml+xml",
        "application/xml",
        "application/xop+xml",
        "application/zip",
        "multipart/mixed",
        "multipart/related",
        "text/html",
        "text/plain",
        "text/xml",
    }
)
"""Content types that errors and logs name; another one is the peer's own word."""

_ENCODINGS = frozenset({"br", "bzip2", "compress", "dcb", "dcz", "exi", "lzma", "x-compress", "xz", "zstd"})
"""Compressions that errors name."""


_CREDENTIALS = "check HTTP headers, client certificate and address"
_NO_SERVICE = "there is no service at this address: check its path"
_FAILED = "the service, or something in front of it, failed: try later"
_LOGIN = frozenset({401, 403, 407, 511})
_ADVICE = {
    **dict.fromkeys((404, 405, 410), _NO_SERVICE),
    **dict.fromkeys((500, *GATEWAY), _FAILED),
    401: f"a login is asked before the service is reached: {_CREDENTIALS}",
    403: f"access is refused before the service is reached: {_CREDENTIALS}",
    407: "the proxy asks a login",
    408: "it waited too long for the request: try later",
    413: "the request is larger than it takes: send less at once",
    429: "it is asked too often: try later",
    511: "the network asks a login",
}


class Collector:
    """Collects an answer as it comes in, and stops it when it exceeds the limits on size or time."""

    def __init__(self, *, limit: int, total: timedelta) -> None:
        self.limit = limit
        self.total = total
        self.deadline = time.monotonic() + total.total_seconds()
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.certificate: bytes | None = None
        self.pieces: list[bytes] = []
        self.unpacker = Unpacker("")
        self.size = 0
        self.came = 0

    def start(self, status: int, headers: Mapping[str, str], certificate: bytes | None) -> None:
        """Take the head of the answer.

        Raises:
            HttpError: the announced length is beyond the limit.
        """
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.certificate = certificate
        self.unpacker = Unpacker(self.headers.get("content-encoding", ""))
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self.limit:
            raise self._oversized()

    def feed(self, piece: bytes) -> None:
        """Take a piece of the body as it came over the wire.

        Raises:
            HttpError: the body is beyond the limit, or compressed and damaged.
            Timeout: it takes too long.
        """
        self.came += len(piece)
        if time.monotonic() > self.deadline:
            raise Timeout(f"the answer was not complete within {seconds(self.total)}, total_timeout")
        try:
            for block in self.unpacker.feed(piece):
                self._keep(block)
        except zlib.error:
            raise self._error("encoding", "with a body that cannot be decompressed") from None

    def unpacked(self, body: bytes) -> None:
        """Take a whole body that was already decompressed.

        Raises:
            HttpError: it is beyond the limit.
        """
        self.unpacker = Unpacker("")
        self.came = len(body)
        for block in self.unpacker.feed(body):
            self._keep(block)

    def finish(self) -> HttpAnswer:
        """Return the whole answer, reduced to the XML in its body.

        Raises:
            HttpError: the body is compressed, and stops before its end.
        """
        try:
            for block in self.unpacker.finish():
                self._keep(block)
        except EndedEarlyError:
            text = f"with a compressed body that stops early, after {self.came} bytes"
            raise self._error("truncated", text) from None
        found = xml_of(b"".join(self.pieces), self.headers)
        partial = ("its status says that it is a part (206)",) if self.status == HTTPStatus.PARTIAL_CONTENT else ()
        return HttpAnswer(
            status=cast("int", self.status),
            headers={**self.headers, "content-type": found.content_type} if found.content_type else self.headers,
            body=found.body,
            certificate=self.certificate,
            remarks=(*partial, *self.unpacker.remarks, *found.remarks),
            contradicted=self.unpacker.contradicted,
        )

    def _keep(self, block: bytes) -> None:
        self.size += len(block)
        if self.size > self.limit:
            raise self._oversized()
        self.pieces.append(block)

    def _oversized(self) -> HttpError:
        text = f"the answer is longer than {self.limit} bytes; raise max_response_size if such a size is expected"
        return HttpError(text, problem="oversized", status=self.status, content_type=self.headers.get("content-type"))

    def _error(self, problem: HttpProblem, text: str) -> HttpError:
        text = f"answered {_status(cast('int', self.status))} {text}"
        return HttpError(text, problem=problem, status=self.status, content_type=self.headers.get("content-type"))


def seconds(limit: timedelta) -> str:
    """Format a time limit for people."""
    return f"{limit.total_seconds():g} s"


def read_answer(
    answer: HttpAnswer, antwoord: type[Bericht], *, versie: Versie, secret: str, roots: Roots = ROOTS
) -> Received:
    """Read the message that an answer holds, tolerantly.

    Args:
        answer: as it came.
        antwoord: the expected message.
        versie: the version spoken.
        secret: a text that no error may show.
        roots: the known messages; an unexpected one of these is named in the error.

    Raises:
        HttpError: no SOAP.
        NotXml, NotSoap, UnexpectedElement: other XML than expected.
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
        _log.warning("an answer came as %s, though it holds SOAP; text/xml is due", page.shown_type)
    for remark in answer.remarks:
        _log.warning("an answer was read, though %s", remark)
    return received


class _Page:
    """What can be told about an answer without reading its message."""

    def __init__(self, answer: HttpAnswer, secret: str) -> None:
        self.answer = answer
        self.secret = secret
        self.head = answer.body[:HEAD]
        self.content_type = answer.headers.get("content-type", "")
        self.media_type = self.content_type.partition(";")[0].strip().lower()

    @property
    def is_xml_type(self) -> bool:
        return self.media_type in {"text/xml", "application/xml"} or self.media_type.endswith("+xml")

    @property
    def is_envelope(self) -> bool:
        return bool(ENVELOPE.search(self.head))

    @property
    def is_whole(self) -> bool:
        return self.is_envelope and bool(ENVELOPE_END.search(self.answer.body))

    @property
    def shown_type(self) -> str:
        """The content type, if it is a well-known one and not the peer's own word."""
        if not self.media_type:
            return "no content type"
        return self.media_type if self.media_type in _MEDIA_TYPES else "a content type that is not due"

    def check(self) -> None:
        """Raise where the outside shows that there is no SOAP."""
        answer = self.answer
        if 300 <= answer.status < 400:
            raise self.error("redirect", f"{self._target()}, which is not followed: a key would go elsewhere")
        if answer.status == HTTPStatus.PARTIAL_CONTENT and not self.is_whole:
            raise self.error("status", "with a part of an answer, which nobody asked for: look at proxies on the way")
        if not answer.body.strip():
            raise self._without_soap("empty", "with an empty body")
        if self.is_envelope:
            return
        if _HTML.search(self.head):
            raise self._without_soap("html", "with an HTML page, not SOAP")
        if not self._starts_as_xml():
            packed = self._packed()
            if packed is not None:
                raise self.error("encoding", f"compressed as {packed}, which was not asked for")
            raise self._without_soap("content-type", f"with {self.shown_type}, not SOAP")

    def _packed(self) -> str | None:
        """Name the compression of a binary body, if a header does."""
        named = {name.strip().lower() for name in self.answer.headers.get("content-encoding", "").split(",")}
        if not named - {"", "identity"}:
            return None
        return next((name for name in sorted(named) if name in _ENCODINGS), "something else than gzip or deflate")

    def explain(self, error: MessageError) -> Exception:
        """Explain unreadable XML by what the HTTP answer shows."""
        answer = self.answer
        if answer.contradicted:
            return self.error("encoding", "with a body that is not compressed as it says, and is no message either")
        if isinstance(error, NotXml) and self.is_envelope:
            if not self.is_whole:
                text = f"with XML that stops after {len(answer.body)} bytes, before the end of the envelope"
                return self.error("truncated", text)
            if len(ENVELOPE.findall(answer.body)) > 1:
                return NotSoap("more than one envelope where one was due")
        if isinstance(error, NotXml | NotSoap) and not _is_success(answer.status):
            return self._without_soap("status", "with XML that is not SOAP")
        if isinstance(error, UnexpectedElement):
            # The original text names the element, which is the peer's word.
            text = "an element where a message of UWLR was due"
            return UnexpectedElement(text, element=error.element, line=error.line)
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
        if status in _LOGIN:
            problem = "login"
        advice = _ADVICE.get(status, "check the address: a service answers with SOAP")
        return self.error(problem, f"{text}: {advice}", excerpt=self._excerpt())

    def _excerpt(self) -> str | None:
        """Return the start of a page for debugging; never of XML, which is about persons."""
        if self._starts_as_xml() and not _HTML.search(self.head):
            return None
        text = " ".join(self.head.decode("utf-8", "replace").split())
        text = "".join(character if character.isprintable() else "�" for character in text)
        return text.replace(self.secret, "…")[:EXCERPT] or None

    def _starts_as_xml(self) -> bool:
        start = self.head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
        return start.startswith(b"<")

    def _target(self) -> str:
        location = self.answer.headers.get("location")
        if location is None:
            return "a redirect"
        try:
            host = (urlsplit(location).hostname or "").lower()
        except ValueError:
            return "a redirect to something that is no address"
        if not host:
            return "a redirect"
        return f"a redirect to {host}" if _HOST.fullmatch(host) else "a redirect to something that is no address"


def _is_success(status: int) -> bool:
    return 200 <= status < 300


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
