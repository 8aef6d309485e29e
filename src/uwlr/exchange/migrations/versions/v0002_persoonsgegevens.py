"""With a cipher nothing personal stays readable; since when a person has been inactive is kept."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from uwlr.exchange import column_types
from uwlr.exchange.pseudoniem import make_secret, pseudonym_of

revision = "0002"
down_revision = "0001"

_CHUNK = 1000
_NOW_SEALED = {"naam": sa.String(), "jaargroep": sa.String(length=4), "groepen": sa.String()}


def upgrade() -> None:
    """Add a column and a table, and encrypt what the first version left readable."""
    op.create_table(
        "geheim",
        sa.Column("naam", sa.String(length=32), nullable=False),
        sa.Column("waarde", column_types.Sealed(), nullable=False),
        sa.PrimaryKeyConstraint("naam", name=op.f("pk_geheim")),
    )
    with op.batch_alter_table("lid") as lid:
        lid.add_column(sa.Column("gedeactiveerd_op", column_types.Moment(timezone=True), nullable=True))
        for name, before in _NOW_SEALED.items():
            lid.alter_column(name, existing_type=before, type_=column_types.Sealed(), existing_nullable=True)
    connection = op.get_bind()
    # When it was is not known, so the time that they are kept begins now.
    lid_table = sa.table("lid", sa.column("actief", sa.Boolean()), sa.column("gedeactiveerd_op", column_types.Moment()))
    inactive = lid_table.update().where(lid_table.c.actief.is_(sa.false()))
    connection.execute(inactive.values(gedeactiveerd_op=datetime.now(UTC)))
    if column_types.has_cipher(connection.dialect):
        make_secret(connection)
        _seal_leden(connection)
        _hash_keys(connection)


def _sealed_columns() -> list[sa.ColumnClause[str]]:
    return [sa.column(name, column_types.Sealed()) for name in _NOW_SEALED]


def _seal_leden(connection: sa.Connection) -> None:
    plain = sa.table("lid", sa.column("id", sa.String()), *(sa.column(name, sa.String()) for name in _NOW_SEALED))
    sealed = sa.table("lid", sa.column("id", sa.String()), *_sealed_columns())
    change = (
        sealed.update()
        .where(sealed.c.id == sa.bindparam("lid"))
        .values({name: sa.bindparam(f"new_{name}", type_=column_types.Sealed()) for name in _NOW_SEALED})
    )
    last = ""
    while True:
        page = connection.execute(plain.select().where(plain.c.id > last).order_by(plain.c.id).limit(_CHUNK)).all()
        if not page:
            return
        last = page[-1].id
        rows: list[dict[str, Any]] = [
            {"lid": row.id, **{f"new_{name}": getattr(row, name) for name in _NOW_SEALED}} for row in page
        ]
        connection.execute(change, rows)


def _hash_keys(connection: sa.Connection) -> None:
    pseudonym = pseudonym_of(connection)
    resultaat = sa.table("resultaat", sa.column("koppeling_id", sa.Integer()), sa.column("key", sa.String()))
    change = resultaat.update().where(
        resultaat.c.koppeling_id == sa.bindparam("koppeling"), resultaat.c.key == sa.bindparam("old")
    )
    for koppeling in connection.scalars(sa.select(resultaat.c.koppeling_id).distinct()).all():
        keys = connection.scalars(sa.select(resultaat.c.key).where(resultaat.c.koppeling_id == koppeling)).all()
        rows = [{"koppeling": koppeling, "old": key, "new": pseudonym(key)} for key in keys]
        connection.execute(change.values(key=sa.bindparam("new")), rows)


def downgrade() -> None:
    """Not possible: what was encrypted or hashed cannot be made readable without the cipher."""
    raise NotImplementedError("a store goes forward only; restore the copy that was made before the upgrade")
