"""Requirements against cases: what is tested, and what is not and why."""

from __future__ import annotations

from collections.abc import Iterator

from uwlr.conformance.model import Lang, Role
from uwlr.conformance.registry import cases
from uwlr.conformance.requirements import Requirement, register

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
_NOT = {"en": "not tested", "nl": "niet getoetst"}
_OLDER = {
    "en": ("The older test set for LAS systems", "step", "case"),
    "nl": ("De oudere testset voor LAS-systemen", "stap", "case"),
}


def as_markdown(lang: Lang = "en") -> str:
    """Write the whole page."""
    return "\n".join(_lines(lang))


def _lines(lang: Lang) -> Iterator[str]:
    yield _HEAD[lang]
    for role in _ROLES:
        asked = [requirement for requirement in register().values() if requirement.role == role]
        if asked:
            tested = sum(1 for requirement in asked if requirement.tested_by)
            yield f"## {_TITLES[role, lang]}: {tested} / {len(asked)}\n"
            yield from _row(_COLUMNS[lang])
            yield from _row(("---",) * len(_COLUMNS[lang]))
            for requirement in asked:
                yield from _row(_cells(requirement, lang))
            yield ""
    title, *columns = _OLDER[lang]
    yield f"## {title}\n"
    yield from _row(columns)
    yield from _row(("---", "---"))
    for case in cases("LAS"):
        if case.older is not None:
            yield from _row((case.older, f"`{case.id}`"))
    yield ""


def _cells(requirement: Requirement, lang: Lang) -> tuple[str, ...]:
    tested = "<br>".join(f"`{case}`" for case in requirement.tested_by)
    condition = f" ({requirement.condition})" if requirement.condition else ""
    return (
        requirement.id,
        requirement.strength,
        requirement.words.at(lang) + condition,
        requirement.source,
        tested or f"*{_NOT[lang]}*: {requirement.not_tested_because}",
    )


def _row(cells: tuple[str, ...] | list[str]) -> Iterator[str]:
    yield f"| {' | '.join(cells)} |"
