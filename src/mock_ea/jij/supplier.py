"""A supplier in memory, for tests and demonstrations: some schools, their keys, and their results.

As the real one it has two products, each with its own keys, and this service takes only the keys of JIJ!.
"""

from __future__ import annotations

import threading
from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from socketserver import ThreadingMixIn
from typing import Any, NamedTuple
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import msgspec

from mock_ea.jij.cursor import Place, Run
from mock_ea.jij.service import PATH, ResultSource, make_wsgi
from mock_las.jij.toetsresultaten import Batch, GeenResultatenMeer, JijFoutcode, Toegang, ToetsresultatenVerzoek
from uwlr.berichten import LeerresultatenVerzoek, Resultaat, Toets, Toetsafname
from uwlr.berichten.leerresultaten import School
from uwlr.errors import ConfigurationError
from uwlr.soap.providers import Refusal, same_key

DEFAULT_BATCHGROOTTE = 100


class Keys(NamedTuple):
    """The SOAP-keys of a school, one for each product."""

    jij: str
    toa: str


class _Processed(NamedTuple):
    """A result, and its place in the order."""

    school: School
    afname: Toetsafname
    resultaat: Resultaat
    toets: Toets


class _Instelling:
    """One school."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self.order: list[Place] = []
        self.results: dict[str, tuple[Place, _Processed]] = {}


class MemorySupplier:
    """A `ResultSource` that keeps everything in memory.

    Args:
        secret: the key that signs cursors. A supplier restarted with the same one accepts its earlier cursors.
        now: the clock; by default the machine's.
    """

    def __init__(self, secret: bytes, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._secret = secret
        self._now = now
        self._lock = threading.Lock()
        self._instellingen: dict[str, _Instelling] = {}

    def register(self, instellingscode: str, keys: Keys) -> None:
        """Make a school a customer."""
        self._instellingen[instellingscode] = _Instelling(keys)

    def add(self, instellingscode: str, verzoek: LeerresultatenVerzoek, processed_at: datetime) -> None:
        """Process results; an existing key is corrected, and counts as processed anew.

        Raises:
            KeyError: the school is no customer.
            ConfigurationError: a moment without a time zone.
        """
        if processed_at.tzinfo is None:
            raise ConfigurationError("processed_at needs a time zone")
        toetsen = {toets.toetscode.waarde: toets for toets in verzoek.toetsen}
        instelling = self._instellingen[instellingscode]
        with self._lock:
            for afname in verzoek.toetsafnames:
                for resultaat in afname.resultaten:
                    before = instelling.results.get(resultaat.key)
                    if before is not None:
                        instelling.order.remove(before[0])
                    place = Place(processed_at.astimezone(UTC), resultaat.key)
                    insort(instelling.order, place)
                    processed = _Processed(verzoek.school, afname, resultaat, toetsen[resultaat.toetscode])
                    instelling.results[resultaat.key] = place, processed

    def instelling_bekend(self, instellingscode: str) -> bool:
        """Tell whether this school is a customer."""
        return instellingscode in self._instellingen

    def sleutel_geldig(self, toegang: Toegang) -> bool:
        """Tell whether it is the school's key for JIJ!.

        Raises:
            Refusal: it is the school's key for TOA; a mistake that is common enough to be named.
        """
        keys = self._instellingen[toegang.instellingscode].keys
        if same_key(toegang.soapkey, keys.toa):
            raise Refusal(JijFoutcode.SOAPKEY_ONGELDIG, "Deze SOAP-key is die van TOA en geldt niet voor JIJ!")
        return same_key(toegang.soapkey, keys.jij)

    def haal_toetsresultaten(
        self, instellingscode: str, verzoek: ToetsresultatenVerzoek
    ) -> Batch | GeenResultatenMeer | None:
        """Give the next results, all of one school year, or say that there are no more."""
        now = self._now()
        if verzoek.cursor is None:
            run = Run.begin(verzoek.sinds, verzoek.verwerkingsdatum_vanaf, now)
        else:
            known = Run.from_cursor(verzoek.cursor, self._secret, instellingscode)
            if known is None:
                return None
            run = known
        with self._lock:
            found = self._next(instellingscode, run, verzoek.batchgrootte or DEFAULT_BATCHGROOTTE)
        if not found:
            return GeenResultatenMeer(tot=run.end)
        run = msgspec.structs.replace(run, after=found[-1][0])
        return Batch(
            leerresultaten_verzoek=_message([processed for _, processed in found], now),
            cursor=run.to_cursor(self._secret, instellingscode),
        )

    def _next(self, instellingscode: str, run: Run, most: int) -> list[tuple[Place, _Processed]]:
        instelling = self._instellingen[instellingscode]
        first = 0
        if run.after is not None:
            first = bisect_right(instelling.order, run.after)
        elif run.start is not None:
            first = bisect_right(instelling.order, Place(run.start, ""))
        found: list[tuple[Place, _Processed]] = []
        for place in instelling.order[first : first + most]:
            entry = instelling.results[place.key]
            if not run.holds(place.moment) or (found and entry[1].school.schooljaar != found[0][1].school.schooljaar):
                break
            found.append(entry)
        return found


def _message(found: Iterable[_Processed], now: datetime) -> LeerresultatenVerzoek:
    """Combine results into the message that would have been sent."""
    afnames: dict[str, tuple[Toetsafname, list[Resultaat]]] = {}
    toetsen: dict[str, Toets] = {}
    for processed in found:
        school = processed.school
        afname = processed.afname
        afnames.setdefault(afname.leerlingid, (afname, []))[1].append(processed.resultaat)
        toetsen[processed.resultaat.toetscode] = processed.toets
    return LeerresultatenVerzoek(
        school=msgspec.structs.replace(school, aanmaakdatum=now),
        toetsafnames=tuple(
            msgspec.structs.replace(afname, resultaten=tuple(resultaten)) for afname, resultaten in afnames.values()
        ),
        toetsen=tuple(toetsen[code] for code in sorted(toetsen)),
    )


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Handler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(source: ResultSource) -> Iterator[str]:
    """Serve a supplier on a free loopback port for the duration of the block; yields the address of its service."""
    with make_server("127.0.0.1", 0, make_wsgi(source), _Server, _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{PATH}"
        finally:
            server.shutdown()
            thread.join()
