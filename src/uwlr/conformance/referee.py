"""The referee as a LAS: it answers an application, remembers what came, and plays what a case asks for."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Final, Literal, Protocol, Self, TypeAlias

import msgspec

from uwlr import norm, ports
from uwlr.berichten import (
    Autorisatie,
    GeenGegevens,
    GeenWijzigingen,
    LeerlingenVerzoek,
    Leerlinggegevens,
    LeerlinggegevensVerzoek,
    LeerresultatenBevestiging,
    LeerresultatenVerzoek,
    StructuurVerzoek,
)
from uwlr.conformance.application_calls import SETTINGS, Call, operation_of
from uwlr.conformance.casebook import check
from uwlr.conformance.declarations import KEY_VARIABLE, Ea, without_files
from uwlr.conformance.masking import Persons, Shown
from uwlr.conformance.outcomes import Absent, Case, Evidence
from uwlr.conformance.traffic import Exchange
from uwlr.conformance.written_forms import Form
from uwlr.errors import ConfigurationError
from uwlr.extras import extra
from uwlr.foutcodes import Foutcode
from uwlr.loopback import in_url
from uwlr.schemas import Service
from uwlr.soap import stages
from uwlr.soap.answer import answer, encode, fault
from uwlr.soap.http import XML, HttpRefusal, Request, Response, take_body, xml_response
from uwlr.soap.plain_wsgi import Endpoint, plain_wsgi
from uwlr.soap.providers import Providers, Refusal
from uwlr.testing import make_school
from uwlr.text import Text
from uwlr.visible import server_log

Action: TypeAlias = Literal["leerlinggegevens", "leerresultaten"]


class Trigger(Protocol):
    """Makes the application act, and returns when that is done."""

    def __call__(self, action: Action) -> None:
        """Do it.

        Raises:
            Absent: it is passed over.
        """
        ...


_LIMIT: Final = 64 << 20
_LEERLINGEN: Final = 12
LOOPBACK: Final = "127.0.0.1"
_EVERYWHERE: Final = {"0.0.0.0", "::"}  # noqa: S104 - only where the tester asks for it
_SERVICES: Final[tuple[Service, ...]] = ("leerlinggegevens", "leerresultaten")


class Play(msgspec.Struct, frozen=True, kw_only=True):
    """One action that was asked of the application, and the numbers of the requests that followed."""

    case: str
    action: Action
    calls: tuple[int, ...]
    passed_over: bool = False


class Referee:
    """A LAS on a port of its own, with one made-up school.

    Args:
        config: the application.
        trigger: has the application do something.
        port: port to listen on; 0 takes a free one.
        host: address to listen on; by default only this machine can reach it.

    Raises:
        ConfigurationError: as `ports.listen`, or the settings cannot be used.
    """

    def __init__(self, config: Ea, trigger: Trigger | None = None, port: int = 0, host: str = LOOPBACK) -> None:
        self._prepare(config, config.key(), norm.schooljaar_for(date.today()))  # noqa: DTZ011 - the school's own day
        self.trigger = trigger
        self._lock = threading.Lock()
        self._under_way: list[str] = []
        self._server = _server(host, port, plain_wsgi(self._endpoints(), SETTINGS), config)
        # Who listens everywhere is called by the name of this machine.
        name = socket.gethostname() if host in _EVERYWHERE else in_url(host)
        scheme = "https" if config.tls.cert else "http"
        self.url = f"{scheme}://{name}:{self._server.bind_addr[1]}"
        self._thread = threading.Thread(target=self._server.serve, name="uwlr-referee", daemon=True)

    def _prepare(self, config: Ea, autorisatie: Autorisatie, schooljaar: str) -> None:
        check(config.not_supported, "EA")
        self.config = config
        self.autorisatie = autorisatie
        self.original = make_school(11, _LEERLINGEN, schooljaar=schooljaar, brincode=config.brincode)
        self.school = self.original.school
        self.calls: list[Call] = []
        self.plays: list[Play] = []
        self.case = ""
        self.named: set[str] = set()
        self.arrived = threading.Event()
        self._shown = Shown(Persons(), autorisatie.autorisatiesleutel)
        self.reset()

    def _endpoints(self) -> Mapping[str, Endpoint]:
        return {self.config.path_of(service): Endpoint(service, self._answer) for service in _SERVICES}

    def url_of(self, service: Service) -> str:
        """Where a service is reached."""
        return f"{self.url}{self.config.path_of(service)}"

    @property
    def connection(self) -> Mapping[str, str]:
        """What an application has to know, by the variables that `uwlr fetch` and `uwlr send` read."""
        return {
            "UWLR_URL": self.url_of("leerlinggegevens"),
            "UWLR_LEERRESULTATEN_URL": self.url_of("leerresultaten"),
            KEY_VARIABLE: self.autorisatie.autorisatiesleutel,
            "UWLR_KLANTCODE": self.autorisatie.klantcode,
            "UWLR_KLANTNAAM": self.autorisatie.klantnaam,
            "UWLR_BRINCODE": str(self.school.brincode),
            "UWLR_SCHOOLJAAR": self.school.schooljaar,
        }

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
        self.pages: list[int] = []
        self.form: Form | None = None
        self.delay = 0.0

    def play(self, action: Action) -> list[Call]:
        """Make the application act; returns its requests of that kind.

        Raises:
            Absent: it sent none.
        """
        before = len(self.calls)
        try:
            if self.trigger is not None:
                self.trigger(action)
        except Absent:
            self.plays.append(Play(case=self.case, action=action, calls=(), passed_over=True))
            raise
        calls = [call for call in self.calls[before:] if call.operation is None or call.operation.service == action]
        self.plays.append(Play(case=self.case, action=action, calls=tuple(call.number for call in calls)))
        if not calls:
            raise Absent(Text(f"er kwam geen verzoek: {action}", f"no request came: {action}"))
        return calls

    def every(self, action: Action) -> list[Call]:
        """All requests of one kind so far; the application is asked for one if there was none.

        Raises:
            Absent: it sent none.
        """
        found = [call for call in self.calls if call.operation is None or call.operation.service == action]
        if found:
            return found
        if action == "leerresultaten":
            self.play("leerlinggegevens")
        return self.play(action)

    def deliver(self) -> list[LeerresultatenVerzoek]:
        """Make the application bring results, and return them.

        Raises:
            Absent: none came.
        """
        found = [call.results for call in self.play("leerresultaten") if call.results is not None]
        if not found:
            raise Absent(Text("er kwamen geen resultaten", "no results came"))
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
    def exchanges(self) -> int:
        """How many exchanges there were so far."""
        return len(self.calls)

    @property
    def conditions(self) -> tuple[Text, ...]:
        """The year of the made-up school, and how long a wait is asked for."""
        year, wait = f"schooljaar {self.school.schooljaar}", f"{self.config.min_wait_s:g} s"
        asked = Text(f"wachttijd {wait} (goed gebruik)", f"wait {wait} (good practice)")
        return (Text(year, year), asked)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings, without secrets."""
        return without_files(msgspec.to_builtins(self.config))

    def begin(self, case: Case) -> None:
        """Note which case begins."""
        self.case = case.id

    def look(self) -> Text | None:
        """Nothing: an application calls."""
        return None

    def refuses(self, case: Case) -> Text | None:
        """Tell why a case is not for this application."""
        reason = self.config.unsupported(case.id)
        return None if reason is None else Text(reason, reason)

    def lacks(self, case: Case) -> Text | None:  # noqa: ARG002 - an application under test permits everything
        """Nothing: the data are made up."""
        return None

    def shown(self, numbers: Sequence[int]) -> tuple[Evidence, ...]:
        """Show some exchanges, without the key."""
        calls = [self.calls[number - 1] for number in numbers if 0 < number <= len(self.calls)]
        return tuple(self._shown(_exchange(call)) for call in calls)

    def shared(self, case: Case) -> Sequence[int]:  # noqa: ARG002 - each case has its own
        """Nothing is shared."""
        return ()

    # What a LAS does.

    def _answer(self, request: Request) -> Response:
        if request.method != "POST":
            return answer(request, Providers(self))
        started = time.monotonic()
        try:
            body = take_body(request._replace(headers={**request.headers, "content-type": XML}), _LIMIT)
        except HttpRefusal as refusal:
            return refusal.response()
        operation = operation_of(body)
        name = operation.name if operation else ""
        with self._lock:
            call = Call(
                number=len(self.calls) + 1,
                operation=operation,
                headers=request.headers,
                body=body,
                at=started,
                beside=name in self._under_way,
            )
            self._under_way.append(name)
            self.calls.append(call)
        response = self._respond(call)
        call.taken, call.status, call.answer = response.status == 200, response.status, b"".join(response.chunks)
        call.duration_ms = round((time.monotonic() - started) * 1000)
        with self._lock:
            self._under_way.remove(name)
        self.arrived.set()
        return response._replace(chunks=(call.answer,))

    def _respond(self, call: Call) -> Response:
        """Answer as the case asks; what is wrong with a request is noted apart, so that the run can go on."""
        if call.operation is None or call.message is None:
            return fault(Refusal(Foutcode.ONGELDIG_BERICHT), SETTINGS)
        action: Action = call.operation.service
        if self.delay:
            time.sleep(self.delay)
        if self.faults[action]:
            return fault(Refusal(self.faults[action].pop(0)), SETTINGS)
        if self.pages:
            status = self.pages.pop(0)
            page = b"<html><head><title>Storing</title></head><body><h1>Storing</h1></body></html>"
            return Response(status, (("Content-Type", "text/html; charset=utf-8"),), (page,))
        if action == "leerresultaten":
            return xml_response(encode(LeerresultatenBevestiging()).chunks)
        inhoud = _stage(self.roster, call.message)
        if isinstance(self.roster, Leerlinggegevens):
            self.named |= {leerling.key for leerling in self.roster.leerlingen if leerling.key}
        envelope = b"".join(encode(call.operation.antwoord(inhoud=inhoud)).chunks)
        if self.form is None:
            return xml_response((envelope,))
        written = self.form(envelope)
        found = written[:200].decode("latin-1").replace("\0", "")
        charset = found.partition("encoding=")[2][1:].partition('"')[0].partition("'")[0].lower() or "utf-8"
        return Response(200, (("Content-Type", f"text/xml; charset={charset}"),), (written,))

    def klant_bekend(self, klantcode: str, klantnaam: str) -> bool:
        """The customer that was given out."""
        return (klantcode, klantnaam) == (self.autorisatie.klantcode, self.autorisatie.klantnaam)

    def sleutel_geldig(self, autorisatie: Autorisatie, school: object) -> bool:  # noqa: ARG002 - GET asks nothing
        """The key that was given out."""
        return autorisatie == self.autorisatie

    def school_bekend(self, school: object) -> bool:  # noqa: ARG002
        """The one school."""
        return True


