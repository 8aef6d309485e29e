"""The keys of couplings: made from a seed in the form of each system, and checked as the system does at activation."""

from __future__ import annotations

import base64
import re
import string
from random import Random
from typing import Final, Literal, NamedTuple

from mock_las.vendors.vendor_traits import Traits
from uwlr.berichten.autorisatie import LONGEST
from uwlr.errors import ConfigurationError

_LETTERS_DIGITS = string.ascii_letters + string.digits

LENGTHS: Final = {"letters-digits-20": (20, 20), "verificatiecode": (20, 50), "hex-32": (32, 32), "base64-64": (88, 88)}
"""The fewest and the most characters of a key, by its form."""


class KeyProblem(NamedTuple):
    """What is wrong with a key that a school fills in, without the key.

    Attributes:
        kind: nothing there, white space around it, another school in front, too short or too long, a character that
            cannot be in it, or another form.
        form: what the key should look like, for programmers.
        start: what it should begin with.
        found: its number of characters.
        least: the fewest that it may have.
        most: the most that it may have.
        place: where the character stands that cannot be in it, from 1.
    """

    kind: Literal["empty", "space", "start", "length", "character", "form"]
    form: str = ""
    start: str = ""
    found: int = 0
    least: int = 1
    most: int = LONGEST
    place: int = 0

    def __str__(self) -> str:
        match self.kind:
            case "empty":
                return "the key is empty"
            case "space":
                return "the key has white space around it"
            case "start":
                return f"the key does not start with BRIN and vestiging, {self.start}"
            case "length" if not self.form:
                return f"the key has {self.found} characters, {self.most} is the most"
            case _:
                return f"the key of {self.found} characters does not have the form {self.form}"


class KeyRefused(ConfigurationError):  # noqa: N818 - the name says what happened
    """A system does not accept a key; `problem` says why."""

    def __init__(self, vendor: str, problem: KeyProblem) -> None:
        super().__init__(f"{vendor}: {problem}")
        self.problem = problem


def make_key(traits: Traits, dice: Random, brincode: str, dependancecode: str) -> str:
    """Make a synthetic key in the form of the vendor; it depends on the dice alone."""
    match traits.key_form:
        case "verificatiecode":
            return f"{brincode}{dependancecode or '00'}{_draw(dice, _LETTERS_DIGITS, 18)}"
        case "hex-32":
            return _draw(dice, "0123456789ABCDEF", 32)
        case "base64-64":
            return base64.b64encode(dice.randbytes(64)).decode()
        case "letters-digits-20":
            return _draw(dice, _LETTERS_DIGITS, 20)


def make_subscription_key(dice: Random) -> str:
    """Make the value of an HTTP header that a gateway asks for: 32 lower-case hexadecimal digits."""
    return _draw(dice, "0123456789abcdef", 32)


def key_problem(traits: Traits, key: str, brincode: str, dependancecode: str) -> KeyProblem | None:
    """Say what is wrong with a key that a school fills in; None if it is accepted."""
    pattern = traits.key_pattern
    least, most = (1, LONGEST) if pattern is None else LENGTHS[traits.key_form]
    start = f"{brincode}{dependancecode or '00'}" if traits.key_starts_with_school else ""
    if not key:
        return KeyProblem("empty")
    about = KeyProblem("form", pattern or "", start, len(key), least, most)
    if key != key.strip():
        place = 1 if key != key.lstrip() else len(key.rstrip()) + 1
        return about._replace(kind="space", place=place)
    if pattern is None:
        return about._replace(kind="length") if len(key) > most else None
    if not key.startswith(start):
        return about._replace(kind="start")
    if re.fullmatch(pattern, key):
        return None
    if not least <= len(key) <= most:
        return about._replace(kind="length")
    strange = re.search(r"[^0-9A-Za-z]", key)
    return about._replace(kind="character", place=strange.start() + 1) if strange else about


def _draw(dice: Random, alphabet: str, count: int) -> str:
    return "".join(dice.choices(alphabet, k=count))
