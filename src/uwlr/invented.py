"""Values that anybody can see are invented: what takes the place of persons, keys and free text in what is kept.

The same pseudonymiser, with two promises more. Every value it makes is of a vocabulary that no real value is of, so
that a message can be held against it without the original: words begin with `xq`, also those of a key, numbers with 99,
initials are Q and X, birthdays fall on the 13th, addresses end in `.example`. And nothing stays because it looks
harmless: what no table knows, and every word of a fault or a page that is no term, is replaced.

Length classes, capitals, marks on letters, prefixes of keys, particles, references and absence stay. Equal values stay
equal and different ones different, except birthdays (twelve in a year), initials, and the parts that patterns leave
no room for. A key that opens a coupling becomes what cannot be turned back, not even with the secret.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from functools import cache
from typing import Final, Literal, TypeAlias

from uwlr.foutcodes import Foutcode, SoapFoutcode
from uwlr.permutations import permuted_word
from uwlr.pseudonymiser import (
    DAY,
    GROUPS,
    MAIL,
    OF_GROUPS,
    PARTICLES,
    SEVERAL,
    TECHNICAL,
    WORD,
    Kind,
    Pseudonymiser,
    kind_of,
    passes_eleven,
)
from uwlr.written_values import Rewriting, Spot, names_of_fields

Sort: TypeAlias = Kind | Literal["words"]
"""What a value is; `words` are those of a program."""

_MARK: Final = "xq"
_LONG: Final = 12
"""Characters from which a value has room for the mark; a shorter one grows by it."""
_DIGITS: Final = "9900"
_CODE: Final = "99"
_HEX: Final = "facade00"
_THE_DAY: Final = 13
_SHORT: Final = 3
"""Characters that say nothing of anybody."""
_TELLING: Final = 12
"""Digits from which a part of a key says whose it is; a shorter one may be in another key by chance."""
_LONGEST_KEY: Final = 256
_OF_MANY: Final = re.compile(r"(?:19|20)[0-9]{2}|[0-9]{2}[a-z]{2}")
"""A year, and the BRIN of a school."""
_OPAQUE: Final = frozenset({"key", "sleutel", "code", "number"})
_REMEMBERED: Final = 100_000

_TEXT: Final = re.compile(f"(?P<mail>{MAIL.pattern})|(?P<day>{DAY.pattern})|(?P<word>{WORD.pattern})")
ECKID: Final = re.compile(
    r"(https?://(?:ketenid\.nl|ketenid\.example|eckid\.example)/(?:(?:[0-9]+|pilot|test)/)*)([0-9A-Za-z]{16,})"
)
_GUID: Final = re.compile(r"[{(]?(?:[0-9A-Fa-f]-?){16,}[)}]?")
_NUMBERED: Final = re.compile(r"([A-Za-z])([0-9]+)")
_CALENDAR: Final = re.compile(r"([0-9]{4,})-([0-9]{2})-([0-9]{2})(.*)", re.DOTALL)
_OF_KEYS: Final = tuple(
    (  # noqa: SIM905 - readable as text
        "samengestelde_groep leerkracht medewerker vestiging leerling persoon docent school eckid groep lkr lln mdw grp"
    ).split()
)
_FIGURES: Final = re.compile(r"[-+0-9.,:TZeE]{1,40}")
_BARE: Final = re.compile(r"[\w.:/+*#()-]{1,64}")
_CODES: Final = frozenset(
    (  # noqa: SIM905 - readable as text
        "toetscode toetsonderdeelcode gegevenssetid xsdversie klantcode klantnaam term waarde kwalificatie"
        " codereferentiescore codevaardigheidsschaal codevergelijkingsgroep vocabulaire vocabulairelocatie"
        " versie leerjaar vakgebied toetscategorie toetsniveau ingang"
    ).split()
)
_FREE: Final = frozenset({"omschrijving", "toetsnaam", "toetsonderdeelnaam", "naam"})
_MARKUP: Final = re.compile(r"xmlns(?::.*)?|(?:xsi|xml):.*|(?:\w+:)?(?:mustUnderstand|actor|role|encodingStyle)")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MORE: Final = frozenset(
    (  # noqa: SIM905 - readable as text
        "example https www org net com nl xmlsoap schemas envelope html head body title meta div span p br h1 h2 hr"
        " center style script class charset utf gmt bytes length found forbidden required denied timeout method allowed"
        " internal media type unsupported bad too many requests try again later been has have with from that which"
        " was were are at on or by in of to an it its be as if no een het en of op in te van voor met door bij naar"
        " is zijn was wordt worden kan kon mag moet geen niet wel al nog maar om uit over ook als dan bekend verplicht"
        " toegestaan verwacht gevonden onjuist leeg lijst aantal binnen buiten tussen verlopen actieve actie nummer"
        " xmlschema instance nil true false null nan edustandaard"
    ).split()
)


class Inventor(Pseudonymiser):
    """Makes invented values; arguments as `Pseudonymiser`."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret)
        self._numbers: dict[str, str] = {}
        self._taken: set[str] = set()

    def value(self, value: str, kind: Sort) -> str:
        """Give the invented value for one value; blanks around it stay."""
        bare = value.strip()
        if kind == "kept" or not bare:
            return value
        found = self._known.get((kind, bare))  # type: ignore[arg-type]
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[kind, bare] = self._invented(bare, kind)  # type: ignore[index]
        return value.replace(bare, found, 1)

    def text(self, text: str) -> str:
        """Give the words of a program, each that is no term replaced."""
        return self.value(text, "words")

    def stream(self) -> Rewriting:
        """Give what makes one message of another, part by part."""
        return Rewriting(self._change)

    def _change(self, value: str, spot: Spot) -> str:
        return self.value(value, sort_at(spot, value))

    def _invented(self, value: str, kind: Sort) -> str:
        match kind:
            case "words":
                return _TEXT.sub(lambda found: self._part(found, keep=True), value)
            case "text":
                return _TEXT.sub(lambda found: self._part(found, keep=False), value)
            case "sleutel":
                return self._sleutel(value)
            case "code":
                return self._code(value)
            case "initials":
                return self._initials(value)
            case "particle":
                return WORD.sub(lambda found: self._particle(found[0]), value)
            case _:
                return self._made(value, kind)

    def _part(self, found: re.Match[str], *, keep: bool) -> str:
        if found["mail"]:
            return self._mail(found["mail"])
        if found["day"]:
            return self._date(found["day"])
        return found[0] if keep and _is_term(found[0]) else self._word(found[0])

    def _word(self, word: str) -> str:
        made = super()._word(word)
        if word.isdecimal():
            return made if len(word) <= _SHORT else f"{_DIGITS}{made}"
        if len(word) == 1:
            return made
        rest = made[len(_MARK) :] if len(word) >= _LONG else made
        if word.isupper():
            return f"{_MARK.upper()}{rest}"
        small = rest[0].lower()
        rest = f"{small if len(small) == 1 else rest[0]}{rest[1:]}"
        return f"{_MARK.capitalize()}{rest}" if word[0].isupper() else f"{_MARK}{rest}"

    def _key(self, value: str) -> str:
        if eckid := ECKID.fullmatch(value):
            return f"{eckid[1]}{self._hexadecimal(eckid[2])}"
        if value.isdecimal():
            return f"{_DIGITS}{permuted_word(value, self._secret + b'key')}"
        if _GUID.fullmatch(value):
            return self._hexadecimal(value)
        prefix = next((one for one in _OF_KEYS if value.lower().startswith(one) and len(value) > len(one)), None)
        if prefix is not None:
            rest = value[len(prefix) :].lstrip("-_.:")
            return value[: len(value) - len(rest)] + self._key(rest) if rest else value
        if numbered := _NUMBERED.fullmatch(value):
            return f"{numbered[1]}{self._key(numbered[2])}"
        made = permuted_word(value, self._secret + b"key")
        made = f"{_MARK}{made[len(_MARK) :] if len(value) >= _LONG else made}"
        first = WORD.match(made)
        end = first.end() if first else 0
        made = made[:end] + WORD.sub(lambda found: _marked_in_key(found[0]), made[end:])
        fits = len(made) <= _LONGEST_KEY or len(value) > _LONGEST_KEY
        return made if fits else f"{_MARK}{self._mixed(value, 2 * _LONG)}"

    def _hexadecimal(self, value: str) -> str:
        """Give the mark and then digits that nobody can turn back, in the form of the value."""
        if value.isalnum() and value == value.lower():
            return (_HEX + self._mixed(value, len(value)))[: len(value)]
        count = sum(character.isalnum() for character in value)
        digits = iter(_HEX + self._mixed(value, count))
        return "".join(_cased(next(digits), c) if c.isalnum() else c for c in value)

    def _mixed(self, value: str, count: int) -> str:
        made = hashlib.shake_128(self._secret + b"mixed" + value.encode("utf-8", "surrogatepass"))
        return made.hexdigest((count + 1) // 2)

    def _sleutel(self, value: str) -> str:
        key = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), key=self._secret).digest()
        made = permuted_word(re.sub(r"[^\W\d_]", "a", re.sub(r"[0-9]", "0", value)), key)
        return f"{_MARK}{made[len(_MARK) :]}"

    def _code(self, value: str) -> str:
        made = permuted_word(value, self._secret + b"code")
        if value.isdecimal():
            return f"{_CODE}{made[len(_CODE) :]}"
        # No postcode begins with 0.
        return f"0{made[1:]}" if re.fullmatch(r"[0-9]{4} ?[A-Za-z]{2}", value) else self._key(value)

    def _number(self, value: str) -> str:
        if not (value.isascii() and value.isdecimal() and len(value) > len(_CODE)):
            return self._key(value)
        made = self._numbers.get(value)
        turn = 0
        while made is None:
            room = len(value) - len(_CODE)
            digits = int(self._mixed(f"{value} {turn}", 32), 16) % 10**room
            tried = f"{_CODE}{digits:0{room}d}"
            turn += 1
            if passes_eleven(tried) == passes_eleven(value) and (tried not in self._taken or turn > 1000):
                made = self._numbers[value] = tried
                self._taken.add(tried)
        return made

    def _initials(self, value: str) -> str:
        bits = int(self._mixed(value, 32), 16)
        made = (_cased("qx"[bits >> place & 1], c) if c.isalnum() else c for place, c in enumerate(value))
        return "".join(made)

    def _particle(self, word: str) -> str:
        return word if word.lower() in PARTICLES else self._initials(word)

    def _group(self, value: str) -> str:
        return WORD.sub(lambda found: found[0] if _is_of_groups(found[0]) else self._word(found[0]), value)

    def _date(self, value: str) -> str:
        made = super()._date(value)
        found = _CALENDAR.fullmatch(made)
        if found is None:
            return made
        # In the year of 1 October that it was in.
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        try:
            place = int(self._mixed(value[:10], 8), 16) % 12
            first = year if (month, day) > (10, 1) else year - 1
            date(first % 400 + 2000, month, 1)
        except ValueError:
            return made
        month = (9 + place) % 12 + 1
        return f"{first + (month < 10):04d}-{month:02d}-{_THE_DAY}{found[4]}"


