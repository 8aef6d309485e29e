"""Messages without their persons: every name, key, number and address becomes another of the same form.

What a message is, stays: its bytes outside the values, how a value is written (CDATA, references, blanks), whether it
is valid, and which values are equal. With the same secret the same value becomes the same pseudonym, in every message
and in every run. What is personal is decided by the field tables; what they do not know is taken for free text.

A pseudonym is no anonymisation: who has the secret can undo it, and who knows a school may recognise it by its form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from uwlr.berichten.tabel import Simple
from uwlr.foutcodes import Foutcode
from uwlr.permutations import permuted, permuted_until, permuted_word
from uwlr.written_values import Spot, rewrite

Kind: TypeAlias = Literal[
    "key", "sleutel", "code", "name", "initials", "particle", "text", "mail", "date", "number", "group", "kept"
]
"""What a value is; a code has a pattern, and a sleutel opens a coupling."""

SEVERAL: Final = frozenset({"naam", "omschrijving"})
GROUPS: Final = frozenset({"groep", "samengestelde_groep"})
_ELEVEN: Final = frozenset({"bsn", "sofinummer", "onderwijsnummer"})
_ALIKE: Final[dict[Kind, Kind]] = {"sleutel": "key", "code": "key", "initials": "name", "particle": "name"}
"""Kinds that this way of making pseudonyms does not tell apart."""
_COUNTS: Final = (10, 1)
"""Month and day on which ages are counted."""
_MOST_DIGITS: Final = 128
"""Digits of a number that is permuted as one; Python takes 4300 at most."""
_SHORTEST: Final = 4
"""Characters from which a value is looked for in free text."""

WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
MAIL: Final = re.compile(r"[^\s@<>\"',;()]{1,256}+@[^\s@<>\"',;()]{1,256}")
"""No longer than RFC 5321 lets them be: else a text without blanks would be searched from each of its words."""
_ECKID: Final = re.compile(r"(https?://[^\s/]+/(?:[\w.-]+/)*)([0-9A-Za-z]{16,})")
_DATE: Final = re.compile(
    r"([0-9]{4}|[1-9][0-9]{4,17})-([0-9]{2})-([0-9]{2})((?:T[0-9:.]*)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)"
)
DAY: Final = re.compile(r"\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b")
PARTICLES: Final = frozenset(
    "van de der den het ten ter te in op aan bij la le el al du des von zu d s t".split()  # noqa: SIM905
)
OF_GROUPS: Final = frozenset(
    (  # noqa: SIM905 - readable as text
        "groep klas unit stamgroep kleuters peuters onderbouw middenbouw bovenbouw plusgroep combinatie rekenen taal"
        " lezen spelling instructie subgroep mavo havo vwo vmbo tl gt bb kb brugklas gymnasium atheneum"
    ).split()
)
TECHNICAL: Final = frozenset(
    (  # noqa: SIM905 - readable as text
        "aanmaakdatum access actief antwoord autorisatie autorisatieheader autorisatiesleutel bad bericht brin brincode"
        " client code content could dependance dependancecode element error exception expected fault fout fouten"
        " gateway geen header http inhoud"
        " internal interne invalid is key klant klantcode klantidentificatie klantnaam las"
        " leerling leerlinggegevens leerresultaten message missing namespace not onbekend onbekende ongeldig ongeldige"
        " onjuist onjuiste ontbreekt ontbrekend operatie operation page request resultaat school schooljaar schoolkey"
        " schema score server service sleutel soap status storing structuur the this tijdelijk toegang toets"
        " unauthorized unavailable unexpected unknown uwlr validation validatie value verzoek versie vestiging waarde"
        " web wrong xml xsd xsdversie u uw deze dit wij you your er het de een apache nginx iis tomcat asp net java php"
        " python spring wcf cxf esis parnassys magister somtoday"
    ).split()
)
_CODE: Final = re.compile(r"[0-9]{2}[A-Z]{2}(?:[0-9]{2})?|[0-9]{1,4}[a-zA-Z]?|[0-9](?:\.[0-9]{1,3})+")

_PARTS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TERMS: Final = TECHNICAL.union(
    (part.casefold() for code in Foutcode for part in _PARTS.split(code.partition(".")[2])),
    ("argument", "dispatcher", "method", "mismatch", "parser", "reader", "serializer", "socket", "timeout", "type"),
    ("understand", "unsupported"),
)
"""One of these, of four letters or more, makes a word in camel case a term; any other may be a surname: McDonald."""


def is_technical(word: str) -> bool:
    """Tell whether a word of a fault or a page says nothing of a person: a term, a code or a name of a program."""
    if any(character.isdigit() for character in word):
        return _CODE.fullmatch(word) is not None
    if word.islower() or word.casefold() in TECHNICAL | OF_GROUPS or (word.isupper() and len(word) <= 6):
        return True
    parts = _PARTS.split(word)
    terms = (part for part in parts if len(part) >= _SHORTEST and part.casefold() in _TERMS)
    return len(parts) > 1 and any(terms)


class Pseudonymiser:
    """Gives messages and texts without persons.

    Args:
        secret: what the pseudonyms follow from; the same gives the same.
        keep: values that are left as they are, such as those of a made-up school.
    """

    def __init__(self, secret: bytes, *, keep: Iterable[str] = ()) -> None:
        self._secret = hashlib.blake2b(secret, digest_size=32).digest()
        self._keep = frozenset(keep)
        self._known: dict[tuple[Kind, str], str] = {}
        self._words: set[str] = set()

    def value(self, value: str, kind: Kind) -> str:
        """Give the pseudonym of one value; blanks around it stay."""
        bare = value.strip()
        if kind == "kept" or not bare or bare in self._keep:
            return value
        kind = _ALIKE.get(kind, kind)
        found = self._known.get((kind, bare))
        if found is None:
            found = self._known[kind, bare] = self._made(bare, kind)
            if kind in {"key", "name"} and len(bare) >= _SHORTEST:
                self._words.add(bare)
            if kind == "name":
                self._words |= {word.casefold() for word in WORD.findall(bare) if len(word) >= _SHORTEST}
        return value.replace(bare, found, 1)

    def message(self, data: bytes) -> bytes:
        """Give a message with the same bytes except for its persons; anything that is not XML is treated as text."""
        return rewrite(data, self._change)

    def _change(self, value: str, spot: Spot) -> str:
        kind = _kind_at(spot)
        return self.text(value) if kind is None else self.value(value, kind)

    def text(self, text: str) -> str:
        """Give the words of a fault, a page or a header, without the persons of messages and words that are no term."""
        text = MAIL.sub(lambda found: self.value(found[0], "mail"), text)
        text = _ECKID.sub(lambda found: self.value(found[0], "key"), text)
        text = DAY.sub(lambda found: self.value(found[0], "date"), text)
        for whole in sorted((word for word in self._words if not WORD.fullmatch(word)), key=len, reverse=True):
            if whole in text:
                text = text.replace(whole, self.value(whole, "key" if ("key", whole) in self._known else "name"))
        return WORD.sub(lambda found: self._word_of_text(found[0]), text)

    def _word_of_text(self, word: str) -> str:
        if ("key", word) in self._known:
            return self._known["key", word]
        if word in self._known.values():
            return word
        return word if is_technical(word) and word.casefold() not in self._words else self._word(word)

    def _made(self, value: str, kind: Kind) -> str:
        makers: dict[Kind, Callable[[str], str]] = {
            "key": self._key,
            "name": self._name,
            "text": self._text,
            "mail": self._mail,
            "date": self._date,
            "number": self._number,
            "group": self._group,
        }
        return makers[kind](value)

    # One maker for each kind.

    def _key(self, value: str) -> str:
        found = _ECKID.fullmatch(value)
        if found is not None:
            hexadecimal = re.fullmatch(r"[0-9a-f]+", found[2]) is not None
            return found[1] + permuted_word(found[2], self._secret + b"key", hexadecimal=hexadecimal)
        return permuted_word(value, self._secret + b"key")

    def _name(self, value: str) -> str:
        return WORD.sub(lambda found: found[0] if found[0].lower() in PARTICLES else self._word(found[0]), value)

    def _word(self, word: str) -> str:
        return permuted_word(word, self._secret + b"word")

    def _text(self, value: str) -> str:
        value = MAIL.sub(lambda found: self._mail(found[0]), value)
        return WORD.sub(lambda found: found[0] if found[0] in {"http", "https", "www"} else self._word(found[0]), value)

    def _mail(self, value: str) -> str:
        local, at, domain = value.rpartition("@")
        labels = domain.split(".")
        if not at or len(labels) < 2:
            return WORD.sub(lambda found: self._word(found[0]), value)
        made = ".".join(self._name(label) for label in labels[:-1])
        return f"{WORD.sub(lambda found: self._word(found[0]), local)}@{made}.example"

    def _date(self, value: str) -> str:
        found = _DATE.fullmatch(value)
        try:
            written = int(found[1])  # type: ignore[index]
            # The calendar repeats itself every 400 years: Python's does not reach beyond 9999, nor before 1.
            like = written % 400 + 2000
            given = date(like, int(found[2]), int(found[3]))  # type: ignore[index]
        except (TypeError, ValueError):
            return self._key(value)
        # Whoever is as old on 1 October stays so: jaargroepen go by it.
        year = like - ((given.month, given.day) <= _COUNTS)
        first, last = date(year, *_COUNTS), date(year + 1, *_COUNTS)
        place = permuted((given - first).days - 1, (last - first).days, self._secret + b"date")
        made = first + timedelta(days=place + 1)
        return f"{max(made.year - like + written, 1):04d}-{made:%m-%d}{found[4] if found else ''}"

    def _number(self, value: str) -> str:
        if not (value.isascii() and value.isdigit()) or len(value) > _MOST_DIGITS:
            return self._key(value)
        size, valid = 10 ** len(value), passes_eleven(value)
        made = permuted_until(
            int(value), size, self._secret + b"number", lambda one: passes_eleven(f"{one:0{len(value)}d}") == valid
        )
        return f"{made:0{len(value)}d}"

    def _group(self, value: str) -> str:
        def word(found: re.Match[str]) -> str:
            short = len(found[0]) <= 2 or _CODE.fullmatch(found[0]) is not None
            return found[0] if short or found[0].lower() in OF_GROUPS | PARTICLES else self._word(found[0])

        return WORD.sub(word, value)


@lru_cache(maxsize=4096)
def _kind_at(spot: Spot) -> Kind | None:
    """What a value is; None if it is the words of a program."""
    name = spot.attribute or spot.element
    if name in {"faultcode", "faultactor"} or (spot.attribute and (spot.words or ":" in name or name == "xmlns")):
        return "kept"
    if spot.words:
        return None
    if name in SEVERAL and spot.parent in GROUPS:
        return "group"
    return "text" if spot.simple is None else kind_of(name, spot.simple)


def passes_eleven(value: str) -> bool:
    """Tell whether the digits of a BSN weigh up to a multiple of eleven."""
    if len(value) != 9:
        return True
    return sum(int(digit) * weight for digit, weight in zip(value, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0


def kind_of(name: str, simple: Simple) -> Kind:
    """Tell what the values of a field are, by its name and its simple type."""
    if not simple.personal:
        return "kept"
    if simple.base == "date":
        return "date"
    if name == "emailadres":
        return "mail"
    if name in _ELEVEN:
        return "number"
    if name == "autorisatiesleutel":
        return "sleutel"
    if simple.name == "EDEXKeyType" or name in {"eckid", "leerlingid", "resultaatverwerkerid"}:
        return "key"
    if simple.pattern is not None:
        return "code"
    return _NAMES.get(simple.name, "text")


_NAMES: Final[dict[str, Kind]] = {
    "EDEXAchternaamType": "name",
    "EDEXVoorvoegselType": "particle",
    "EDEXVoornamenType": "name",
    "EDEXVoorletters-1Type": "initials",
    "EDEXString64Type": "name",
}
