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


def use_cipher(dialect: Dialect, cipher: Cipher) -> None:
    """Have the sealed columns of a store encrypted."""
    _ciphers[dialect] = cipher


def has_cipher(dialect: Dialect) -> bool:
    """Tell whether the sealed columns of a store are encrypted."""
    return dialect in _ciphers


class Sealed(TypeDecorator[str]):
    """Text that holds personal data or a key: encrypted where the store has a cipher."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Encrypt."""
        cipher = _ciphers.get(dialect)
        if value is None or cipher is None:
            return value
        return base64.b64encode(cipher.encrypt(value.encode())).decode("ascii")

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt.

        Raises:
            ConfigurationError: it was written with another cipher, or with none.
        """
        cipher = _ciphers.get(dialect)
        if value is None or cipher is None:
            return value  # type: ignore[no-any-return]
        try:
            return cipher.decrypt(base64.b64decode(value, validate=True)).decode()
        except Exception as error:  # noqa: BLE001 - each cipher has errors of its own
            problem = f"the cipher of this store cannot read what is in it ({type(error).__name__})"
            raise ConfigurationError(problem) from None


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