def _marked_in_key(word: str) -> str:
    """Mark a word of a key, so that it is nobody's name."""
    if len(word) <= _SHORT or word.isdecimal():
        return word
    return f"{_cased(_MARK, word)}{word[len(_MARK) :] if len(word) >= _LONG else word}"


def _cased(made: str, like: str) -> str:
    return made.upper() if like.isupper() else made


def _is_of_groups(word: str) -> bool:
    known = word.casefold() in OF_GROUPS | PARTICLES
    return known or len(word) == 1 or re.fullmatch(r"[0-9]{1,2}[A-Za-z]?|(?:19|20)[0-9]{2}", word) is not None


@cache
def _terms() -> frozenset[str]:
    of_fields = {part for name in names_of_fields() for part in (name, *re.split(r"[_-]", name))}
    return frozenset({*TECHNICAL, *OF_GROUPS, *PARTICLES, *_MORE, *(name.casefold() for name in of_fields)})


def _is_term(word: str) -> bool:
    if word.isdecimal():
        return word.isascii() and len(word) <= _SHORT
    return len(word) == 1 or all(part.casefold() in _terms() for part in _CAMEL.split(word))


_KNOWN_CODES: Final = frozenset(str(code) for code in (*Foutcode, *SoapFoutcode))


def sort_at(spot: Spot, value: str) -> Sort:
    """Tell what a value is; what stays has to be of the type that the tables have for it."""
    name, bare = spot.attribute or spot.element, value.strip()
    if spot.attribute and _MARKUP.fullmatch(spot.attribute):
        return "kept"
    if name == "faultcode" and bare.rpartition(":")[2] in _KNOWN_CODES:
        return "kept"
    if spot.words:
        return "words"
    simple = spot.simple
    if name in {"key", "schoolkey"}:
        return "key"
    if name in SEVERAL and spot.parent in GROUPS:
        return "group"
    if simple is None or name in _FREE:
        return "text"
    if simple.personal:
        return kind_of(name, simple)
    if simple.base != "string":
        fits = _FIGURES.fullmatch(bare) is not None or bare in {"true", "false"} or (name in _CODES and _bare(bare))
    elif name in _CODES:
        fits = name == "klantnaam" or _bare(bare)
    else:
        fits = bare in simple.codes or (simple.pattern is not None and simple.matches(bare)) or len(bare) <= _SHORT
    return "kept" if fits and not spot.by_name else "text"


