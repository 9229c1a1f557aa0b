"""May the application's own database role do to the books what only their guards forbid it?

Who owns a table can switch its triggers off.  So the application should run under a role that may only add rows
(`flask db grant NAME`, docs/operations.md); a small installation may do without, but it is told.
"""

from __future__ import annotations

from sqlalchemy import Connection

from timebank.core.db import db, roles
from timebank.ledger.ddl import TABLES


def tables() -> set[str]:
    """The tables to which the application only ever adds: the books, and the records of who did and saw what."""
    return {*TABLES, *roles.add_only()}


def warnings(connection: Connection) -> list[str]:
    """In words what the connected role may do that it should not.  Empty on SQLite, which has no roles."""
    advice = "let it run under a role of its own: flask db grant NAME"
    found = roles.too_powerful(connection, tables())
    if found:
        return [f"the application's database role owns {', '.join(found)} or may change their rows; {advice}"]
    if roles.may_make_temporary(connection):
        owner = "as the owner of the database: REVOKE TEMPORARY ON DATABASE name FROM PUBLIC"
        return [f"the application's database role may make temporary tables, a way round the guards; {owner}"]
    return []


def owns_the_books() -> bool:
    """Could the application switch the guards of the books off?  One statement on PostgreSQL, none on SQLite."""
    return bool(roles.too_powerful(db.session.connection(), tables()))


def missing(connection: Connection) -> list[str]:
    """In words which rights the connected role lacks, after an upgrade without a new grant.  Empty on SQLite."""
    return [
        f"the application's database role may not work on the table {table}; as the owner: flask db grant NAME"
        for table in roles.too_weak(connection, tables())
    ]
