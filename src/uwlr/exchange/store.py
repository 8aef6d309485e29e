"""The store: SQLite in one file, or PostgreSQL by URL."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, delete, event, func, or_, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from uwlr import personal_data
from uwlr.errors import ConfigurationError
from uwlr.exchange.column_types import Cipher, cipher_of, use_cipher
from uwlr.exchange.pseudoniem import make_secret
from uwlr.exchange.sendable import history_window
from uwlr.exchange.store_cipher import (
    check_cipher,
    check_upgrade,
    has_tables,
    mark_of,
    rekey,
)
from uwlr.exchange.tables import Base, Gebeurtenis, Koppeling, LidRow, MeldingRow, PlanRow, ResultaatRow, Slot
from uwlr.extras import extra
from uwlr.private_files import private_file
from uwlr.visible import logger

if TYPE_CHECKING:
    from alembic.config import Config

_log = logger("uwlr.exchange")

Clock = Callable[[], datetime]
T = TypeVar("T")

_BUSY_MS = 60_000
_UNLIMITED = 0
"""Connections that are kept: all that the workers ever opened, as opening one takes longer than most of their work."""

_PAUSES: Final = (0.1, 0.3, 1.0, 3.0)
"""Seconds before each further try when the database is away."""

_FOR_NOW: Final = ("08", "40", "53", "55P03", "57P")
"""SQLSTATE of what passes: connection, rolled back, resources, lock, shutdown (PostgreSQL's list of error codes)."""

_MIGRATIONS = Path(__file__).with_name("migrations")


def right_now() -> datetime:
    """The moment it is."""
    return datetime.now(UTC)


class Store:
    """Where koppelingen, plans and results are kept.

    ::

        with Store("sqlite:///uwlr.db") as store:
            store.upgrade()

    Args:
        url: an SQLAlchemy URL of SQLite or PostgreSQL; without a scheme, a file of SQLite.
        cipher: encrypts keys and personal data at rest; None leaves them readable. A store that was made with one
            is read and written with that one only: `WrongCipher` is raised at the first look into it.
        clock: gives the moment it is, with a time zone.

    Raises:
        ConfigurationError: a URL of another kind.
        MissingExtraError: a driver is not installed.
    """

    def __init__(self, url: str, *, cipher: Cipher | None = None, clock: Clock = right_now) -> None:
        self.engine = _engine(url)
        self.now = clock
        self._writing = self.engine.execution_options(immediate=True)
        # PostgreSQL answers a single question in one round trip, and a transaction around it takes two more.
        self._reading = self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._held: set[int] = set()
        self._holding = threading.Lock()
        self._mark: str | None = None
        self._checked = False
        if cipher is not None:
            use_cipher(self.engine.dialect, cipher)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self.engine.dialect.name}>"

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite, which serves one process."""
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Look at the store.

        Raises:
            WrongCipher: it has another cipher than it was opened with, or none.
        """
        self._check_cipher()
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Change the store, all of it or nothing.

        Raises:
            WrongCipher: it has another cipher than it was opened with, or got one since.
        """
        self._check_cipher()
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            if self._checked and mark_of(session.connection()) != self._mark:
                self._mark = check_cipher(session.connection())
            yield session

    def _check_cipher(self) -> None:
        """See once that the cipher is that of the store; tables that are not there yet have none."""
        if self._checked:
            return
        with self._reading.connect() as connection:
            if has_tables(connection):
                self._mark = check_cipher(connection)
                self._checked = True

    def lock_school(self, session: Session, school: str) -> None:
        """Let nobody else write the tables of a school until the transaction ends; waits for its turn.

        On SQLite a transaction that writes is alone anyway.
        """
        self._lock(session.connection(), f"school {school}")

    def _lock(self, connection: Connection, what: str) -> None:
        if not self.is_sqlite:
            key = int.from_bytes(sha256(f"uwlr {what}".encode()).digest()[:8], "big", signed=True)
            connection.execute(select(func.pg_advisory_xact_lock(key)))

    def patiently(self, work: Callable[[], T]) -> T:
        """Do something, and again a little later if the database is away for a moment: it has to bear being repeated.

        Raises:
            Exception: as `work`, once it has failed often enough.
        """
        for pause in _PAUSES:
            try:
                return work()
            except DBAPIError as error:
                if not is_away(error):
                    raise
                time.sleep(pause)
        return work()

    def upgrade(self) -> None:
        """Make the tables, or bring them up to this version; what is in them stays.

        Raises:
            WrongCipher: what is in them has another cipher than the store was opened with, or none.
        """
        from alembic import command  # noqa: PLC0415 - slow to import, and rarely needed

        with self._writing.begin() as connection:
            self._lock(connection, "upgrade")  # of several at once the first makes the tables, the others find them
            check_upgrade(connection)
            config = alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            make_secret(connection)
        self._checked = False
        self._check_cipher()

    def rekey(self, new: Cipher) -> bool:
        """Encrypt everything with another cipher, all of it or nothing; the store has that one from then on.

        A store without a cipher gets one. What writes meanwhile waits, and is refused afterwards if it has the old one.

        Args:
            new: the cipher.

        Returns:
            Whether there was anything to do: not where the store has that cipher already, as after a kill at the end.

        Raises:
            WrongCipher: the store was opened with another cipher than its own.
        """
        old = cipher_of(self.engine.dialect)
        try:
            with self._writing.begin() as connection:
                if not self.is_sqlite:
                    connection.execute(text("LOCK TABLE geheim IN ACCESS EXCLUSIVE MODE"))
                changed = rekey(connection, new)
                mark = mark_of(connection)
        except BaseException:
            use_cipher(self.engine.dialect, old)
            raise
        self._mark, self._checked = mark, True
        self.wipe()
        return changed

    def wipe(self) -> bool:
        """See that nothing of what was deleted is left in the files of SQLite: free pages, the rest of pages, the WAL.

        On PostgreSQL the server does it in its own time (autovacuum).

        Returns:
            Whether that was possible: not while others use the file.
        """
        if not self.is_sqlite:
            return True
        with self.engine.connect() as connection:
            raw = connection.connection  # past SQLAlchemy, which would begin a transaction
            try:
                raw.execute("VACUUM")
                busy = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite3.OperationalError:
                busy = 1
        if busy:
            _log.warning("others use the store, so what was deleted may stay in its files until they are closed")
        return not busy

    def check(self) -> None:
        """See that the tables are those of this version, and the cipher is theirs.

        Raises:
            WrongCipher: the store has another cipher, or none.
            ConfigurationError: as `check_version`.
        """
        self.check_version()
        self._check_cipher()

    def check_version(self) -> None:
        """See that the tables are those of this version.

        Raises:
            ConfigurationError: they are not there, or of another version, or the database does not answer.
        """
        from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
        from alembic.script import ScriptDirectory  # noqa: PLC0415

        file = self.engine.url.database
        if self.is_sqlite and file is not None and not Path(file).exists():  # looking would make an empty one
            raise ConfigurationError("there is no store yet: run `uwlr store upgrade` first")
        due = ScriptDirectory.from_config(alembic_config()).get_current_head()

        def look() -> str | None:
            with self.engine.connect() as connection:
                return MigrationContext.configure(connection).get_current_revision()

        try:
            found = look() if self.is_sqlite else self.patiently(look)
        except OperationalError:
            raise ConfigurationError("the store cannot be opened; check its URL") from None
        if found != due:
            raise ConfigurationError("the store is not of this version: run `uwlr store upgrade` first")

    def prune(
        self,
        *,
        results: timedelta | None = None,
        plans: timedelta | None = None,
        leden: timedelta | None = None,
    ) -> dict[str, int]:
        """Delete what was kept long enough; what can still be delivered stays.

        Args:
            results: age at which a result goes that was delivered or refused, or that cannot be sent any more: its
                school year is too long ago, or its koppeling has ended; None keeps all.
            plans: age at which a plan that was applied or replaced goes, an event, and news that was told; None keeps
                all.
            leden: how long ago a group or person in the store's own tables was deactivated to go; None keeps all.

        Returns:
            How many of each went.
        """
        now = self.now()
        gone: dict[str, int] = {}
        ages: dict[personal_data.Retention, timedelta | None] = {"results": results, "plans": plans, "leden": leden}
        with self.write() as session:
            for setting, age in ages.items():
                for name in personal_data.kept_by(setting) if age is not None else ():
                    row, plural, is_old = _PRUNED[name]
                    done = session.execute(delete(row).where(*is_old(now, now - (age or timedelta()))))
                    gone[plural] = done.rowcount  # type: ignore[attr-defined]
        if any(gone.values()):
            self.wipe()
        return gone

    @contextmanager
    def claim(self, koppeling_id: int) -> Iterator[bool]:
        """Keep a koppeling to oneself; gives False where another worker has it.

        On PostgreSQL a row is locked, so a worker that dies lets go at once. SQLite serves one process, see `alone`.
        """
        with self._holding:
            free = koppeling_id not in self._held
            self._held.add(koppeling_id)
        if not free:
            yield False
            return
        try:
            if self.is_sqlite:
                yield True
            else:
                mine = select(Slot.koppeling_id).where(Slot.koppeling_id == koppeling_id)
                with self.engine.connect() as connection:  # ends with a rollback: no need to wait for the disk
                    row = connection.execute(mine.with_for_update(skip_locked=True)).first()
                    yield row is not None
        finally:
            self._held.discard(koppeling_id)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the nightly work of an SQLite file to this process; on PostgreSQL any number may work.

        Raises:
            ConfigurationError: another process is at it.
        """
        file = self.engine.url.database
        if not self.is_sqlite or file is None:
            yield
            return
        lock = FileLock(f"{file}.lock", timeout=0, mode=0o600, is_singleton=False)
        try:
            lock.acquire()
        except Timeout:
            raise ConfigurationError(
                "another process works on this SQLite store; for several processes use PostgreSQL"
            ) from None
        try:
            yield
        finally:
            lock.release()


