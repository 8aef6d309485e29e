"""The first tables."""

import sqlalchemy as sa
from alembic import op

from uwlr.exchange import column_types

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "koppeling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("naam", sa.String(), nullable=False),
        sa.Column("school", sa.String(length=64), nullable=False),
        sa.Column("vendor", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("leerresultaten_url", sa.String(), nullable=True),
        sa.Column("autorisatiesleutel", column_types.Sealed(), nullable=True),
        sa.Column("klantcode", sa.String(), nullable=False),
        sa.Column("klantnaam", sa.String(), nullable=False),
        sa.Column("versie", sa.String(length=8), nullable=False),
        sa.Column("gegevenssetid", sa.String(), nullable=True),
        sa.Column("bronnen", column_types.Sealed(), nullable=False),
        sa.Column("schooljaar", sa.String(length=9), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("aangevraagd_op", column_types.Moment(timezone=True), nullable=False),
        sa.Column("geactiveerd_op", column_types.Moment(timezone=True), nullable=True),
        sa.Column("vorig_schooljaar", sa.Boolean(), nullable=False),
        sa.Column("laatst_opgehaald", column_types.Moment(timezone=True), nullable=True),
        sa.Column("laatst_bezorgd", column_types.Moment(timezone=True), nullable=True),
        sa.Column("laatste_aanmaakdatum", column_types.Moment(timezone=True), nullable=True),
        sa.Column("laatste_nacht", sa.Date(), nullable=True),
        sa.Column("roster_hash", sa.String(length=64), nullable=True),
        sa.Column("sleutelwissel", column_types.Sealed(), nullable=True),
        sa.Column("genegeerd", column_types.Sealed(), nullable=True),
        sa.Column("bekende_leerlingen", column_types.Sealed(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_koppeling")),
    )
    op.create_index(op.f("ix_koppeling_school"), "koppeling", ["school"], unique=False)
    op.create_index(op.f("ix_koppeling_status"), "koppeling", ["status"], unique=False)
    op.create_table(
        "lid",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school", sa.String(length=64), nullable=False),
        sa.Column("soort", sa.String(length=12), nullable=False),
        sa.Column("actief", sa.Boolean(), nullable=False),
        sa.Column("key", column_types.Sealed(), nullable=True),
        sa.Column("eckid", column_types.Sealed(), nullable=True),
        sa.Column("naam", sa.String(), nullable=True),
        sa.Column("achternaam", column_types.Sealed(), nullable=True),
        sa.Column("voorvoegsel", column_types.Sealed(), nullable=True),
        sa.Column("roepnaam", column_types.Sealed(), nullable=True),
        sa.Column("geboortedatum", column_types.Sealed(), nullable=True),
        sa.Column("emailadres", column_types.Sealed(), nullable=True),
        sa.Column("jaargroep", sa.String(length=4), nullable=True),
        sa.Column("groepen", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lid")),
    )
    op.create_index(op.f("ix_lid_school"), "lid", ["school"], unique=False)
    op.create_table(
        "gebeurtenis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("koppeling_id", sa.Integer(), nullable=False),
        sa.Column("op", column_types.Moment(timezone=True), nullable=False),
        sa.Column("soort", sa.String(length=32), nullable=False),
        sa.Column("gegevens", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_gebeurtenis_koppeling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gebeurtenis")),
    )
    op.create_index(op.f("ix_gebeurtenis_koppeling_id"), "gebeurtenis", ["koppeling_id"], unique=False)
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("koppeling_id", sa.Integer(), nullable=False),
        sa.Column("gemaakt_op", column_types.Moment(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("inhoud", column_types.Sealed(), nullable=False),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_plan_koppeling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_koppeling_id"), "plan", ["koppeling_id"], unique=False)
    op.create_table(
        "resultaat",
        sa.Column("koppeling_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=256), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("volgnummer", sa.Integer(), nullable=False),
        sa.Column("wacht", sa.Boolean(), nullable=False),
        sa.Column("bron", sa.Integer(), nullable=False),
        sa.Column("schooljaar", sa.String(length=9), nullable=False),
        sa.Column("toetscode", sa.String(length=256), nullable=False),
        sa.Column("genormeerd_op", column_types.Moment(timezone=True), nullable=False),
        sa.Column("vastgelegd_op", column_types.Moment(timezone=True), nullable=False),
        sa.Column("bezorgd_op", column_types.Moment(timezone=True), nullable=True),
        sa.Column("foutcode", sa.String(length=64), nullable=True),
        sa.Column("persoon", column_types.Sealed(), nullable=False),
        sa.Column("inhoud", column_types.Sealed(), nullable=False),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_resultaat_koppeling_id")),
        sa.PrimaryKeyConstraint("koppeling_id", "key", name=op.f("pk_resultaat")),
    )
    op.create_index(
        op.f("ix_resultaat_koppeling_id_status_schooljaar"),
        "resultaat",
        ["koppeling_id", "status", "schooljaar"],
        unique=False,
    )
    op.create_table(
        "slot",
        sa.Column("koppeling_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_slot_koppeling_id")),
        sa.PrimaryKeyConstraint("koppeling_id", name=op.f("pk_slot")),
    )
    op.create_table(
        "toets",
        sa.Column("koppeling_id", sa.Integer(), nullable=False),
        sa.Column("toetscode", sa.String(length=256), nullable=False),
        sa.Column("inhoud", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["koppeling_id"], ["koppeling.id"], name=op.f("fk_toets_koppeling_id")),
        sa.PrimaryKeyConstraint("koppeling_id", "toetscode", name=op.f("pk_toets")),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("toets")
    op.drop_table("slot")
    op.drop_index(op.f("ix_resultaat_koppeling_id_status_schooljaar"), table_name="resultaat")
    op.drop_table("resultaat")
    op.drop_index(op.f("ix_plan_koppeling_id"), table_name="plan")
    op.drop_table("plan")
    op.drop_index(op.f("ix_gebeurtenis_koppeling_id"), table_name="gebeurtenis")
    op.drop_table("gebeurtenis")
    op.drop_index(op.f("ix_lid_school"), table_name="lid")
    op.drop_table("lid")
    op.drop_index(op.f("ix_koppeling_status"), table_name="koppeling")
    op.drop_index(op.f("ix_koppeling_school"), table_name="koppeling")
    op.drop_table("koppeling")
