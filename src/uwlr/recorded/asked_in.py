"""What a request asks for, by the values in it."""

from __future__ import annotations

from typing import Final

from uwlr.codec.parser import local_name
from uwlr.recorded.recorded_exchange import Question
from uwlr.validation.items import peek
from uwlr.written_values import Spot, rewrite

ASKED: Final = frozenset({"schooljaar", "brincode", "dependancecode", "schoolkey", "gegevenssetid", "xsdversie"})
SINCE: Final = "laatstontvangengegevens"


def question_in(body: bytes) -> Question | None:
    """Tell what a request asks for; None if it is no message."""
    frame = peek(body)
    tag = (frame.message or frame.root) if frame is not None else None
    if tag is None:
        return None
    found: dict[str, str] = {}

    def note(value: str, spot: Spot) -> str:
        if not spot.attribute and spot.element in {*ASKED, SINCE}:
            found.setdefault(spot.element, value.strip())
        return value

    rewrite(body, note)
    since = found.pop(SINCE, None) is not None
    return Question(kind=local_name(tag), since=since, **found)
