"""What can go wrong, split by what the caller does next.

::

    UwlrError                     everything below
    ├─ TransportError             no usable HTTP answer
    │  ├─ ConnectError            nobody answered: check the address, or try later
    │  │  └─ TlsError             TLS was refused by either side: check the certificates
    │  ├─ Timeout                 too slow: try later
    │  └─ HttpError               an answer that is not SOAP (HTML, 401, 502, an empty body)
    ├─ MessageError               bytes came, but not this message
    │  ├─ NotXml                  not well-formed, or a DOCTYPE
    │  ├─ NotSoap                 well-formed, but not one SOAP 1.1 envelope
    │  ├─ UnexpectedElement       another message than the one that was due
    │  └─ InvalidMessage          the right message, with deviations
    ├─ InvalidReport              a validation report with errors, raised on request
    ├─ Fault                      the peer answered with a SOAP fault
    │  ├─ ClientFault             repeating the same request is usually useless
    │  └─ ServerFault             repeating later may help
    ├─ ConfigurationError         a wrong argument; also a ValueError
    └─ MissingExtraError          a part that was not installed; also an ImportError

No message shows a key, a name or a number of a person, nor text that a peer may have put one in. Context that is
known (operation, endpoint) stands in attributes and at the front of the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from uwlr.deviations import Deviation
from uwlr.xml_problems import XmlProblem


class UwlrError(Exception):
    """Base of every error of this library.

    Attributes:
        operation: name of the operation, if one was under way.
        endpoint: host of the endpoint, if one was called.
    """

    operation: str | None = None
    endpoint: str | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Python would call the class with its text alone, and some take more: a process pool would break on them.
        return _restored, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        context = " ".join(part for part in (self.operation, self.endpoint) if part)
        text = super().__str__()
        return f"{context}: {text}" if context else text


def _restored(cls: type[UwlrError], args: tuple[object, ...]) -> UwlrError:
    return cls.__new__(cls, *args)


class TransportError(UwlrError):
    """No usable HTTP answer."""


class ConnectError(TransportError):
    """No connection, or one that broke before the answer began."""


class TlsError(ConnectError):
    """One side refused the other's certificate, or they share no version of TLS; repeating does not help."""


class Timeout(TransportError):  # noqa: N818 - the name says what happened
    """No answer in time."""


HttpProblem = Literal[
    "content-type",
    "empty",
    "encoding",
    "html",
    "login",
    "oversized",
    "redirect",
    "status",
    "truncated",
]


class HttpError(TransportError):
    """An HTTP answer that is not SOAP: an HTML page, a 401, a 502, an empty or cut-off body.

    Attributes:
        problem: what is wrong with it, in one word.
        status: HTTP status.
        content_type: content type of the answer, if there was one.
        excerpt: the first characters of a text that is not XML, at most 80; None for XML. They come from the peer, so
            they may hold a name: they show in no message.
    """

    def __init__(
        self,
        message: str,
        *,
        problem: HttpProblem = "status",
        status: int | None = None,
        content_type: str | None = None,
        excerpt: str | None = None,
    ) -> None:
        super().__init__(message)
        self.problem = problem
        self.status = status
        self.content_type = content_type
        self.excerpt = excerpt


class MessageError(UwlrError):
    """Bytes came, but not the message that was due."""


class NotXml(MessageError):  # noqa: N818
    """Not well-formed XML, or XML that is refused for safety (a DOCTYPE).

    Attributes:
        problem: what is wrong.
        encoding: the encoding that the bytes declare, if it has to do with that.
        line: line of the first problem, from 1, if known.
        column: column in that line, from 1, if known.
    """

    def __init__(
        self,
        problem: XmlProblem,
        *,
        encoding: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        place = "" if line is None else f" (line {line}, column {column})"
        super().__init__(f"no XML that can be read: {problem.text('en', encoding)}{place}")
        self.problem = problem
        self.encoding = encoding
        self.line = line
        self.column = column


class NotSoap(MessageError):  # noqa: N818
    """Well-formed XML, but not a SOAP 1.1 envelope with one element in its body."""


class UnexpectedElement(MessageError):  # noqa: N818
    """An element where another message was due.

    Attributes:
        element: its local name.
        line: its line, from 1, if known.
    """

    def __init__(self, message: str, *, element: str, line: int | None = None) -> None:
        super().__init__(message)
        self.element = element
        self.line = line


class InvalidMessage(MessageError):  # noqa: N818
    """A message that deviates from the standard; every deviation is listed.

    Attributes:
        deviations: what is wrong and where.
    """

    SHOWN = 20

    def __init__(self, deviations: Sequence[Deviation], *, element: str) -> None:
        self.deviations = tuple(deviations)
        count = len(self.deviations)
        lines = [f"{element} deviates in {count} place{'' if count == 1 else 's'}:"]
        lines += [f"  {deviation}" for deviation in self.deviations[: self.SHOWN]]
        if count > self.SHOWN:
            lines.append(f"  … and {count - self.SHOWN} more")
        super().__init__("\n".join(lines))


class InvalidReport(UwlrError):  # noqa: N818
    """A validation report with errors, raised by `report.raise_for_errors()`.

    Attributes:
        report: the report.
    """

    def __init__(self, message: str, *, report: object) -> None:
        super().__init__(message)
        self.report = report


class Fault(UwlrError):  # noqa: N818
    """The peer answered with a SOAP fault.

    Attributes:
        code: a `Foutcode` if the code is one of the agreement, a `SoapFoutcode` if it is one of SOAP and its kin,
            else the peer's own, without a prefix: that shows in no message.
        text: the faultstring, or the reason. It comes from the peer, so it may hold a name or a key: it shows in no
            message.
        subcode: of SOAP 1.2 the innermost subcode, in the same form as the code; None if there is none.
        detail: the text of the detail element, None if there is none.
        http_status: HTTP status of the answer.
    """

    def __init__(
        self,
        code: str,
        text: str,
        *,
        subcode: str | None = None,
        detail: str | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(f"fault {_meaning(code)}")
        self.code = code
        self.text = text
        self.subcode = subcode
        self.detail = detail
        self.http_status = http_status

    @property
    def shown_code(self) -> str:
        """The code if it is a known one, else a question mark: what a report may show."""
        return str(self.code) if hasattr(self.code, "omschrijving") else "?"


def _meaning(code: str) -> str:
    """Give a known code with the sentence that goes with it, and nothing of another."""
    meaning = getattr(code, "omschrijving", None)
    if meaning is not None:
        return f"{code}: {meaning}"
    return "without a usable code (the peer's own words are in `code` and `text`)"


class ClientFault(Fault):
    """The peer blames the request; the same request again is usually useless."""


class ServerFault(Fault):
    """The peer blames itself; the same request later may succeed."""


class ConfigurationError(UwlrError, ValueError):
    """A wrong argument or setting; the text says which and what to do."""


class MissingExtraError(UwlrError, ImportError):
    """Something was used that a plain install leaves out; the text is the line that installs it."""
