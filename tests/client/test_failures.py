"""Every exception of the HTTP libraries has its place in the error tree."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
import requests
import urllib3.exceptions

from uwlr.client import failures
from uwlr.client.answer_reading import Collector
from uwlr.errors import ConfigurationError, ConnectError, HttpError, Timeout, TlsError, TransportError, UwlrError

LIMITS = {"connect": timedelta(seconds=3), "read": timedelta(seconds=4)}

EXPECTED: dict[str, type[UwlrError]] = {
    "requests.RequestException": TransportError,
    "requests.InvalidJSONError": TransportError,
    "requests.JSONDecodeError": TransportError,
    "requests.HTTPError": TransportError,
    "requests.ConnectionError": ConnectError,
    "requests.ProxyError": ConnectError,
    "requests.SSLError": TlsError,
    "requests.Timeout": Timeout,
    "requests.ConnectTimeout": ConnectError,
    "requests.ReadTimeout": Timeout,
    "requests.URLRequired": ConfigurationError,
    "requests.TooManyRedirects": HttpError,
    "requests.MissingSchema": ConfigurationError,
    "requests.InvalidSchema": ConfigurationError,
    "requests.InvalidURL": ConfigurationError,
    "requests.InvalidHeader": ConfigurationError,
    "requests.InvalidProxyURL": ConfigurationError,
    "requests.ChunkedEncodingError": ConnectError,
    "requests.ContentDecodingError": HttpError,
    "requests.StreamConsumedError": TransportError,
    "requests.RetryError": ConnectError,
    "requests.UnrewindableBodyError": TransportError,
    "httpx.HTTPError": TransportError,
    "httpx.RequestError": TransportError,
    "httpx.TransportError": TransportError,
    "httpx.TimeoutException": Timeout,
    "httpx.ConnectTimeout": ConnectError,
    "httpx.ReadTimeout": Timeout,
    "httpx.WriteTimeout": Timeout,
    "httpx.PoolTimeout": ConnectError,
    "httpx.NetworkError": ConnectError,
    "httpx.ConnectError": ConnectError,
    "httpx.ReadError": ConnectError,
    "httpx.WriteError": ConnectError,
    "httpx.CloseError": ConnectError,
    "httpx.ProxyError": ConnectError,
    "httpx.UnsupportedProtocol": ConfigurationError,
    "httpx.ProtocolError": ConnectError,
    "httpx.LocalProtocolError": ConfigurationError,
    "httpx.RemoteProtocolError": ConnectError,
    "httpx.DecodingError": HttpError,
    "httpx.TooManyRedirects": HttpError,
    "httpx.HTTPStatusError": TransportError,
    "httpx.InvalidURL": ConfigurationError,
    "httpx.CookieConflict": TransportError,
    "httpx.StreamError": TransportError,
    "httpx.StreamConsumed": TransportError,
    "httpx.StreamClosed": TransportError,
    "httpx.ResponseNotRead": TransportError,
    "httpx.RequestNotRead": TransportError,
}


def _exceptions() -> Iterator[type[Exception]]:
    for module in (requests.exceptions, httpx):
        for value in vars(module).values():
            own = isinstance(value, type) and value.__module__.partition(".")[0] == module.__name__.partition(".")[0]
            if own and issubclass(value, Exception) and not issubclass(value, Warning):
                yield value


def _make(cls: type[Exception]) -> Exception:
    error = cls.__new__(cls)
    error.args = ("POST https://las.example/?geheim",)
    return error


def _name(cls: type[Exception]) -> str:
    return f"{cls.__module__.partition('.')[0]}.{cls.__name__}"


def test_no_exception_of_the_libraries_is_forgotten():
    """A new exception of requests or httpx has to be given a place here."""
    assert {_name(cls) for cls in _exceptions()} - {"requests.CompatJSONDecodeError"} == set(EXPECTED)


@pytest.mark.parametrize("cls", list(_exceptions()), ids=_name)
def test_each_exception_says_what_to_do_next(cls):
    """Each exception is caught, and becomes the error that fits it, without the address."""
    assert issubclass(cls, failures.LIBRARY_ERRORS)

    error = failures.explain(_make(cls), Collector(limit=1, total=timedelta(1)), **LIMITS)

    assert type(error) is EXPECTED[_name(cls)]
    assert "geheim" not in str(error)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (requests.exceptions.ChunkedEncodingError(), "truncated"),
        (requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("x")), "truncated"),
        (httpx.RemoteProtocolError("x"), "truncated"),
        (httpx.ReadError("x"), "truncated"),
    ],
    ids=repr,
)
def test_a_connection_that_breaks_in_the_answer_is_a_truncated_answer(error, expected):
    """After the head of the answer a broken connection is an HttpError with its status."""
    collector = Collector(limit=10, total=timedelta(1))
    collector.start(200, {}, None)

    found = failures.explain(error, collector, **LIMITS)

    assert isinstance(found, HttpError)
    assert (found.problem, found.status) == (expected, 200)


def test_a_read_timeout_inside_the_body_is_a_timeout():
    """Requests wraps a stalled body in a ConnectionError; it is a Timeout all the same."""
    wrapped = requests.exceptions.ConnectionError(urllib3.exceptions.ReadTimeoutError(None, "/", "Read timed out."))

    assert type(failures.explain(wrapped, Collector(limit=1, total=timedelta(1)), **LIMITS)) is Timeout


@pytest.mark.parametrize("error", [FileNotFoundError(2, "x"), PermissionError(13, "x"), OSError("no bundle")], ids=repr)
def test_an_unreadable_certificate_file_is_a_matter_of_configuration(error):
    """A session whose certificate file is gone says so."""
    found = failures.explain(error, Collector(limit=1, total=timedelta(1)), **LIMITS)

    assert type(found) is ConfigurationError


@pytest.mark.parametrize(
    ("cause", "words", "is_refused"),
    [
        (ssl.SSLEOFError(8, "EOF occurred in violation of protocol"), "the other side broke off", True),
        (ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] x"), "check the certificates", True),
        (ssl.SSLCertVerificationError(1, "x"), "self-signed certificate", False),
    ],
    ids=["broken off", "alert", "not trusted"],
)
@pytest.mark.parametrize("proxy", [None, "proxy.example:3128"])
def test_a_refusal_of_tls_says_what_may_be_wanted(cause, words, is_refused, proxy):
    """A number of OpenSSL is none of the operating system; only who does not trust the other needs no certificate."""
    if isinstance(cause, ssl.SSLCertVerificationError):
        cause.verify_message = "self-signed certificate"
    wrapped = requests.exceptions.SSLError(urllib3.exceptions.SSLError(cause))

    found = failures.explain(wrapped, Collector(limit=1, total=timedelta(1)), proxy=proxy, **LIMITS)

    assert type(found) is TlsError
    assert words in str(found)
    assert ("may want one of yours" in str(found)) == is_refused
    assert ("with the proxy proxy.example:3128" in str(found)) == (proxy is not None)


def test_a_name_that_does_not_resolve_says_so():
    """The resolver's own words show."""
    error = OSError(-2, "Name or service not known")
    wrapped = requests.exceptions.ConnectionError(error)

    found = failures.explain(wrapped, Collector(limit=1, total=timedelta(1)), **LIMITS)

    assert "Name or service not known" in str(found)
