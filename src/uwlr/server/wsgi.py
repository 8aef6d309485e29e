"""The WSGI application: paths, the WSDL, and a last resort for what escapes."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from wsgiref.util import application_uri

from uwlr.server import _spyne
from uwlr.soap.answer import describe, fault
from uwlr.soap.http import HttpRefusal, Request, Response
from uwlr.soap.operations import Service
from uwlr.soap.providers import Providers
from uwlr.soap.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SERVICES: Final[dict[str, Service]] = {
    "/leerlinggegevens": "leerlinggegevens",
    "/leerresultaten": "leerresultaten",
}


def make_wsgi(providers: Providers, settings: Settings | None = None) -> WSGIApplication:
    """Make the WSGI application of a LAS.

    It answers at `/leerlinggegevens` and `/leerresultaten` below where it is mounted, for the services that the
    providers offer: requests by POST, the WSDL at `?wsdl`, its schemas at `?xsd=NAME`. Whatever goes wrong becomes a
    fault or a plain HTTP error.

    Give the WSGI server a body limit too, somewhat above `settings.max_body` (for cheroot `max_request_body_size`):
    some servers read what the application left unread, at any length.

    Args:
        providers: the LAS. They are called from every thread of the server.
        settings: what this LAS accepts; by default what the agreement has.
    """
    settings = settings or Settings()
    offered = {
        path: (service, _spyne.service_application(service, providers, settings))
        for path, service in _SERVICES.items()
        if (providers.roster if service == "leerlinggegevens" else providers.results) is not None
    }

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            found = offered.get(environ.get("PATH_INFO", ""))
            if found is None:
                return _send(HttpRefusal(HTTPStatus.NOT_FOUND, "No service at this path.").response(), start_response)
            service, handle = found
            request = _request(environ, service)
            if request.method == "GET":
                return _send(describe(request), start_response)
            return handle(request, start_response)
        except HttpRefusal as refusal:
            return _send(refusal.response(), start_response)
        except Exception as error:  # noqa: BLE001 - the last resort: no request may show a stack trace or end a worker
            return _send(fault(error), start_response, failed=True)

    return application


def _request(environ: WSGIEnvironment, service: Service) -> Request:
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


def _send(response: Response, start_response: StartResponse, *, failed: bool = False) -> Iterable[bytes]:
    status = HTTPStatus(response.status)
    body = b"".join(response.chunks)
    headers = [*response.headers, ("Content-Length", str(len(body)))]
    line = f"{status.value} {status.phrase}"
    if failed:
        start_response(line, headers, sys.exc_info())
    else:
        start_response(line, headers)
    return (body,)
