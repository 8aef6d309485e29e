"""Run by Alembic: bring the tables of a store up to date, on the connection it is given."""

from alembic import context

from uwlr.exchange.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
