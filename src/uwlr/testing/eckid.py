"""ECK-iDs of no one: in the form that test environments use."""

from __future__ import annotations

from hashlib import sha512


def make_eckid(*words: object) -> str:
    """Make the ECK-iD that goes with these words: `https://ketenid.nl/pilot/` and 128 hexadecimal digits.

    The part `pilot` stands where a real one has the month of issue, so none of these can be mistaken for one.
    """
    return f"https://ketenid.nl/pilot/{sha512('/'.join(map(str, words)).encode()).hexdigest()}"
