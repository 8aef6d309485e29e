"""Recording in the application itself: a session of requests, as `UwlrClient` and zeep use it.

An answer is read to its end before the caller sees its beginning.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from uwlr.extras import extra
from uwlr.recorded.recorded_exchange import Problem
from uwlr.recorded.recorder import Recorder
from uwlr.recorded.under_way import UnderWay

with extra("client"):
    import requests
    import urllib3
    from requests.adapters import BaseAdapter

if TYPE_CHECKING:
    import zeep

_BLOCK: Final = 1 << 16


def record_session(session: requests.Session, recorder: Recorder) -> requests.Session:
    """Let a session record what it sends and gets; gives the session.

    session = record_session(requests.Session(), recorder)
    client = UwlrClient(url, autorisatie=autorisatie, session=session)
    """
    for prefix, adapter in list(session.adapters.items()):
        session.mount(prefix, _RecordingAdapter(adapter, recorder))
    return session


def recording_transport(recorder: Recorder, *, session: requests.Session | None = None, **more: Any) -> zeep.Transport:
    """Make a transport of zeep that records.

    Args:
        recorder: makes the recording.
        session: how to call; by default a new one.
        more: arguments of `zeep.Transport`.

    Raises:
        MissingExtraError: the extra `zeep` is not installed.
    """
    with extra("zeep"):
        import zeep.transports  # noqa: PLC0415 - slow to import, and only here
    recording = record_session(session or requests.Session(), recorder)
    return zeep.transports.Transport(session=recording, **more)  # type: ignore[no-untyped-call]


class _RecordingAdapter(BaseAdapter):
    """Sends as another adapter does, and records."""

    def __init__(self, inner: BaseAdapter, recorder: Recorder) -> None:
        super().__init__()
        self._inner = inner
        self._recorder = recorder

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        parts = urlsplit(request.url or "")
        under_way = self._recorder.begin(
            method=request.method or "GET",
            target=f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/",
            headers=[(name, _text(value)) for name, value in request.headers.items()],
        )
        body: Any = request.body
        if isinstance(body, bytes | str):
            under_way.request(body.encode() if isinstance(body, str) else body)
        elif body is not None:
            request.body = _seen(body, under_way)  # type: ignore[assignment]
        try:
            response = self._inner.send(request, *args, **more)
            under_way.answered(response.status_code, response.raw.headers.items())
            data = response.raw.read(decode_content=False)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            under_way.end(_problem(error))
            if isinstance(error, requests.RequestException):
                raise
            raise requests.ConnectionError(error, request=request) from error
        except BaseException:
            under_way.drop()
            raise
        under_way.answer(data)
        under_way.end()
        response.raw = _read_again(response.raw, data)
        return response

    def close(self) -> None:
        self._inner.close()


def _seen(body: Iterable[bytes], under_way: UnderWay) -> Iterator[bytes]:
    read = getattr(body, "read", None)
    for piece in iter(lambda: read(_BLOCK), b"") if read is not None else body:
        under_way.request(piece)
        yield piece


def _read_again(raw: Any, data: bytes) -> urllib3.HTTPResponse:
    """Give an answer that was read once more, packed as it came."""
    return urllib3.HTTPResponse(
        body=io.BytesIO(data),
        headers=raw.headers,
        status=raw.status,
        version=raw.version,
        reason=raw.reason,
        preload_content=False,
        decode_content=False,
    )


def _problem(error: Exception) -> Problem:
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "timeout"
    if isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError):
        return "tls"
    if isinstance(error, requests.ConnectionError):
        return "unreachable"
    return "broken"


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")
