"""spyne, and nothing of it anywhere else: the import of a package that is no longer kept up, and a thin service.

spyne takes the HTTP request, dispatches on the operation and sends the answer or the fault. What stands in the
messages never passes through its own reading and writing: `UwlrSoap11` hands that to `uwlr.soap`.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from email.message import Message
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from uwlr.berichten.tabel import element_tag
from uwlr.soap.answer import fault, respond
from uwlr.soap.http import Request, Response, xml_response
from uwlr.soap.operations import OPERATIONS, Operation, Service
from uwlr.soap.providers import Providers, Refusal
from uwlr.soap.receive import Incoming, receive
from uwlr.soap.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

_REQUEST = "uwlr.request"
_SIX = "spyne.util.six"


class _MovedFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of spyne's own copy of six, whose finder lacks what Python 3.12 asks of one."""

    def __init__(self, load: Callable[[str], ModuleType], names: Iterable[str]) -> None:
        self._load = load
        self._names = frozenset(names)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        return importlib.util.spec_from_loader(fullname, self) if fullname in self._names else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._load(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: the module came ready."""


def _parse_header(line: str) -> tuple[str, dict[str, str]]:
    """Take a header apart as `cgi.parse_header` did, the one function of that module that spyne uses."""
    message = Message()
    message["Content-Type"] = line
    (value, _), *parameters = message.get_params([("", "")])
    return value, dict(parameters)


def _import_spyne() -> None:
    """Import spyne on every supported Python, leaving nothing behind but spyne and its finder.

    Raises:
        ModuleNotFoundError: spyne is not installed.
    """
    found = importlib.util.find_spec("spyne")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'spyne'", name="spyne")
    if _SIX not in sys.modules:
        path = Path(found.submodule_search_locations[0], "util", "six.py")
        spec = importlib.util.spec_from_file_location(_SIX, path)
        if spec is None or spec.loader is None:
            raise ModuleNotFoundError(f"No module named {_SIX!r}", name=_SIX)
        six = importlib.util.module_from_spec(spec)
        sys.modules[_SIX] = six
        spec.loader.exec_module(six)
        old = six._importer  # noqa: SLF001
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not old]
        sys.meta_path.append(_MovedFinder(old.load_module, old.known_modules))
    # The module cgi is deprecated in 3.11 and gone in 3.13; only spyne should find the stand-in.
    stand_in = "cgi" not in sys.modules
    if stand_in:
        cgi = ModuleType("cgi")
        vars(cgi)["parse_header"] = _parse_header
        sys.modules["cgi"] = cgi
    try:
        importlib.import_module("spyne.protocol.soap")
        importlib.import_module("spyne.server.wsgi")
    finally:
        if stand_in:
            del sys.modules["cgi"]


_import_spyne()
if logging.getLogger("spyne").level == logging.NOTSET:
    # spyne logs a stack trace for every fault; `uwlr.soap.answer` logs what is worth it.
    logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)

from spyne import AnyXml, Application, Fault, ServiceBase, rpc  # noqa: E402
from spyne.protocol.soap import Soap11  # noqa: E402
from spyne.server.wsgi import WsgiApplication  # noqa: E402


class _Failed(Fault):  # type: ignore[misc]
    """What `uwlr.soap` raised, on its way through spyne."""

    def __init__(self, error: Exception) -> None:
        super().__init__("Server", "")
        self.error = error


class UwlrSoap11(Soap11):  # type: ignore[misc]
    """SOAP 1.1 whose requests are read, and answers written, by `uwlr.soap`."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Read and check the request; spyne's own stream is never read, so its limits do not count."""
        del charset
        request: Request = ctx.transport.req_env[_REQUEST]
        try:
            ctx.in_document = receive(request, self._settings)
        except Refusal as refusal:
            raise _Failed(refusal) from None

    def decompose_incoming_envelope(self, ctx: Any, message: Any = Soap11.REQUEST) -> None:
        """Tell spyne which operation it is."""
        del message
        ctx.method_request_string = element_tag(ctx.in_document.operation.verzoek)

    def deserialize(self, ctx: Any, message: Any) -> None:
        """Hand the request to the operation."""
        del message
        ctx.in_object = ctx.in_document

    def serialize(self, ctx: Any, message: Any) -> None:
        """Take the answer of the operation, or write the fault."""
        del message
        if ctx.out_error is None:
            response: Response = ctx.out_object[0]
        else:
            error = ctx.out_error.error if isinstance(ctx.out_error, _Failed) else ctx.out_error
            response = fault(error, self._settings)
        ctx.out_string = response.chunks

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """Do nothing: `serialize` made the bytes."""


def service_application(
    service: Service, providers: Providers, settings: Settings
) -> Callable[[Request, StartResponse], Iterable[bytes]]:
    """Make the spyne application of one service; it takes a request in place of an environ."""
    operations = [operation for operation in OPERATIONS if operation.service == service]
    methods = {operation.name: _method(operation, providers, settings) for operation in operations}
    application = Application(
        [type(service, (ServiceBase,), methods)],
        tns=operations[0].verzoek.namespace,
        in_protocol=UwlrSoap11(settings),
        out_protocol=UwlrSoap11(settings),
    )
    wsgi = WsgiApplication(application)

    def handle(request: Request, start_response: StartResponse) -> Iterable[bytes]:
        # spyne is shown no header and no body: what it does with them is what `receive` does better.
        environ = {"REQUEST_METHOD": request.method, "PATH_INFO": "", "QUERY_STRING": "", _REQUEST: request}
        answer: Iterable[bytes] = wsgi(environ, start_response, request.url)
        return answer

    return handle


def _method(operation: Operation, providers: Providers, settings: Settings) -> Any:
    def method(ctx: Any, incoming: Incoming) -> Response:
        del ctx
        try:
            return xml_response(respond(incoming, providers, settings))
        except Exception as error:  # noqa: BLE001 - a supplier's code may raise anything; spyne would send its text
            raise _Failed(error) from None

    method.__name__ = operation.name
    return rpc(
        AnyXml,
        _returns=AnyXml,
        _body_style="bare",
        _in_message_name=element_tag(operation.verzoek),
        _out_message_name=element_tag(operation.antwoord),
    )(method)
