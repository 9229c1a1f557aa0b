"""Runs migrations on the application's database.  Batch mode stays off: on SQLite it silently drops triggers."""

from alembic import context
from flask import current_app

from timebank.core.db import Model
from timebank.core.db.roles import owner_engine


def run() -> None:
    """One transaction for all pending migrations, by the owner of the tables; on SQLite the write lock comes first."""
    with owner_engine().connect().execution_options(timebank_write=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=Model.metadata,
            compare_type=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database; offline SQL is in migrations/sql.")
with current_app.app_context():
    run()
