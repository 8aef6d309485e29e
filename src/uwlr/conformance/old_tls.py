"""A handshake in a version of TLS that a server should refuse, by the way that requests takes: proxy, certificate."""

from __future__ import annotations

import base64
import ssl
import warnings
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import unquote, urlsplit

from uwlr.conformance.outcomes import Absent
from uwlr.text import Text


def handshake(url: str, session: Any, timeout: float) -> str | None:
    """Try TLS 1.0 and 1.1; gives the version that was agreed, None if the server refused.

    Args:
        url: an address that begins with https.
        session: the session of requests that calls it otherwise.
        timeout: seconds until a connection stands.

    Raises:
        Absent: this machine does not speak them itself, or the server was not reached.
    """
    parts = urlsplit(url)
    context = _context(session)
    connection = _connection(parts.hostname or "", parts.port or 443, context, _proxy(url, session), timeout)
    try:
        connection.connect()
        line: Any = connection.sock
        return str(line.version())
    except ssl.SSLError as error:
        if error.reason in {"NO_PROTOCOLS_AVAILABLE", "NO_CIPHERS_AVAILABLE"}:
            raise _untried(
                "deze computer spreekt zelf geen TLS 1.1", "this machine does not speak TLS 1.1 itself"
            ) from None
        return None
    except ConnectionResetError:
        return None  # some servers hang up rather than say no
    except (OSError, HTTPException):
        raise _untried(
            "de server of de proxy was niet te bereiken", "the server or the proxy was not reached"
        ) from None
    finally:
        connection.close()


def _untried(nl: str, en: str) -> Absent:
    return Absent(Text(nl, en))


def _context(session: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the certificate is judged elsewhere
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    if session.cert is not None:  # without it a server that asks for one would refuse for that reason
        context.load_cert_chain(*([session.cert] if isinstance(session.cert, str) else session.cert))
    return context


def _proxy(url: str, session: Any) -> str | None:
    """The proxy that requests would take: of the session, or of the environment."""
    from requests.utils import select_proxy  # noqa: PLC0415 - an optional dependency

    settings = session.merge_environment_settings(url, {}, None, None, None)
    found: str | None = select_proxy(url, settings["proxies"])
    return found


def _connection(host: str, port: int, context: ssl.SSLContext, proxy: str | None, timeout: float) -> HTTPConnection:
    if proxy is None:
        return HTTPSConnection(host, port, context=context, timeout=timeout)
    via = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if via.scheme != "http":
        raise _untried("de weg gaat over een proxy van een andere soort", "the way goes by another kind of proxy")
    tunnel = HTTPSConnection(via.hostname or "", via.port or 80, context=context, timeout=timeout)
    headers = {}
    if via.username is not None:
        words = f"{unquote(via.username)}:{unquote(via.password or '')}".encode()
        headers["Proxy-Authorization"] = f"Basic {base64.b64encode(words).decode()}"
    tunnel.set_tunnel(host, port, headers)
    return tunnel
