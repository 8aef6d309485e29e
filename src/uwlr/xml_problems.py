"""What keeps bytes from being read as XML, in Dutch and in English."""

from __future__ import annotations

from enum import Enum

from uwlr.text import Lang


class XmlProblem(Enum):
    """One reason why bytes are not XML, or are XML that is refused. `{encoding}` is the encoding that they declare."""

    NOTHING = ("het document is leeg", "it is empty")
    NO_ELEMENT = ("dit begint niet met een element", "it does not begin with an element")
    ENDS_EARLY = ("het document houdt te vroeg op", "it ends too early")
    BAD_CHARACTER = ("een teken dat hier niet mag staan", "a character that may not stand here")
    UNCLOSED_TAG = ("een tag is niet afgesloten", "a tag is not closed")
    HALF_A_CHARACTER = ("het document houdt op midden in een teken", "it ends in the middle of a character")
    MISMATCHED_TAG = ("een eindtag hoort niet bij de begintag die nog openstaat", "mismatched tag")
    DUPLICATE_ATTRIBUTE = ("een attribuut staat dubbel", "duplicate attribute")
    MORE_AFTER_END = ("na het laatste element staat nog iets", "something stands after the last element")
    UNDEFINED_ENTITY = ("een &naam; die XML niet kent", "an &entity; that XML does not know")
    LATE_DECLARATION = ("er staat iets voor de XML-declaratie", "something stands before the XML declaration")
    BAD_DECLARATION = ("de XML-declaratie klopt niet", "the XML declaration is not well-formed")
    UNCLOSED_CDATA = ("een CDATA-deel is niet afgesloten", "a CDATA section is not closed")
    UNDECLARED_PREFIX = ("een voorvoegsel zonder namespace", "a prefix without a namespace")
    WRONG_ENCODING = (
        "het hoort in {encoding} te staan, en dat klopt niet",
        "it should be in {encoding}, and is not",
    )
    UNKNOWN_ENCODING = ("een onbekende tekencodering, {encoding}", "an unknown encoding, {encoding}")
    SYNTAX = (
        "de tekst is geen XML, of gaat over de grenzen van de lezer",
        "the text is not XML, or beyond the limits of the parser",
    )
    DOCTYPE = (
        "een DOCTYPE wordt geweigerd: UWLR-berichten hebben er geen, en entiteiten daarin kunnen kwaad",
        "a DOCTYPE is refused: UWLR messages have none, and entities in it can do harm",
    )
    LATE_ROOT = ("het eerste element staat te ver naar achteren", "its first element stands too far from its start")
    ALL_TAGS = ("een groot document dat uit niets dan tags bestaat", "a large document that is all tags")
    MANY_ATTRIBUTES = ("een element heeft te veel attributen", "an element has too many attributes")
    NAMESPACES = (
        "er gelden te veel namespaces tegelijk, of een is te lang",
        "too many namespaces hold at once, or one is too long",
    )
    RELATIVE_NAMESPACE = (
        "een element van een eigen type heeft een namespace die geen absolute URI is",
        "an element of a private type has a namespace that is no absolute URI, which has no canonical form",
    )

    def text(self, lang: Lang, encoding: str | None = None) -> str:
        """Say it in one language."""
        nl, en = self.value
        return str(nl if lang == "nl" else en).format(encoding=encoding or "UTF-8")
