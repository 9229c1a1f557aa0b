"""What somebody with a prompt, or a service with a fault, might try on the ledger's tables, and what must come of it.

Each step says beforehand whether the database must let it through.  Steps are taken in order on fresh books.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from drills.books import ACTOR, TENANT
from timebank.core import clock
from timebank.core.db import db, transaction
from timebank.core.errors import TimebankError
from timebank.ledger import service
from timebank.ledger.errors import code_in
from timebank.ledger.models import DaybookLine, LedgerLimitChange, Transfer
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import verify
from timebank.ledger.rules import ids
from timebank.ledger.rules.requests import digest
from timebank.ledger.service.carrying import carry

LONG_AGO = datetime(2020, 1, 10, tzinfo=UTC)
Act = Callable[[], object]
Step = tuple[str, bool, Act]  # its name, may it succeed, what it does


@dataclass
class Books:
    """The accounts by name, and the transfers made so far by name."""

    accounts: dict[str, int] = field(default_factory=dict)
    made: dict[str, uuid.UUID] = field(default_factory=dict)

    def open(self) -> None:
        """Every kind of account the steps need."""
        limits: dict[str, dict[str, Any]] = {
            "fund": {},
            "issued": {},
            "member": {},
            "grant": {},
            "group": {"floor": -60},
            "pot": {"ceiling": 200},
            "forfeited": {},
        }
        for kind, limit in limits.items():
            self.accounts[kind] = service.ensure_account(TENANT, kind, 900, **limit)
        for owner, name in enumerate(("frozen", "closed", "busy"), 901):
            self.accounts[name] = service.ensure_account(TENANT, "member", owner)
        self.accounts["goods"] = service.ensure_account(TENANT, "stock", 900, unit="sku:rice")

    def state(self) -> str:
        """Every balance, hold and number, in one line."""
        db.session.rollback()
        question = text("SELECT id, posted, held, seq, state, floor, ceiling FROM ledger_account")
        rows = {row[0]: tuple(row)[1:] for row in db.session.execute(question)}
        db.session.rollback()
        return " ".join(f"{name}={rows.get(number)}" for name, number in self.accounts.items())

    def post(self, debit: str, credit: str, amount: int, name: str = "", **facts: Any) -> Act:
        """The service's verb; the transfer is remembered by its name."""

        def act() -> None:
            key = facts.pop("key", uuid.uuid4().hex)
            pair = (self.accounts[debit], self.accounts[credit])
            made = service.post(TENANT, *pair, amount, key=key, purpose="transfer", actor=ACTOR, **facts)
            self.made[name] = made.id

        return act

    def hold(self, debit: str, credit: str, amount: int, name: str) -> Act:
        """A promise."""

        def act() -> None:
            until = clock.now() + timedelta(days=1)
            pair = (self.accounts[debit], self.accounts[credit])
            facts: dict[str, Any] = {"key": uuid.uuid4().hex, "purpose": "visit", "actor": ACTOR, "expires_at": until}
            self.made[name] = service.hold(TENANT, *pair, amount, **facts).id

        return act

    def end(self, verb: str, name: str, **facts: Any) -> Act:
        """Capture, release or reverse what has this name; what is made is `verb name`."""

        def act() -> None:
            given = {**({} if verb == "capture" else {"reason": "drill"}), **facts}
            done = getattr(service, verb)(TENANT, self.made[name], key=uuid.uuid4().hex, actor=ACTOR, **given)
            self.made[f"{verb} {name}"] = done.id

        return act

    def limits(self, name: str, *, stale: bool = False, **after: Any) -> Act:
        """A recorded change of limits, written by hand."""

        def act() -> None:
            question = text("SELECT floor, ceiling, state FROM ledger_account WHERE id = :id")
            with db.engine.connect() as connection:
                floor, ceiling, state = connection.execute(question, {"id": self.accounts[name]}).one()
            row = {"floor_before": floor, "ceiling_before": ceiling, "state_before": state, "floor_after": floor}
            row |= {"ceiling_after": ceiling, "state_after": state, "reason": "drill", "actor_id": 1, **after}
            if stale:
                row["floor_before"] = -1
            facts = {"id": ids.uuid7(clock.now()), "account_id": self.accounts[name], "actor_name": ""}
            _insert(LedgerLimitChange, {**facts, **row, "created_at": clock.now()})

        return act

    def transfer(self, **other: Any) -> Act:
        """A row of `transfer` written by hand: one minute from a member to a grant account, but for what is `other`."""

        def act() -> None:
            now = clock.now()
            names = {"debit": "member", "credit": "grant"} | {k: other[k] for k in ("debit", "credit") if k in other}
            row: dict[str, Any] = {"id": ids.uuid7(now), "kind": "post", "amount": 1, "actor_name": ""}
            row |= {
                "debit_id": self.accounts.get(names["debit"], 1),
                "credit_id": self.accounts.get(names["credit"], 1),
            }
            row |= {"idem_key": uuid.uuid4().hex, "event_at": now, "purpose": "drill"}
            row |= {"memo": "", "created_at": now, "second_name": ""}
            row |= {k: self.made[v] if k in {"id", "ref_id"} and v in self.made else v for k, v in other.items()}
            content = ("kind", "debit_id", "credit_id", "amount", "ref_id", "purpose")
            row = {"req_hash": digest(*(row.get(name) for name in content)), **row}
            _insert(Transfer, {k: v for k, v in row.items() if k not in {"debit", "credit"}})

        return act

    def row(self, model: Any, **values: Any) -> Act:
        """Any other row written by hand; accounts and transfers are given by their names."""

        def act() -> None:
            found = {k: v() if callable(v) else v for k, v in values.items()}
            if "account_id" in found:
                found["account_id"] = self.accounts.get(found["account_id"], 1)
            if "transfer_id" in found:
                found["transfer_id"] = self.made.get(found["transfer_id"], uuid.uuid4())
            _insert(model, found)

        return act

    def carry(self) -> None:
        """What waits in the daybook becomes entries, as the sealer does it."""

        @transaction
        def run() -> None:
            connection = db.session.connection()
            waiting = connection.scalars(db.select(DaybookLine.transfer_id)).all()
            carry(connection, TENANT, waiting)

        run()


def _insert(model: Any, row: dict[str, Any]) -> None:
    with db.engine.begin() as connection:
        connection.execute(insert(model.__table__).values({"tenant_id": TENANT, **row}))


def sql(statement: str) -> Act:
    """A statement typed at a prompt."""

    def act() -> None:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(statement)

    return act


def battery() -> Iterator[tuple[str, bool, str]]:
    """(step, did it come as it must, what came of it) for each step, and at the end what `verify` finds."""
    from drills.attack_list import steps

    books = Books()
    books.open()
    for name, may, act in steps(books, db.engine.dialect.name):
        came = _tried(act)
        yield name, (came == "done") == may, f"{came} {books.state()}"
    with snapshot() as connection:
        codes = sorted(
            {one.code for one in verify(connection).findings} - {"ddl", "seal"}
        )  # the seals of the battery are made up
    yield "verify", not codes, f"{codes}"


def _tried(act: Act) -> str:
    try:
        act()
    except TimebankError as refused:
        return refused.code
    except DBAPIError as error:
        found = code_in(error)
        return found[0] if found else f"{type(error.orig).__name__}"
    finally:
        db.session.rollback()
    return "done"
