"""What tests of pages do in a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import sync_playwright

from helpers.needs import require

SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-site-isolation-trials --process-per-site"
    " --renderer-process-limit=1 --disable-software-rasterizer --disable-extensions --disable-features=RenderDocument"
)
"""What keeps Debian's chromium small and off the network."""


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser."""
    require("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=SWITCHES.split())
        yield browser
        browser.close()


def press(page, name):
    """Press the button of that name."""
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()  # a click goes on when the new page begins


def said(page):
    """What the page says at the top about what was done."""
    return page.locator("main > .notice").inner_text()
