"""What the fakes remember, in SQLite: in memory, or in a file that outlives the process.

One connection behind one lock. A delivery is one transaction, so it is stored completely or not at all, even if the
process is killed halfway.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from uwlr.errors import ConfigurationError
from uwlr.private_files import private_file

T = TypeVar("T")

_VERSION: Final = 4
"""Raised with every change to the tables: a state is made in a moment, so an older one is not converted."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS school (
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    sector TEXT NOT NULL,
    seed INTEGER NOT NULL,
    leerlingen INTEGER NOT NULL,
    PRIMARY KEY (vendor, brincode, dependancecode)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roster (
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    schooljaar TEXT NOT NULL,
    revision INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    message BLOB,
    PRIMARY KEY (vendor, brincode, dependancecode, schooljaar)
);
CREATE TABLE IF NOT EXISTS life (
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    seed INTEGER NOT NULL,
    reached TEXT NOT NULL,
    message BLOB NOT NULL,
    PRIMARY KEY (vendor, brincode, dependancecode)
);
CREATE TABLE IF NOT EXISTS step (
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    number INTEGER NOT NULL,
    step TEXT NOT NULL,
    PRIMARY KEY (vendor, brincode, dependancecode, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS coupling (
    id INTEGER PRIMARY KEY,
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    klantcode TEXT NOT NULL,
    klantnaam TEXT NOT NULL,
    status TEXT NOT NULL,
    autorisatiesleutel TEXT,
    startdatum TEXT,
    UNIQUE (vendor, brincode, dependancecode, klantcode)
);
CREATE INDEX IF NOT EXISTS coupling_by_klantcode ON coupling (vendor, klantcode);
CREATE TABLE IF NOT EXISTS coupling_log (
    coupling INTEGER NOT NULL REFERENCES coupling (id),
    at TEXT NOT NULL,
    event TEXT NOT NULL,
    door TEXT
);
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY,
    vendor TEXT NOT NULL,
    at TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS leerlingnummer (
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    leerling TEXT NOT NULL,
    leerlingid TEXT NOT NULL,
    PRIMARY KEY (vendor, brincode, dependancecode, leerling, leerlingid)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entered_result (
    id INTEGER PRIMARY KEY,
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    leerling TEXT NOT NULL,
    toets TEXT NOT NULL,
    afnamedatum TEXT NOT NULL,
    score TEXT NOT NULL,
    dle INTEGER
);
CREATE TABLE IF NOT EXISTS delivery (
    id INTEGER PRIMARY KEY,
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    klantcode TEXT NOT NULL,
    schooljaar TEXT NOT NULL,
    aanmaakdatum TEXT NOT NULL,
    received_at TEXT NOT NULL,
    new INTEGER NOT NULL,
    replaced INTEGER NOT NULL,
    held INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS delivery_of ON delivery (vendor, brincode, dependancecode, klantcode, aanmaakdatum);
CREATE TABLE IF NOT EXISTS result (
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    klantcode TEXT NOT NULL,
    key TEXT NOT NULL,
    schooljaar TEXT NOT NULL,
    leerlingid TEXT NOT NULL,
    eckid TEXT,
    afnamedatum TEXT NOT NULL,
    toetscode TEXT NOT NULL,
    versie TEXT,
    toetsonderdeelcode TEXT,
    score INTEGER,
    osoresultaat TEXT,
    anderresultaat TEXT,
    infourl TEXT,
    delivery INTEGER NOT NULL REFERENCES delivery (id),
    PRIMARY KEY (vendor, brincode, dependancecode, klantcode, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS toets (
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    klantcode TEXT NOT NULL,
    toetscode TEXT NOT NULL,
    versie TEXT NOT NULL,
    toetsonderdeelcode TEXT NOT NULL,
    naam TEXT,
    normen TEXT NOT NULL,
    PRIMARY KEY (vendor, brincode, dependancecode, klantcode, toetscode, versie, toetsonderdeelcode)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pull (
    vendor TEXT NOT NULL,
    brincode TEXT NOT NULL,
    dependancecode TEXT NOT NULL,
    url TEXT NOT NULL,
    instellingscode TEXT NOT NULL,
    progress TEXT NOT NULL,
    PRIMARY KEY (vendor, brincode, dependancecode, url, instellingscode)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY,
    fault TEXT NOT NULL,
    calls INTEGER NOT NULL
);
"""
_TABLES = (
    "fault",
    "pull",
    "setting",
    "mail",
    "leerlingnummer",
    "entered_result",
    "toets",
    "result",
    "delivery",
    "coupling_log",
    "coupling",
    "step",
    "life",
    "roster",
    "school",
)


def as_json(value: object) -> str:
    """What a column of JSON holds."""
    return msgspec.json.encode(value).decode()


def from_json(text: str, kind: type[T]) -> T:
    """The value of a column of JSON."""
    return msgspec.json.decode(text, type=kind)


AT_SCHOOL: Final = "vendor = ? AND brincode = ? AND dependancecode = ?"
"""The condition that holds for what is kept of one `Place`."""


class Place(NamedTuple):
    """A school at a vendor: everything that is kept of it is kept under these three."""

    vendor: str
    brincode: str
    dependancecode: str


class State:
    """The database.

    Args:
        path: the file; None keeps everything in memory.

    Raises:
        ConfigurationError: the file cannot be used, is no state of the fakes, or is one of another version.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        try:
            if path is not None:
                private_file(path)  # SQLite gives the files beside it the same mode
            self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            with ExitStack() as unusable:
                unusable.callback(self._db.close)
                self._open(path)
                unusable.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise ConfigurationError(f"{path} cannot be used as the state of the fakes: {error}") from None

    def _open(self, path: Path | None) -> None:
        if self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0:
            self._db.execute(f"PRAGMA user_version = {_VERSION}")
        elif self._db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            raise ConfigurationError(f"{path} is no state of this version of the fakes; choose another file")
        if path is not None:
            self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Change several things together; an exception undoes them all. One inside another is part of it."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Ask for rows."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Ask for one row."""
        with self._lock:
            found: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
            return found

    def execute(self, sql: str, *values: Any) -> int:
        """Change something; the number of rows that changed."""
        with self._lock:
            return self._db.execute(sql, values).rowcount

    def setting(self, name: str, kind: type[T]) -> T | None:
        """A setting by its name; None if it was never kept."""
        row = self.row("SELECT value FROM setting WHERE name = ?", name)
        return None if row is None else from_json(row["value"], kind)

    def keep(self, name: str, value: object) -> None:
        """Keep a setting, in place of what it was."""
        self.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, as_json(value))

    def clear(self) -> None:
        """Forget everything."""
        with self.transaction() as db:
            for table in _TABLES:
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def wipe(self) -> None:
        """See that nothing of what was deleted is left in the file's log; outside of a transaction."""
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()
