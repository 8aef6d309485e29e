"""The WSGI application: paths, the WSDL, and a last resort for what escapes."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from uwlr.server import _spyne
from uwlr.server.overload import limited
from uwlr.soap.answer import busy, describe, fault
from uwlr.soap.http import HttpRefusal, discard_body
from uwlr.soap.operations import Service
from uwlr.soap.providers import Providers
from uwlr.soap.settings import Settings
from uwlr.soap.wsgi import read_environ, send

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

    Under overload a client gets 503 with a fault where `settings.max_at_once` is below the threads of the WSGI server.
    Give that server a listening queue of some hundreds as well (for cheroot `request_queue_size`, which is 5): where it
    is full, clients wait seconds for a connection. On workers that do one request each, such as the sync workers of
    gunicorn, that queue is all there is: everybody waits for a turn.

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
                return send(HttpRefusal(HTTPStatus.NOT_FOUND, "No service at this path.").response(), start_response)
            service, handle = found
            request = read_environ(environ, service)
            if request.method == "GET":
                return send(describe(request), start_response)
            return send(handle(request), start_response)
        except HttpRefusal as refusal:
            return send(refusal.response(), start_response)
        except Exception as error:  # noqa: BLE001 - the last resort: no request may show a stack trace or end a worker
            return send(fault(error, settings), start_response, failed=True)

    if settings.max_at_once is None:
        return application

    def refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            discard_body(read_environ(environ, "leerlinggegevens"), settings.max_body)
        except HttpRefusal as refusal:
            return send(refusal.response(), start_response)
        return send(busy(settings), start_response)

    return limited(application, settings.max_at_once, refuse)
