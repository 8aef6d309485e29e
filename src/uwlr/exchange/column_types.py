"""Kinds of columns: moments in UTC, and personal data behind the store's cipher."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

from uwlr.errors import ConfigurationError


class Cipher(Protocol):
    """Encrypts personal data at rest; `cryptography.fernet.Fernet` is one as it is."""

    def encrypt(self, data: bytes, /) -> bytes:
        """Make data unreadable."""

    def decrypt(self, token: bytes, /) -> bytes:
        """Make it readable again."""


_ciphers: WeakKeyDictionary[Dialect, Cipher] = WeakKeyDictionary()
"""The cipher of each store: SQLAlchemy hands a column its store's own dialect object, and nothing else."""


def use_cipher(dialect: Dialect, cipher: Cipher | None) -> None:
    """Have the sealed columns of a store encrypted; with None they are readable."""
    if cipher is None:
        _ciphers.pop(dialect, None)
    else:
        _ciphers[dialect] = cipher


def cipher_of(dialect: Dialect) -> Cipher | None:
    """Give the cipher of a store; None if it is opened without one."""
    return _ciphers.get(dialect)


def has_cipher(dialect: Dialect) -> bool:
    """Tell whether the sealed columns of a store are encrypted."""
    return dialect in _ciphers


def seal(text: str, cipher: Cipher | None) -> str:
    """Give what a column holds for a text."""
    return text if cipher is None else base64.b64encode(cipher.encrypt(text.encode())).decode("ascii")


def unseal(held: str, cipher: Cipher | None) -> str:
    """Give the text that a column holds.

    Raises:
        ConfigurationError: it was written with another cipher, or with none.
    """
    if cipher is None:
        return held
    try:
        return cipher.decrypt(base64.b64decode(held, validate=True)).decode()
    except Exception as error:  # noqa: BLE001 - each cipher has errors of its own
        problem = f"the cipher of this store cannot read what is in it ({type(error).__name__})"
        raise ConfigurationError(problem) from None


class Sealed(TypeDecorator[str]):
    """Text that holds personal data or a key: encrypted where the store has a cipher."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt."""
        return None if value is None else seal(value, _ciphers.get(dialect))

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt.

        Raises:
            ConfigurationError: it was written with another cipher, or with none.
        """
        return None if value is None else unseal(value, _ciphers.get(dialect))


class SealedJson(Sealed):
    """A value as JSON, sealed.

    Args:
        type_: what the value is.
        empty: what stands for a column without a value, as JSON.
    """

    cache_ok = True

    def __init__(self, type_: Any, empty: str = "null") -> None:
        super().__init__()
        self.type_ = type_
        self.empty = empty

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Write it."""
        text = None if value is None else msgspec.json.encode(value, order="deterministic").decode()
        return super().process_bind_param(text, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Read it."""
        return msgspec.json.decode(super().process_result_value(value, dialect) or self.empty, type=self.type_)


class Moment(TypeDecorator[datetime]):
    """A moment with a time zone, kept in UTC; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert to UTC.

        Raises:
            ConfigurationError: a moment without a time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ConfigurationError("a moment needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give it its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
