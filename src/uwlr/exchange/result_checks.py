"""What keeps a result from being recorded: the ledger takes only what it can send."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any, Final

from uwlr.berichten import OsoResultaat, Toets, VocabulaireGebondenVeld
from uwlr.berichten.raw import AnderResultaat
from uwlr.errors import ConfigurationError
from uwlr.norm import schooljaar_for

_YEAR: Final = re.compile("[12][0-9]{3}-[12][0-9]{3}")
_LONGEST: Final = 256
_HALF: Final = "holds half a character (a surrogate), which cannot be written"
SHOWN: Final = 20
"""Results whose problems an error lists."""


class NotRecorded(ConfigurationError):  # noqa: N818 - the name says what happened
    """Results that cannot be sent as they are, so none of the call was recorded.

    Attributes:
        problems: per result, by its number in the call from 0: all that is wrong with it. Nothing personal.
    """

    def __init__(self, problems: dict[int, list[str]], count: int) -> None:
        lines = [f"{len(problems)} of {count} results cannot be recorded, so none was:"]
        lines += [f"  result {number}: {'; '.join(texts)}" for number, texts in list(problems.items())[:SHOWN]]
        if len(problems) > SHOWN:
            lines.append(f"  … and {len(problems) - SHOWN} more")
        super().__init__("\n".join(lines))
        self.problems = problems


def type_problems(result: object, due: type) -> list[str]:
    """Say that something is no result at all, if so."""
    return [] if isinstance(result, due) else [f"it is a {type(result).__name__}, not a {due.__name__}"]


def plain_problems(result: Any) -> list[str]:
    """List what is wrong with the values of a new result, each looked at on its own."""
    found = []
    for name in ("leerlingid", "eckid", "resultaatverwerkerid", "toetsonderdeelcode", "key", "replaces"):
        value = getattr(result, name)
        if value is None and name != "leerlingid":
            continue
        if not isinstance(value, str):
            found.append(f"{name} is a {type(value).__name__}, not a text")
        elif not 1 <= len(value) <= _LONGEST:
            found.append(f"{name} has {len(value)} characters; 1 to {_LONGEST} are due")
        elif not is_writable(value):
            found.append(f"{name} {_HALF}")
    found += _term_problems("versie", result.versie)
    if isinstance(result.toets, Toets):
        found += _term_problems("toets.toetscode", result.toets.toetscode, needed=True)
        found += _term_problems("toets.versie", result.toets.versie)
    else:
        found.append(f"toets is a {type(result.toets).__name__}, not a Toets")
    found += _day_problems(result.afnamedatum)
    found += _moment_problems(result.genormeerd_op)
    if not isinstance(result.poging, int) or result.poging < 1:
        found.append("poging counts from 1")
    if result.key is not None and (result.replaces is not None or result.poging != 1):
        found.append("key says which result it is; leave out replaces and poging")
    if isinstance(result.score, (AnderResultaat, bool)):
        found.append(f"score is a {type(result.score).__name__}; the ledger takes scores and results in OSO form")
    return found


def _term_problems(name: str, term: object, *, needed: bool = False) -> list[str]:
    if term is None and not needed:
        return []
    if not isinstance(term, VocabulaireGebondenVeld):
        return [f"{name} is a {type(term).__name__}, not a VocabulaireGebondenVeld"]
    waarde: object = term.waarde
    if not isinstance(waarde, str):
        return [f"{name}.waarde is a {type(waarde).__name__}, not a text"]
    return [] if is_writable(waarde) else [f"{name} {_HALF}"]


def is_writable(text: str) -> bool:
    """Tell whether a text can be written at all: half a surrogate pair cannot."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _day_problems(day: object) -> list[str]:
    if isinstance(day, datetime):
        return ["afnamedatum is a moment, not a day; give its date()"]
    if not isinstance(day, date):
        return [f"afnamedatum is a {type(day).__name__}, not a date"]
    if not _YEAR.fullmatch(schooljaar_for(day)):
        return [f"afnamedatum is in the year {day.year}, which no school year of the standard can be written for"]
    return []


def _moment_problems(moment: object) -> list[str]:
    if not isinstance(moment, datetime):
        return [f"genormeerd_op is a {type(moment).__name__}, not a moment"]
    if moment.tzinfo is None or moment.utcoffset() is None:
        return ["genormeerd_op has no time zone"]
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return ["genormeerd_op lies outside what a moment in UTC can be"]
    return []


def is_known_outcome(uitkomst: object) -> bool:
    """Tell whether the ledger can keep the outcome of a result that was read."""
    return isinstance(uitkomst, (int, OsoResultaat)) and not isinstance(uitkomst, bool)
