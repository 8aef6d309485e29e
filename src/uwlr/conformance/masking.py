"""What of an exchange may be shown to people: a vendor's own words, and nothing of a person or a key.

Messages are redacted by their tables. Free text (of a fault, a page, the name of a group) is shown as far as it is
technical: values of the roster, numbers, addresses and capitalised words
that are no technical term are left out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from uwlr.berichten import Leerkracht, Leerling
from uwlr.conformance.outcomes import Evidence
from uwlr.conformance.traffic import Exchange
from uwlr.personal_data import personal_names
from uwlr.pseudonymiser import is_technical
from uwlr.soap.redact import Redaction
from uwlr.text import HIDDEN

_ITEMS: Final = 2
_LONGEST: Final = 6000
_PAGE: Final = 1500
_COMMON: Final = {"voorvoegsel", "voorletters_1"}
"""Fields whose values are words and letters like others."""

_PERSONAL: Final = sorted({*personal_names(Leerling), *personal_names(Leerkracht)} - _COMMON)
_SHORTEST: Final = 3
_WORD: Final = re.compile(r"\w[\w'\u2019.-]*", re.UNICODE)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:T.*)?|[0-9]{1,2}[-.][0-9]{1,2}[-.][0-9]{4}")
_ADDRESS: Final = re.compile(r"\S+@\S+|https?://\S+")


class Persons:
    """The persons a run has seen, so that they can be left out of texts."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        self.names: set[tuple[str, str]] = set()
        self.born: set[tuple[str, str]] = set()
        """A name with a day of birth, in two ways of writing it."""

    def learn(self, inhoud: Any) -> None:
        """Take note of the persons of a roster answer."""
        for name in ("leerlingen", "leerkrachten"):
            for person in getattr(inhoud, name, ()):
                found = (getattr(person, field, None) for field in _PERSONAL)
                self.values |= {value for value in found if isinstance(value, str) and len(value) >= _SHORTEST}
                first, last = getattr(person, "roepnaam", None), getattr(person, "achternaam", None)
                if isinstance(first, str) and isinstance(last, str):
                    self.names.add((first, last))
                day = str(getattr(person, "geboortedatum", None) or "")
                if isinstance(last, str) and day:
                    self.born |= {(last, day), (last, "-".join(reversed(day.split("-"))))}


def plain_words(text: str, persons: Persons, secrets: Iterable[str] = ()) -> str:
    """Give a text of a system without persons, keys and numbers."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN) if secret else text
    text = _ADDRESS.sub(HIDDEN, " ".join(text.split()))
    return re.sub(rf"{HIDDEN}(?:\s*{HIDDEN})+", HIDDEN, _WORD.sub(lambda found: _word(found[0], persons), text))


def _word(word: str, persons: Persons) -> str:
    bare = word.strip(".'\u2019-")
    if bare in persons.values:
        return HIDDEN
    if _DAY.fullmatch(bare):
        return HIDDEN
    parts = re.split(r"[.:_-]", bare)
    return word if all(is_technical(part) for part in parts if part) else HIDDEN


class Shown:
    """Shows exchanges.

    Args:
        persons: who is left out.
        secrets: keys.
    """

    def __init__(self, persons: Persons, *secrets: str) -> None:
        self._persons = persons
        self._secrets = secrets
        self._redaction = Redaction(most_items=_ITEMS)

    def __call__(self, exchange: Exchange) -> Evidence:
        """Make evidence of an exchange."""
        return Evidence(
            number=exchange.number,
            operation=f"{exchange.operation} ?{exchange.query[:60]}" if exchange.query else exchange.operation,
            request=self._message(exchange.body),
            answer=self._answer(exchange),
            http_status=exchange.status,
            duration_ms=exchange.duration_ms,
        )

    def _answer(self, exchange: Exchange) -> str:
        if exchange.problem is not None or not exchange.answer:
            return exchange.fact or exchange.problem or ""
        return self._message(exchange.answer)

    def _message(self, message: bytes) -> str:
        text = self._redaction.redact(message) if b"Envelope" in message[:2000] else ""
        if text and not text.startswith("["):
            text = _WORDS.sub(lambda found: f"{found[1]}{self._words(found[2])}{found[3]}", text)
        else:
            text = self._page(message)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN) if secret else text
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}{HIDDEN}"

    def _words(self, text: str) -> str:
        return html.escape(plain_words(html.unescape(text), self._persons, self._secrets), quote=False)

    def _page(self, message: bytes) -> str:
        """What a page says, without its markup; of XML that cannot be read, how much of it there is."""
        if not message.strip():
            return ""
        text = message[: 8 * _PAGE].decode("utf-8", "replace")
        if re.match(r"\W*<(?!(?:!doctype\s+)?html\b)", text, re.IGNORECASE) and "<html" not in text.casefold():
            return f"[{len(message)} bytes of XML]" if message.rstrip().endswith(b">") else f"[{len(message)} bytes]"
        text = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", " ", text)
        return plain_words(html.unescape(text), self._persons, self._secrets)[:_PAGE]


_WORDS: Final = re.compile(r"(<(?:\w+:)?(?:faultstring|detail|melding|Text|naam|omschrijving)\b[^>/]*>)([^<]+)(</)")


def shown(exchanges: Sequence[Exchange], numbers: Sequence[int], show: Shown) -> tuple[Evidence, ...]:
    """Show some exchanges by their numbers."""
    return tuple(show(exchanges[number - 1]) for number in numbers if 0 < number <= len(exchanges))
