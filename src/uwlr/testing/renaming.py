"""What becomes of a name: it changes, it is corrected, or it is typed once more by somebody with other habits."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from typing import Final, TypeVar

from msgspec.structs import replace

from uwlr.berichten import Leerkracht, Leerling
from uwlr.testing.dice import Dice
from uwlr.testing.names import make_person

P = TypeVar("P", Leerling, Leerkracht)

_PREFIXES: Final = ("van", "de", "van der", "van den", "van de")
_SLIPS: Final = (
    ("ss", "s"), ("nn", "n"), ("tt", "t"), ("ll", "l"), ("ij", "y"), ("y", "ij"), ("c", "k"), ("k", "ck"), ("ph", "f"),
    ("f", "ph"), ("z", "s"), ("s", "z"), ("n", "nn"), ("l", "ll"), ("ie", "i"), ("i", "ie"), ("e", "é"),
)  # fmt: skip
"""What a clerk hears and what turns out to be written; the first that a name has room for."""


def another_prefix(row: P, dice: Dice) -> P:
    """The voorvoegsel turns out to be another, to be there, or not to be."""
    if row.voorvoegsel and dice.chance(50):
        return replace(row, voorvoegsel=None)
    return replace(row, voorvoegsel=dice.pick([prefix for prefix in _PREFIXES if prefix != row.voorvoegsel]))


def another_family(row: P, dice: Dice) -> P:
    """Another family name, as after a marriage or when a child takes the other parent's: new, or joined to the old."""
    while (other := make_person(dice)).achternaam == row.achternaam:
        pass
    if row.achternaam and len(row.achternaam) < 60 and "-" not in row.achternaam and dice.chance(40):
        return replace(row, achternaam=f"{other.achternaam}-{row.achternaam}", voorvoegsel=other.voorvoegsel)
    return replace(row, achternaam=other.achternaam, voorvoegsel=other.voorvoegsel)


def respelled(row: P, dice: Dice) -> P:
    """One letter of one name is corrected."""
    field = "roepnaam" if row.roepnaam and (not row.achternaam or dice.chance(40)) else "achternaam"
    name = getattr(row, field)
    fitting = [(old, new) for old, new in _SLIPS if old in name[1:]]
    old, new = dice.pick(fitting) if fitting else ("", "")
    corrected = name[0] + (name[1:].replace(old, new, 1) if fitting else name[1:] + name[-1].lower())
    return replace(row, **{field: corrected})


def typed_again(row: P, dice: Dice) -> P:
    """The same name as another clerk types it: other Unicode, apostrophe or accents, another place, a slip."""
    ways = dice.below(7)
    if ways == 6:
        return respelled(row, dice)
    roepnaam, voorvoegsel, achternaam = row.roepnaam, row.voorvoegsel, row.achternaam
    if ways == 0:
        roepnaam, achternaam = (text and unicodedata.normalize("NFD", text) for text in (roepnaam, achternaam))
    elif ways == 1 and voorvoegsel and achternaam:
        achternaam, voorvoegsel = f"{voorvoegsel} {achternaam}", None
    elif ways == 2:
        voorvoegsel, achternaam = (text and text.replace("'", "\u2019") for text in (voorvoegsel, achternaam))
    elif ways == 3:
        achternaam = achternaam and achternaam.replace("IJ", "\u0132").replace("ij", "\u0133")
    elif ways == 4:
        achternaam = achternaam and achternaam.upper()
    else:
        roepnaam, achternaam = (text and _without_accents(text) for text in (roepnaam, achternaam))
    return replace(row, roepnaam=roepnaam, voorvoegsel=voorvoegsel, achternaam=achternaam)


def born_otherwise(born: date, dice: Dice) -> date:
    """A birth date with one slip in it: day and month the other way round, or a day beside it."""
    if born.day <= 12 and born.day != born.month and dice.chance(50):
        return date(born.year, born.day, born.month)
    return born + timedelta(days=dice.pick((-10, -1, 1, 10)))


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
