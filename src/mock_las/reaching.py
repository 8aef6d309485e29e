"""Where running fakes are, and why nobody answers there."""

from __future__ import annotations

import re
from typing import Final

from uwlr.errors import ConfigurationError

_ADDRESS: Final = re.compile(r"https?://[^/?#\s]+(?:/[^?#\s]*)?")


def address(url: str) -> str:
    """Give the address of fakes without what may stand behind it.

    Raises:
        ConfigurationError: it is none.
    """
    if not _ADDRESS.fullmatch(url):
        raise ConfigurationError("the address of the fakes is one such as http://127.0.0.1:8080")
    return url.rstrip("/")


def why(error: Exception) -> str:
    """Say why nobody answered, as the system says it."""
    inner = getattr(error, "reason", None)
    cause = inner if isinstance(inner, Exception) else error
    return str(getattr(cause, "strerror", None) or cause) or type(cause).__name__
