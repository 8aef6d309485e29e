"""A message as JSON, and back."""

from __future__ import annotations

import msgspec

from uwlr.berichten.tabel import Bericht
from uwlr.convert.plain_form import from_plain, to_plain
from uwlr.errors import MessageError


def to_json(bericht: Bericht, *, indent: int = 0) -> bytes:
    """Write a message as JSON (UTF-8), without loss: an unreadable value too is kept as it stood.

    Args:
        bericht: one of the messages that can stand alone.
        indent: spaces per level; 0 for one line.

    Raises:
        InvalidMessage: a field holds a value of another Python type than its table says.
    """
    data = msgspec.json.encode(to_plain(bericht))
    return msgspec.json.format(data, indent=indent) if indent else data


def from_json(data: bytes) -> Bericht:
    """Read a message that `to_json` wrote, or that was made in that form.

    Raises:
        MessageError: no JSON.
        UnexpectedElement: no `type` at the top that is a message.
        InvalidMessage: deviations; all are listed.
    """
    try:
        plain = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MessageError("not JSON, or nested too deep") from None
    return from_plain(plain)
