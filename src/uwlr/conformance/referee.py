"""The referee as a LAS: it answers an application, remembers what came, and plays what a case asks for."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

import msgspec

from uwlr import norm
from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    Leerlinggegevens,
    LeerresultatenVerzoek,
)
from uwlr.berichten.tabel import wire_name
from uwlr.conformance.casebook import check
from uwlr.conformance.declarations import Ea
from uwlr.conformance.outcomes import Absent, Case, Evidence, said
from uwlr.extras import extra
from uwlr.foutcodes import Foutcode
from uwlr.schoolref import SchoolRef
from uwlr.soap.answer import answer
from uwlr.soap.http import XML, Request, Response, take_body
from uwlr.soap.operations import OPERATIONS, Operation, Service
from uwlr.soap.plain_wsgi import Endpoint, plain_wsgi
from uwlr.soap.providers import Providers, Refusal, RosterVerzoek, same_key
from uwlr.soap.receive import Incoming, receive
from uwlr.soap.redact import Redaction
from uwlr.soap.settings import Settings
from uwlr.testing import make_school
from uwlr.text import Text
from uwlr.undisclosed import Undisclosed

Action: TypeAlias = Literal["leerlinggegevens", "leerresultaten"]
Trigger: TypeAlias = Callable[[Action], None]
"""Has the application do something, and returns when it is done."""

_SETTINGS: Final = Settings(xsdversies=frozenset({"2.1", "2.2", "2.3"}), soap_action_required=False)
_SERVICES: Final[tuple[Service, ...]] = ("leerlinggegevens", "leerresultaten")
_LIMIT: Final = 64 << 20
_LEERLINGEN: Final = 12
LOOPBACK: Final = "127.0.0.1"
_EVERYWHERE: Final = {"0.0.0.0", "::"}  # noqa: S104 - only where the tester asks for it


class Call(Undisclosed, msgspec.Struct, kw_only=True):
    """One request of the application.

    Attributes:
        operation: what was asked, by the element in the Body; None where that is none of the standard.
        headers: HTTP headers.
        body: the request.
        incoming: the request, where it is in order.
        refused: code of the first check of a message that it failed.
        at: when it began, in seconds.
        beside: whether another request of the same operation was under way.
        taken: whether it was answered by an ordinary message.
    """

    operation: Operation | None
    headers: Mapping[str, str]
    body: bytes
    incoming: Incoming | None = None
    refused: str | None = None
    at: float
    beside: bool = False
    taken: bool = False

    def __repr__(self) -> str:
        return f"<Call {self.operation.name if self.operation else None} refused={self.refused}>"

    @property
    def results(self) -> LeerresultatenVerzoek | None:
        """The results in it."""
        verzoek = self.incoming.verzoek if self.incoming else None
        return verzoek if isinstance(verzoek, LeerresultatenVerzoek) else None


class Referee:
    """A LAS on a port of its own, with one made-up school.

    Args:
        config: the application.
        trigger: has the application do something.
        port: port to listen on; 0 takes a free one.
        host: address to listen on; by default only this machine can reach it.
    """

    def __init__(self, config: Ea, trigger: Trigger, port: int = 0, host: str = LOOPBACK) -> None:
        with extra("conformance"):
            from cheroot import wsgi  # noqa: PLC0415 - an optional dependency

        check(config.not_supported, "EA")
        self.config = config
        self.autorisatie = config.key()
        today = date.today()  # noqa: DTZ011 - the school's own day
        self.original = make_school(11, _LEERLINGEN, schooljaar=norm.schooljaar_for(today), brincode=config.brincode)
        self.school = self.original.school
        self.calls: list[Call] = []
        self._trigger = trigger
        self._lock = threading.Lock()
        self._under_way: list[str] = []
        self._redaction = Redaction(most_items=2)
        self._evidence: list[Evidence] = []
        self.named: set[str] = set()
        self.reset()
        endpoints = {f"/{service}": Endpoint(service, self._answer) for service in _SERVICES}
        self._server = wsgi.Server((host, port), plain_wsgi(endpoints, _SETTINGS), numthreads=8)
        self._server.shutdown_timeout = 0
        self._server.expiration_interval = 0.05  # how long stopping takes
        self._server.prepare()
        # Who listens everywhere is called by the name of this machine.
        name = socket.gethostname() if host in _EVERYWHERE else f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self._server.bind_addr[1]}"
        self._thread = threading.Thread(target=self._server.serve, name="uwlr-referee", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        self._thread.join()

    def reset(self) -> None:
        """Be an ordinary LAS again, with the school as it was."""
        self.roster: Leerlinggegevens | GeenGegevens | GeenWijzigingen = self.original
        self.faults: dict[Action, list[Foutcode]] = {"leerlinggegevens": [], "leerresultaten": []}
        self.delay = 0.0

    def play(self, action: Action) -> list[Call]:
        """Have the application do something; gives its requests of that kind.

        Raises:
            Absent: it sent none.
        """
        before = len(self.calls)
        self._trigger(action)
        calls = [call for call in self.calls[before:] if call.operation is None or call.operation.service == action]
        if not calls:
            raise Absent(Text(f"er kwam geen verzoek: {action}", f"no request came: {action}"))
        return calls

    def deliver(self) -> list[LeerresultatenVerzoek]:
        """Have the application bring results; gives those that were in order.

        Raises:
            Absent: none came.
        """
        found = [call.results for call in self.play("leerresultaten") if call.results is not None]
        if not found:
            raise Absent(Text("er kwamen geen geldige resultaten", "no valid results came"))
        return found

    # What a run asks of the system under test.

    @property
    def name(self) -> str:
        """What reports call the application."""
        return self.config.name

    @property
    def given(self) -> Referee:
        """What a case is given."""
        self.reset()
        return self

    @property
    def sent(self) -> int:
        """How many requests came so far."""
        return len(self.calls)

    @property
    def conditions(self) -> tuple[Text, ...]:
        """The year of the made-up school, and how long a wait is asked for."""
        year, wait = f"schooljaar {self.school.schooljaar}", f"{self.config.min_wait_s:g} s"
        return (Text(year, year), Text(f"wachttijd {wait}", f"wait {wait}"))

    def refuses(self, case: Case) -> Text | None:
        """Tell why a case is not for this application."""
        return said(self.config.unsupported(case.id))

    def lacks(self, case: Case) -> Text | None:  # noqa: ARG002 - an application under test permits everything
        """Nothing: the data are made up."""
        return None

    def evidence(self) -> Sequence[Evidence]:
        """Everything that came so far."""
        return self._evidence

    def shared_evidence(self, case: Case) -> Sequence[Evidence]:  # noqa: ARG002 - each case has its own
        """Nothing is shared."""
        return ()

    # What a LAS is asked.

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        """The customer that was given out."""
        return (klantcode, klantnaam) == (self.autorisatie.klantcode, self.autorisatie.klantnaam)

    def sleutel_geldig(self, autorisatie: Autorisatie, school: SchoolRef) -> bool:
        """The key that was given out, for the one school."""
        return same_key(autorisatie.autorisatiesleutel, self.autorisatie.autorisatiesleutel) and (
            school.brincode == self.school.brincode
        )

    def school_bekend(self, school: SchoolRef) -> bool:  # noqa: ARG002 - any year will do
        """The one school."""
        return True

    def leerlinggegevens(
        self,
        school: SchoolRef,  # noqa: ARG002
        verzoek: RosterVerzoek,  # noqa: ARG002
    ) -> Leerlinggegevens | GeenWijzigingen | GeenGegevens:
        """The roster as it now is, or the fault that is due."""
        self._fault("leerlinggegevens")
        if isinstance(self.roster, Leerlinggegevens):
            self.named |= {leerling.key for leerling in self.roster.leerlingen if leerling.key}
        return self.roster

    def neem_leerresultaten(self, autorisatie: Autorisatie, school: SchoolRef, verzoek: LeerresultatenVerzoek) -> None:  # noqa: ARG002
        """Take them, or give the fault that is due."""
        self._fault("leerresultaten")

    def _fault(self, action: Action) -> None:
        if self.delay:
            time.sleep(self.delay)
        if self.faults[action]:
            raise Refusal(self.faults[action].pop(0))

    def _providers(self) -> Providers:
        return Providers(self, self, self)

    def _answer(self, request: Request) -> Response:
        return self._judge(request) if request.method == "POST" else answer(request, self._providers())

    def _judge(self, request: Request) -> Response:
        """Note a request, and answer it as if its HTTP headers were in order: those are judged apart."""
        started = time.monotonic()
        body = take_body(request._replace(headers={**request.headers, "content-type": XML}), _LIMIT)
        plain = request._replace(headers={"content-type": XML}, body=body)
        operation = next((op for op in OPERATIONS if _asks(op, body)), None)
        call = Call(operation=operation, headers=request.headers, body=body, at=started)
        with self._lock:
            name = operation.name if operation else ""
            call.beside = name in self._under_way
            self._under_way.append(name)
            self.calls.append(call)
        try:
            call.incoming = receive(plain, _SETTINGS)
        except Refusal as refusal:
            call.refused = str(refusal.code)
        response = answer(plain, self._providers(), _SETTINGS)
        chunks = b"".join(response.chunks)
        call.taken = response.status == 200
        with self._lock:
            self._under_way.remove(name)
            self._evidence.append(
                Evidence(
                    operation=name or "?",
                    request=self._redacted(body),
                    answer=self._redacted(chunks),
                    http_status=response.status,
                    duration_ms=round((time.monotonic() - started) * 1000),
                )
            )
        return response._replace(chunks=(chunks,))

    def _redacted(self, message: bytes) -> str:
        return self._redaction.redact(message).replace(self.autorisatie.autorisatiesleutel, "…")


def _asks(operation: Operation, body: bytes) -> bool:
    """Tell by the name of its element which operation a request is for, also where it cannot be read."""
    return str(wire_name(operation.verzoek)).encode() in body
