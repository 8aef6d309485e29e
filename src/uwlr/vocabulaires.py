"""Vocabularies: read a VDEX file, and check the terms of a message against the vocabularies it names.

Source: IMS VDEX 1.0 (imsvdex_v1p0.xsd); UWLR 2.2, Vocabulaire-gebruik: `@vocabulaire` identifies a vocabulary. Whether
a term is written as the caption of the vocabulary or as its identifier is not stated anywhere that could be read, so
that either is accepted is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

import msgspec
from lxml import etree

from uwlr.berichten.raw import RawElement
from uwlr.berichten.tabel import Bericht, table, wire_name
from uwlr.codec.parser import parse
from uwlr.deviations import Deviation, Missing, Reason, TwiceTheSame
from uwlr.errors import InvalidMessage, UnexpectedElement
from uwlr.paths import Path

VDEX: Final = "http://www.imsglobal.org/xsd/imsvdex_v1p0"
"""Namespace of a VDEX file."""

_LANGUAGES: Final = ("nl", "nl-NL", "nl-nl")


class Vocabulaire(msgspec.Struct, frozen=True, kw_only=True):
    """A list of terms that fields of a message may be bound to.

    Attributes:
        id: the URI that `@vocabulaire` names it by.
        naam: its name, in Dutch if it has one.
        terms: caption by identifier, in the order of the file; the identifier itself if there is no caption.
        source: where the terms come from, if that is not a file of the caller.
    """

    id: str
    naam: str | None = None
    terms: Mapping[str, str]
    source: str | None = None

    def match(self, term: str) -> Literal["identifier", "caption"] | None:
        """Tell what a term is in this vocabulary; None if it is not in it."""
        if term in self.terms:
            return "identifier"
        return "caption" if term in self.terms.values() else None


class TermProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A term that is not in the vocabulary its field names.

    Attributes:
        path: where it stands.
        term: the text.
        vocabulaire: the URI of the vocabulary.
        assumed: what this verdict takes for granted.
    """

    path: Path
    term: str
    vocabulaire: str
    assumed: str = "a term is the caption or the identifier, exactly as the vocabulary writes it"


VAKGEBIEDEN: Final = Vocabulaire(
    id="http://purl.edustandaard.nl/concept/328cc12a-87b2-41c4-aef8-853595f9f9dd",
    naam="Vakgebieden",
    terms=MappingProxyType(
        {
            naam: naam
            for naam in (
                "Voorschoolse educatie",
                "Wereldoriëntatie",
                "Bewegen",
                "Kleuteronderwijs",
                "Verkeer",
                "Mondeling Taalonderwijs",
                "Groep 3 lezen, taal en spelling",
                "Natuur- en techniekonderwijs",
                "Spelling",
                "Voortgezet taal",
                "Aardrijkskunde",
                "Begrijpend/studerend lezen",
                "Schrijven",
                "Geschiedenis",
                "Voortgezet technisch lezen",
                "Engels",
                "Beeldende vorming",
                "Voortgezet lezen",
                "Fries",
                "Muzische vorming of muziek",
                "Godsdienst / levensbeschouwing",
                "Rekenen en wiskunde",
                "Drama",
            )
        }
    ),
    source="UWLR documentation viewer, concept Vakgebieden (June 2018); captions only, identifiers are not known",
)
"""The subjects of methode-bound tests in primary education; its use is recommended, not mandatory."""


def read_vdex(data: bytes) -> Vocabulaire:
    """Read a VDEX file; terms inside terms count like the others.

    Raises:
        NotXml: not well-formed, or a DOCTYPE.
        UnexpectedElement: the root is not a VDEX 1.0 vdex.
        InvalidMessage: no vocabIdentifier, a term without identifier, or an identifier that stands twice.
    """
    root = parse(data)
    if root.tag != f"{{{VDEX}}}vdex":
        raise UnexpectedElement(
            f"{etree.QName(root).localname} is no VDEX 1.0 vocabulary",
            element=etree.QName(root).localname,
            line=root.sourceline,
        )
    problems: list[Deviation] = []
    terms: dict[str, str] = {}
    for number, term in enumerate(root.iter(f"{{{VDEX}}}term"), 1):
        identifier = (term.findtext(f"{{{VDEX}}}termIdentifier") or "").strip()
        if not identifier:
            problems.append(_deviation(Missing(), term, Path.of("vdex", ("term", number), "termIdentifier")))
        elif identifier in terms:
            path = Path.of("vdex", ("term", number), "termIdentifier")
            problems.append(_deviation(TwiceTheSame("term"), term, path))
        else:
            terms[identifier] = _text(term.find(f"{{{VDEX}}}caption")) or identifier
    uri = (root.findtext(f"{{{VDEX}}}vocabIdentifier") or "").strip()
    if not uri:
        problems.append(_deviation(Missing(), root, Path.of("vdex", "vocabIdentifier")))
    if problems:
        raise InvalidMessage(problems, element="vdex")
    naam = _text(root.find(f"{{{VDEX}}}vocabName"))
    return Vocabulaire(id=uri, naam=naam, terms=MappingProxyType(terms))


def check(bericht: Bericht, vocabularies: Iterable[Vocabulaire]) -> list[TermProblem]:
    """List the terms that are not in the vocabulary they name.

    A field that names no vocabulary, or one that is not given, is left alone: the agreement does not count a
    vocabulary that cannot be obtained as an error.
    """
    known = {vocabulaire.id: vocabulaire for vocabulaire in vocabularies}
    name = wire_name(type(bericht)) or type(bericht).__name__
    return [
        TermProblem(path=path, term=term, vocabulaire=uri)
        for path, uri, term in _bound(bericht, Path.of(name))
        if uri in known and known[uri].match(term) is None
    ]


def _bound(bericht: Bericht, path: Path) -> Iterator[tuple[Path, str, str]]:
    """Give each field that names a vocabulary: its path, the vocabulary and the term."""
    if isinstance(bericht, RawElement):
        return
    uri, term = getattr(bericht, "vocabulaire", None), getattr(bericht, "waarde", None)
    if isinstance(uri, str) and isinstance(term, str):
        yield path, uri, term
    for field in table(type(bericht)).elements:
        value: Any = getattr(bericht, field.name)
        if isinstance(value, Bericht):
            yield from _bound(value, path.child(wire_name(type(value)) or field.wire))
        elif field.many:
            inside = path.child(field.wrapper) if field.wrapper else path
            for number, item in enumerate(value, 1):
                if isinstance(item, Bericht):
                    yield from _bound(item, inside.child(wire_name(type(item)) or field.wire, number))


def _text(bag: etree._Element | None) -> str | None:
    """Take the Dutch text of a bag of texts, or the first if there is no Dutch one."""
    texts = [] if bag is None else bag.findall(f"{{{VDEX}}}langstring")
    dutch = [text for text in texts if text.get("language") in _LANGUAGES]
    chosen = next(iter(dutch or texts), None)
    return None if chosen is None else (chosen.text or "").strip() or None


def _deviation(reason: Reason, element: etree._Element, path: Path) -> Deviation:
    return Deviation(path=path, reason=reason, line=element.sourceline)
