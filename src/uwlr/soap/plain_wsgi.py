"""A WSGI application without a framework: paths to services, and the way between WSGI and `uwlr.soap.http`.

Source: PEP 3333.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from wsgiref.util import application_uri

from uwlr.schemas import Service
from uwlr.soap.answer import fault
from uwlr.soap.http import HttpRefusal, Request, Response
from uwlr.soap.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Handler: TypeAlias = Callable[[Request], Response]
"""Answers a request to one service; it may raise `HttpRefusal`."""


class Endpoint(NamedTuple):
    """What is served at one path."""

    service: Service
    handle: Handler


def plain_wsgi(endpoints: Mapping[str, Endpoint], settings: Settings | None = None) -> WSGIApplication:
    """Make a WSGI application out of the endpoints by their paths, such as `/leerlinggegevens`.

    Whatever goes wrong becomes a fault or a plain HTTP error.
    """
    settings = settings or Settings()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            endpoint = endpoints.get(environ.get("PATH_INFO", ""))
            if endpoint is None:
                return send(HttpRefusal(HTTPStatus.NOT_FOUND, "No service at this path.").response(), start_response)
            return send(endpoint.handle(read_environ(environ, endpoint.service)), start_response)
        except HttpRefusal as refusal:
            return send(refusal.response(), start_response)
        except Exception as error:  # noqa: BLE001 - the last resort: no request may show a stack trace or end a worker
            return send(fault(error, settings), start_response, failed=True)

    return application


def read_environ(environ: WSGIEnvironment, service: Service) -> Request:
    """Make a request from a WSGI environment; its body has yet to be read.

    Raises:
        HttpRefusal: 400 for a body with both a length and chunks, which servers on the way may interpret
            differently; 411 for a body in chunks that the server cannot take apart.
    """
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name, variable in (("content-type", "CONTENT_TYPE"), ("content-length", "CONTENT_LENGTH")):
        if environ.get(variable):
            headers[name] = environ[variable]
    chunked = "transfer-encoding" in headers
    if chunked:
        if "content-length" in headers:
            raise HttpRefusal(HTTPStatus.BAD_REQUEST, "Content-Length and Transfer-Encoding exclude each other.")
        if not environ.get("wsgi.input_terminated"):
            raise HttpRefusal(HTTPStatus.LENGTH_REQUIRED, "This server needs a Content-Length.")
    # Without either there is no body, and reading would wait for one.
    body = environ["wsgi.input"] if chunked or "content-length" in headers else b""
    method = environ["REQUEST_METHOD"]
    return Request(
        service=service,
        method=method,
        url=application_uri(environ).rstrip("/") + environ["PATH_INFO"] if method == "GET" else "",
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=body,
    )


def send(response: Response, start_response: StartResponse, *, failed: bool = False) -> Iterable[bytes]:
    """Send an answer, with its length if that is known beforehand.

    `failed`: an exception is being handled, so headers may have been sent already.
    """
    status = HTTPStatus(response.status)
    headers = list(response.headers)
    chunks = response.chunks
    if isinstance(chunks, tuple | list):
        chunks = (b"".join(chunks),)
        headers.append(("Content-Length", str(len(chunks[0]))))
    line = f"{status.value} {status.phrase}"
    if failed:
        start_response(line, headers, sys.exc_info())
    else:
        start_response(line, headers)
    return chunks
