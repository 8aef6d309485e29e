"""The verificatiecode of ESIS: a key that the school itself makes up, and that both sides enter byte for byte.

Source: the public manuals of the ESIS couplings: brincode and two-digit vestiging first, then letters and digits,
20 to 50 characters in all.
"""

from __future__ import annotations

import re
import secrets
import string

from uwlr.errors import ConfigurationError

SHORTEST = 20
LONGEST = 50
_BRINCODE = re.compile("[0-9]{2}[A-Z]{2}")
_DEPENDANCECODE = re.compile("[0-9]{2}")
_CHARACTERS = string.ascii_letters + string.digits
_CODE = re.compile("[0-9]{2}[A-Z]{2}[0-9]{2}[0-9A-Za-z]*")


def make_verificatiecode(brincode: str, dependancecode: str | None = None, *, length: int = 32) -> str:
    """Make a verificatiecode from the system's source of randomness.

    Args:
        brincode: two digits and two capitals.
        dependancecode: two digits; None and the empty text mean 00.
        length: characters in all, 20 to 50.

    Raises:
        ConfigurationError: an argument is not of that form.
    """
    if not _BRINCODE.fullmatch(brincode):
        raise ConfigurationError("brincode is two digits and two capitals, such as 99QQ")
    dependancecode = dependancecode or "00"
    if not _DEPENDANCECODE.fullmatch(dependancecode):
        raise ConfigurationError("dependancecode is two digits, such as 00")
    if not SHORTEST <= length <= LONGEST:
        raise ConfigurationError(f"length is {SHORTEST} to {LONGEST} characters")
    start = brincode + dependancecode
    return start + "".join(secrets.choice(_CHARACTERS) for _ in range(length - len(start)))


def verificatiecode_problems(code: str, brincode: str | None = None, dependancecode: str | None = None) -> list[str]:
    """List what keeps a code from being a verificatiecode; none of it shows the code.

    Args:
        code: as it was entered.
        brincode: of the school it is for, if known.
        dependancecode: of the same school; None and the empty text mean 00.
    """
    problems = []
    if code != code.strip():
        problems.append("has white space before or after it")
    code = code.strip()
    if not SHORTEST <= len(code) <= LONGEST:
        problems.append(f"has {len(code)} characters; {SHORTEST} to {LONGEST} are due")
    if not _CODE.fullmatch(code):
        problems.append("is not brincode, two digits, and then letters and digits only")
    elif brincode is not None and not code.startswith(brincode + (dependancecode or "00")):
        problems.append("starts with another brincode or vestiging than this school's")
    return problems
