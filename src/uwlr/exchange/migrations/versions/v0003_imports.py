"""Of which bron a key is, what an import remembers, and plans that can be broken off and undone."""

import sqlalchemy as sa
from alembic import op

from uwlr.exchange import column_types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns; keys that were there are of no known bron, and count as those of any."""
    with op.batch_alter_table("lid") as lid:
        lid.add_column(sa.Column("bron", column_types.Sealed(), nullable=True))
    with op.batch_alter_table("koppeling") as koppeling:
        koppeling.add_column(sa.Column("geheugen", column_types.Sealed(), nullable=True))
    with op.batch_alter_table("plan") as plan:
        plan.alter_column("status", existing_type=sa.String(length=12), type_=sa.String(length=16))
        plan.add_column(sa.Column("toegepast_op", column_types.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    """Not possible: a store goes forward only."""
    raise NotImplementedError("a store goes forward only; restore the copy that was made before the upgrade")
