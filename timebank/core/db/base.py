"""The base class of all tables, and the session: one for each application context."""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import MetaData
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
JOINED = "timebank_joined"  # in session.info: the writer's connection, while it is this session's turn


class Model(DeclarativeBase):
    """Base of every table.  Tables inherit from this class, not from `db.Model` (which mypy cannot follow)."""

    metadata = MetaData(naming_convention=NAMES)


class Session(FlaskSession):
    """A session that works on the writer's connection while it is its turn, and else on one of its own."""

    def get_bind(
        self,
        mapper: Any | None = None,
        clause: Any | None = None,
        bind: Engine | Connection | None = None,
        **rest: Any,
    ) -> Engine | Connection:
        joined: Connection | None = self.info.get(JOINED)
        if joined is not None and bind is None:
            return joined
        return super().get_bind(mapper, clause, bind, **rest)


# A session that joins a running transaction keeps to a savepoint of its own: its rollback undoes nobody else's work.
db = SQLAlchemy(
    metadata=Model.metadata, session_options={"class_": Session, "join_transaction_mode": "create_savepoint"}
)
