"""What stands for the key of a result in the tables of a store with a cipher.

A key is looked up, so it cannot be encrypted anew each time; and the default one is a plain hash, which whoever knows
the numbers of the pupils could compute too. With a cipher the tables hold a hash under a secret instead. The secret
lies in the store, encrypted.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Literal, TypeAlias

from sqlalchemy import Connection, column, select, table

from uwlr.errors import ConfigurationError
from uwlr.exchange.column_types import Sealed, has_cipher

Pseudonym = Callable[[str], str]

_GEHEIM = table("geheim", column("naam"), column("waarde", Sealed()))
Naam: TypeAlias = Literal["pseudoniem", "vergeten"]
"""The secrets of a store: that of pseudonyms, where there is a cipher, and that of who was forgotten."""


def make_secret(connection: Connection) -> None:
    """Make the secret of a store that has a cipher and no secret yet."""
    if has_cipher(connection.dialect):
        _made(connection, "pseudoniem")


def pseudonym_of(connection: Connection) -> Pseudonym:
    """Give what makes of a key what the tables hold: the key itself if there is no cipher.

    Raises:
        ConfigurationError: the tables were made without the cipher.
    """
    if not has_cipher(connection.dialect):
        return str
    secret = _secret(connection, "pseudoniem")
    if secret is None:
        raise ConfigurationError("the store has a cipher now: run `uwlr store upgrade` with it first")
    key = bytes.fromhex(secret)
    return lambda text: hmac.digest(key, text.encode(), "sha256").hex()


def pupil_pseudonym_of(connection: Connection) -> Pseudonym:
    """Give what makes of the key of a pupil what the tables hold: never the key itself, with a cipher or without.

    Raises:
        ConfigurationError: as `pseudonym_of`.
    """
    pseudonym = pseudonym_of(connection)
    return lambda leerlingid: pseudonym(sha256(leerlingid.encode()).hexdigest()[:40])


def forgetting_secret(connection: Connection) -> bytes:
    """Give the secret under which the numbers of forgotten pupils are hashed; makes it where there is none yet."""
    return bytes.fromhex(_made(connection, "vergeten"))


def _made(connection: Connection, naam: Naam) -> str:
    secret = _secret(connection, naam)
    if secret is None:
        secret = secrets.token_hex(32)
        connection.execute(_GEHEIM.insert().values(naam=naam, waarde=secret))
    return secret


def _secret(connection: Connection, naam: Naam) -> str | None:
    return connection.scalar(select(_GEHEIM.c.waarde).where(_GEHEIM.c.naam == naam))
