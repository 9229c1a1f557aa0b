"""Tables of the ledger.  The triggers that belong to them are in `ddl`; both ship together.

Rows are read with Core selects only: a trigger changes balances behind the session's back.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Constraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from timebank.core.db import Model
from timebank.core.types import TERRITORY, Moment
from timebank.ledger import ddl

ONLY = "only"  # in Constraint.info: the database that has it
HOLDS = text("kind = 'hold'")
REFERS = text("ref_id IS NOT NULL")
GROUPED = text("group_id IS NOT NULL")
ACCOUNT_KEY = ["ledger_account.tenant_id", "ledger_account.id"]
TRANSFER_KEY = ["transfer.tenant_id", "transfer.id"]


def _only(database: str, *constraints: Constraint) -> tuple[Constraint, ...]:
    """Constraints that one of the databases has.

    PostgreSQL reads every CHECK of a table anew in each statement and looks up each foreign key by a query of its own:
    half of what a posting cost there.  So it has no check that a trigger makes as well, and the others in their
    shortest form; `x >= y` lets a NULL pass (docs/decisions/0013).
    """
    for constraint in constraints:
        constraint.info[ONLY] = database
        constraint.ddl_if(dialect=database)
    return constraints


class LedgerAccount(Model):
    """An account of one unit: `posted` minutes or pieces, of which `held` are promised.

    `seq` is the number of the account's newest entry.  `floor` and `ceiling` of None mean without limit.  Of a
    `batched` account (a fund or another one without limits, which everybody pays from) the entries are carried from
    the daybook in batches: nobody who posts waits for its row, and `posted` lacks what the daybook still holds.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "kind", "owner_id", "unit", name="uq_ledger_account_owner"),
        CheckConstraint("held >= 0", name="held_nonneg"),
        *_only(
            "sqlite",
            CheckConstraint("floor IS NULL OR posted - held >= floor", name="insufficient"),
            CheckConstraint("ceiling IS NULL OR posted <= ceiling", name="over_ceiling"),
            CheckConstraint("seq >= 0", name="seq_nonneg"),
            CheckConstraint("state IN ('open', 'frozen', 'closed')", name="state"),
            CheckConstraint("NOT batched OR (floor IS NULL AND ceiling IS NULL)", name="batched_without_limits"),
        ),
        *_only(
            "postgresql",
            CheckConstraint("posted - held >= floor", name="insufficient"),
            CheckConstraint("posted <= ceiling", name="over_ceiling"),
        ),
        Index("ix_ledger_account_owner", "owner_id", "kind"),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    tenant_id: Mapped[int]
    id: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    unit: Mapped[str] = mapped_column(String(40), default="min")
    kind: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[int] = mapped_column(BigInteger)
    posted: Mapped[int] = mapped_column(BigInteger, default=0)
    held: Mapped[int] = mapped_column(BigInteger, default=0)
    floor: Mapped[int | None] = mapped_column(BigInteger)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[str] = mapped_column(String(8), default="open")
    created_at: Mapped[datetime] = mapped_column(Moment)
    batched: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class Transfer(Model):
    """One step: `amount` (> 0) from debit to credit, a promise of it (hold), or the end of one.

    `ref_id` is the hold that is captured or released, or the transfer that is reversed.  `group_id` ties the
    steps of one event.  `event_at` is when it happened, `created_at` when it was written down.  `second_id` is the
    account of the second person who agreed to a reversal in a closed month.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "idem_key", name="uq_transfer_idem_key"),
        ForeignKeyConstraint(["tenant_id", "ref_id"], ["transfer.tenant_id", "transfer.id"], name="fk_transfer_ref"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        *_only(
            "sqlite",
            ForeignKeyConstraint(["tenant_id", "debit_id"], ACCOUNT_KEY, name="fk_transfer_debit"),
            ForeignKeyConstraint(["tenant_id", "credit_id"], ACCOUNT_KEY, name="fk_transfer_credit"),
            CheckConstraint("kind IN ('post', 'hold', 'capture', 'release', 'reverse')", name="kind"),
            CheckConstraint("(ref_id IS NOT NULL) = (kind IN ('capture', 'release', 'reverse'))", name="ref_iff_kind"),
            CheckConstraint("(expires_at IS NOT NULL) = (kind = 'hold')", name="expires_iff_hold"),
            CheckConstraint("length(idem_key) >= 1 AND length(idem_key) <= 200", name="idem_key_length"),
            CheckConstraint("second_id IS NULL OR second_id <> actor_id", name="second_is_another"),
        ),
        *_only(
            "postgresql",
            CheckConstraint(
                "CASE WHEN ref_id IS NOT NULL THEN kind = ANY ('{capture,release,reverse}') AND expires_at IS NULL"
                " WHEN expires_at IS NULL THEN kind = 'post' ELSE kind = 'hold' END",
                name="kind",
            ),
            CheckConstraint("idem_key <> ''", name="idem_key_length"),
            CheckConstraint("second_id <> actor_id", name="second_is_another"),
        ),
        Index("uq_transfer_ref", "tenant_id", "ref_id", unique=True, sqlite_where=REFERS, postgresql_where=REFERS),
        Index("ix_transfer_holds", "tenant_id", "debit_id", sqlite_where=HOLDS, postgresql_where=HOLDS),
        Index("ix_transfer_expires", "expires_at", sqlite_where=HOLDS, postgresql_where=HOLDS),
        Index("ix_transfer_group", "tenant_id", "group_id", sqlite_where=GROUPED, postgresql_where=GROUPED),
        # The tenant last: on tables that nobody has analysed yet, PostgreSQL would check foreign keys by this index.
        Index("ix_transfer_created", "created_at", "tenant_id"),
    )

    tenant_id: Mapped[int]
    id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(8))
    debit_id: Mapped[int] = mapped_column(BigInteger)
    credit_id: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[int] = mapped_column(BigInteger)
    ref_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    group_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    idem_key: Mapped[str] = mapped_column(String(200))
    req_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    event_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    actor_id: Mapped[int | None]  # the signed-in account; None for a job
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    purpose: Mapped[str] = mapped_column(String(32))
    memo: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    second_id: Mapped[int | None]
    second_name: Mapped[str] = mapped_column(String(80), default="", server_default="")


class Entry(Model):
    """What a transfer did to one account: a signed amount and the balance after it; `seq` has no gaps."""

    __tablename__ = "entry"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "account_id", "seq"),
        UniqueConstraint("tenant_id", "transfer_id", "account_id", name="uq_entry_transfer"),
        *_only(
            "sqlite",
            ForeignKeyConstraint(["tenant_id", "account_id"], ACCOUNT_KEY, name="fk_entry_account"),
            ForeignKeyConstraint(["tenant_id", "transfer_id"], TRANSFER_KEY, name="fk_entry_transfer"),
            CheckConstraint("amount <> 0", name="amount_not_zero"),
            CheckConstraint("seq > 0", name="seq_positive"),
        ),
    )

    tenant_id: Mapped[int]
    account_id: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    amount: Mapped[int] = mapped_column(BigInteger)
    balance: Mapped[int] = mapped_column(BigInteger)


class DaybookLine(Model):
    """What a transfer did to a batched account and is not carried to it yet; the entry takes its place."""

    __tablename__ = "daybook"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "account_id", "transfer_id"),
        *_only(
            "sqlite",
            ForeignKeyConstraint(["tenant_id", "account_id"], ACCOUNT_KEY, name="fk_daybook_account"),
            ForeignKeyConstraint(["tenant_id", "transfer_id"], TRANSFER_KEY, name="fk_daybook_transfer"),
            CheckConstraint("amount <> 0", name="amount_not_zero"),
        ),
        Index("ix_daybook_transfer", "tenant_id", "transfer_id"),
    )

    tenant_id: Mapped[int]
    account_id: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    amount: Mapped[int] = mapped_column(BigInteger)


class Closing(Model):
    """A month that is closed: nothing that happened before `ends_at` is posted any more.

    A transfer that happened in a closed month can still be reversed, in the open month and with a second person.
    """

    __tablename__ = "ledger_closing"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "ends_at"),
        UniqueConstraint("tenant_id", "month", name="uq_ledger_closing_month"),
        CheckConstraint("length(month) = 7", name="month"),
    )

    tenant_id: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(Moment)
    month: Mapped[str] = mapped_column(String(7))  # "2026-10"
    transfers: Mapped[int] = mapped_column(BigInteger)  # written until then
    liability: Mapped[int] = mapped_column(BigInteger)  # minutes owed to members
    seal_n: Mapped[int] = mapped_column(BigInteger)  # the newest seal
    note: Mapped[str] = mapped_column(String(300), default="")
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)


class ReversalRequest(Model):
    """A reversal in a closed month that waits for a second person, and what they said.

    "declined" without `decided_by`: who asked has taken it back.
    """

    __tablename__ = "ledger_reversal_request"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "transfer_id"], ["transfer.tenant_id", "transfer.id"], name="fk_reversal_request_transfer"
        ),
        CheckConstraint("length(reason) > 0", name="reason_given"),
        CheckConstraint("decision IN ('agreed', 'declined')", name="decision"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="second_is_another"),
        Index(
            "uq_ledger_reversal_request_waiting",
            "tenant_id",
            "transfer_id",
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    whole: Mapped[bool] = mapped_column(Boolean, default=False)
    reason: Mapped[str] = mapped_column(String(300))
    territory_code: Mapped[str] = mapped_column(TERRITORY, index=True)
    asked_by: Mapped[int]
    asked_name: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decision: Mapped[str | None] = mapped_column(String(8))
    decided_by: Mapped[int | None]
    decided_name: Mapped[str] = mapped_column(String(80), default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(String(300), default="")
    reversal_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)


class Seal(Model):
    """A signed root over the transfers not sealed before, chained to the seal before it."""

    __tablename__ = "seal"
    __table_args__ = (PrimaryKeyConstraint("tenant_id", "n"), CheckConstraint("leaves > 0", name="leaves_positive"))

    tenant_id: Mapped[int]
    n: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    prev_root: Mapped[bytes] = mapped_column(LargeBinary(32))
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    leaves: Mapped[int] = mapped_column(BigInteger)
    sealed_at: Mapped[datetime] = mapped_column(Moment)
    signature: Mapped[bytes] = mapped_column(LargeBinary(128), default=b"")


class SealLeaf(Model):
    """The place of a transfer under a seal."""

    __tablename__ = "seal_leaf"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "transfer_id"),
        UniqueConstraint("tenant_id", "n", "idx", name="uq_seal_leaf_place"),
        ForeignKeyConstraint(
            ["tenant_id", "transfer_id"], ["transfer.tenant_id", "transfer.id"], name="fk_seal_leaf_transfer"
        ),
        ForeignKeyConstraint(["tenant_id", "n"], ["seal.tenant_id", "seal.n"], name="fk_seal_leaf_seal"),
    )

    tenant_id: Mapped[int]
    transfer_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    n: Mapped[int] = mapped_column(BigInteger)
    idx: Mapped[int] = mapped_column(BigInteger)
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))


class LedgerLimitChange(Model):
    """Who changed an account's floor, ceiling or state, when and why.  Its trigger makes the change."""

    __tablename__ = "ledger_limit_change"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "id"),
        ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["ledger_account.tenant_id", "ledger_account.id"],
            name="fk_limit_change_account",
        ),
        CheckConstraint("length(reason) > 0", name="reason_given"),
        *_only("postgresql", CheckConstraint("state_after IN ('open', 'frozen', 'closed')", name="state")),
        Index("ix_ledger_limit_change_account", "tenant_id", "account_id", "id"),
    )

    tenant_id: Mapped[int]
    id: Mapped[uuid.UUID] = mapped_column(Uuid)
    account_id: Mapped[int] = mapped_column(BigInteger)
    floor_before: Mapped[int | None] = mapped_column(BigInteger)
    floor_after: Mapped[int | None] = mapped_column(BigInteger)
    ceiling_before: Mapped[int | None] = mapped_column(BigInteger)
    ceiling_after: Mapped[int | None] = mapped_column(BigInteger)
    state_before: Mapped[str] = mapped_column(String(8))
    state_after: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(300))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)


ddl.attach(Model.metadata)
