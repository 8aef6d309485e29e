"""Messages without their persons: every name, key, number and address becomes another of the same form.

What a message is, stays: its bytes outside the values, how a value is written (CDATA, references, blanks), whether it
is valid, and which values are equal. With the same secret the same value becomes the same pseudonym, in every message
and in every run. What is personal is decided by the field tables; what they do not know is taken for free text.

A pseudonym is no anonymisation: who has the secret can undo it, and who knows a school may recognise it by its form.
"""

from __future__ import annotations

import codecs
import hashlib
import html
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final, Literal, TypeAlias

from uwlr.berichten import ROOTS, Autorisatie
from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Alternative, Bericht, Simple, element_tag, table
from uwlr.permutations import permuted, permuted_until, permuted_word

Kind: TypeAlias = Literal["key", "name", "text", "mail", "date", "number", "group", "kept"]
Place: TypeAlias = tuple[str, str]

_SEVERAL: Final = frozenset({"naam", "omschrijving"})
_GROUPS: Final = frozenset({"groep", "samengestelde_groep"})
_ELEVEN: Final = frozenset({"bsn", "sofinummer", "onderwijsnummer"})
_ENVELOPE: Final = frozenset({"Envelope", "Header", "Body", "Fault"})
_COUNTS: Final = (10, 1)
"""Month and day on which ages are counted."""
_SHORTEST: Final = 4
"""Characters from which a value is looked for in free text."""