def _bare(value: str) -> bool:
    return _BARE.fullmatch(value) is not None


def is_invented(value: str, kind: Sort) -> bool:
    """Tell whether a value is of the vocabulary."""
    bare = value.strip()
    match kind:
        case "kept":
            return True
        case "sleutel":
            return not bare or bare.lower().startswith(_MARK)
        case "key":
            return not bare or _is_key(bare)
        case "code" | "number":
            return not bare or bare.startswith((_CODE, "0") if kind == "code" else _CODE) or _is_key(bare)
        case "initials":
            return all(not c.isalnum() or c in "qxQX" for c in bare)
        case "date":
            found = _CALENDAR.fullmatch(bare)
            return not bare or (int(found[3]) == _THE_DAY if found else _is_key(bare))
        case "particle":
            words = WORD.findall(bare)
            return all(word.lower() in PARTICLES or set(word.lower()) <= {"q", "x"} for word in words)
        case "group":
            return all(_is_of_groups(word) or _is_marked(word) for word in WORD.findall(bare))
        case "name":
            return all(word.lower() in PARTICLES or _is_marked(word) for word in WORD.findall(bare))
        case _:
            return all(_is_made(found, terms=kind == "words") for found in _TEXT.finditer(bare))


def _is_made(found: re.Match[str], *, terms: bool) -> bool:
    if found["mail"]:
        words = WORD.findall(found["mail"].removesuffix(".example"))
        return all(_is_marked(word) or word.lower() in PARTICLES for word in words)
    if found["day"]:
        return int(found["day"][8:10]) == _THE_DAY
    return _is_marked(found["word"]) or (terms and _is_term(found["word"]))


