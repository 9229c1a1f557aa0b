"""The database: base class of all tables, sessions, and the one way to write.

SQLite and PostgreSQL behave alike here: a writing transaction holds SQLite's write lock from its first
statement (`BEGIN IMMEDIATE`), because two deferred transactions that both read a balance would both spend it.
"""

from timebank.core.db.base import NAMES, Model, Session, db
from timebank.core.db.columns import Column, below, in_scope
from timebank.core.db.engines import WRITE, careless, failure, forgets, init_app, prepare_engine, standalone_engine
from timebank.core.db.prepared import Prepared
from timebank.core.db.standby import wait_for_standby
from timebank.core.db.transactions import ATTEMPTS, RETRYABLE, UNIQUE, one_statement, transaction, writing

__all__ = [
    "ATTEMPTS",
    "NAMES",
    "RETRYABLE",
    "UNIQUE",
    "WRITE",
    "Column",
    "Model",
    "Prepared",
    "Session",
    "below",
    "careless",
    "db",
    "failure",
    "forgets",
    "in_scope",
    "init_app",
    "one_statement",
    "prepare_engine",
    "standalone_engine",
    "transaction",
    "wait_for_standby",
    "writing",
]
