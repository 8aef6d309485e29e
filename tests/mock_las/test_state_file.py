"""The file that keeps the state: what cannot be used is refused before anything is served."""

import sqlite3

import pytest
from click.testing import CliRunner

from mock_las import MockLas
from mock_las.cli import main
from uwlr.errors import ConfigurationError


def other_version(path):
    """A state as another version made it."""
    with MockLas(leerlingen=1, state=path):
        pass
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 1")
    db.close()


def other_program(path):
    """A database of another program."""
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE school (name TEXT)")
    db.close()


def no_database(path):
    """A file that is no database."""
    path.write_bytes(b"rooster\n" * 1000)


@pytest.mark.parametrize("make", [other_version, other_program, no_database], ids=lambda make: make.__name__)
def test_a_file_that_is_no_state_is_left_alone(tmp_path, make):
    """What is no state of this version is refused by name, in Python and on the command line, and not touched."""
    path = tmp_path / "state.db"
    make(path)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match=r"state\.db"):
        MockLas(state=path).start()
    result = CliRunner().invoke(main, ["serve", "--port", "0", "--state", str(path)])
    assert (result.exit_code, "state.db" in result.output, "Traceback" in result.output) == (3, True, False)
    assert path.read_bytes() == before


def test_a_state_comes_back(tmp_path):
    """A state of this version is taken up again: a key that was made before is still valid after a restart."""
    path = tmp_path / "state.db"
    with MockLas(leerlingen=3, state=path) as las:
        las.activate()
        made = las.connection()
    with MockLas(leerlingen=3, state=path) as las:
        assert las.connection().autorisatie == made.autorisatie
        assert [entry.event for entry in las.couplings()[0].log].count("actief") == 2
