"""What tests of the fakes share: running fakes, a plain SOAP client, a browser.

The client is of the standard library, so that these tests do not lean on the project's own.
"""

from __future__ import annotations

import http.client
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

import uwlr
from mock_las import MockLas
from uwlr.berichten import Autorisatie, Leerlinggegevens, LeerlinggegevensVerzoek, LeerresultatenVerzoek
from uwlr.berichten.leerresultaten import Resultaat, School, Toets, Toetsafname, VocabulaireGebondenVeld
from uwlr.errors import Fault
from uwlr.soap.envelope import write_envelope
from uwlr.soap.operations import BY_VERZOEK

CHROMIUM = shutil.which("chromium")
SWITCHES = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
)


class Reply(NamedTuple):
    """Status and body of an answer."""

    status: int
    body: bytes

    @property
    def bericht(self) -> Any:
        """The message in it."""
        return uwlr.read(self.body)

    @property
    def faultcode(self) -> str:
        """The code of the fault in it; empty where it is none."""
        try:
            uwlr.read(self.body)
        except Fault as fault:
            return str(fault.code)
        return ""


@pytest.fixture(scope="session")
def post() -> Callable[..., Reply]:
    """Post a message in an envelope to an address of a connection, with its autorisatie or another, perhaps edited."""

    def post(
        connection: dict[str, Any],
        verzoek: Any,
        *,
        context: Any = None,
        edit: Callable[[bytes], bytes] = lambda data: data,
        **autorisatie: str,
    ) -> Reply:
        operation = BY_VERZOEK[type(verzoek)]
        header = Autorisatie(**{**connection["autorisatie"], **autorisatie})
        data = edit(write_envelope(verzoek, autorisatie=header, unchecked=True))
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{operation.soap_action}"'}
        request = urllib.request.Request(connection[f"{operation.service}_url"], data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30, context=context) as answer:
                return Reply(answer.status, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, error.read())

    return post


@pytest.fixture(scope="session")
def ask() -> Callable[..., LeerlinggegevensVerzoek]:
    """Make the roster request that a connection asks for, with changes."""

    def ask(connection: dict[str, Any], **change: Any) -> LeerlinggegevensVerzoek:
        names = ("schooljaar", "brincode", "dependancecode", "xsdversie", "gegevenssetid")
        return LeerlinggegevensVerzoek(**{**{name: connection.get(name) for name in names}, **change})

    return ask


@pytest.fixture(scope="session")
def roster(post: Callable[..., Reply], ask: Callable[..., Any]) -> Callable[..., Leerlinggegevens]:
    """Fetch the roster of a connection."""

    def roster(connection: dict[str, Any], **change: Any) -> Leerlinggegevens:
        return post(connection, ask(connection, **change)).bericht.inhoud

    return roster


@pytest.fixture(scope="session")
def scores() -> Callable[..., LeerresultatenVerzoek]:
    """Make a delivery of one test: a score by resultaat/@key and leerlingid."""

    def scores(connection: dict[str, Any], given: dict[tuple[str, str], int], at: Any) -> LeerresultatenVerzoek:
        afnames = tuple(
            Toetsafname(
                leerlingid=leerlingid,
                resultaten=(Resultaat(key=key, afnamedatum=at.date(), toetscode="T1", uitkomst=score),),
            )
            for (key, leerlingid), score in given.items()
        )
        return LeerresultatenVerzoek(
            school=School(
                schooljaar=connection["schooljaar"],
                brincode=connection["brincode"],
                dependancecode=connection["dependancecode"],
                aanmaakdatum=at,
                xsdversie=connection["xsdversie"],
            ),
            toetsafnames=afnames,
            toetsen=(Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen"),),
        )

    return scores


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
    playwright = pytest.importorskip("playwright.sync_api", reason="the package playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES.split())
        yield browser
        browser.close()


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
