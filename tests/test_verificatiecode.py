"""The verificatiecode of ESIS: made by the rule, and checked by it."""

from __future__ import annotations

import pytest

from uwlr.errors import ConfigurationError
from uwlr.verificatiecode import make_verificatiecode, verificatiecode_problems


@pytest.mark.parametrize("dependancecode", [None, "", "00", "03"])
@pytest.mark.parametrize("length", [20, 32, 50])
def test_a_verificatiecode_follows_the_rule(dependancecode, length):
    """It starts with brincode and vestiging, has the length asked, and letters and digits only."""
    code = make_verificatiecode("99QQ", dependancecode, length=length)

    assert code.startswith("99QQ" + (dependancecode or "00"))
    assert len(code) == length
    assert code.isascii()
    assert code.isalnum()
    assert verificatiecode_problems(code, "99QQ", dependancecode) == []


def test_no_two_verificatiecodes_are_alike():
    """The rest of the code is random."""
    assert len({make_verificatiecode("99QQ") for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "arguments", [("99qq",), ("9QQ",), ("99QQ", "3"), ("99QQ", "00", 19), ("99QQ", "00", 51), ("99QQ\n",)]
)
def test_a_verificatiecode_needs_a_school(arguments):
    """Wrong arguments are refused."""
    brincode, dependancecode, length = (*arguments, None, 32)[:3] if len(arguments) < 3 else arguments
    with pytest.raises(ConfigurationError):
        make_verificatiecode(brincode, dependancecode, length=length)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (" 99QQ00abcdefghijklmnop", "white space"),
        ("99QQ00abc", "9 characters"),
        ("99QQ00" + "a" * 45, "51 characters"),
        ("99QQ00abc def ghijklmnop", "letters and digits only"),
        ("99QQ00abc-def-ghijklmnop", "letters and digits only"),
        ("99QQ01abcdefghijklmnop", "another brincode or vestiging"),
        ("99XX00abcdefghijklmnop", "another brincode or vestiging"),
    ],
)
def test_what_is_wrong_with_a_verificatiecode(code, words):
    """Each slip is named once, without showing the code."""
    [problem] = verificatiecode_problems(code, "99QQ", "00")

    assert words in problem
    assert code.strip() not in problem