def _old_results(now: datetime, before: datetime) -> tuple[Any, ...]:
    ended = select(Koppeling.id).where(Koppeling.status == "beeindigd")
    done = or_(
        ResultaatRow.status.in_(("bezorgd", "geweigerd", "ingetrokken")),
        ResultaatRow.schooljaar < history_window(now)[0],
        ResultaatRow.koppeling_id.in_(ended),
    )
    return done, ResultaatRow.vastgelegd_op < before


_PRUNED: Final[Mapping[str, tuple[type[Base], str, Callable[[datetime, datetime], tuple[Any, ...]]]]] = {
    "resultaat": (ResultaatRow, "resultaten", _old_results),
    "plan": (PlanRow, "plannen", lambda _, before: (PlanRow.status != "open", PlanRow.gemaakt_op < before)),
    "melding": (
        MeldingRow,
        "meldingen",
        lambda _, before: (MeldingRow.status.not_in(("open", "bezig")), MeldingRow.gemaakt_op < before),
    ),
    "gebeurtenis": (Gebeurtenis, "gebeurtenissen", lambda _, before: (Gebeurtenis.op < before,)),
    "lid": (LidRow, "leden", lambda _, before: (LidRow.actief.is_(False), LidRow.gedeactiveerd_op < before)),
}
"""What of each table goes by age, with the name under which it is counted; the register says by which setting."""


