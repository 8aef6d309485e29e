"""Recording in the application itself: transports of httpx, as `AsyncUwlrClient` uses them.

An answer is read to its end before the caller sees its beginning.
"""

from __future__ import annotations

import ssl

from uwlr.extras import extra
from uwlr.recorded.recorded_exchange import Problem
from uwlr.recorded.recorder import Recorder
from uwlr.recorded.under_way import UnderWay

with extra("client"):
    import httpx


class RecordingTransport(httpx.BaseTransport):
    """Sends as another transport does, and records.

        client = httpx.Client(transport=RecordingTransport(recorder))

    Args:
        recorder: makes the recording.
        inner: how to send; by default as httpx does.
    """

    def __init__(self, recorder: Recorder, inner: httpx.BaseTransport | None = None) -> None:
        self._recorder = recorder
        self._inner = inner or httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and record it with its answer."""
        under_way = _begun(self._recorder, request, request.read())
        try:
            response = self._inner.handle_request(request)
            under_way.answered(response.status_code, _pairs(response.headers))
            data = b"".join(response.stream)  # type: ignore[arg-type]
            response.close()
        except BaseException as error:
            _failed(under_way, error)
            raise
        return _ended(under_way, response, data)

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class AsyncRecordingTransport(httpx.AsyncBaseTransport):
    """The same for a client that is awaited; arguments as `RecordingTransport`."""

    def __init__(self, recorder: Recorder, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._recorder = recorder
        self._inner = inner or httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and record it with its answer."""
        under_way = _begun(self._recorder, request, await request.aread())
        try:
            response = await self._inner.handle_async_request(request)
            under_way.answered(response.status_code, _pairs(response.headers))
            data = b"".join([piece async for piece in response.stream])  # type: ignore[union-attr]
            await response.aclose()
        except BaseException as error:
            _failed(under_way, error)
            raise
        return _ended(under_way, response, data)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def _begun(recorder: Recorder, request: httpx.Request, body: bytes) -> UnderWay:
    under_way = recorder.begin(
        method=request.method, target=request.url.raw_path.decode("ascii"), headers=_pairs(request.headers)
    )
    under_way.request(body)
    return under_way


def _ended(under_way: UnderWay, response: httpx.Response, data: bytes) -> httpx.Response:
    under_way.answer(data)
    under_way.end()
    return httpx.Response(
        response.status_code,
        headers=response.headers,
        stream=httpx.ByteStream(data),
        extensions=response.extensions,
    )


def _failed(under_way: UnderWay, error: BaseException) -> None:
    problem: Problem | None = None
    if isinstance(error, httpx.TimeoutException):
        problem = "timeout"
    elif isinstance(error, httpx.ConnectError):
        problem = "tls" if isinstance(error.__cause__ and error.__cause__.__cause__, ssl.SSLError) else "unreachable"
    elif isinstance(error, httpx.TransportError):
        problem = "broken"
    if problem is None:
        under_way.drop()
    else:
        under_way.end(problem)


def _pairs(headers: httpx.Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.raw]
