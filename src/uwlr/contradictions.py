"""An answer held against its question: is it of the school, location, year and version that were asked for?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

import msgspec

from uwlr.berichten.leerlinggegevens import School
from uwlr.errors import MessageError
from uwlr.schoolref import HOOFDVESTIGING

Subject: TypeAlias = Literal["brincode", "dependancecode", "schoolkey", "schooljaar", "xsdversie"]


class Contradiction(msgspec.Struct, frozen=True, kw_only=True):
    """Something on which question and answer differ."""

    subject: Subject
    asked: str
    answered: str

    def __str__(self) -> str:
        return f"{self.subject} {self.answered} where {self.asked} was asked for"


class WrongAnswer(MessageError):  # noqa: N818 - the name says what happened
    """A well-formed answer to another question: of another school, location, year or version.

    Attributes:
        contradictions: each thing on which the two differ.
    """

    def __init__(self, contradictions: tuple[Contradiction, ...]) -> None:
        super().__init__("the answer is to another question: " + "; ".join(map(str, contradictions)))
        self.contradictions = contradictions

    def __reduce__(self) -> tuple[type[WrongAnswer], tuple[tuple[Contradiction, ...]], dict[str, Any]]:
        return type(self), (self.contradictions,), self.__dict__


def contradictions(
    school: School,
    *,
    schooljaar: str | None,
    brincode: str | None,
    dependancecode: str | None,
    schoolkey: str | None,
    xsdversie: str | None,
) -> tuple[Contradiction, ...]:
    """Give what an answer says of its school that contradicts the question; a value that either leaves out does not.

    No dependance is 00 (UWLR 2.2, documentation of the request); it counts only where both name a BRIN. The version
    is compared as far as the question states it: 2.2.1 is 2.2.
    """
    return tuple(_found(school, schooljaar, brincode, dependancecode, schoolkey, xsdversie))


def check_answer(verzoek: Any, antwoord: Any) -> None:
    """Hold the answer to a request for leerlinggegevens against it.

    Raises:
        WrongAnswer: they contradict each other.
    """
    school = getattr(getattr(antwoord, "inhoud", None), "school", None)
    if not isinstance(school, School):
        return  # geengegevens and geenwijzigingen state nothing
    found = contradictions(
        school,
        schooljaar=verzoek.schooljaar,
        brincode=verzoek.brincode,
        dependancecode=verzoek.dependancecode,
        schoolkey=verzoek.schoolkey,
        xsdversie=verzoek.xsdversie,
    )
    if found:
        raise WrongAnswer(found)


def _found(
    school: School,
    schooljaar: str | None,
    brincode: str | None,
    dependancecode: str | None,
    schoolkey: str | None,
    xsdversie: str | None,
) -> Iterator[Contradiction]:
    year, brin, key = _said(school.schooljaar), _said(school.brincode), _said(school.schoolkey)
    if schooljaar and year and year != schooljaar:
        yield Contradiction(subject="schooljaar", asked=schooljaar, answered=year)
    if brincode and brin and brin.upper() != brincode.upper():
        yield Contradiction(subject="brincode", asked=brincode, answered=brin)
    elif brincode and brin:
        asked = dependancecode or HOOFDVESTIGING
        answered = _said(school.dependancecode) or HOOFDVESTIGING
        if asked != answered:
            yield Contradiction(subject="dependancecode", asked=asked, answered=answered)
    if schoolkey and key and key != schoolkey:
        yield Contradiction(subject="schoolkey", asked=schoolkey, answered=key)
    version = _said(school.xsdversie)
    if xsdversie and version and version[:1].isdigit() and not _of_version(version, xsdversie):
        yield Contradiction(subject="xsdversie", asked=xsdversie, answered=version)


def _said(value: Any) -> str | None:
    """Give a text, shortened: it comes from the other side; None for nothing and for what cannot be read."""
    return value.strip()[:64] or None if isinstance(value, str) else None


def _of_version(version: str, asked: str) -> bool:
    return version == asked or (version.startswith(asked) and not version[len(asked)].isdigit())
