"""Who did what, what keeps a koppeling from working, results by version and pupil, and an outbox of news.

Results that could never be sent are mended or set apart: one of them stopped all others.
"""

import json
import re
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from uwlr.exchange import column_types
from uwlr.exchange.pseudoniem import pupil_pseudonym_of

revision = "0004"
down_revision = "0003"

_CHUNK = 1000
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(T.*|Z|[+-][0-9]{2}:[0-9]{2})?")
_YEAR = re.compile("[12][0-9]{3}-[12][0-9]{3}")
_KEY = sa.String(length=256)


def upgrade() -> None:
    """Add columns and tables, and go through the results that are there."""
    with op.batch_alter_table("gebeurtenis") as gebeurtenis:
        gebeurtenis.add_column(sa.Column("door", column_types.Sealed(), nullable=True))
        gebeurtenis.add_column(sa.Column("reden", column_types.Sealed(), nullable=True))
    _koppelingen()
    with op.batch_alter_table("resultaat") as resultaat:
        resultaat.add_column(sa.Column("alias", _KEY, nullable=True))
        resultaat.add_column(sa.Column("leerling", _KEY, nullable=False, server_default=""))
        resultaat.add_column(sa.Column("afnamedatum", sa.Date(), nullable=True))
        resultaat.add_column(sa.Column("toetsversie", _KEY, nullable=False, server_default=""))
        resultaat.add_column(sa.Column("verzonden_op", column_types.Moment(timezone=True), nullable=True))
        resultaat.add_column(sa.Column("mislukt", sa.Integer(), nullable=False, server_default="0"))
        resultaat.add_column(sa.Column("laatst_mislukt", sa.Date(), nullable=True))
    _toetsen()
    op.create_table(
        "leerling",
        sa.Column("koppeling_id", sa.Integer(), nullable=False),
        sa.Column("leerling", _KEY, nullable=False),
        sa.Column("bron", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_leerling_koppeling_id")),
        sa.PrimaryKeyConstraint("koppeling_id", "leerling", name=op.f("pk_leerling")),
    )
    op.create_table(
        "melding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("koppeling_id", sa.Integer(), nullable=False),
        sa.Column("soort", sa.String(length=16), nullable=False),
        sa.Column("onderwerp", sa.String(length=64), nullable=False),
        sa.Column("gegevens", sa.JSON(), nullable=False),
        sa.Column("gemaakt_op", column_types.Moment(timezone=True), nullable=False),
        sa.Column("aan", column_types.Sealed(), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("bezig_tot", column_types.Moment(timezone=True), nullable=True),
        sa.Column("verzonden_op", column_types.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_melding_koppeling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_melding")),
    )
    op.create_index(op.f("ix_melding_koppeling_id"), "melding", ["koppeling_id"], unique=False)
    op.create_index(op.f("ix_melding_status"), "melding", ["status"], unique=False)
    _results(op.get_bind())


def _koppelingen() -> None:
    """Bind the year that was asked for: until now it was the previous one, whenever that was asked."""
    connection = op.get_bind()
    asked: list[Any] = [sa.column("id", sa.Integer()), sa.column("vorig_schooljaar", sa.Boolean())]
    moments = [sa.column(name, column_types.Moment(timezone=True)) for name in ("geactiveerd_op", "aangevraagd_op")]
    before = sa.table("koppeling", *asked, *moments)
    rows = connection.execute(before.select().where(before.c.vorig_schooljaar.is_(sa.true()))).all()
    op.execute("ALTER TABLE koppeling DROP COLUMN vorig_schooljaar")  # a batch would make the table anew on SQLite
    with op.batch_alter_table("koppeling") as koppeling:
        koppeling.add_column(sa.Column("startdatum", sa.Date(), nullable=True))
        koppeling.add_column(sa.Column("akkoord_door", column_types.Sealed(), nullable=True))
        koppeling.add_column(sa.Column("akkoord_op", column_types.Moment(timezone=True), nullable=True))
        koppeling.add_column(sa.Column("storing", sa.String(length=24), nullable=True))
        koppeling.add_column(sa.Column("storing_sinds", column_types.Moment(timezone=True), nullable=True))
        koppeling.add_column(sa.Column("vorig_schooljaar", sa.String(length=9), nullable=True))
    after = sa.table("koppeling", sa.column("id", sa.Integer()), sa.column("vorig_schooljaar", sa.String()))
    for row in rows:
        day = (row.geactiveerd_op or row.aangevraagd_op).astimezone(ZoneInfo("Europe/Amsterdam")).date()
        start = day.year - (1 if day.month >= 8 else 2)
        change = after.update().where(after.c.id == row.id)
        connection.execute(change.values(vorig_schooljaar=f"{start}-{start + 1}"))


def _toetsen() -> None:
    """Make the table anew: a test of a code may be there in several versions."""
    connection = op.get_bind()
    names = ("koppeling_id", "toetscode", "inhoud")
    old = sa.table("toets", *(sa.column(name) for name in names))
    rows = connection.execute(old.select()).all()
    op.drop_table("toets")
    new = op.create_table(
        "toets",
        sa.Column("koppeling_id", sa.Integer(), nullable=False),
        sa.Column("toetscode", _KEY, nullable=False),
        sa.Column("versie", _KEY, nullable=False),
        sa.Column("inhoud", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_toets_koppeling_id")),
        sa.PrimaryKeyConstraint("koppeling_id", "toetscode", "versie", name=op.f("pk_toets")),
    )
    values = [
        {"koppeling_id": row.koppeling_id, "toetscode": row.toetscode, "versie": _version(row.inhoud),
         "inhoud": row.inhoud}
        for row in rows
    ]  # fmt: skip
    if values:
        connection.execute(new.insert(), values)


def _version(inhoud: str) -> str:
    versie = json.loads(inhoud).get("versie")
    return str(versie["waarde"]) if versie else ""


def _results(connection: sa.Connection) -> None:
    if connection.scalar(sa.text("SELECT 1 FROM resultaat LIMIT 1")) is None:
        return
    pseudonym = pupil_pseudonym_of(connection)
    plain = ("koppeling_id", "key", "status", "bron", "foutcode", "leerling", "toetscode", "toetsversie", "schooljaar")
    table = sa.table(
        "resultaat",
        *(sa.column(name) for name in plain),
        sa.column("afnamedatum", sa.Date()),
        *(sa.column(name, column_types.Sealed()) for name in ("persoon", "inhoud")),
    )
    toets = sa.table("toets", *(sa.column(name) for name in ("koppeling_id", "toetscode", "versie")))
    versions = {(row.koppeling_id, row.toetscode): row.versie for row in connection.execute(toets.select())}
    koppeling = sa.table("koppeling", sa.column("id"), sa.column("bronnen", column_types.Sealed()))
    places = {row.id: len(json.loads(row.bronnen)) for row in connection.execute(koppeling.select())}
    change = table.update().where(
        table.c.koppeling_id == sa.bindparam("of_koppeling"), table.c.key == sa.bindparam("of_key")
    )
    last: tuple[int, str] = (-1, "")
    while True:
        after = sa.tuple_(table.c.koppeling_id, table.c.key) > sa.tuple_(*last)
        page = connection.execute(
            table.select().where(after).order_by(table.c.koppeling_id, table.c.key).limit(_CHUNK)
        ).all()
        if not page:
            return
        last = (page[-1].koppeling_id, page[-1].key)
        for row in page:
            version = versions.get((row.koppeling_id, row.toetscode))
            values = _mended(row, version, places.get(row.koppeling_id, 0), pseudonym)
            connection.execute(change, {"of_koppeling": row.koppeling_id, "of_key": row.key} | values)


def _mended(row: Any, version: str | None, places: int, pseudonym: Any) -> dict[str, Any]:
    """Give what a result becomes: with its day and pupil in columns of their own, or set apart."""
    apart = {"status": "geweigerd", "foutcode": "ongeldig"}
    try:
        inhoud, persoon = json.loads(row.inhoud), json.loads(row.persoon)
        leerling = str(persoon["leerlingid"])
        day = _DAY.fullmatch(inhoud["afnamedatum"])
        taken = date.fromisoformat(day[1]) if day else None
    except (ValueError, KeyError, TypeError):
        return apart
    if taken is None or day is None:
        return apart | {"leerling": pseudonym(leerling)}
    values: dict[str, Any] = {"leerling": pseudonym(leerling), "afnamedatum": taken, "toetsversie": version or ""}
    if day[2]:
        values["inhoud"] = json.dumps(inhoud | {"afnamedatum": day[1]}, separators=(",", ":"), ensure_ascii=False)
    sendable = (
        version is not None and 0 <= row.bron < places and re.fullmatch("[12][0-9]{3}-[12][0-9]{3}", row.schooljaar)
    )
    return values if sendable else values | apart


def downgrade() -> None:
    """Not possible: a store goes forward only."""
    raise NotImplementedError("a store goes forward only; restore the copy that was made before the upgrade")
