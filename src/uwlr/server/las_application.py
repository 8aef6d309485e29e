"""The WSGI application of a LAS: its services at their paths, by spyne or without it, within a limit."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from uwlr.errors import ConfigurationError
from uwlr.extras import extra
from uwlr.server.overload import limited
from uwlr.soap.answer import answer, busy
from uwlr.soap.http import HttpRefusal, discard_body
from uwlr.soap.operations import Service
from uwlr.soap.plain_wsgi import Endpoint, Handler, plain_wsgi, read_environ, send
from uwlr.soap.providers import Providers
from uwlr.soap.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Via: TypeAlias = Literal["spyne", "plain"]
"""What dispatches a request to its operation: a spyne service, or `uwlr.soap.answer` alone."""


def make_wsgi(providers: Providers, settings: Settings | None = None, *, via: Via = "spyne") -> WSGIApplication:
    """Make the WSGI application of a LAS.

    It answers at `/leerlinggegevens` and `/leerresultaten` below where it is mounted, for the services that the
    providers offer: requests by POST, the WSDL at `?wsdl`, its schemas at `?xsd=NAME`. Whatever goes wrong becomes a
    fault or a plain HTTP error.

    Give the WSGI server a body limit too, somewhat above `settings.max_body` (for cheroot `max_request_body_size`):
    some servers read whatever the application left unread, without limit.

    Under overload a client gets 503 with a fault if `settings.max_at_once` is below the number of threads of the WSGI
    server. Give that server a listen backlog of some hundreds as well (for cheroot `request_queue_size`, which is 5):
    when it is full, clients wait seconds for a connection. Workers that handle one request each, such as the sync
    workers of gunicorn, only have that backlog: everybody waits their turn.

    Args:
        providers: the LAS. They are called from every thread of the server.
        settings: what this LAS accepts; by default what the agreement has.
        via: `spyne` dispatches through a spyne service; `plain` does without spyne, which then need not be installed.
            Both give the same bytes.

    Raises:
        ConfigurationError: `via` is neither.
        MissingExtraError: spyne is not installed.
    """
    settings = settings or Settings()
    services: dict[Service, object] = {"leerlinggegevens": providers.roster, "leerresultaten": providers.results}
    application = plain_wsgi(
        {
            f"/{service}": Endpoint(service, _handler(via, service, providers, settings))
            for service, provider in services.items()
            if provider is not None
        },
        settings,
    )
    if settings.max_at_once is None:
        return application

    def refuse(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            discard_body(read_environ(environ, "leerlinggegevens"), settings.max_body)
        except HttpRefusal as refusal:
            return send(refusal.response(), start_response)
        return send(busy(settings), start_response)

    return limited(application, settings.max_at_once, refuse)


def _handler(via: Via, service: Service, providers: Providers, settings: Settings) -> Handler:
    if via == "plain":
        return partial(answer, providers=providers, settings=settings)
    if via != "spyne":
        raise ConfigurationError(f"via is 'spyne' or 'plain', not {via!r}")
    with extra("server"):
        from uwlr.server import _spyne  # noqa: PLC0415 - an optional dependency, slow to import
    return _spyne.service_handler(service, providers, settings)