class PlayedBack(Referee):
    """A recorded run, given to the cases again.

    Args:
        config: the application.
        autorisatie: what was given out.
        schooljaar: the year of the made-up school.
        calls: every request.
        plays: what was asked for, in order.
        named: keys of the pupils that were handed out.
    """

    def __init__(
        self,
        config: Ea,
        autorisatie: Autorisatie,
        schooljaar: str,
        calls: Iterable[Call],
        plays: Iterable[Play],
        named: Iterable[str],
    ) -> None:
        self._prepare(config, autorisatie, schooljaar)
        self._recorded = tuple(calls)
        self._left = list(plays)
        self.named = set(named)

    def play(self, action: Action) -> list[Call]:
        """Give the requests of that time."""
        if not self._left:
            raise Absent(Text("dit is niet opgenomen", "this was not recorded"))
        play = self._left.pop(0)
        found = [self._recorded[number - 1] for number in play.calls]
        last = max(play.calls, default=len(self.calls))
        self.calls = list(self._recorded[: max(last, len(self.calls))])
        if play.passed_over:
            raise Absent(Text("overgeslagen", "passed over"))
        if not found:
            raise Absent(Text(f"er kwam geen verzoek: {action}", f"no request came: {action}"))
        return found


def _stage(roster: Leerlinggegevens | GeenGegevens | GeenWijzigingen, verzoek: Any) -> Any:
    if not isinstance(roster, Leerlinggegevens) or isinstance(verzoek, LeerlinggegevensVerzoek):
        return roster
    if isinstance(verzoek, StructuurVerzoek):
        return stages.structuur(roster)
    cut = stages.leerlingen_of if isinstance(verzoek, LeerlingenVerzoek) else stages.leerkrachten_of
    return cut(roster, verzoek.groepen)