_TOKEN: Final = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<![^>]*>|</[^>]*>"
    r"|<[^!?/>\s](?:[^>\"']|\"[^\"]*\"|'[^']*')*>|[^<]+|<",
    re.DOTALL,
)
_TAG: Final = re.compile(r"</?\s*([^\s/>]+)")
_ATTRIBUTE: Final = re.compile(r"(\s)([^\s=\"'<>/]+)(\s*=\s*)(\"[^\"]*\"|'[^']*')")
_REFERENCE: Final = re.compile(r"&#x([0-9A-Fa-f]+);|&#([0-9]+);|&(\w+);|(.)", re.DOTALL)
_WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
_MAIL: Final = re.compile(r"[^\s@<>\"',;()]+@[^\s@<>\"',;()]+")
_ECKID: Final = re.compile(r"(https?://[^\s/]+/(?:[\w.-]+/)*)([0-9A-Za-z]{16,})")
_DATE: Final = re.compile(
    r"([0-9]{4}|[1-9][0-9]{4,17})-([0-9]{2})-([0-9]{2})((?:T[0-9:.]*)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)"
)
_DAY: Final = re.compile(r"\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b")
_DECLARED: Final = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")
_PARTICLES: Final = frozenset(
    "van de der den het ten ter te in op aan bij la le el al du des von zu d s t".split()  # noqa: SIM905
)
_OF_GROUPS: Final = frozenset(
    (  # noqa: SIM905 - readable as text
        "groep klas unit stamgroep kleuters peuters onderbouw middenbouw bovenbouw plusgroep combinatie rekenen taal"
        " lezen spelling instructie subgroep mavo havo vwo vmbo tl gt bb kb brugklas gymnasium atheneum"
    ).split()
)
_TECHNICAL: Final = frozenset(
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


def is_technical(word: str) -> bool:
    """Tell whether a word of a fault or a page says nothing of a person: a term, a code or a name of a program."""
    if any(character.isdigit() for character in word):
        return _CODE.fullmatch(word) is not None
    if word.islower() or word.casefold() in _TECHNICAL | _OF_GROUPS or (word.isupper() and len(word) <= 6):
        return True
    return len(re.split(r"(?<=[a-z])(?=[A-Z])", word)) > 1 and word.isascii()


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
        found = self._known.get((kind, bare))
        if found is None:
            found = self._known[kind, bare] = _MAKERS[kind](self, bare)
            if kind in {"key", "name"} and len(bare) >= _SHORTEST:
                self._words.add(bare)
            if kind == "name":
                self._words |= {word.casefold() for word in _WORD.findall(bare) if len(word) >= _SHORTEST}
        return value.replace(bare, found, 1)

    def message(self, data: bytes) -> bytes:
        """Give a message with the same bytes except for its persons; anything that is not XML is treated as text."""
        encoding, mark = _encoding(data)
        try:
            text = data[len(mark) :].decode(encoding, "surrogateescape" if encoding == "utf-8" else "strict")
        except UnicodeDecodeError:
            encoding, mark, text = "iso-8859-1", b"", data.decode("iso-8859-1")
        made = "".join(self._tokens(text)) if "<" in text else self.text(text)
        handler = "surrogateescape" if encoding == "utf-8" else "xmlcharrefreplace"
        return mark + made.encode(encoding, handler)

    def text(self, text: str) -> str:
        """Give the words of a fault, a page or a header, without the persons of messages and words that are no term."""
        text = _MAIL.sub(lambda found: self.value(found[0], "mail"), text)
        text = _ECKID.sub(lambda found: self.value(found[0], "key"), text)
        text = _DAY.sub(lambda found: self.value(found[0], "date"), text)
        for whole in sorted((word for word in self._words if not _WORD.fullmatch(word)), key=len, reverse=True):
            if whole in text:
                text = text.replace(whole, self.value(whole, "key" if ("key", whole) in self._known else "name"))
        return _WORD.sub(lambda found: self._word_of_text(found[0]), text)

    def _word_of_text(self, word: str) -> str:
        if ("key", word) in self._known:
            return self._known["key", word]
        if word in self._known.values():
            return word
        return word if is_technical(word) and word.casefold() not in self._words else self._word(word)

    # One maker for each kind.

    def _key(self, value: str) -> str:
        found = _ECKID.fullmatch(value)
        if found is not None:
            hexadecimal = re.fullmatch(r"[0-9a-f]+", found[2]) is not None
            return found[1] + permuted_word(found[2], self._secret + b"key", hexadecimal=hexadecimal)
        return permuted_word(value, self._secret + b"key")

    def _name(self, value: str) -> str:
        return _WORD.sub(lambda found: found[0] if found[0].lower() in _PARTICLES else self._word(found[0]), value)

    def _word(self, word: str) -> str:
        return permuted_word(word, self._secret + b"word")

    def _text(self, value: str) -> str:
        value = _MAIL.sub(lambda found: self._mail(found[0]), value)
        return _WORD.sub(
            lambda found: found[0] if found[0] in {"http", "https", "www"} else self._word(found[0]), value
        )

    def _mail(self, value: str) -> str:
        local, at, domain = value.rpartition("@")
        labels = domain.split(".")
        if not at or len(labels) < 2:
            return _WORD.sub(lambda found: self._word(found[0]), value)
        made = ".".join(self._name(label) for label in labels[:-1])
        return f"{_WORD.sub(lambda found: self._word(found[0]), local)}@{made}.example"

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
        if not (value.isascii() and value.isdigit()):
            return self._key(value)
        size, valid = 10 ** len(value), _passes_eleven(value)
        made = permuted_until(
            int(value), size, self._secret + b"number", lambda one: _passes_eleven(f"{one:0{len(value)}d}") == valid
        )
        return f"{made:0{len(value)}d}"

    def _group(self, value: str) -> str:
        def word(found: re.Match[str]) -> str:
            short = len(found[0]) <= 2 or _CODE.fullmatch(found[0]) is not None
            return found[0] if short or found[0].lower() in _OF_GROUPS | _PARTICLES else self._word(found[0])

        return _WORD.sub(word, value)

    # The document.

    def _tokens(self, text: str) -> Iterator[str]:
        path: list[str] = []
        for token in _TOKEN.findall(text):
            if token.startswith("<![CDATA["):
                yield f"<![CDATA[{self._at(path, token[9:-3])}]]>"
            elif token.startswith("<!--"):
                yield f"<!--{self.text(token[4:-3])}-->"
            elif token.startswith("</"):
                if path:
                    path.pop()
                yield token
            elif token.startswith(("<?", "<!")):
                yield token
            elif token.startswith("<") and len(token) > 1:
                name = _local(_TAG.match(token))
                path.append(name)
                yield _ATTRIBUTE.sub(lambda found: self._attribute(path, found), token)
                if token.endswith("/>"):
                    path.pop()
            else:
                yield self._at(path, token) if token.strip() else token

    def _attribute(self, path: list[str], found: re.Match[str]) -> str:
        before, name, equals, quoted = found.groups()
        kind = _attributes().get((path[-1], name), "kept" if ":" in name or name.startswith("xmlns") else "text")
        if path[-1] in _ENVELOPE or _is_page(path):
            kind = "kept"
        return f"{before}{name}{equals}{quoted[0]}{self._written(quoted[1:-1], kind)}{quoted[0]}"

    def _at(self, path: list[str], raw: str) -> str:
        kind = _kind_at(path)
        if kind is None:
            return _rewritten(raw, self.text)
        return self._written(raw, kind)

    def _written(self, raw: str, kind: Kind) -> str:
        return raw if kind == "kept" else _rewritten(raw, lambda value: self.value(value, kind))


def _rewritten(raw: str, change: Callable[[str], str]) -> str:
    """Change the meaning of a value, and keep the way it was written: references stay references."""
    if "&" not in raw:
        return change(raw)
    pieces: list[tuple[str, str]] = []
    for hexadecimal, decimal, named, plain in _REFERENCE.findall(raw):
        if hexadecimal or decimal:
            pieces.append(
                (chr(int(hexadecimal, 16) if hexadecimal else int(decimal)), "&#x{:x};" if hexadecimal else "&#{};")
            )
        elif named:
            pieces.append((html.unescape(f"&{named};"), f"&{named};"))
        else:
            pieces.append((plain, ""))
    made = change("".join(character for character, _ in pieces))
    if len(made) != len(pieces):
        return html.escape(made, quote=True)
    return "".join(
        form.format(ord(new)) if "{" in form else form or new for new, (_, form) in zip(made, pieces, strict=True)
    )


def _kind_at(path: list[str]) -> Kind | None:
    """What the text of an element is; None if it is the words of a program."""
    if not path or path[-1] in {"faultcode", "faultactor"}:
        return "kept"
    if _is_page(path) or "Fault" in path or path[-1] in _ENVELOPE:
        return None
    name, parent = path[-1], path[-2] if len(path) > 1 else ""
    if name in _SEVERAL and parent in _GROUPS:
        return "group"
    return _elements().get((parent, name), _elements().get(("", name), "text"))


def _is_page(path: list[str]) -> bool:
    return path[0].lower() == "html" or (path[0] != "Envelope" and len(path) > 1 and path[1].lower() == "head")


def _local(found: re.Match[str] | None) -> str:
    return found[1].rpartition(":")[2] if found else ""


def _encoding(data: bytes) -> tuple[str, bytes]:
    """The encoding of a document, and its byte order mark."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return name, mark
    found = _DECLARED.match(data[:200])
    try:
        return (codecs.lookup(found[1].decode()).name if found else "utf-8"), b""
    except LookupError:
        return "iso-8859-1", b""


def _passes_eleven(value: str) -> bool:
    """Tell whether the digits of a BSN weigh up to a multiple of eleven."""
    if len(value) != 9:
        return True
    return sum(int(digit) * weight for digit, weight in zip(value, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0


@cache
def _tables() -> tuple[dict[Place, Kind], dict[Place, Kind]]:
    """What each element and each attribute is, by its parent or its element."""
    elements: dict[Place, Kind] = {}
    attributes: dict[Place, Kind] = {}
    seen: set[tuple[type[Bericht], str]] = set()
    roots: tuple[type[Bericht], ...] = (*ROOTS, Autorisatie)
    for cls in roots:
        _visit(cls, element_tag(cls).rpartition("}")[2], elements, attributes, seen)
    return elements, attributes


def _elements() -> dict[Place, Kind]:
    return _tables()[0]


def _attributes() -> dict[Place, Kind]:
    return _tables()[1]


def _visit(
    cls: type[Bericht],
    name: str,
    elements: dict[Place, Kind],
    attributes: dict[Place, Kind],
    seen: set[tuple[type[Bericht], str]],
) -> None:
    # What a private extension holds is not known: free text.
    if (cls, name) in seen or issubclass(cls, RawElement):
        return
    seen.add((cls, name))
    for field in table(cls).fields:
        for alternative in field.alternatives:
            if field.kind == "attribute":
                attributes[name, field.wire] = _kind(alternative.wire, alternative.simple)
            elif field.kind == "content":
                elements["", name] = _kind(name, alternative.simple)
            else:
                _visit_element(name, alternative, elements, attributes, seen)


def _visit_element(
    parent: str,
    alternative: Alternative,
    elements: dict[Place, Kind],
    attributes: dict[Place, Kind],
    seen: set[tuple[type[Bericht], str]],
) -> None:
    if alternative.reference:
        attributes[alternative.wire, "key"] = _kind("key", alternative.simple)
    elif alternative.simple is not None:
        elements[parent, alternative.wire] = _kind(alternative.wire, alternative.simple)
        elements.setdefault(("", alternative.wire), elements[parent, alternative.wire])
    if alternative.cls is not None:
        _visit(alternative.cls, alternative.wire, elements, attributes, seen)


def _kind(name: str, simple: Simple | None) -> Kind:
    if simple is None or not simple.personal:
        return "kept"
    if simple.base == "date":
        return "date"
    if name == "emailadres":
        return "mail"
    if name in _ELEVEN:
        return "number"
    if simple.name == "EDEXKeyType" or name in {"autorisatiesleutel", "eckid", "leerlingid", "resultaatverwerkerid"}:
        return "key"
    if simple.pattern is not None:
        return "key"
    return "name" if simple.name in _NAMES else "text"


_NAMES: Final = frozenset(
    {"EDEXAchternaamType", "EDEXVoorvoegselType", "EDEXVoornamenType", "EDEXVoorletters-1Type", "EDEXString64Type"}
)
_MAKERS: Final[dict[Kind, Callable[[Pseudonymiser, str], str]]] = {
    "key": Pseudonymiser._key,  # noqa: SLF001 - its own
    "name": Pseudonymiser._name,  # noqa: SLF001
    "text": Pseudonymiser._text,  # noqa: SLF001
    "mail": Pseudonymiser._mail,  # noqa: SLF001
    "date": Pseudonymiser._date,  # noqa: SLF001
    "number": Pseudonymiser._number,  # noqa: SLF001
    "group": Pseudonymiser._group,  # noqa: SLF001
}
