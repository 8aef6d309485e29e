"""Several requests on one connection that is held on to: what an HTTP library would mend behind our back shows here."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from uwlr.client.config import Limits
from uwlr.client.records import HttpAnswer
from uwlr.conformance.declarations import Tls
from uwlr.conformance.outcomes import Absent
from uwlr.conformance.traffic import Wanted
from uwlr.text import Text


def talk(wanted: Sequence[Wanted], headers: Mapping[str, str], tls: Tls, limits: Limits) -> Iterator[HttpAnswer | None]:
    """Send the requests one after the other; gives their answers, and None for the first that got none.

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
    try:
        connection.connect()
        for one in wanted:
            path = urlsplit(one.url).path or "/"
            connection.request("POST", path, body=one.body, headers={**headers, **one.headers})
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            yield HttpAnswer(status=response.status, headers=found, body=response.read())
            if response.will_close:
                return
    except (OSError, http.client.HTTPException):
        yield None
    finally:
        connection.close()
