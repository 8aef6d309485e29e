"""What tests of the fakes need running: the fakes and a browser. Functions that they share are modules in tests/."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from helpers.browsing import chromium
from mock_las import MockLas


@pytest.fixture(scope="session")
def running() -> Iterator[MockLas]:
    """All fakes on one server, for the whole run."""
    with MockLas(seed=7, leerlingen=40) as las:
        yield las


@pytest.fixture
def las(running: MockLas) -> MockLas:
    """All fakes on one server, as new."""
    running.reset()
    return running


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for all tests."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def pages(browser: Any) -> dict[Any, Any]:
    """The pages that are open, by how they look; nothing is kept in them, so tests may share them."""
    return {}


@pytest.fixture
def open_page(browser: Any, pages: dict[Any, Any], las: MockLas) -> Callable[..., Any]:
    """Open a page at the fakes; without JavaScript and as wide as a phone, unless asked otherwise."""

    def open_page(path: str = "/", *, width: int = 360, script: bool = False, scheme: str = "light") -> Any:
        how = width, script, scheme
        if how not in pages:
            context = browser.new_context(
                java_script_enabled=script, viewport={"width": width, "height": 740}, color_scheme=scheme
            )
            context.set_default_timeout(10_000)
            pages[how] = context.new_page()
        pages[how].context.clear_cookies()
        pages[how].goto(urllib.parse.urljoin(las.url, path))
        return pages[how]

    return open_page


@pytest.fixture
def send(las: MockLas) -> Callable[..., tuple[int, str, Any]]:
    """Send a request as no browser would have to; status and text."""

    def send(method: str, path: str, form: Any = None, **headers: str) -> tuple[int, str, Any]:
        address = urllib.parse.urlsplit(las.url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        sent = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        connection.request(method, path, urllib.parse.urlencode(form) if form is not None else None, sent)
        with connection.getresponse() as answer:
            found = answer.status, answer.read().decode(), answer.headers
        connection.close()
        return found

    return send
