"""The cipher of a store: whether it is the right one, and another in its place.

A store with a cipher holds a secret that is encrypted with it (`pseudoniem`). So the secret tells whether a store has a
cipher, and which.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, bindparam, column, inspect, select, table, text, tuple_, update

from uwlr.errors import ConfigurationError
from uwlr.exchange.column_types import Cipher, Sealed, cipher_of, seal, unseal, use_cipher
from uwlr.exchange.pseudoniem import Pseudonym, make_secret, pseudonym_of
from uwlr.exchange.tables import Base, Geheim
from uwlr.personal_data import STORE

_PAGE: Final = 500
_MARK: Final = text("SELECT waarde FROM geheim WHERE naam = 'pseudoniem'")


class WrongCipher(ConfigurationError):  # noqa: N818 - the name says what happened
    """A store is opened without its cipher, with another, or with one although it has none.

    Attributes:
        uitleg: what it is and what to do, in Dutch.
    """

    def __init__(self, problem: str, uitleg: str) -> None:
        super().__init__(problem)
        self.uitleg = uitleg


def mark_of(connection: Connection) -> str | None:
    """Give what tells which cipher a store has; None if it has none."""
    return connection.execute(_MARK).scalar()


_READABLE: Final = (
    "the store was made without a cipher: encrypt it with `uwlr store rekey`, or leave --cipher and UWLR_CIPHER out",
    "Deze opslag is niet versleuteld. Versleutel die met `uwlr store rekey`, of laat --cipher en UWLR_CIPHER weg.",
)
_ENCRYPTED: Final = (
    "the store is encrypted: give its cipher with --cipher or UWLR_CIPHER",
    "Deze opslag is versleuteld. Geef met --cipher of UWLR_CIPHER op waarmee.",
)
_ANOTHER: Final = (
    "the cipher of this store cannot read what is in it: it was made with another",
    "Deze opslag is met een andere sleutel versleuteld dan de sleutel die is opgegeven.",
)


def check_cipher(connection: Connection) -> str | None:
    """See that a store is opened with its own cipher, or with none if it has none.

    Returns:
        What tells which cipher it is.

    Raises:
        WrongCipher: it is not so.
    """
    mark, cipher = mark_of(connection), cipher_of(connection.dialect)
    if mark is None and cipher is not None:
        raise WrongCipher(*_READABLE)
    if mark is not None and cipher is None:
        raise WrongCipher(*_ENCRYPTED)
    if mark is not None and not _opens(mark, cipher):
        raise WrongCipher(*_ANOTHER)
    return mark


def check_upgrade(connection: Connection) -> None:
    """See the same before an upgrade, where the tables may be of the first version, or not there.

    Raises:
        WrongCipher: what the tables hold has another cipher, or none.
    """
    if has_tables(connection) and mark_of(connection) is not None:
        check_cipher(connection)
        return
    held = None
    if inspect(connection).has_table("koppeling"):
        held = connection.execute(text("SELECT bronnen FROM koppeling LIMIT 1")).scalar()
    if held is not None and str(held).startswith("[") == (cipher_of(connection.dialect) is not None):
        raise WrongCipher(*(_READABLE if str(held).startswith("[") else _ENCRYPTED))


def has_tables(connection: Connection) -> bool:
    """Tell whether the store has the table that tells its cipher."""
    return inspect(connection).has_table(Geheim.__tablename__)


def rekey(connection: Connection, new: Cipher) -> bool:
    """Encrypt all of a store with another cipher, in the transaction of a connection; afterwards it has that one.

    Args:
        connection: inside a transaction that nobody else can write in.
        new: the cipher it gets.

    Returns:
        Whether there was anything to do: not where the store has the new cipher already.

    Raises:
        WrongCipher: the cipher that the store was opened with is not its own.
    """
    old = cipher_of(connection.dialect)
    mark = mark_of(connection)
    if mark is not None and _opens(mark, new):
        use_cipher(connection.dialect, new)
        return False
    if mark is not None or old is not None:
        check_cipher(connection)
    _encrypt(connection, Geheim.__tablename__, old, new)
    pseudonym = None
    if old is None:
        use_cipher(connection.dialect, new)
        make_secret(connection)
        pseudonym = pseudonym_of(connection)
    for name in STORE:
        if name != Geheim.__tablename__:
            _encrypt(connection, name, old, new, pseudonym)
    use_cipher(connection.dialect, new)
    return True


def _encrypt(
    connection: Connection, name: str, old: Cipher | None, new: Cipher, pseudonym: Pseudonym | None = None
) -> None:
    """Encrypt a table anew, as the register has its columns; with a pseudonym also hash what was not hashed yet."""
    kind, sealed = Base.metadata.tables[name], STORE[name].sealed
    hashed = STORE[name].hashed if pseudonym is not None else ()
    if not sealed and not hashed:
        return
    keys = [one.name for one in kind.primary_key.columns]
    own = [*keys, *(one for one in (*sealed, *hashed) if one not in keys)]
    for rows in _pages(connection, kind, keys, own):
        for row in rows:
            values = {one: _again(getattr(row, one), old, new) for one in sealed}
            values |= {one: _hashed(getattr(row, one), pseudonym) for one in hashed}
            _change(connection, kind, keys, row, values)


def _opens(mark: str, cipher: Cipher | None) -> bool:
    try:
        unseal(mark, cipher)
    except ConfigurationError:
        return False
    return cipher is not None


def _plain(kind: Table, names: list[str]) -> Any:
    """Give a table whose columns are read as they lie there."""
    kept: list[Column[Any]] = [kind.columns[name] for name in names]
    return table(kind.name, *(column(one.name, None if isinstance(one.type, Sealed) else one.type) for one in kept))


def _pages(connection: Connection, kind: Table, keys: list[str], names: list[str]) -> Iterator[list[Any]]:
    """Give the rows a page at a time, in the order of their keys as they were at first."""
    bare = _plain(kind, names)
    key = tuple_(*(bare.c[name] for name in keys))
    every = connection.execute(select(*(bare.c[name] for name in keys)).order_by(*(bare.c[n] for n in keys))).all()
    for start in range(0, len(every), _PAGE):
        page = [tuple(row) for row in every[start : start + _PAGE]]
        yield list(connection.execute(select(bare).where(key.in_(page))).all())


def _change(connection: Connection, kind: Table, keys: list[str], row: Any, values: dict[str, Any]) -> None:
    bare = _plain(kind, [*keys, *(name for name in values if name not in keys)])
    which = [bare.c[name] == bindparam(f"of_{name}") for name in keys]
    connection.execute(update(bare).where(*which).values(**values), {f"of_{name}": getattr(row, name) for name in keys})


def _again(value: str | None, old: Cipher | None, new: Cipher) -> str | None:
    return None if value is None else seal(unseal(value, old), new)


def _hashed(value: str | None, pseudonym: Pseudonym | None) -> str | None:
    return value if not value or pseudonym is None else pseudonym(value)
