"""The ways in which a value may come to be seen: logs, errors with their traceback, reprs."""

from __future__ import annotations

import io
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.pretty import pretty_repr


class Fields(logging.Formatter):
    """A line with every field of its record."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the line and the fields."""
        return f"{super().format(record)} {vars(record)!r}"


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """Take what any logger says at DEBUG level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Fields())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


def shown(value: Any) -> str:
    """Give all ways in which a value may be seen: as an error with its traceback, in a message, in a shell."""
    texts = [str(value), repr(value), pretty_repr(value, max_width=sys.maxsize)]  # breaking lines is most of the work
    if isinstance(value, BaseException):
        texts += traceback.format_exception(value)
    return "\n".join(texts)
