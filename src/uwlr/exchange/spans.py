"""Spans for OpenTelemetry where that package is present; ids only, nothing personal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

_trace: Any = import_module("opentelemetry.trace") if find_spec("opentelemetry") is not None else None
_tracer: Any = None if _trace is None else _trace.get_tracer("uwlr.exchange")


@contextmanager
def span(name: str, **attributes: int) -> Iterator[None]:
    """Time a piece of work as a span."""
    if _tracer is None:
        yield
        return
    # The text of an error may come from the other side, so only its class is told.
    with _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception as error:
            current.set_attribute("error.type", type(error).__name__)
            current.set_status(_trace.StatusCode.ERROR)
            raise
