"""Serving the page on loopback."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from uwlr import ports
from uwlr.conformance.page.desk import Desk
from uwlr.extras import extra
from uwlr.visible import server_log

_HOST: Final = "127.0.0.1"


class PageServer:
    """Serves the page from a thread of its own.

    Args:
        port: port; 0 takes a free one.
        folder: where reports are kept; by default a folder that goes when the page stops.

    Raises:
        ConfigurationError: as `ports.listen`.
    """

    def __init__(self, port: int = 0, folder: Path | None = None) -> None:
        with extra("conformance"):
            from cheroot import wsgi  # noqa: PLC0415 - optional dependencies

            from uwlr.conformance.page.front import make_page  # noqa: PLC0415
        self._own = tempfile.TemporaryDirectory(prefix="uwlr-") if folder is None else None
        self.desk = Desk(folder or Path(self._own.name if self._own else "."))
        self._server = wsgi.Server((_HOST, port), make_page(self.desk), numthreads=4)
        self._server.error_log = server_log  # type: ignore[method-assign]
        self._server.shutdown_timeout = 0
        self._server.expiration_interval = 0.05  # how long stopping takes
        try:
            self.url = f"http://{_HOST}:{ports.listen(self._server)}"
        except BaseException:
            self._remove_own()
            raise
        self._thread = threading.Thread(target=self._server.serve, name="uwlr-page", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        self._thread.join()
        self._remove_own()

    def _remove_own(self) -> None:
        if self._own is not None:
            self._own.cleanup()

    def wait(self) -> None:
        """Serve until it is interrupted."""
        while self._thread.is_alive():
            self._thread.join(1)
