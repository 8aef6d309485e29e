"""The only module that knows spyne: how to import a package that is no longer maintained, and a thin service on it.

spyne takes the request, dispatches on the operation and hands back the answer or the fault. The messages never pass
through its own reading and writing, which `UwlrSoap11` leaves to `uwlr.soap`; nor does HTTP, which
`uwlr.soap.plain_wsgi` handles.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import logging
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from email.message import Message
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from uwlr.berichten.tabel import element_tag
from uwlr.soap.answer import describe, fault, respond
from uwlr.soap.http import Request, Response, xml_response
from uwlr.soap.operations import OPERATIONS, Operation, Service
from uwlr.soap.providers import Providers, Refusal
from uwlr.soap.receive import Incoming, receive
from uwlr.soap.settings import Settings

_SIX = "spyne.util.six"


class _MovedFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules of spyne's own copy of six, whose own finder lacks what Python 3.12 requires."""

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
        """Do nothing: the module is complete already."""


def _parse_header(line: str) -> tuple[str, dict[str, str]]:
    """Parse a header as `cgi.parse_header` did, the only function of that module that spyne uses."""
    message = Message()
    message["Content-Type"] = line
    (value, _), *parameters = message.get_params([("", "")])
    return value, dict(parameters)


def _import_spyne() -> None:
    """Import spyne on every supported Python, with no side effects but spyne and its finder.

    Raises:
        ModuleNotFoundError: spyne is not installed.
    """
    found = importlib.util.find_spec("spyne")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'spyne'", name="spyne")
    # Python warns of escapes in its sources when it compiles them. Without byte code, and with warnings as errors,
    # spyne could not be imported.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if _SIX not in sys.modules:
            _import_six(Path(found.submodule_search_locations[0], "util", "six.py"))
        # The module cgi is deprecated in 3.11 and gone in 3.13; only spyne should find the stand-in.
        stand_in = "cgi" not in sys.modules
        if stand_in:
            cgi = ModuleType("cgi")
            vars(cgi)["parse_header"] = _parse_header
            sys.modules["cgi"] = cgi
        try:
            importlib.import_module("spyne.protocol.soap")
            importlib.import_module("spyne.server")
        finally:
            if stand_in:
                del sys.modules["cgi"]


def _import_six(path: Path) -> None:
    """Import spyne's own copy of six, with a finder for its modules that every Python can ask."""
    spec = importlib.util.spec_from_file_location(_SIX, path)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {_SIX!r}", name=_SIX)
    six = importlib.util.module_from_spec(spec)
    sys.modules[_SIX] = six
    spec.loader.exec_module(six)
    old = six._importer  # noqa: SLF001
    sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not old]
    sys.meta_path.append(_MovedFinder(old.load_module, old.known_modules))


_import_spyne()
if logging.getLogger("spyne").level == logging.NOTSET:
    # spyne logs a stack trace for every fault; `uwlr.soap.answer` logs what is worth it.
    logging.getLogger("spyne").setLevel(logging.CRITICAL + 1)

from spyne import AnyXml, Application, Fault, MethodContext, ServiceBase, rpc  # noqa: E402
from spyne.protocol.soap import Soap11  # noqa: E402
from spyne.server import ServerBase  # noqa: E402


class _Failed(Fault):  # type: ignore[misc]
    """An exception of `uwlr.soap`, passing through spyne."""

    def __init__(self, error: Exception) -> None:
        super().__init__("Server", "")
        self.error = error


class _Context(MethodContext):  # type: ignore[misc]
    """The context that spyne keeps of one call, without the unused parts that cost more than the call.

    Those are the events, the objects for transports and protocols, and the guard on new attributes. Its `close` is not
    called either: it runs the garbage collector while a request waits.
    """

    TransportContext = None
    __setattr__ = object.__setattr__

    def fire_event(self, event: str, *args: Any, **more: Any) -> None:
        """Do nothing: nobody listens."""


class UwlrSoap11(Soap11):  # type: ignore[misc]
    """SOAP 1.1 whose requests are read, and answers written, by `uwlr.soap`."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings

    def get_context(self, parent: Any, transport: Any) -> None:
        """Keep nothing but the call itself."""

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Read and check the request."""
        del charset
        try:
            ctx.in_document = receive(ctx.udc, self._settings)
        except Refusal as refusal:
            raise _Failed(refusal) from None

    def decompose_incoming_envelope(self, ctx: Any, message: Any = Soap11.REQUEST) -> None:
        """Tell spyne which operation it is."""
        del message
        ctx.method_request_string = element_tag(ctx.in_document.operation.verzoek)

    def generate_method_contexts(self, ctx: Any) -> tuple[Any]:
        """Go on with the same context: there is one method for each operation."""
        (ctx.descriptor,) = self.get_call_handles(ctx)
        return (ctx,)

    def deserialize(self, ctx: Any, message: Any) -> None:
        """Hand the request to the operation."""
        del message
        ctx.in_object = ctx.in_document

    def serialize(self, ctx: Any, message: Any) -> None:
        """Take the answer of the operation, or write the fault."""
        del message
        if ctx.out_error is None:
            ctx.out_document = ctx.out_object[0]
        else:
            error = ctx.out_error.error if isinstance(ctx.out_error, _Failed) else ctx.out_error
            ctx.out_document = fault(error, self._settings)

    def create_out_string(self, ctx: Any, charset: str | None = None) -> None:
        """Do nothing: `serialize` made the bytes."""


class _Transport(ServerBase):  # type: ignore[misc]
    """Takes a request through spyne, independently of its transport."""

    transport = "https://www.rfc-editor.org/rfc/rfc9110"

    def __call__(self, request: Request) -> Response:
        context = _Context(self, MethodContext.SERVER)
        context.udc = request
        self.generate_contexts(context)
        if context.in_error is None:
            self.get_in_object(context)
            self.get_out_object(context)
        self.get_out_string(context)
        return cast("Response", context.out_document)


def service_handler(service: Service, providers: Providers, settings: Settings) -> Callable[[Request], Response]:
    """Make a spyne application of one service, as something that answers a request.

    Raises (the result):
        HttpRefusal: the request is not SOAP over HTTP; everything else becomes a fault.
    """
    operations = [operation for operation in OPERATIONS if operation.service == service]
    methods = {operation.name: _method(operation, providers, settings) for operation in operations}
    application = Application(
        [type(service, (ServiceBase,), methods)],
        tns=operations[0].verzoek.namespace,
        in_protocol=UwlrSoap11(settings),
        out_protocol=UwlrSoap11(settings),
    )
    transport = _Transport(application)

    def handle(request: Request) -> Response:
        return describe(request) if request.method == "GET" else transport(request)

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
