"""Typed UWLR messages for Python: read, write, validate, exchange.

Names and modules are loaded when first used, so that `import uwlr` stays light. Editors and type checkers see them all,
and nothing else.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    # isort: off
    from uwlr import (
        berichten as berichten,
        client as client,
        conformance as conformance,
        convert as convert,
        edexml as edexml,
        errors as errors,
        exchange as exchange,
        foutcodes as foutcodes,
        norm as norm,
        server as server,
        soap as soap,
        tables as tables,
        testing as testing,
        validation as validation,
        vocabulaires as vocabulaires,
    )

    # isort: on
    from uwlr.berichten.autorisatie import Autorisatie
    from uwlr.berichten.profielen import Profiel, profiel
    from uwlr.client._async import AsyncUwlrClient
    from uwlr.client._sync import UwlrClient
    from uwlr.client.coupling_check import ProbeResult
    from uwlr.client.records import Exchange
    from uwlr.client.retry import Retry
    from uwlr.codec.read import Read, read, read_tolerant
    from uwlr.codec.stream import iter_leerlingen, iter_resultaten
    from uwlr.codec.write import write
    from uwlr.minimisation import Minimised, minimise
    from uwlr.validation.context import Context
    from uwlr.validation.layers import validate
    from uwlr.validation.report import Report
    from uwlr.validation.report_data import Finding, Severity, Validity
    from uwlr.verificatiecode import make_verificatiecode

    __version__: str

_HOME: Final = {
    "AsyncUwlrClient": "uwlr.client._async",
    "Autorisatie": "uwlr.berichten.autorisatie",
    "Context": "uwlr.validation.context",
    "Exchange": "uwlr.client.records",
    "Finding": "uwlr.validation.report_data",
    "Minimised": "uwlr.minimisation",
    "ProbeResult": "uwlr.client.coupling_check",
    "Profiel": "uwlr.berichten.profielen",
    "Read": "uwlr.codec.read",
    "Report": "uwlr.validation.report",
    "Retry": "uwlr.client.retry",
    "Severity": "uwlr.validation.report_data",
    "UwlrClient": "uwlr.client._sync",
    "Validity": "uwlr.validation.report_data",
    "iter_leerlingen": "uwlr.codec.stream",
    "iter_resultaten": "uwlr.codec.stream",
    "make_verificatiecode": "uwlr.verificatiecode",
    "minimise": "uwlr.minimisation",
    "profiel": "uwlr.berichten.profielen",
    "read": "uwlr.codec.read",
    "read_tolerant": "uwlr.codec.read",
    "validate": "uwlr.validation.layers",
    "write": "uwlr.codec.write",
}
_MODULES: Final = (
    "berichten",
    "client",
    "conformance",
    "convert",
    "edexml",
    "errors",
    "exchange",
    "foutcodes",
    "norm",
    "server",
    "soap",
    "tables",
    "testing",
    "validation",
    "vocabulaires",
)


__all__ = [
    "AsyncUwlrClient",
    "Autorisatie",
    "Context",
    "Exchange",
    "Finding",
    "Minimised",
    "ProbeResult",
    "Profiel",
    "Read",
    "Report",
    "Retry",
    "Severity",
    "UwlrClient",
    "Validity",
    "__version__",
    "iter_leerlingen",
    "iter_resultaten",
    "make_verificatiecode",
    "minimise",
    "profiel",
    "read",
    "read_tolerant",
    "validate",
    "write",
]


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])


if not TYPE_CHECKING:  # a checker that saw this would take any misspelt name for right

    def __getattr__(name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - slower to import than all the rest

            return version("uwlr")
        if name in _MODULES:
            return import_module(f"uwlr.{name}")
        try:
            module = import_module(_HOME[name])
        except KeyError:
            raise AttributeError(f"module 'uwlr' has no attribute {name!r}") from None
        return getattr(module, name)
