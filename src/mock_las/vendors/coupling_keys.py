"""The keys of couplings: made from a seed in the form of each system, and checked as the system does at activation."""

from __future__ import annotations

import base64
import re
import string
from random import Random

from mock_las.vendors.vendor_traits import Traits
from uwlr.berichten.autorisatie import LONGEST

_LETTERS_DIGITS = string.ascii_letters + string.digits


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


def key_problem(traits: Traits, key: str, brincode: str, dependancecode: str) -> str | None:
    """Say what is wrong with a key that a school fills in; None if it is accepted. The text never contains the key."""
    if not key:
        return "the key is empty"
    if key != key.strip():
        return "the key has white space around it"
    if traits.key_pattern is None:
        return None if len(key) <= LONGEST else f"the key has {len(key)} characters, {LONGEST} is the most"
    if traits.key_starts_with_school and not key.startswith(f"{brincode}{dependancecode or '00'}"):
        return f"the key does not start with BRIN and vestiging, {brincode}{dependancecode or '00'}"
    if not re.fullmatch(traits.key_pattern, key):
        return f"the key of {len(key)} characters does not have the form {traits.key_pattern}"
    return None


def _draw(dice: Random, alphabet: str, count: int) -> str:
    return "".join(dice.choices(alphabet, k=count))
