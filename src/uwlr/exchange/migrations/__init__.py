"""The versions of the tables of a store, for Alembic."""
