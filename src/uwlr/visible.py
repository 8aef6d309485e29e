r"""Other people's text where a person reads it: in a terminal, a log, a table.

A name, a file name or an answer may hold what moves the cursor, sets the title of a window, turns the direction of the
line or ends it. All of that is shown as Python would write it (`\x1b`, `\u202e`): it does nothing, and is seen.
"""

from __future__ import annotations

import logging
import re
from traceback import format_exception
from typing import Any, Final
from unicodedata import category

_JSON_SAFE: Final = re.compile(r"[^\n\r\t -~]")
_OURS: Final = frozenset(vars(logging.makeLogRecord({})))
"""What every log record has: its text apart, it comes from this program."""


def one_line(text: str) -> str:
    """Show a text in one line: whatever prints nothing, moves or ends the line is escaped; spaces stay."""
    return text if text.isprintable() else "".join(map(_shown, text))


def in_lines(text: str) -> str:
    """Show a text of several lines: as `one_line`, but line feeds, also behind a carriage return, and tabs stay.

    For a whole output: what others wrote into a line of it went through `one_line` before.
    """
    pieces = text.replace("\r\n", "\n").split("\n")
    return "\n".join("\t".join(map(one_line, piece.split("\t"))) for piece in pieces)


def in_json(text: str) -> str:
    """Escape the same in a JSON document, in JSON's way: it reads as before."""
    return _JSON_SAFE.sub(_json, text)


def logger(name: str) -> logging.Logger:
    """Give a logger whose records hold nothing that acts on a terminal or begins a line of its own."""
    return guarded(logging.getLogger(name))


def guarded(found: logging.Logger) -> logging.Logger:
    """The same for a logger that somebody else made."""
    found.addFilter(_take)
    return found


def server_log(msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
    """Stand in for `error_log` of a server of cheroot, which writes to stderr what requests may have a part in."""
    logger("cheroot").log(level, "%s", msg, exc_info=traceback)


def _shown(letter: str) -> str:
    if letter.isprintable() or category(letter) == "Zs":
        return letter
    return letter.encode("unicode_escape").decode()


def _json(found: re.Match[str]) -> str:
    letter = found[0]
    if _shown(letter) == letter:
        return letter
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _take(record: logging.LogRecord) -> bool:
    """Make a record visible: its values, its extra fields, its traceback."""
    if isinstance(record.args, dict):
        record.args = {name: _value(value) for name, value in record.args.items()}
    elif record.args:
        record.args = tuple(map(_value, record.args))
    for name in vars(record).keys() - _OURS:
        setattr(record, name, _value(getattr(record, name)))
    if record.exc_info and record.exc_info[0] is not None:
        record.exc_text = in_lines("".join(format_exception(*record.exc_info)).rstrip())
    return True


def _value(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    return one_line(value if isinstance(value, str) else str(value))
