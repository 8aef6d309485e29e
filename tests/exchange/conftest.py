"""A store on each database, and koppelingen with the fakes."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from exchange.receiver import Receiver, receiving
from helpers.needs import require
from mock_las import MockLas
from uwlr.exchange import Bron, Koppeling, Koppelingen, Store
from uwlr.exchange.tables import Base


class Now:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@contextmanager
def _schema() -> Iterator[str]:
    """Make a schema on PostgreSQL, which does not wait for the disk; gives its URL."""
    require("postgresql")
    server = os.environ.get("UWLR_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    schema = f"uwlr_{uuid.uuid4().hex}"
    engine = create_engine(make_url(server).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    joint = "&" if "?" in server else "?"
    yield f"{server}{joint}options={quote(f'-csynchronous_commit=off -csearch_path={schema}')}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of an own, empty schema."""
    with _schema() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path) -> str:
    """The URL of an empty store, on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'uwlr.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def now() -> Now:
    """The clock of the store and of the fakes."""
    return Now()


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory) -> Path:
    """A file of SQLite with the tables, to begin with a copy of it."""
    path = tmp_path_factory.mktemp("empty") / "uwlr.db"
    with Store(str(path)) as store:
        store.upgrade()
    return path


@pytest.fixture(scope="session")
def postgres_tables() -> Iterator[tuple[str, Callable[[], None]]]:
    """The URL of a schema with the tables, and what makes them as new: making them anew takes a quarter of a second."""
    tables = Base.metadata.sorted_tables
    with _schema() as url, Store(url) as store:
        store.upgrade()
        with store.engine.connect() as connection:
            found = {table: connection.execute(table.select()).mappings().all() for table in tables}

        def renew() -> None:
            with store.engine.begin() as connection:
                for table in reversed(tables):
                    connection.execute(table.delete())
                connection.execute(text("SELECT setval(sequencename::regclass, 1, false) FROM pg_sequences"
                                        " WHERE schemaname = current_schema()"))  # fmt: skip
                for table, rows in found.items():
                    if rows:
                        connection.execute(table.insert(), [dict(row) for row in rows])

        yield url, renew


@pytest.fixture(params=["sqlite", "postgresql"])
def made_url(request, tmp_path, empty_store) -> str:
    """The URL of a store with its tables, and nothing in them, on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{copy(empty_store, tmp_path / 'uwlr.db')}"
    url, renew = request.getfixturevalue("postgres_tables")
    renew()
    return str(url)


@pytest.fixture
def store(made_url, now) -> Iterator[Store]:
    """A store with its tables, on each database."""
    with Store(made_url, clock=now) as store:
        yield store


@pytest.fixture
def lite(tmp_path, now, empty_store) -> Iterator[Store]:
    """A store on SQLite, where the database makes no difference."""
    with Store(str(copy(empty_store, tmp_path / "uwlr.db")), clock=now) as store:
        yield store


@pytest.fixture(scope="session")
def running() -> Iterator[MockLas]:
    """All fakes on one server, for the whole run."""
    with MockLas(seed=7, leerlingen=30) as las:
        yield las


@pytest.fixture
def las(running, now) -> MockLas:
    """All fakes, as new, at the moment of the tests."""
    running.reset()
    running.set_clock(now=now.moment)
    return running


@pytest.fixture
def couple(las) -> Callable[..., Koppeling]:
    """Make a koppeling with a fake, actief unless told otherwise."""

    def couple(store: Store, vendor: str = "standaard", *, enable: bool = True, **more: Any) -> Koppeling:
        to = las.connection(vendor)
        given = {
            "naam": "De Proef",
            "school": "s1",
            "vendor": vendor,
            "url": to.leerlinggegevens_url,
            "leerresultaten_url": to.leerresultaten_url,
            "bronnen": [Bron(brincode=to.brincode, dependancecode=to.dependancecode)],
            **msgspec.structs.asdict(to.autorisatie),
            "versie": "2.2" if to.xsdversie < "2.3" else "2.3",
            "gegevenssetid": to.gegevenssetid,
            **more,
        }
        koppelingen = Koppelingen(store)
        koppeling = koppelingen.add(**given)
        if not enable:
            return koppeling
        koppelingen.approve(koppeling.id)
        return koppelingen.enable(koppeling.id)

    return couple


@pytest.fixture(scope="session")
def one_receiver() -> Iterator[Receiver]:
    """A receiver, for the whole run."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def receiver(one_receiver) -> Receiver:
    """A receiver that answers as a test says, as new."""
    one_receiver.forget()
    return one_receiver


@pytest.fixture(scope="session")
def coupled_store(tmp_path_factory, empty_store, one_receiver) -> Path:
    """A file of SQLite with a koppeling with that receiver, actief, and nothing else; to begin with a copy of it."""
    path = Path(copy(empty_store, tmp_path_factory.mktemp("coupled")))
    with Store(str(path), clock=Now()) as store:
        koppelingen = Koppelingen(store, klantcode="EA1", klantnaam="Toetsen")
        given = {"leerresultaten_url": one_receiver.url, "bronnen": ["99XX00", "99YY00"]}
        made = koppelingen.add("standaard", naam="De Proef", school="s1", **given)
        koppelingen.approve(made.id)
        koppelingen.enable(made.id, sleutels={"99XX00": "SleutelVanXX", "99YY00": "SleutelVanYY"})
    return path


@pytest.fixture
def brought(lite, receiver, coupled_store) -> Koppeling:
    """The koppeling with that receiver; the store holds nothing else, and no message came yet."""
    lite.close()
    copy(coupled_store, lite.engine.url.database)
    return Koppelingen(lite).get(1)
