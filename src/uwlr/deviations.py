"""Where a message is not what the standard says: a place, a typed reason, and what reading made of it.

Reasons are data: a caller matches on their type and fields. Their sentences, in Dutch and English, are made when one is
shown, from the wire names in them; nothing reads a sentence back.
"""

from __future__ import annotations

from enum import Enum
from typing import ClassVar, Literal, TypeAlias

import msgspec

from uwlr.paths import Path
from uwlr.text import Lang

DeviationKind: TypeAlias = Literal[
    "order",
    "unknown-element",
    "unknown-attribute",
    "missing",
    "repeated",
    "unreadable",
    "empty",
    "text",
    "choice",
    "facet",
    "identity",
    "white-space",
    "unlisted",
]


class Reason(msgspec.Struct, frozen=True):
    """Why something deviates. Each subclass is one reason; its fields hold the particulars.

    Attributes:
        kind: the group of reasons that it belongs to.
    """

    kind: ClassVar[DeviationKind]
    nl: ClassVar[str]
    en: ClassVar[str]

    def text(self, lang: Lang = "en") -> str:
        """Say it in a sentence without its subject, which is the place."""
        template = self.nl if lang == "nl" else self.en
        return template.format_map(self.words(lang))

    def words(self, lang: Lang) -> dict[str, object]:  # noqa: ARG002 - some reasons have words of their own
        """What fills the names in braces."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


class Missing(Reason, frozen=True):
    """A mandatory element, attribute or value is absent."""

    kind = "missing"
    nl = "ontbreekt"
    en = "is missing"


class EmptyList(Reason, frozen=True):
    """A list element has no item in it; the path names the item that is due."""

    kind = "missing"
    nl = "ontbreekt: de lijst is leeg"
    en = "is missing: the list is empty"


class NoContent(Reason, frozen=True):
    """A message is empty."""

    kind = "missing"
    nl = "heeft geen inhoud"
    en = "has no content"


class Order(Reason, frozen=True):
    """An element stands after one that it should precede.

    Attributes:
        after: the element furthest in the order of the schema that it stands after.
    """

    kind = "order"
    nl = "staat na {after}, dat erachter hoort"
    en = "stands after {after}, which it should precede"
    after: str


class UnknownElement(Reason, frozen=True):
    """The standard has no such element here.

    Attributes:
        read_as: the element that it was read as: another namespace or case; None if it was left out.
    """

    kind = "unknown-element"
    nl = "is een element dat de standaard hier niet heeft"
    en = "is an element the standard does not have here"
    read_as: str | None = None


class UnknownAttribute(Reason, frozen=True):
    """The standard has no such attribute here."""

    kind = "unknown-attribute"
    nl = "is een attribuut dat de standaard hier niet heeft"
    en = "is an attribute the standard does not have here"


class Repeated(Reason, frozen=True):
    """An element that may occur once stands again, or beside an alternative."""

    kind = "repeated"
    nl = "staat vaker dan eens, of naast een ander element dat het uitsluit"
    en = "stands more than once, or beside another that excludes it"


class RepeatedList(Reason, frozen=True):
    """The element around a list stands again."""

    kind = "repeated"
    nl = "staat vaker dan eens"
    en = "stands more than once"


Base: TypeAlias = Literal["string", "integer", "decimal", "date", "dateTime", "anyURI"]
Why: TypeAlias = Literal["form", "zone", "hour", "range"]

_DUE: dict[str, tuple[str, str]] = {
    "string": ("tekst", "text"),
    "integer": ("een heel getal", "a whole number"),
    "decimal": ("een decimaal getal", "a decimal number"),
    "date": ("een datum (jjjj-mm-dd)", "a date (yyyy-mm-dd)"),
    "dateTime": ("een tijdstip (jjjj-mm-ddTuu:mm:ss)", "a moment (yyyy-mm-ddThh:mm:ss)"),
    "anyURI": ("een URI", "a URI"),
}
_WHY: dict[Why, tuple[str, str]] = {
    "form": ("", ""),
    "zone": (": die tijdzone bestaat niet", ": no such time zone"),
    "hour": (": uur 24 heeft geen minuten", ": hour 24 has no minutes"),
    "range": (": die dag bestaat niet", ": no such day"),
}


class Unreadable(Reason, frozen=True):
    """Text that is no value of its simple type.

    Attributes:
        base: the base type.
        why: what is wrong with it.
    """

    kind = "unreadable"
    nl = "is niet te lezen als {due}{reason}"
    en = "cannot be read as {due}{reason}"
    base: Base
    why: Why = "form"

    def words(self, lang: Lang) -> dict[str, object]:
        """What fills the names in braces."""
        at = 0 if lang == "nl" else 1
        return {"due": _DUE[self.base][at], "reason": _WHY[self.why][at]}


class WasUnreadable(Reason, frozen=True):
    """A value could not be read when the message was, and cannot be written."""

    kind = "unreadable"
    nl = "was niet te lezen toen het bericht gelezen werd"
    en = "was not readable when the message was read"


class WrongType(Reason, frozen=True):
    """A Python value that the field cannot hold.

    Attributes:
        due: the base type that is due; "list", "object" and "element" for a list, a part of a message and one of
            several elements.
        given: the name of the value's Python type.
    """

    kind = "unreadable"
    nl = "hoort {due} te zijn, geen {given}"
    en = "should be {due}, not {given}"
    due: Base | Literal["list", "object", "element"]
    given: str

    def words(self, lang: Lang) -> dict[str, object]:
        """What fills the names in braces."""
        dutch, english = _DUE_TYPES.get(self.due) or _DUE[self.due]
        return {"due": dutch if lang == "nl" else english, "given": self.given}


_DUE_TYPES: dict[str, tuple[str, str]] = {
    "list": ("een lijst", "a list"),
    "object": ("een object", "an object"),
    "element": ("een van de elementen van dit veld", "one of the elements of this field"),
}


class NotFinite(Reason, frozen=True):
    """A number that is infinite, or none."""

    kind = "unreadable"
    nl = "is geen eindig getal"
    en = "is no finite number"


class ZoneTooFine(Reason, frozen=True):
    """A time zone that XML Schema cannot write: not of whole minutes, or beyond 14 hours."""

    kind = "unreadable"
    nl = "heeft een tijdzone die niet uit hele minuten bestaat, of verder ligt dan 14 uur"
    en = "has a time zone that is not of whole minutes, or beyond 14 hours"


class Empty(Reason, frozen=True):
    """No text where a value is due."""

    kind = "empty"
    nl = "is leeg waar een waarde hoort"
    en = "is empty where a value is due"


class EmptyRoster(Reason, frozen=True):
    """A roster without pupils, where `geengegevens` is due."""

    kind = "empty"
    nl = "heeft geen leerling; een LAS zonder leerlingen antwoordt geengegevens"
    en = "has no leerling; a LAS that has none answers geengegevens"


class Text(Reason, frozen=True):
    """Text between elements."""

    kind = "text"
    nl = "heeft tekst tussen de elementen"
    en = "has text between its elements"


class NotEmpty(Reason, frozen=True):
    """Text or white space in an element that must be empty. XML Schema part 1, 3.4.4, clause 2.1."""

    kind = "text"
    nl = "heeft tekst of witruimte, en moet leeg zijn"
    en = "has text or white space in it, and must be empty"


class SpaceAround(Reason, frozen=True):
    """White space around a date or moment: XML Schema takes it away, libxml2 refuses it.

    Attributes:
        base: the base type.
    """

    kind = "white-space"
    nl = "heeft witruimte om zijn waarde"
    en = "has white space around its value"
    base: Base


class Choice(Reason, frozen=True):
    """The elements present break a choice of the schema.

    Attributes:
        rule: how many of them may be present; "needs": they need `other`.
        names: wire names: those present, or of "at-least-one" those of which one is due.
        other: the wire name of the element that is due with them.
    """

    kind = "choice"
    nl = ""
    en = ""
    rule: Literal["at-most-one", "at-least-one", "needs"]
    names: tuple[str, ...]
    other: str | None = None

    def text(self, lang: Lang = "en") -> str:
        """Say it in a sentence without its subject."""
        names = self.joined(lang)
        match self.rule:
            case "at-most-one":
                return f"heeft {names}: er mag er één staan" if lang == "nl" else f"has {names}: one may be present"
            case "at-least-one":
                due = ", ".join(self.names)
                nl, en = f"heeft geen van {due}: er moet er één staan", f"has none of {due}: one must be present"
                return nl if lang == "nl" else en
            case "needs":
                return f"heeft {names} zonder {self.other}" if lang == "nl" else f"has {names} without {self.other}"

    def joined(self, lang: Lang) -> str:
        """The names in one phrase: `a, b and c`."""
        *first, last = self.names
        return f"{', '.join(first)} {'en' if lang == 'nl' else 'and'} {last}" if first else last


FacetName: TypeAlias = Literal["min-length", "max-length", "pattern", "codes", "minimum", "maximum", "uri", "character"]


class Facet(Reason, frozen=True):
    """A value outside the bounds of its type.

    Attributes:
        facet: the bound that it breaks; "character": it has a character that XML cannot hold.
        limit: that bound: a length, a number, the pattern, the name of the code list, the character as U+XXXX.
        length: the number of characters, for a length.
    """

    kind = "facet"
    nl = ""
    en = ""
    facet: FacetName
    limit: int | str | None = None
    length: int | None = None

    def text(self, lang: Lang = "en") -> str:
        """Say it in a sentence without its subject."""
        nl, en = _FACETS["empty" if self.facet == "min-length" and self.limit == 1 else self.facet]
        return (nl if lang == "nl" else en).format(limit=self.limit, length=self.length)


_FACETS: dict[str, tuple[str, str]] = {
    "empty": ("mag niet leeg zijn", "may not be empty"),
    "min-length": ("is korter dan {limit} tekens", "is shorter than {limit} characters"),
    "max-length": ("is {length} tekens lang, langer dan {limit}", "is longer than {limit} characters ({length})"),
    "pattern": ("heeft niet de vorm {limit}", "does not have the form {limit}"),
    "codes": ("is geen code van {limit}", "is not a code of {limit}"),
    "minimum": ("is minder dan {limit}", "is less than {limit}"),
    "maximum": ("is meer dan {limit}", "is more than {limit}"),
    "uri": (
        "is geen URI-verwijzing, of heeft overbodige witruimte",
        "is not a URI reference, or has extra white space",
    ),
    "character": ("heeft het teken {limit}, dat XML niet kent", "has the character {limit}, which XML cannot hold"),
}


class SchemaRefuses(Reason, frozen=True):
    """What libxml2 refuses and no field table explains.

    Attributes:
        clause: libxml2's name for the clause of XML Schema.
    """

    kind = "facet"
    nl = "wordt door het schema geweigerd ({clause})"
    en = "is refused by the schema ({clause})"
    clause: str


class PrivateType(Reason, frozen=True):
    """An element of a private type that cannot be written.

    Attributes:
        problem: its type was not registered; what it holds is not XML, is another element, or names another type.
        name: the element that is due.
    """

    kind = "unknown-element"
    nl = ""
    en = ""
    problem: Literal["unregistered", "not-xml", "other-element", "other-type"]
    name: str

    def text(self, lang: Lang = "en") -> str:
        """Say it in a sentence without its subject."""
        nl, en = _PRIVATE[self.problem]
        return (nl if lang == "nl" else en).format(name=self.name)


_PRIVATE: dict[str, tuple[str, str]] = {
    "unregistered": (
        "heeft een eigen type dat niet is aangemeld",
        "has a private type that is not registered",
    ),
    "not-xml": ("bevat iets dat geen XML is", "holds what is not XML"),
    "other-element": ("bevat een ander element dan {name}", "holds another element than {name}"),
    "other-type": ("bevat een ander xsi:type dan zijn private_type", "holds another xsi:type than its private_type"),
}


class TwiceTheSame(Reason, frozen=True):
    """A value that must be unique stands on more than one element.

    Attributes:
        name: what they are: an element name.
    """

    kind = "identity"
    nl = "staat op meer dan één {name}"
    en = "stands on more than one {name}"
    name: str


class NamesNothing(Reason, frozen=True):
    """A reference without the element that it refers to.

    Attributes:
        name: what it should refer to: an element name.
    """

    kind = "identity"
    nl = "verwijst naar geen enkele {name}"
    en = "refers to no {name}"
    name: str


class StandsStill(Reason, frozen=True):
    """A cursor that is the one of the question: a run of questions must move on."""

    kind = "identity"
    nl = "is die van de vraag: een reeks vragen moet verder komen"
    en = "is the one of the question: a run must move on"


class Unlisted(Reason, frozen=True):
    """The message deviates in more places than are listed; this is the first that is not.

    Attributes:
        limit: the number of places that are.
    """

    kind = "unlisted"
    nl = "wijkt af, en daarmee meer dan {limit} plaatsen: verdere staan niet in deze lijst"
    en = "deviates, and with this more than {limit} places: no more are listed"
    limit: int


class Table(Reason, frozen=True):
    """A table of a CSV form that does not fit the message; the path is its file, and the column or row in it."""

    kind = "identity"
    nl = ""
    en = ""
    problem: Literal["conflicting", "unlinked"]
    name: str = ""

    def text(self, lang: Lang = "en") -> str:
        """Say it in a sentence without its subject."""
        nl, en = _TABLES[self.problem]
        return (nl if lang == "nl" else en).format(name=self.name)


_TABLES: dict[str, tuple[str, str]] = {
    "conflicting": (
        "heeft andere waarden dan een eerdere rij met hetzelfde nummer",
        "has other values than an earlier row of the same number",
    ),
    "unlinked": ("verwijst naar een rij die {name} niet heeft", "refers to a row that {name} does not have"),
}


class Made(Enum):
    """What tolerant reading made of a deviation."""

    READ = ("toch gelezen", "read all the same")
    LEFT_OUT = ("weggelaten", "left out")
    FIRST_KEPT = ("de eerste is gebleven", "the first was kept")
    JOINED = ("de inhoud is samengevoegd", "the contents were joined")
    NO_REFERENCE = ("geen verwijzing", "no reference")
    UNREADABLE = ("als onleesbaar bewaard", "kept as unreadable")
    ABSENT = ("als afwezig gelezen", "read as absent")
    AS_IT_CAME = ("gelaten zoals het kwam", "kept as it came")

    def text(self, lang: Lang = "en") -> str:
        """Say it in a few words."""
        return self.value[0 if lang == "nl" else 1]


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a message is not what the standard says.

    Attributes:
        path: the place.
        reason: what is wrong.
        line: its line, from 1; None if it is not known.
        raw: the offending text as it stood; it shows in neither `str` nor `repr`.
        made: what reading made of it; None if nothing was made.
    """

    path: Path
    reason: Reason
    line: int | None = None
    raw: str | None = None
    made: Made | None = None

    @property
    def kind(self) -> DeviationKind:
        """The group of reasons that it belongs to."""
        return self.reason.kind

    @property
    def problem(self) -> str:
        """The reason in English, without its subject."""
        return self.reason.text()

    def text(self, lang: Lang = "en") -> str:
        """Say what is wrong, where, and what was made of it, in one line."""
        line = "" if self.line is None else f" ({'regel' if lang == 'nl' else 'line'} {self.line})"
        made = "" if self.made is None else f"; {self.made.text(lang)}"
        if isinstance(self.reason, UnknownElement) and self.reason.read_as is not None:
            made = f"; {'gelezen als' if lang == 'nl' else 'read as'} {self.reason.read_as}"
        return f"{self.path}{line}: {self.reason.text(lang)}{made}"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """Show everything but the offending text."""
        shown = [("path", str(self.path)), ("reason", self.reason), ("line", self.line)]
        return [*shown, ("raw", None if self.raw is None else ...), ("made", self.made)]

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Deviation {self.kind} {self}>"
