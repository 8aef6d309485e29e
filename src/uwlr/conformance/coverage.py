"""Requirements against cases: what is tested, and what is not and why."""

from __future__ import annotations

from collections.abc import Iterator

from uwlr.conformance.casebook import cases
from uwlr.conformance.outcomes import Role
from uwlr.conformance.requirements import Requirement, register
from uwlr.text import Lang

_ROLES: tuple[Role, ...] = ("LAS", "EA")
_HEAD = {
    "en": """\
# What the referee tests

Made by `uwlr conformance coverage`; do not edit. Each requirement is in our own words, with the place where it stands.
*must* counts, *should* is a recommendation (it counts with `--strict`).
""",
    "nl": """\
# Wat de scheidsrechter toetst

Gemaakt door `uwlr conformance coverage --lang nl`. Elke eis staat in onze eigen woorden, met haar vindplaats.
*must* telt, *should* is een aanbeveling (die met `--strict` ook telt).
""",
}
_TITLES = {
    ("LAS", "en"): "A LAS",
    ("EA", "en"): "An educational application",
    ("LAS", "nl"): "Een LAS",
    ("EA", "nl"): "Een educatieve applicatie",
}
_COLUMNS = {
    "en": ("id", "strength", "requirement", "source", "tested by"),
    "nl": ("id", "sterkte", "eis", "bron", "getoetst door"),
}
_CASES = {"en": "cases about something else", "nl": "cases over iets anders"}
_AND = {"en": "and", "nl": "en"}
_NOT = {"en": "not tested", "nl": "niet getoetst"}
_OLDER = {
    "en": (
        "The older test set for LAS systems",
        "A public test set for UWLR 1.0 has 14 steps for a LAS. Each is taken over; what was wrong with it is mended.",
        ("step", "case", "mended"),
    ),
    "nl": (
        "De oudere testset voor LAS-systemen",
        "Een openbare testset voor UWLR 1.0 heeft 14 stappen voor een LAS, hier overgenomen en waar nodig hersteld.",
        ("stap", "case", "hersteld"),
    ),
}
_STEPS = (
    "LAS-LG-Nxx Normaal request 1",
    "LAS-LG-F01 Bagger XML",
    "LAS-LG-F01 Ongeldige autorisatieheader",
    "LAS-LG-F01 Foute klantnaam",
    "LAS-LG-F01 Foute klantcode",
    "LAS-LG-F01 Foute autorisatiesleutel",
    "LAS-LG-F01 Fout schooljaar",
    "LAS-LG-F01 Foute BRIN code",
    "LAS-LG-F01 Invalide BRIN code",
    "LAS-LG-F01 Foute dependance code",
    "LAS-LG-F01 Invalide dependance code",
    "LAS-LG-F01 Foute schoolkey",
    "LAS-LG-F01 Foute XSD versie",
    "LAS-LG-F01 Invalide datum",
)
"""The steps of that set, in its order."""


def as_markdown(lang: Lang = "en") -> str:
    """Write the whole page."""
    return "\n".join(_lines(lang))


def _lines(lang: Lang) -> Iterator[str]:
    yield _HEAD[lang]
    for role in _ROLES:
        asked = [requirement for requirement in register().values() if requirement.role == role]
        if asked:
            tested = sum(1 for requirement in asked if not requirement.not_tested_because)
            yield f"## {_TITLES[role, lang]}: {tested} / {len(asked)}\n"
            yield from _row(_COLUMNS[lang])
            yield from _row(("---",) * len(_COLUMNS[lang]))
            for requirement in asked:
                yield from _row(_cells(requirement, lang))
            yield ""
    title, about, columns = _OLDER[lang]
    yield f"## {title}\n\n{about}\n"
    yield from _row(columns)
    yield from _row(("---",) * len(columns))
    taken_over = {case.older.name: case for case in cases("LAS") if case.older is not None}
    for step in _STEPS:
        case = taken_over[step]
        mended = case.older.mended if case.older else None
        yield from _row((step, f"`{case.id}`", mended.at(lang) if mended else ""))
    yield ""


def _cells(requirement: Requirement, lang: Lang) -> tuple[str, ...]:
    tested = "<br>".join(f"`{case.id}`" for case in cases(requirement.role) if requirement.id in case.requirements[:1])
    also = sum(1 for case in cases(requirement.role) if requirement.id in case.requirements[1:])
    if also:
        more = f"{also} {_CASES[lang]}"
        tested = f"{tested}<br>{_AND[lang]} {more}" if tested else more
    condition = f" ({requirement.condition.at(lang)})" if requirement.condition else ""
    why_not = requirement.not_tested_because.at(lang) if requirement.not_tested_because else ""
    return (
        requirement.id,
        requirement.strength,
        requirement.text.at(lang) + condition,
        requirement.source,
        tested or f"*{_NOT[lang]}*: {why_not}",
    )


def _row(cells: tuple[str, ...] | list[str]) -> Iterator[str]:
    yield f"| {' | '.join(cells)} |"
