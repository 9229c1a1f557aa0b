"""What was done, and who saw something sensitive.  Rows are added, never changed (triggers see to it)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import DDL, JSON, BigInteger, Index, Integer, String, event
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import Model, db
from timebank.core.db.roles import ADD_ONLY
from timebank.core.types import TERRITORY, Moment

BIG = BigInteger().with_variant(Integer, "sqlite")


class AuditEvent(Model):
    """One thing done by somebody: a verb, its subject and what changed (never a secret in clear)."""

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject_type", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    account_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    channel: Mapped[str] = mapped_column(String(16), default="web")
    action: Mapped[str] = mapped_column(String(64))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[str] = mapped_column(String(64))
    territory_code: Mapped[str] = mapped_column(TERRITORY, default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class SensitiveRead(Model):
    """Somebody saw fields of a person that the law calls sensitive (domain.md C8.18, PIPL art. 28, 51)."""

    __tablename__ = "sensitive_read"
    __table_args__ = (Index("ix_sensitive_read_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    account_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    person_id: Mapped[int]
    fields: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(200))


def append_only(table: Any) -> None:
    """Forbids UPDATE and DELETE on a table in the database itself."""
    table.info[ADD_ONLY] = True
    name = table.name
    for verb in ("UPDATE", "DELETE"):
        after_create(
            table,
            "sqlite",
            f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
            f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END",
        )
    after_create(
        table,
        "postgresql",
        f"CREATE FUNCTION {name}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{name} is append-only'; END $$",
    )
    after_create(
        table,
        "postgresql",
        f"CREATE TRIGGER {name}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}_append_only()",
    )


def after_create(table: Any, dialect: str, statement: str) -> None:
    """Runs a statement of one database when the table is made (triggers, which models cannot say)."""
    ddl: Any = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
    event.listen(table, "after_create", ddl.execute_if(dialect=dialect))


append_only(AuditEvent.__table__)
append_only(SensitiveRead.__table__)


def record(
    actor: Actor, action: str, subject_type: str, subject_id: int | str, territory: str = "", **detail: object
) -> None:
    """Writes down what was done; call inside the transaction that does it."""
    db.session.add(
        AuditEvent(
            account_id=actor.account_id,
            actor_name=actor.name[:80],
            channel=actor.channel,
            action=action,
            subject_type=subject_type,
            subject_id=str(subject_id),
            territory_code=territory,
            detail=detail,
        )
    )


def saw(actor: Actor, person_id: int, fields: Iterable[str], purpose: str) -> None:
    """Writes down that the actor saw sensitive fields of a person; own data is not logged."""
    if actor.is_self(person_id):
        return
    db.session.add(
        SensitiveRead(
            account_id=actor.account_id,
            actor_name=actor.name[:80],
            person_id=person_id,
            fields=",".join(fields)[:200],
            purpose=purpose[:200],
        )
    )