def _exchange(call: Call) -> Exchange:
    return Exchange(
        number=call.number,
        case="",
        operation=call.operation.name if call.operation else "?",
        service=call.operation.service if call.operation else "",
        method="POST",
        body=call.body,
        status=call.status,
        answer=call.answer,
        duration_ms=call.duration_ms,
    )


def _server(host: str, port: int, application: Callable[..., Any], config: Ea) -> Any:
    with extra("conformance"):
        from cheroot import wsgi  # noqa: PLC0415 - an optional dependency
        from cheroot.ssl.builtin import BuiltinSSLAdapter  # noqa: PLC0415
    server = wsgi.Server((host, port), application, numthreads=8)
    server.error_log = server_log  # type: ignore[method-assign]
    server.shutdown_timeout = 0
    server.expiration_interval = 0.05  # how long stopping takes
    tls = config.tls
    if tls.cert is not None:
        if tls.key is None:
            raise ConfigurationError("tls.cert needs tls.key")
        server.ssl_adapter = BuiltinSSLAdapter(tls.cert, tls.key)
        if tls.ca is not None:
            # The application has to show a certificate of this authority.
            server.ssl_adapter.context.load_verify_locations(tls.ca)
            server.ssl_adapter.context.verify_mode = ssl.CERT_REQUIRED
    ports.listen(server)
    return server
