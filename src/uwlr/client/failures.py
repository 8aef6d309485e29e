"""Exceptions of requests and httpx, turned into errors of this library.

The cause is described in words and then dropped: it carries the request, and with it keys and pupils.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import requests
import urllib3.exceptions

from uwlr.client.answer_reading import Collector, seconds
from uwlr.errors import ConfigurationError, ConnectError, HttpError, Timeout, TlsError, TransportError, UwlrError

_CONFIGURATION = (
    requests.exceptions.URLRequired,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidHeader,
    urllib3.exceptions.LocationValueError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
    httpx.LocalProtocolError,
)
_CONNECT_TIMEOUT = (
    requests.exceptions.ConnectTimeout,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
)
_TIMEOUT = (
    requests.exceptions.Timeout,
    urllib3.exceptions.ReadTimeoutError,
    httpx.TimeoutException,
    TimeoutError,
)
_TLS = (requests.exceptions.SSLError, urllib3.exceptions.SSLError, ssl.SSLError)
_CODING = (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError, httpx.DecodingError)
_REDIRECT = (requests.exceptions.TooManyRedirects, httpx.TooManyRedirects)
_CONNECTION = (
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.RetryError,
    urllib3.exceptions.ProtocolError,
    httpx.NetworkError,
    httpx.ProtocolError,
    httpx.ProxyError,
)
_BROKEN = (ConnectionResetError, BrokenPipeError, httpx.ReadError, httpx.WriteError)
_BROKE_OFF = "the other side broke off"
_WANTED = "check the certificates of both sides: it may want one of yours"

_REFUSED = re.compile(r"^(?:Tunnel connection failed: )?([3-5][0-9]{2})\b")
"""How requests and httpx begin to say that a proxy refused."""

LIBRARY_ERRORS: tuple[type[Exception], ...] = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.CookieConflict,
    httpx.StreamError,
    OSError,
    UnicodeError,
)
"""Everything that sending and receiving can raise."""


def explain(
    error: Exception,
    collector: Collector,
    *,
    connect: timedelta,
    read: timedelta,
    proxy: str | None = None,
    tls: bool = False,
) -> UwlrError:
    """Turn an exception of the HTTP library into the error that says what to do next.

    Args:
        error: as it was raised.
        collector: what had arrived by then.
        connect: the limit on connecting.
        read: the limit on a silence.
        proxy: host of the proxy, if the connection with that failed.
        tls: whether the address is one of TLS, where a server may hang up on who shows no certificate.
    """
    chain = tuple(_causes(error))
    if _has(chain, _CONFIGURATION) or isinstance(error, UnicodeError):
        return ConfigurationError(f"the address or a header cannot be sent ({type(error).__name__})")
    if _has(chain, _TLS):
        side = "" if proxy is None else f" with the proxy {proxy}"
        return TlsError(f"TLS{side} failed: {_tls_reason(chain)}")
    if isinstance(error, FileNotFoundError | PermissionError) or type(error) is OSError:
        return ConfigurationError("a certificate or key file of the session cannot be read")
    if proxy is not None:
        return ConnectError(f"no connection by way of the proxy {proxy}: {_proxy_reason(chain)}; check the proxy")
    if _has(chain, _CONNECT_TIMEOUT):
        return ConnectError(f"no connection within {seconds(connect)}; check the address, or raise connect_timeout")
    if _has(chain, _TIMEOUT):
        where = "answer" if collector.status is None else "more of the answer"
        return Timeout(f"no {where} within {seconds(read)}; try later, or raise timeout")
    if _has(chain, _CODING):
        return _http("encoding", "with a body that cannot be decompressed", collector)
    if _has(chain, _REDIRECT):
        return _http("redirect", "with one redirect after another", collector)
    if _has(chain, _CONNECTION) or any(_is_from_the_system(cause) for cause in chain):
        if collector.status is not None:
            return _http("truncated", f"and broke off after {collector.came} bytes{_announced(collector)}", collector)
        hint = f"; {_WANTED}" if tls and _has(chain, _BROKEN) else ""
        return ConnectError(f"no connection, or it broke before the answer: {_reason(chain)}{hint}")
    return TransportError(f"the HTTP library gave up ({type(error).__name__})")


def _http(problem: Any, text: str, collector: Collector) -> HttpError:
    return HttpError(
        f"answered {collector.status} {text}",
        problem=problem,
        status=collector.status,
        content_type=collector.headers.get("content-type"),
    )


def _announced(collector: Collector) -> str:
    length = collector.headers.get("content-length", "")
    return f" of {length}" if length.isdecimal() and "content-encoding" not in collector.headers else ""


def _has(chain: tuple[BaseException, ...], kinds: tuple[type[BaseException], ...]) -> bool:
    return any(isinstance(error, kinds) for error in chain)


def _is_from_the_system(error: BaseException) -> bool:
    """Tell whether the operating system raised it: all exceptions of requests are OSErrors too."""
    return isinstance(error, OSError) and not isinstance(error, requests.exceptions.RequestException)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk to the innermost cause; requests and urllib3 keep theirs in `args` and `reason`."""
    seen: set[int] = set()
    waiting: list[Any] = [error]
    while waiting:
        current = waiting.pop(0)
        if not isinstance(current, BaseException) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [getattr(current, "reason", None), current.__cause__, current.__context__, *current.args]


def _tls_reason(chain: tuple[BaseException, ...]) -> str:
    """Find the text of OpenSSL, and what to look at."""
    for error in reversed(chain):
        if isinstance(error, ssl.SSLCertVerificationError) and error.verify_message:
            return f"{error.verify_message}; check the certificates of both sides"
    told = (getattr(error, "reason", None) for error in reversed(chain) if isinstance(error, ssl.SSLError))
    return f"{next(filter(None, told), _BROKE_OFF).replace('_', ' ').lower()}; {_WANTED}"


def _proxy_reason(chain: tuple[BaseException, ...]) -> str:
    """Find with which status a proxy refused, or else why it could not be reached."""
    for error in chain:
        if isinstance(error, OSError | httpx.ProxyError) and (found := _REFUSED.search(str(error))):
            return f"it answered {found[1]}"
    return _reason(chain)


def _reason(chain: tuple[BaseException, ...]) -> str:
    """Find the text of the operating system: it contains nothing of the request."""
    for error in reversed(chain):
        # The number of an SSLError is none of the operating system.
        if isinstance(error, OSError) and not isinstance(error, ssl.SSLError) and error.errno is not None:
            # For a name that does not resolve, the number is negative and not an errno.
            return os.strerror(error.errno) if error.errno > 0 else str(error.strerror)
    return _BROKE_OFF if _has(chain, _BROKEN) else type(chain[-1]).__name__
