"""Small files that people make by hand and that hold secrets: a key, or HTTP headers.

Editors and spreadsheets leave things in them that nobody sees: a byte order mark, white space and line ends around the
text, UTF-16. None of that belongs to the secret. What is wrong with a file is said without a word of what is in it.
"""

from __future__ import annotations

import codecs
import os
import secrets
from pathlib import Path
from typing import Final

from uwlr.errors import ConfigurationError

_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UNSEEN: Final = "\ufeff\u200b\u200c\u200d\u2060"
"""Characters without width, which `str.strip` leaves."""


def read_key(path: str | Path) -> str:
    """Read the key of a file, without the white space around it.

    Raises:
        ConfigurationError: the file cannot be read, or does not hold one key; as `key_in`.
    """
    return key_in(_read(path), str(path))


def read_headers(path: str | Path) -> dict[str, str]:
    """Read HTTP headers from a file with lines `Name: value`.

    Raises:
        ConfigurationError: the file cannot be read, or has another line; as `headers_in`.
    """
    return headers_in(_read(path), str(path))


def key_in(data: bytes, name: str) -> str:
    """Find the key in what a file holds.

    Args:
        data: what the file holds.
        name: what an error calls the file.

    Raises:
        ConfigurationError: it is no text, or empty, or has more than one line, or control characters.
    """
    key = _text(data, name)
    if not key:
        raise ConfigurationError(f"{name} is empty; it should hold the key and nothing else")
    lines = [line for line in key.splitlines() if _stripped(line)]
    if len(lines) > 1:
        raise ConfigurationError(f"{name} has {len(lines)} lines; it should hold the key and nothing else")
    if not key.isprintable():
        raise ConfigurationError(f"{name} has characters that no key has; copy the key into it once more, as text")
    return key


def headers_in(data: bytes, name: str) -> dict[str, str]:
    """Find HTTP headers in what a file holds; arguments as `key_in`.

    Raises:
        ConfigurationError: it is no text, or a line is not `Name: value`; the text says which line.
    """
    headers = {}
    for number, line in enumerate(_text(data, name).splitlines(), 1):
        header, colon, value = line.partition(":")
        if not _stripped(line):
            continue
        if not colon or not _stripped(header):
            raise ConfigurationError(f"{name}, line {number}: each line is `Name: value`")
        headers[_stripped(header)] = _stripped(value)
    return headers


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None


def _text(data: bytes, name: str) -> str:
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8-sig"
    try:
        return _stripped(data.decode(encoding))
    except UnicodeDecodeError:
        raise ConfigurationError(f"{name} is not text in UTF-8; save it as plain text") from None


def _stripped(text: str) -> str:
    """Take off what surrounds a text and cannot be seen."""
    before = None
    while text != before:
        before, text = text, text.strip().strip(_UNSEEN)
    return text


def make_secret(path: Path) -> bytes:
    """Read the secret of a file, or make one that only its owner may read.

    Raises:
        ConfigurationError: the file cannot be read or made, or does not hold one secret.
    """
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return read_key(path).encode()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be made: {error.strerror}") from None
    made = secrets.token_urlsafe(32)
    with os.fdopen(file, "w") as opened:
        opened.write(f"{made}\n")
    return made.encode()
