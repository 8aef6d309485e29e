"""What the exchanges of a recording ask: questions of one kind are alike on both sides, whoever they are about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from uwlr.drift.differences import USUAL, Asked, Where
from uwlr.recorded import Question, RecordedExchange

_WELL: Final = 1000
"""An exchange that went well counts for so many that did not."""


class Centre(NamedTuple):
    """What most questions of a recording are about: a school, a year, a version, a set of data."""

    school: str | None
    year: int | None
    xsdversie: str | None
    gegevenssetid: str | None

    @classmethod
    def of(cls, exchanges: Iterable[RecordedExchange]) -> Centre:
        """Find them; an exchange that went well counts for more than all that did not."""
        found: tuple[Counter[Any], ...] = (Counter(), Counter(), Counter(), Counter())
        for exchange in exchanges:
            question = exchange.question
            if question is None or school_of(question) is None:
                continue
            weight = _WELL if exchange.status == HTTPStatus.OK else 1
            values = school_of(question), _year(question), question.xsdversie, question.gegevenssetid
            for counted, value in zip(found, values, strict=True):
                counted[value] += weight
        return cls(*(counted.most_common(1)[0][0] if counted else None for counted in found))

    def where(self, question: Question) -> Where:
        """Tell whether a question is about that school."""
        school = school_of(question)
        return "none" if school is None else "main" if school == self.school else "other"

    def years_after(self, question: Question) -> int | None:
        """Tell how many years after that year a question is about."""
        year = _year(question)
        return None if year is None or self.year is None else year - self.year

    def asked(self, exchange: RecordedExchange) -> Asked:
        """Tell what kind of question an exchange is."""
        action = exchange.request.header("soapaction")
        question = exchange.question
        if question is None:
            return Asked(method=exchange.method, service=exchange.service, kind=_described(exchange))
        # Results are of no set of data.
        asks_for_set = exchange.service != "leerresultaten"
        other_set = question.gegevenssetid != self.gegevenssetid
        return Asked(
            method=exchange.method,
            service=exchange.service,
            kind=question.kind,
            school=self.where(question),
            named_by=tuple(name for name in ("brincode", "schoolkey") if getattr(question, name)),
            dependancecode=question.dependancecode,
            year=self.years_after(question),
            since=question.since,
            xsdversie=USUAL if question.xsdversie == self.xsdversie else question.xsdversie,
            gegevenssetid=question.gegevenssetid if asks_for_set and other_set else USUAL,
            soap_action=bool((action or "").strip().strip('"')),
            findings=tuple(rule for rule in exchange.request.findings if rule.startswith(_OF_FORM)),
        )


_OF_FORM: Final = ("AU-", "SO-", "VZ-", "XM-", "XS-")
"""Rules about the form of a request; others are about whom it names."""


def school_of(question: Question) -> str | None:
    """The name of the school that a question is about, without its location."""
    return question.brincode or question.schoolkey


def _year(question: Question) -> int | None:
    first = (question.schooljaar or "")[:4]
    return int(first) if first.isdecimal() and first.isascii() else None


def _described(exchange: RecordedExchange) -> str:
    return exchange.target.partition("?")[2].partition("=")[0].lower()
