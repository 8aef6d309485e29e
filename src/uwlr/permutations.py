"""Keyed permutations of words: another word of the same form, the same for the same key, and never the word itself.

A word is a number with as many digits as it has letters, each digit counting the letters of its kind (vowels,
consonants, digits, letters with a mark). A Feistel network over that range, walked until it lands inside, is a
bijection; shifting by one inside it leaves no word where it is. So equal words stay equal and different words stay
different, without a table.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Final

_VOWELS: Final = "aeiou"
_CONSONANTS: Final = "bcdfghjklmnpqrstvwxyz"
_MARKED: Final = ("áàäâãå", "éèëê", "íìïî", "óòöôõ", "úùüû", "ñç", "ýÿ")
_DIGITS: Final = "0123456789"
_HEXADECIMAL: Final = "0123456789abcdef"
_ROUNDS: Final = 8
_LONGEST: Final = 256
"""Letters that are permuted as one."""
_BLOCK: Final = 64
"""Letters of other scripts are exchanged with those that stand near."""


def permuted(number: int, size: int, key: bytes) -> int:
    """Give another number below `size`; a bijection without fixed points, for sizes from 2."""
    if size < 2:
        return number
    there = _walk(number, size, key, _forwards)
    return _walk((there + 1) % size, size, key, _backwards)


def permuted_word(word: str, key: bytes, *, hexadecimal: bool = False) -> str:
    """Give another word of the same form: letters for letters of their kind, capitals for capitals.

    A longer one than any field holds, such as a picture in base64, is taken in pieces: numbers of its length are slow.
    """
    pieces = (word[start : start + _LONGEST] for start in range(0, len(word), _LONGEST))
    return "".join(_permuted_piece(piece, key, hexadecimal=hexadecimal) for piece in pieces)


def _permuted_piece(word: str, key: bytes, *, hexadecimal: bool) -> str:
    kinds = [_HEXADECIMAL if hexadecimal else _kind(character) for character in word]
    sizes = [len(kind) for kind in kinds]
    number, size = 0, 1
    for character, kind in zip(word, kinds, strict=True):
        lower = character.lower()
        number = number * len(kind) + kind.index(lower if lower in kind else character)
        size *= len(kind)
    number = permuted(number, size, key + repr(sizes).encode())
    letters: list[str] = []
    for character, kind in zip(reversed(word), reversed(kinds), strict=True):
        number, place = divmod(number, len(kind))
        made = kind[place]
        letters.append(made.upper() if character.isupper() and len(made.upper()) == 1 else made)
    return "".join(reversed(letters))


def permuted_until(number: int, size: int, key: bytes, fits: Callable[[int], bool]) -> int:
    """Give another number of those that fit; a bijection on them."""
    found = permuted(number, size, key)
    while not fits(found):
        found = permuted(found, size, key)
    return found


@cache
def _kind(character: str) -> str:
    """All characters that may take the place of this one, in lower case; itself alone if it says nothing."""
    lower = character.lower()
    for kind in (_VOWELS, _CONSONANTS, _DIGITS, *_MARKED):
        if lower in kind:
            return kind
    if not character.isalnum():
        return character
    start = ord(character) // _BLOCK * _BLOCK
    category = unicodedata.category(character)
    near = (chr(code) for code in range(start, start + _BLOCK))
    return "".join(one for one in near if unicodedata.category(one) == category and one not in "".join(_MARKED))


def _walk(number: int, size: int, key: bytes, step: Callable[[int, int, Sequence[bytes]], int]) -> int:
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    keys = _keys(key)
    while True:
        number = step(number, half, keys)
        if number < size:
            return number


@lru_cache(maxsize=4096)
def _keys(key: bytes) -> tuple[bytes, ...]:
    """Give the key of each round."""
    keys = [hashlib.blake2b(bytes([turn]), key=key[:64], digest_size=16).digest() for turn in range(_ROUNDS)]
    if len(key) > 64:
        keys = [hashlib.blake2b(key, key=one).digest() for one in keys]
    return tuple(keys)


def _forwards(number: int, half: int, keys: Sequence[bytes]) -> int:
    left, right = number >> half, number & ((1 << half) - 1)
    for key in keys:
        left, right = right, left ^ _mixed(right, half, key)
    return left << half | right


def _backwards(number: int, half: int, keys: Sequence[bytes]) -> int:
    left, right = number >> half, number & ((1 << half) - 1)
    for key in reversed(keys):
        left, right = right ^ _mixed(left, half, key), left
    return left << half | right


def _mixed(value: int, half: int, key: bytes) -> int:
    size = (half + 7) // 8
    data = value.to_bytes(size, "big")
    mixed = hashlib.blake2b(data, key=key, salt=b"\0\0\0\0").digest()
    for part in range(1, (size + 63) // 64):
        mixed += hashlib.blake2b(data, key=key, salt=part.to_bytes(4, "big")).digest()
    return int.from_bytes(mixed[:size], "big") & ((1 << half) - 1)
