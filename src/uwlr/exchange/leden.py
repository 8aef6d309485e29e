"""The application's own groups, staff and pupils: how an import reaches them, and tables for whoever has none.

`Leden` is what an application implements to keep its own tables; `SqlLeden` keeps them in the store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager, contextmanager
from operator import attrgetter
from secrets import token_hex
from time import time_ns
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update

from uwlr.exchange.column_types import has_cipher
from uwlr.exchange.tables import Base, LidRow
from uwlr.undisclosed import Undisclosed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from uwlr.exchange.store import Store

Soort: TypeAlias = Literal["groep", "leerkracht", "leerling"]
SOORTEN: Final[tuple[Soort, ...]] = ("groep", "leerkracht", "leerling")
"""The kinds of rows of an import, in the order in which they are written."""


GroepRef: TypeAlias = str | tuple[str, str]
"""How a person refers to a group: by a key of the person's own bron, or by bron and key where it is of another."""


class Gegevens(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What an import knows about a group or person; it shows nothing in `repr`.

    Attributes:
        key: the LAS's own.
        bron: of which system and school the key is, as keys are unique in these only; None is not known.
        naam: of a group.
        groepen: the groups of a person, stamgroep first.
        instroomdatum, uitstroomdatum: when a pupil comes and goes, as YYYY-MM-DD; shown in a plan, kept nowhere.
    """

    key: str | None = None
    bron: str | None = None
    eckid: str | None = None
    naam: str | None = None
    achternaam: str | None = None
    voorvoegsel: str | None = None
    roepnaam: str | None = None
    geboortedatum: str | None = None
    emailadres: str | None = None
    jaargroep: str | None = None
    groepen: tuple[GroepRef, ...] = ()
    instroomdatum: str | None = None
    uitstroomdatum: str | None = None

    def __repr__(self) -> str:
        return "<Gegevens>"

    @property
    def label(self) -> str:
        """What a person would call it; personal."""
        parts = (self.roepnaam, self.voorvoegsel, self.achternaam)
        return self.naam or " ".join(part for part in parts if part)


class Lid(Undisclosed, msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A group or person in the application's tables; `id` is the application's own."""

    id: str
    gegevens: Gegevens
    actief: bool = True

    def __repr__(self) -> str:
        return f"<Lid {self.id}>"


_PASSING: Final = frozenset({"groepen", "instroomdatum", "uitstroomdatum"})
FIELDS: Final = tuple(name for name in Gegevens.__struct_fields__ if name not in _PASSING)
"""What can be kept of a group or person, besides the groups of a person."""


class Leden(Protocol):
    """The groups, staff and pupils of one school in the application.

    An import calls `find` to plan, and the others inside `transaction` to apply. What `update` gets is all that is
    to be kept: a value that is None is cleared. What becomes of a value that the LAS no longer sends is decided
    before, see `uwlr.exchange.field_rules`.

    Attributes:
        fields: names out of `FIELDS` that the application keeps; a difference in others is no change.
    """

    @property
    def fields(self) -> Collection[str]:
        """What the application keeps."""

    def transaction(self) -> AbstractContextManager[Any]:
        """Begin to write: all of it is kept at the end, or nothing when an exception leaves it."""

    def find(self, soort: Soort) -> Iterable[Lid]:
        """Give all of one kind, also those that were deactivated."""

    def create(self, soort: Soort, gegevens: Gegevens) -> str:
        """Add one, and give its id."""

    def update(self, soort: Soort, id: str, gegevens: Gegevens) -> None:  # noqa: A002 - what it is called
        """Change one, and make it active again where it was not."""

    def deactivate(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Make one inactive; it can be brought back, so nothing is deleted."""

    def reactivate(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Make one active again, as it was."""

    def forget(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Delete one, with all that is kept of it; one who is not there is gone already."""


_TABLE: Final = Base.metadata.tables[LidRow.__tablename__]
_FIND: Final = (
    select(_TABLE).where(_TABLE.c.school == bindparam("of"), _TABLE.c.soort == bindparam("kind")).order_by(_TABLE.c.id)
)


class SqlLeden:
    """The groups, staff and pupils of one school, in the store.

    Args:
        store: where they are.
        school: the application's own id of the school.
        session: a transaction to take part in; None begins one's own.
    """

    fields = FIELDS

    def __init__(self, store: Store, school: str, session: Session | None = None) -> None:
        self._store = store
        self._school = school
        self._session = session
        self._new: list[tuple[Any, ...]] = []
        self._mark = token_hex(5)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing."""
        if self._session is not None:
            yield
            self._insert()
            return
        with self._store.write() as session:
            self._session = session
            try:
                yield
                self._insert()
            finally:
                self._session = None
                self._new = []

    def find(self, soort: Soort) -> list[Lid]:
        """Give all of one kind."""
        mine = {"of": self._school, "kind": soort}
        if self._session is not None:
            self._insert()
            return [_lid(row) for row in self._session.execute(_FIND, mine)]
        with self._store.read() as session:
            return [_lid(row) for row in session.execute(_FIND, mine)]

    def create(self, soort: Soort, gegevens: Gegevens) -> str:
        """Add one."""
        # Ids of our own making let all rows be inserted at once; they sort as they were made.
        new = f"{time_ns():016x}{len(self._new):05x}{self._mark}"
        self._new.append((new, self._school, soort, True, *_values(gegevens)))
        return new

    def update(self, soort: Soort, id: str, gegevens: Gegevens) -> None:  # noqa: A002
        """Change one."""
        self._insert()
        self._open.execute(self._one(soort, id).values(actief=True, gedeactiveerd_op=None, **_columns(gegevens)))

    def deactivate(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Make one inactive."""
        self._insert()
        self._open.execute(self._one(soort, id).values(actief=False, gedeactiveerd_op=self._store.now()))

    def reactivate(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Make one active again."""
        self._insert()
        self._open.execute(self._one(soort, id).values(actief=True, gedeactiveerd_op=None))

    def forget(self, soort: Soort, id: str) -> None:  # noqa: A002
        """Delete one."""
        self._insert()
        mine = (LidRow.id == id, LidRow.school == self._school, LidRow.soort == soort)
        self._open.execute(delete(LidRow).where(*mine))

    def forget_keys(self) -> int:
        """Forget the LAS keys of all, also of the groups a person is in, before a first import from another LAS (R13).

        Everybody stays; who has no ECK-iD is then found again by a person.

        Returns:
            How many were there.
        """
        mine = update(_TABLE).where(_TABLE.c.school == self._school)
        with self.transaction():
            return int(self._open.execute(mine.values(key=None, bron=None, groepen=None)).rowcount)  # type: ignore[attr-defined]

    def _insert(self) -> None:
        if self._new:
            connection = self._open.connection()
            if has_cipher(connection.dialect):
                # By the table: by the class, rows would go in a statement for each set of columns that are empty.
                connection.execute(insert(_TABLE), [dict(zip(_COLUMNS, row, strict=True)) for row in self._new])
            else:  # nothing to encrypt, so the driver can have the values as they are
                mark = "?" if self._store.is_sqlite else "%s"
                statement = f"INSERT INTO lid ({_NAMES}) VALUES ({', '.join([mark] * len(_COLUMNS))})"  # noqa: S608
                connection.exec_driver_sql(statement, self._new)
            self._new = []

    def _one(self, soort: Soort, id: str) -> Any:  # noqa: A002
        return update(LidRow).where(LidRow.id == id, LidRow.school == self._school, LidRow.soort == soort)

    @property
    def _open(self) -> Session:
        if self._session is None:
            raise RuntimeError("write inside `transaction`")
        return self._session


_COLUMNS: Final = ("id", "school", "soort", "actief", *FIELDS, "groepen")
_NAMES: Final = ", ".join(f'"{name}"' for name in _COLUMNS)
_GROEPEN: Final = msgspec.json.Decoder(tuple[GroepRef, ...])


def _groepen(text: str | None) -> tuple[GroepRef, ...]:
    return _GROEPEN.decode(text) if text else ()


def _columns(gegevens: Gegevens) -> dict[str, Any]:
    return dict(zip((*FIELDS, "groepen"), _values(gegevens), strict=True))


_fields_of: Final = attrgetter(*FIELDS)


def _values(gegevens: Gegevens) -> tuple[Any, ...]:
    return (*_fields_of(gegevens), msgspec.json.encode(gegevens.groepen).decode())


def _lid(row: Any) -> Lid:
    gegevens = Gegevens(
        key=row.key,
        bron=row.bron,
        eckid=row.eckid,
        naam=row.naam,
        achternaam=row.achternaam,
        voorvoegsel=row.voorvoegsel,
        roepnaam=row.roepnaam,
        geboortedatum=row.geboortedatum,
        emailadres=row.emailadres,
        jaargroep=row.jaargroep,
        groepen=_groepen(row.groepen),
    )
    return Lid(id=row.id, gegevens=gegevens, actief=row.actief)