def is_away(error: BaseException) -> bool:
    """Tell whether a database failed for now only: a lost connection, a restart, a conflict of transactions."""
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_FOR_NOW)
    return error.connection_invalidated or isinstance(error, OperationalError)


def alembic_config() -> Config:
    """Tell Alembic where the migrations are."""
    with extra("exchange"):
        from alembic.config import Config  # noqa: PLC0415
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Give items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def log_event(
    session: Session,
    koppeling_id: int,
    op: datetime,
    soort: str,
    *,
    door: str | None = None,
    reden: str | None = None,
    **gegevens: Any,
) -> None:
    """Write an event of a koppeling: who did it and why, and besides ids, words and counts only."""
    session.add(Gebeurtenis(koppeling_id=koppeling_id, op=op, soort=soort, door=door, reden=reden, gegevens=gegevens))


_QUIET: Final = "uwlr"
"""Name of our engines in SQLAlchemy's log, which at DEBUG level would show every row that is read, and at INFO level
makes a record for every statement whether or not anybody listens."""


def _engine(text: str) -> Engine:
    logging.getLogger(f"sqlalchemy.engine.Engine.{_QUIET}").setLevel(logging.WARNING)
    # Neither the log nor an error shows what a statement was given.
    options: dict[str, Any] = {"hide_parameters": True, "logging_name": _QUIET}
    try:
        url = make_url(text if "://" in text else f"sqlite:///{text}")
    except ArgumentError:
        raise ConfigurationError("the URL of the store cannot be read") from None
    match url.get_backend_name():
        case "sqlite":
            if url.database in {None, "", ":memory:"}:
                raise ConfigurationError("the store needs a file: sqlite:///uwlr.db")
            engine = create_engine(url, pool_size=_UNLIMITED, **options)
            event.listen(engine, "do_connect", _keep_private)
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        case "postgresql":
            with extra("postgres"):
                engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_size=_UNLIMITED, **options)
        case _:
            raise ConfigurationError("the store is SQLite or PostgreSQL")
    return engine


def _keep_private(_dialect: Any, _record: Any, args: Any, _options: Any) -> None:
    # SQLite gives the files beside the database the mode that the database has.
    for file in map(Path, (args[0], f"{args[0]}-wal", f"{args[0]}-shm")):
        if file.exists() or str(file) == args[0]:
            with suppress(OSError):  # SQLite says better what is wrong with it
                private_file(file)


def _set_up_sqlite(connection: Any, _: object) -> None:
    # The driver would begin transactions at moments of its own; here SQLAlchemy does.
    connection.isolation_level = None
    wanted = (f"busy_timeout = {_BUSY_MS}", "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
    for pragma in (*wanted, "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A transaction that will write takes the lock at once: one that asks for it half way may be refused.
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
