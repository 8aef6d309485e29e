"""Several requests on one connection that is held on to: what an HTTP library would mend behind our back shows here."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from uwlr.client.config import Limits
from uwlr.client.records import HttpAnswer
from uwlr.conformance.declarations import Tls
from uwlr.conformance.outcomes import Absent
from uwlr.conformance.traffic import Wanted
from uwlr.text import Text


class _Watched(http.client.HTTPResponse):
    """An answer that tells what stood behind it; the library would drop that with its buffer."""

    left = 0

    def _close_conn(self) -> None:
        raw = getattr(self.fp, "raw", None)
        sock = getattr(raw, "_sock", None)
        if sock is not None and hasattr(self.fp, "peek"):
            waits = sock.gettimeout()
            sock.setblocking(False)
            try:
                self.left = len(self.fp.peek() or b"")
            except OSError:
                self.left = 0
            finally:
                sock.settimeout(waits)
        super()._close_conn()  # type: ignore[misc]


class Said(NamedTuple):
    """An answer, and how many bytes stood behind it; no answer where the connection broke."""

    answer: HttpAnswer | None
    left: int = 0

    def __repr__(self) -> str:
        return f"<Said left={self.left}>"


def talk(wanted: Sequence[Wanted], headers: Mapping[str, str], tls: Tls, limits: Limits) -> Iterator[Said]:
    """Send the requests one after the other; gives their answers, and none for the first that got none.

    It ends early where the server said that it closes the connection.

    Raises:
        Absent: a proxy stands in between.
    """
    parts = urlsplit(wanted[0].url)
    host = parts.hostname or ""
    if parts.scheme in getproxies() and not proxy_bypass(host):
        raise Absent(Text("er staat een proxy tussen", "a proxy stands in between"))
    seconds = limits.connect_timeout.total_seconds()
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=tls.ca)
        if tls.cert is not None:
            context.load_cert_chain(tls.cert, tls.key)
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            host, parts.port, timeout=seconds, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=seconds)
    # Without this the library makes a new connection in silence.
    connection.auto_open = 0
    connection.response_class = _Watched
    try:
        connection.connect()
        for one in wanted:
            path = urlsplit(one.url).path or "/"
            connection.request("POST", path, body=one.body, headers={**headers, **one.headers})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            answer = HttpAnswer(status=response.status, headers=found, body=response.read())
            yield Said(answer, getattr(response, "left", 0))
            if response.will_close:
                return
    except (OSError, http.client.HTTPException):
        yield Said(None)
    finally:
        connection.close()
