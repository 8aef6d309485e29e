"""How a made-up school is made again: it says so itself, and so can be told from one that looks like it."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, cast

from uwlr.norm import Versie

_LARGEST: Final = 100_000
"""Pupils of a school that is made again to look at another."""

_WRITTEN: Final = re.compile(
    r"\bR(N?[0-9]{1,18})L([0-9]{1,6})(PO|VO)([0-9]{4})B([0-9]{2}[A-Z]{2})(?:D([0-9]{2}))?(?:V2([23]))?\b", re.ASCII
)
"""One word, since a remark has 128 characters at most, also when each of its words was replaced by an invented one.

Source: UWLR 2.2, UWLR_Leerresultaten_v2p2.xsd.
"""


class Recipe(NamedTuple):
    """The arguments of `make_school` from which all persons of a school follow: the version only of an LVS-set."""

    seed: int
    leerlingen: int
    sector: Literal["PO", "VO"]
    schooljaar: str
    brincode: str
    dependancecode: str | None
    xsdversie: Versie
    lvs: bool

    def written(self) -> str:
        """Write it as one word; empty if it could not be read back."""
        word = f"R{self.seed}L{self.leerlingen}{self.sector}{self.schooljaar[:4]}B{self.brincode}".replace("-", "N")
        word += f"D{self.dependancecode}" if self.dependancecode is not None else ""
        word += f"V{self.xsdversie.replace('.', '')}" if self.lvs else ""
        return word if recipe_in(word) == self else ""


def remark(text: str, recipe: Recipe | None) -> str:
    """Give the remark of a message, with how its school is made again."""
    written = recipe.written() if recipe else ""
    return f"{text} Recept: {written}." if written else text


def without_recipe(text: str | None) -> str | None:
    """Give a remark without what `remark` added: a school that lives is not made again by it."""
    return text and re.sub(rf" Recept: {_WRITTEN.pattern}\.$", "", text)


def recipe_in(text: str | None) -> Recipe | None:
    """Find how the school of a message is made again, in the remark of that message."""
    found = _WRITTEN.search(text or "")
    if found is None or int(found[2]) > _LARGEST:
        return None
    year = int(found[4])
    return Recipe(
        seed=int(found[1].replace("N", "-")),
        leerlingen=int(found[2]),
        sector=cast("Literal['PO', 'VO']", found[3]),
        schooljaar=f"{year:04d}-{year + 1:04d}",
        brincode=found[5],
        dependancecode=found[6],
        xsdversie=cast("Versie", f"2.{found[7] or 2}"),
        lvs=found[7] is not None,
    )
