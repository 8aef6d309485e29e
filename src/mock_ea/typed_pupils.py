"""Pupils that somebody types in: one a line, with a name, and if wanted birth date and number, between commas."""

from __future__ import annotations

from typing import Final

from mock_las.declined import Declined
from mock_las.pages.dutch import read_day
from uwlr.exchange import Gegevens

_MOST_PARTS: Final = 2
"""Parts that may stand behind a name."""


def typed_pupils(lines: str) -> list[Gegevens]:
    """Read pupils.

    Raises:
        Declined: a line is none, or there is nobody.
    """
    found = []
    for nth, line in enumerate(lines.splitlines(), 1):
        name, *more = (part.strip() for part in line.split(","))
        if not name:
            continue
        if len(more) > _MOST_PARTS:
            raise Declined(
                f"line {nth} has too many commas",
                f"Regel {nth} heeft {len(more)} komma's; hoogstens {_MOST_PARTS}: naam, geboortedatum, nummer.",
            )
        born, number = [*more, "", ""][:2]
        roepnaam, _, achternaam = name.partition(" ")
        found.append(
            Gegevens(
                key=number or None,
                roepnaam=roepnaam,
                achternaam=achternaam or None,
                geboortedatum=typed_day(born, f"Regel {nth}: "),
            )
        )
    if not found:
        raise Declined("there is no pupil", "Er is niemand toegevoegd: typ op elke regel een leerling.")
    return found


def typed_day(text: str, where: str = "") -> str | None:
    """Read a day of birth as people write it, as a roster has it.

    Raises:
        Declined: it is none.
    """
    try:
        day = read_day(text)
    except Declined as error:
        raise Declined(str(error), f"{where}{error.uitleg}") from None
    return day.isoformat() if day is not None else None
