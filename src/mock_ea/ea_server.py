"""The applications on cheroot: the pages, and the service from which Magister fetches results."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mock_ea.apps import Apps
from mock_ea.jij.service import PATH, make_wsgi
from mock_las import foreground
from mock_las.answering import Answering
from uwlr.extras import require
from uwlr.loopback import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class EaServer:
    """The server: it answers from `start` to `stop`.

    Args:
        apps: what it serves.
        host: address to listen on.
        port: port; 0 takes a free one.
    """

    def __init__(self, apps: Apps, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._apps = apps
        self._loopback = is_loopback(host)
        self._results = make_wsgi(apps.supplier)
        self._made: WSGIApplication | None = None
        self._making = threading.Lock()
        self._answering = Answering(self._answer, "mock-ea", host=host, port=port)

    def start(self) -> str:
        """Answer requests on threads of its own, which end with the program; gives the address.

        Raises:
            ConfigurationError: the address is taken, or not ours.
            MissingExtraError: something is not installed that a request would need.
        """
        require("mock-ea", "cheroot", "flask", "jinja2")
        self._answering.start()
        return self._answering.url

    def stop(self) -> None:
        """Stop listening, and release everything."""
        self._answering.stop()

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "") == PATH:
            return self._results(environ, start_response)
        with self._making:
            if self._made is None:
                from mock_ea.sites.whole_site import make_site_of  # noqa: PLC0415 - most tests never see Flask

                self._made = make_site_of(self._apps, loopback=self._loopback)
        return self._made(environ, start_response)


def wait_for_signal(line: str) -> None:
    """Print a line, and wait for SIGTERM or SIGINT."""
    stopped = foreground.stop_signal()
    foreground.announce(line)
    stopped.wait()
