"""The fakes at an address, with the three ways in behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from mock_las import foreground
from mock_las.answering import Answering, Tls
from mock_las.application import Application
from mock_las.fakes import Fakes
from mock_las.pages import is_page
from mock_las.routes import CONTROL
from mock_las.world import World
from uwlr.extras import require
from uwlr.loopback import is_loopback

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_NEEDED: Final = ("cheroot", "flask", "httpx", "jinja2", "pytz", "requests", "spyne", "stamina")
"""What the extra brings: most is loaded when it is first asked for, and would be missed in the middle of a request."""


class Server:
    """The server: it answers from `start` to `stop`, once.

    Args:
        world: schools and couplings.
        host: address to listen on.
        port: port; 0 takes a free one.
        threads: requests that are answered at the same time. Some hundreds more wait; further ones get HTTP 503 with
            Server.TijdelijkNietBeschikbaar.
        tls: files for TLS; None speaks plain HTTP.
    """

    def __init__(
        self, world: World, *, host: str = "127.0.0.1", port: int = 0, threads: int = 64, tls: Tls | None = None
    ) -> None:
        self.fakes = Fakes(world)
        self._services = Application(self.fakes, client_ca=tls is not None and tls.client_ca is not None)
        self._entrance = _Entrance(self._services, self.fakes, loopback=is_loopback(host))
        self._answering = Answering(self._entrance, "mock-las", host=host, port=port, threads=threads, tls=tls)

    @property
    def url(self) -> str:
        """Where the fakes are; only while they answer."""
        return self._answering.url

    def start(self) -> None:
        """Answer requests on threads of its own, which end with the program; or else release everything.

        Raises:
            ConfigurationError: the address is taken or not ours, or the TLS files cannot be used.
            MissingExtraError: something is not installed that a request would need.
        """
        try:
            require("mock", *_NEEDED)
            self._answering.start()
        except BaseException:
            self.fakes.world.close()
            raise

    def stop(self) -> None:
        """Stop listening, and release everything."""
        self._services.stopping.set()
        self._answering.stop()
        self.fakes.world.close()

    def serve_until_signal(self) -> None:
        """Answer until SIGTERM or SIGINT; one line on standard output tells the address once requests are answered."""
        stopped = foreground.stop_signal()
        self.start()
        foreground.announce(f"MOCK_LAS_URL={self.url}")
        # It answers already; what the first requests would wait for is loaded meanwhile.
        self._entrance.warm_up()
        stopped.wait()
        self.stop()


class _Entrance:
    """The WSGI application of the server: the services, the control API and the pages.

    The latter two are made when first asked for: most tests never see Flask.
    """

    def __init__(self, services: Application, fakes: Fakes, *, loopback: bool) -> None:
        self._services = services
        self._fakes = fakes
        self._loopback = loopback
        self._made: dict[Callable[[], WSGIApplication], WSGIApplication] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == f"{CONTROL}/ready":
            return _ready(start_response)
        if path.startswith(f"{CONTROL}/") or path == CONTROL:
            return self._application(self._control)(environ, start_response)
        if is_page(path):
            return self._application(self._pages)(environ, start_response)
        return self._services(environ, start_response)

    def warm_up(self) -> None:
        self._services.warm_up()
        self._application(self._control)
        self._application(self._pages)

    def _application(self, make: Callable[[], WSGIApplication]) -> WSGIApplication:
        with self._fakes.loading:
            if make not in self._made:
                self._made[make] = make()
            return self._made[make]

    def _control(self) -> WSGIApplication:
        from mock_las.control import make_control  # noqa: PLC0415 - Flask is loaded when it is first needed

        return make_control(self._fakes, loopback=self._loopback)

    def _pages(self) -> WSGIApplication:
        from mock_las.pages.website import make_pages  # noqa: PLC0415 - as above

        return make_pages(self._fakes, loopback=self._loopback)


def _ready(start_response: StartResponse) -> Iterable[bytes]:
    body = b"ready\n"
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return (body,)
