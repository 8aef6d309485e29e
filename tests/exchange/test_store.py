"""The store: its versions, what is unreadable in it, what is pruned, and who may use it."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import text

from uwlr.errors import ConfigurationError
from uwlr.exchange import Bron, Koppelingen, Store
from uwlr.exchange.tables import Base

GIVEN = {
    "naam": "De Proef",
    "school": "s1",
    "vendor": "esis",
    "klantcode": "EA1",
    "klantnaam": "Toetsen",
    "url": "http://127.0.0.1:9/",
    "autorisatiesleutel": "99QQ00OnzeEigenCode2026",
    "bronnen": [Bron(brincode="99QQ")],
}


def test_migrations_make_the_tables(store):
    """The migrations make exactly the tables that the code uses, and once they have run there is nothing to do."""
    store.upgrade()
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    store.check()


def test_a_store_without_tables_says_what_to_do(store_url):
    """A store that was never upgraded is refused with the command that helps."""
    with Store(store_url) as store, pytest.raises(ConfigurationError, match="uwlr store upgrade"):
        store.check()


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "://"])
def test_other_databases_are_refused(url):
    """Only a file of SQLite and PostgreSQL are taken."""
    with pytest.raises(ConfigurationError):
        Store(url)


def test_personal_data_is_encrypted(store_url, now):
    """With a cipher no key stands readable in the database, and the same cipher reads it back."""
    cipher = Fernet(Fernet.generate_key())
    with Store(store_url, cipher=cipher, clock=now) as store:
        store.upgrade()
        made = Koppelingen(store).add(**GIVEN)
        with store.engine.connect() as connection:
            raw = str(connection.execute(text("SELECT * FROM koppeling")).one())
        assert "OnzeEigenCode" not in raw
        assert "99QQ" not in raw
        assert Koppelingen(store).get(made.id).autorisatiesleutel == GIVEN["autorisatiesleutel"]
    other = Fernet(Fernet.generate_key())
    with Store(store_url, cipher=other) as store, pytest.raises(ConfigurationError, match="cannot read"):
        Koppelingen(store).get(made.id)


def test_events_are_pruned_by_age(store, now):
    """Events older than asked for go, younger ones stay."""
    koppelingen = Koppelingen(store)
    made = koppelingen.add(**GIVEN)
    now.moment += timedelta(days=30)
    koppelingen.approve(made.id)
    assert store.prune(plans=timedelta(days=7))["gebeurtenissen"] == 1
    assert [event.soort for event in koppelingen.events(made.id)] == ["goedgekeurd"]


def test_a_koppeling_is_claimed_once(store, store_url):
    """While one worker has a koppeling, another does not get it; afterwards it does."""
    made = Koppelingen(store).add(**GIVEN)
    with store.claim(made.id) as first:
        with store.claim(made.id) as second:
            assert (first, second) == (True, False)
        if not store.is_sqlite:
            with Store(store_url) as other, other.claim(made.id) as elsewhere:
                assert not elsewhere
    with store.claim(made.id) as again:
        assert again


def test_sqlite_serves_one_process(lite):
    """A second process is refused on SQLite, and told to use PostgreSQL."""
    script = (
        "import sys\nfrom uwlr.exchange import Store\nfrom uwlr.errors import ConfigurationError\n"
        "try:\n    with Store(sys.argv[1]).alone(): pass\n"
        "except ConfigurationError as error: print(error)\n"
    )
    command = [sys.executable, "-c", script, str(lite.engine.url)]
    with lite.alone():
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "use PostgreSQL" in done.stdout
