"""The register of personal data: every field, column and module that writes has its entry, and the entries are true."""

from __future__ import annotations

import ast
from collections import defaultdict
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from exchange.people import group, roster
from helpers.filled_messages import plain_value
from mock_las.state import State
from uwlr import personal_data
from uwlr.berichten import ROOTS, Autorisatie, Leerkracht, Leerling, Toets, VocabulaireGebondenVeld
from uwlr.berichten.tabel import AtMostOne, table
from uwlr.exchange import Importer, Koppelingen, Ledger, NewResult, Store
from uwlr.exchange.column_types import Sealed
from uwlr.exchange.tables import Base

SRC = Path(__file__).parents[2] / "src"
WRITES = {"write_bytes", "write_text", "open_private", "write_private", "private_file", "mkstemp", "TemporaryDirectory"}
WRITES |= {"NamedTemporaryFile", "SpooledTemporaryFile", "mkdtemp", "fdopen"}


def fields():
    """Every personal field of every message, as the register names it."""
    return {
        personal_data.name_of(cls, field) for cls, _, field in personal_data.places([*ROOTS, Autorisatie])
        if field.personal
    }  # fmt: skip


def test_every_personal_field_has_its_entry():
    """The personal fields of the field tables are those of the register, and what it names are columns that exist."""
    assert fields() == set(personal_data.KEPT)
    sealed = {f"{name}.{column}" for name, rows in personal_data.STORE.items() for column in rows.sealed}
    assert {place for places in personal_data.KEPT.values() for place in places} <= sealed


@pytest.mark.parametrize("name", sorted({*Base.metadata.tables, *personal_data.STORE}))
def test_every_column_has_its_entry(name):
    """Each column of the store is in the register once, and it is encrypted if and only if the register says so."""
    rows, columns = personal_data.STORE[name], Base.metadata.tables[name].columns
    assert sorted(rows.sealed + rows.hashed + rows.readable) == sorted(columns.keys())
    assert sorted(rows.sealed) == sorted(one.name for one in columns if isinstance(one.type, Sealed))


def test_every_column_of_the_fakes_has_its_entry():
    """Each column of the state of the fakes is in the register once."""
    with closing(State()) as state:
        names = [row[0] for row in state.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(row["name"] for row in state.rows(f"PRAGMA table_info({name})")) for name in names}
    assert {name: sorted(sum(parts, ())) for name, parts in personal_data.FAKES.items()} == found


def writes(source):
    """Whether a module writes files."""
    if not any(word in source for word in {*WRITES, "open("}):
        return False
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        modes = [one.value for one in (*node.args, *(k.value for k in node.keywords)) if isinstance(one, ast.Constant)]
        if name in WRITES or (name == "open" and any(mode in {"w", "a", "x", "wb", "ab", "xb"} for mode in modes)):
            return True
    return False


def test_every_module_that_writes_has_its_entry():
    """The modules that write files are those of the register."""
    found = {
        ".".join(path.relative_to(SRC).with_suffix("").parts)
        for path in SRC.rglob("*.py")
        if writes(path.read_text("utf-8"))
    }
    assert found - {"uwlr.private_files"} == set(personal_data.FILES)


def test_writing_is_seen():
    """Each way of writing a file is seen, and reading is not."""
    assert all(map(writes, ["p.write_text(x)", "open(p, 'w')", "p.open('ab')", "tempfile.mkstemp()"]))
    assert not any(map(writes, ["p.read_text()", "open(p)", "p.open('rb')", "file.write(x)"]))


def filled(cls, mark, **more):
    """A person with a value of its own in each personal field, and those values by field."""
    found = {}
    for number, field in enumerate(table(cls).fields):
        if not field.personal:
            continue
        simple = next(one.simple for one in field.alternatives if one.simple is not None)
        value = plain_value(simple)
        if isinstance(value, date):
            value = date(1995, 3, 17)
        elif not simple.pattern:
            text = f"{mark}{number}@x.example" if field.name == "emailadres" else f"{mark}{number}z"
            value = text[: simple.max_length or 99]
        found[field.name] = value
    for choice in cls.choices:
        if isinstance(choice, AtMostOne):
            for name in choice.fields[1:]:
                found.pop(name, None)
    return cls(**(found | more)), found


def test_each_field_lies_where_the_register_says(tmp_path):
    """An import and its results leave each personal value in the columns that the register names, and in no other."""
    child, values = filled(Leerling, "Kind", groep="g1")
    adult, others = filled(Leerkracht, "Juf")
    expected = {f"Leerling.{name}": str(value) for name, value in values.items()}
    expected |= {f"Leerkracht.{name}": str(value) for name, value in others.items()}
    # A value that is part of another, or too short to be found, says nothing.
    expected = {name: value for name, value in expected.items() if len(value) > 4}
    with Store(str(tmp_path / "uwlr.db")) as store:
        store.upgrade()
        koppelingen = Koppelingen(store)
        made = koppelingen.add(
            "standaard", naam="De Proef", school="s1", bronnen=["99XX00"], klantcode="EA1", klantnaam="Toetsen",
            url="http://127.0.0.1:9/", leerresultaten_url="http://127.0.0.1:9/", autorisatiesleutel="Sleutel-van-nu",
        )  # fmt: skip
        koppelingen.approve(made.id)
        made = koppelingen._become(made.id, "actief")
        other = filled(Leerkracht, "Nee")[0]
        everybody = roster(child, adult, other, groups=(group(),))
        importer = Importer(store)
        plan = importer.plan(made, [("99XX00", everybody)])
        importer.apply(plan, recheck=False)
        koppelingen.migrate_keys(made.id, {"oud": child.key})
        ledger = Ledger(store)
        ledger.numbers_entered(made.id, [child.key])
        given = NewResult(
            leerlingid=child.key, eckid=child.eckid, resultaatverwerkerid="Verwerker1",
            toets=Toets(toetscode=VocabulaireGebondenVeld(waarde="T1"), toetsnaam="Rekenen"), score=7,
            afnamedatum=date(2026, 11, 3), genormeerd_op=datetime(2026, 11, 3, tzinfo=UTC), key="ResultaatSleutel",
            infourl="https://x.example/Uitleg1",
        )  # fmt: skip
        ledger.record(made.id, [given])
        expected |= {
            "Autorisatie.autorisatiesleutel": "Sleutel-van-nu",
            "Toetsafname.resultaatverwerkerid": "Verwerker1",
            "Resultaat.infourl": "Uitleg1",
            "Resultaat.key": "ResultaatSleutel",
        }
        found = defaultdict(set)
        with store.read() as session:
            for name, kind in Base.metadata.tables.items():
                for column in kind.columns:
                    text = "".join(str(_plain(row[0])) for row in session.execute(select(column)))
                    for field, value in expected.items():
                        if value in text:
                            found[field].add(f"{name}.{column.name}")
    assert len(expected) > 15
    hashed = {
        "Resultaat.key": {"resultaat.key"}
    }  # the application's own key stands in the table where there is no cipher
    for field in expected:
        allowed = set(personal_data.KEPT[field]) | hashed.get(field, set())
        assert found[field] <= allowed, field
        assert bool(found[field]) == bool(personal_data.KEPT[field]), field


def _plain(value):
    return msgspec.json.encode(value).decode() if isinstance(value, (dict, tuple, frozenset)) else value
