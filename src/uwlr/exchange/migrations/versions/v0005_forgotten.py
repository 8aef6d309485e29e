"""Orders to forget a pupil."""

import sqlalchemy as sa
from alembic import op

from uwlr.exchange import column_types

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "vergeten",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("koppeling_id", sa.Integer(), nullable=False),
        sa.Column("school", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("gevraagd_op", column_types.Moment(timezone=True), nullable=False),
        sa.Column("klaar_op", column_types.Moment(timezone=True), nullable=True),
        sa.Column("door", column_types.Sealed(), nullable=True),
        sa.Column("wie", column_types.Sealed(), nullable=True),
        sa.Column("kenmerken", column_types.Sealed(), nullable=False),
        sa.Column("aantallen", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_vergeten_koppeling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vergeten")),
    )
    op.create_index(op.f("ix_vergeten_school"), "vergeten", ["school"], unique=False)


def downgrade() -> None:
    """Not possible: a store goes forward only."""
    raise NotImplementedError("a store goes forward only; restore the copy that was made before the upgrade")