def _is_marked(word: str) -> bool:
    if word.isdecimal():
        return len(word) <= _SHORT or word.startswith(_DIGITS)
    return len(word) == 1 or word.lower().startswith(_MARK)


def _is_key(value: str) -> bool:
    if eckid := ECKID.fullmatch(value):
        return eckid[2].lower().startswith(_HEX) and _GUID.fullmatch(eckid[2]) is not None
    bare = _without_prefix(value)
    if _GUID.fullmatch(bare):
        return bare.lstrip("{(").replace("-", "").lower().startswith((_HEX, _DIGITS))
    if _NUMBERED.fullmatch(bare):
        bare = bare[1:]
    if bare.isdecimal():
        return bare.startswith(_DIGITS)
    return not bare or (bare.lower().startswith(_MARK) and all(map(_is_marked_in_key, WORD.findall(bare))))


def _is_marked_in_key(word: str) -> bool:
    return len(word) <= _SHORT or word.isdecimal() or word.lower().startswith(_MARK)


def _without_prefix(key: str) -> str:
    """Give a key without the words before it that say what it is the key of."""
    while prefix := next((one for one in _OF_KEYS if key.lower().startswith(one) and len(key) > len(one)), None):
        key = key[len(prefix) :].lstrip("-_.:")
    return key


def telling(value: str, kind: Sort) -> list[str]:
    """Give what of a value tells whose it is: itself, and its words; of a key those that are no mere digits.

    A few digits, as a number or as a part of a UUID, are in many keys, real and invented ones, by chance.
    """
    folded = value.strip().casefold()
    if eckid := ECKID.fullmatch(folded):
        return [folded, eckid[2]]
    if kind == "date":
        words = []
    elif kind in _OPAQUE:
        bare = _without_prefix(folded)
        digits = kind == "sleutel" or _GUID.fullmatch(bare) is not None
        words = [word for word in WORD.findall(bare) if len(word) >= _TELLING or not (digits or word.isdecimal())]
    else:
        words = WORD.findall(folded)
    return [one for one in (folded, *words) if len(one) > _SHORT and not _OF_MANY.fullmatch(one)]
