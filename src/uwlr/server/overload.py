"""A limit on concurrent requests: the rest is refused immediately, with a fault."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def limited(application: WSGIApplication, most: int, refuse: WSGIApplication) -> WSGIApplication:
    """Make an application that answers up to `most` requests concurrently, and lets `refuse` answer the others.

    A request counts until its answer is sent, so slow clients count as well.
    """
    places = threading.BoundedSemaphore(most)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not places.acquire(blocking=False):
            return refuse(environ, start_response)
        try:
            return _Held(application(environ, start_response), places.release)
        except BaseException:
            places.release()
            raise

    return answer


class _Held:
    """An answer being sent; the server calls `close` when it is done or has failed.

    Source: PEP 3333, "The application/framework side".
    """

    def __init__(self, answer: Iterable[bytes], release: Callable[[], None]) -> None:
        self._answer = answer
        self._release = release

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        try:
            if isinstance(self._answer, Generator):
                self._answer.close()
        finally:
            self._release()
