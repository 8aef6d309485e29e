"""Requests that the control API and the pages refuse, because a page of another site may have made them.

Such a page, in a browser on this machine, must not be able to control the fakes, nor to read them by letting its own
name resolve to this machine.
"""

from __future__ import annotations

from flask import Request

from uwlr.loopback import is_loopback

_SAFE = {"GET", "HEAD", "OPTIONS"}


def strange_host(request: Request, *, loopback: bool) -> bool:
    """Tell whether a request to a server on loopback is for another host name than this machine's."""
    return loopback and not is_loopback(request.headers.get("Host", ""))


def changes(request: Request) -> bool:
    """Tell whether a request may change something."""
    return request.method not in _SAFE


def cross_site(request: Request) -> bool:
    """Tell whether a page of another site made the request."""
    origin = request.headers.get("Origin")
    return request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"} or (
        origin is not None and origin != request.host_url.rstrip("/")
    )
