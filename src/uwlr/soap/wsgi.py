"""Between WSGI and the values of `uwlr.soap.http`.

Source: PEP 3333.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from wsgiref.util import application_uri

from uwlr.schemas import Service
from uwlr.soap.http import HttpRefusal, Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def read_environ(environ: WSGIEnvironment, service: Service) -> Request:
    """Take a request from the environment; its body is still to be read.

    Raises:
        HttpRefusal: 411 for a body in chunks that the server cannot take apart.
    """
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    for name, variable in (("content-type", "CONTENT_TYPE"), ("content-length", "CONTENT_LENGTH")):
        if environ.get(variable):
            headers[name] = environ[variable]
    chunked = "transfer-encoding" in headers
    if chunked:
        if not environ.get("wsgi.input_terminated"):
            raise HttpRefusal(HTTPStatus.LENGTH_REQUIRED, "This server needs a Content-Length.")
        # The server has taken the chunks apart; a length beside them is not to be believed.
        headers.pop("content-length", None)
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
    """Hand out an answer, with its length where that is known beforehand.

    `failed` says that an exception is being handled, so headers may be sent already.
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
