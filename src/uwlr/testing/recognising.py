"""Messages of made-up schools: whether what is in them is of the school that they say they are of.

A message only says how its school is made; that is done, and a value counts as made up if it is of that school, in that
field. So a message of real people says in vain that it is made up, and a real value in a made-up message is found.
"""

from __future__ import annotations

from uwlr.anonymising import Left, Place, left_over, place_of
from uwlr.berichten import Bericht, LeerlinggegevensAntwoord
from uwlr.codec.write import write
from uwlr.errors import ConfigurationError
from uwlr.testing.recipe import Recipe, recipe_in
from uwlr.testing.results import KWALIFICATIES, make_results
from uwlr.testing.school import make_school
from uwlr.written_values import Spot, rewrite


def not_made_up(data: bytes, original: bytes | None = None) -> list[Left]:
    """Find values that are neither invented ones nor of a school that can be made again, and those of the original.

    Raises:
        ConfigurationError: a file is no text.
    """
    left = left_over(data, original)
    recipe = _recipe_of(data) if left else None
    return left if recipe is None else left_over(data, original, made_up=_places_of(recipe))


def _recipe_of(data: bytes) -> Recipe | None:
    found: list[Recipe] = []

    def look(value: str, spot: Spot) -> str:
        if spot.element == "commentaar" and not found and (recipe := recipe_in(value)):
            found.append(recipe)
        return value

    rewrite(data, look)
    return found[0] if found else None


def _places_of(recipe: Recipe) -> frozenset[Place]:
    """Give the values of a school and of its results, each in its field."""
    try:
        roster = make_school(**recipe._asdict())
    except ConfigurationError:
        return frozenset()
    messages: list[Bericht] = [LeerlinggegevensAntwoord(inhoud=roster)]
    messages += [make_results(roster, oso=oso) for oso in (False, True)]
    found = {Place("referentiescore", "kwalificatie", "", one) for one in KWALIFICATIES}

    def note(value: str, spot: Spot) -> str:
        found.add(place_of(value, spot))
        return value

    for message in messages:
        rewrite(write(message), note)
    return frozenset(found)
