"""Which HTTP headers say nothing of anybody, so that their values may be kept where nobody else's may.

Any other value may be a secret: a cookie, a password, a key of a gateway. Of those only the name is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

Header: TypeAlias = tuple[str, str | None]
"""Name and value of a header; None for a value that is not kept."""

VERBATIM: Final = frozenset({"soapaction", "content-type", "content-encoding", "transfer-encoding", "accept-encoding"})
"""Headers that tell how a message is to be read."""

WORDED: Final = frozenset(
    {
        "cache-control",
        "connection",
        "content-length",
        "date",
        "keep-alive",
        "server",
        "user-agent",
        "vary",
        "x-powered-by",
    }
)
"""Headers that say something in words."""

_DAY: Final = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH: Final = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DIRECTIVE: Final = (
    r"(?:no-cache|no-store|no-transform|private|public|must-revalidate|proxy-revalidate|(?:s-)?max-?age=[0-9]{1,9})"
)
_FORMS: Final = {
    "content-length": re.compile(r"[0-9]{1,18}"),
    "date": re.compile(rf"{_DAY}, [0-9]{{2}} {_MONTH} [0-9]{{4}} [0-9:]{{8}} GMT"),
    "connection": re.compile(r"close|keep-alive", re.IGNORECASE),
    "keep-alive": re.compile(r"(?:(?:timeout|max)=[0-9]{1,6}(?:, *)?)+"),
    "cache-control": re.compile(rf"{_DIRECTIVE}(?:, *{_DIRECTIVE})*", re.IGNORECASE),
}
"""Values in the form that RFC 9110 and 9111 give them, which leaves no room for anything else."""


def kept(headers: Iterable[tuple[str, str]], words: Callable[[str], str]) -> tuple[Header, ...]:
    """Give headers with the values that may be kept, in their order.

    Args:
        headers: names and values.
        words: leaves of a text what says nothing of anybody.
    """
    return tuple((name, _value(name.lower(), value, words)) for name, value in headers)


def _value(name: str, value: str, words: Callable[[str], str]) -> str | None:
    form = _FORMS.get(name)
    if name in VERBATIM or (form is not None and form.fullmatch(value)):
        return value
    return words(value) if name in WORDED else None
