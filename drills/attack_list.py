"""The steps of the battery, in their order."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from drills.attacks import LONG_AGO, Books, Step, sql
from drills.books import ACTOR
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.ledger.models import (
    Closing,
    DaybookLine,
    Entry,
    LedgerAccount,
    LedgerLimitChange,
    Seal,
    SealLeaf,
    Transfer,
)

APPEND_ONLY = ("transfer", "entry", "seal", "seal_leaf", "ledger_limit_change", "ledger_closing")
CHANGES = (
    "posted = posted + 1",
    "posted = posted - 1, seq = seq + 1",
    "held = held + 1",
    "held = 0",
    "seq = seq + 1",
    "floor = -6000",
    "floor = NULL",
    "ceiling = 9999",
    "state = 'open'",
    "owner_id = owner_id + 5000",
    "kind = 'fund'",
    "unit = 'sku:gold'",
    "id = id + 1",
    "tenant_id = tenant_id + 1",
    "created_at = '2020-01-01 00:00:00'",
    "batched = NOT batched",
)
TRICKS = (  # SQLite: REPLACE deletes rows without firing a DELETE trigger
    "INSERT OR REPLACE INTO entry SELECT tenant_id, account_id, seq, transfer_id, amount + 1, balance + 1 FROM entry",
    "INSERT OR REPLACE INTO seal SELECT tenant_id, n, root, root, leaves + 1, sealed_at, signature FROM seal",
    "INSERT OR REPLACE INTO seal_leaf SELECT tenant_id, transfer_id, n, idx, x'00' FROM seal_leaf",
    "INSERT OR REPLACE INTO seal_leaf SELECT tenant_id, transfer_id, n, idx + 7, leaf FROM seal_leaf",
    "INSERT OR REPLACE INTO seal_leaf SELECT t.tenant_id, t.id, 1, 0, x'00' FROM transfer t WHERE amount = 200",
    "INSERT OR REPLACE INTO ledger_limit_change SELECT * FROM ledger_limit_change",
    "INSERT OR REPLACE INTO daybook SELECT tenant_id, account_id, transfer_id, amount + 1 FROM daybook",
)


def steps(b: Books, dialect: str) -> Iterator[Step]:
    """Ordinary business first, then everything that must be refused."""
    yield from _business(b)
    yield from _states(b)
    yield from _transfers_by_hand(b)
    yield from _rows_by_hand(b)
    yield from _accounts_by_hand(b)
    yield from _seals_and_closings(b)
    yield from _prompt(dialect)
    yield from _last(b)


def _business(b: Books) -> Iterator[Step]:
    yield "the fund pays", True, b.post("fund", "member", 600, "opening")
    yield "a key once", True, b.post("member", "grant", 30, "a", key="once")
    yield "a key twice", True, b.post("member", "grant", 30, "a2", key="once")
    yield "a key for something else", False, b.post("member", "grant", 31, key="once")
    yield "back again", True, b.post("grant", "member", 30)
    yield "more than there is", False, b.post("grant", "member", 1)
    yield "all there is", True, b.post("member", "busy", 570, "all")
    yield "one too many", False, b.post("member", "busy", 31)
    yield "to the floor", True, b.post("group", "busy", 60)
    yield "below the floor", False, b.post("group", "busy", 1)
    yield "to the ceiling", True, b.post("busy", "pot", 200, "pot")
    yield "above the ceiling", False, b.post("busy", "pot", 1)
    yield "other units", False, b.post("busy", "goods", 1)
    yield "other units from a fund", False, b.post("fund", "goods", 1)
    yield "goods for hours", False, b.post("goods", "busy", 1)
    yield "between funds", True, b.post("fund", "issued", 7, "between")
    yield "into a fund", True, b.post("busy", "forfeited", 5, "forfeit")
    yield "out of the fund again", True, b.end("reverse", "forfeit")
    yield "a promise", True, b.hold("busy", "member", 100, "h1")
    yield "a second promise", True, b.hold("busy", "grant", 50, "h2")
    yield "a third promise", True, b.hold("busy", "grant", 50, "h3")
    yield "promised hours", False, b.post("busy", "member", 231)
    yield "promised twice", False, b.hold("busy", "member", 231, "hx")
    yield "promised to goods", False, b.hold("busy", "goods", 1, "hx")
    yield "a promise of a fund", True, b.hold("fund", "member", 9, "hf")
    yield "the fund keeps it", True, b.end("capture", "hf", amount=4)
    yield "more than promised", False, b.end("capture", "h1", amount=101)
    yield "a part of it", True, b.end("capture", "h1", amount=60)
    yield "taken twice", False, b.end("capture", "h1")
    yield "freed after it was taken", False, b.end("release", "h1")
    yield "freed", True, b.end("release", "h2")
    yield "taken after it was freed", False, b.end("capture", "h2")
    yield "into a full pot", False, b.end("capture", "h3", credit=b.accounts["pot"])
    yield "a promise undone", False, b.end("reverse", "h3")
    yield "undone", True, b.end("reverse", "capture h1")
    yield "undone twice", False, b.end("reverse", "capture h1")
    yield "undone and spent", False, b.end("reverse", "all")
    yield "the undoing undone", True, b.end("reverse", "reverse capture h1")
    yield "all of the rest", True, b.end("capture", "h3")


def _states(b: Books) -> Iterator[Step]:
    yield "to be frozen", True, b.post("busy", "frozen", 50, "iced")
    yield "promised by who is frozen", True, b.hold("frozen", "member", 10, "h4")
    yield "also promised", True, b.hold("frozen", "member", 10, "h5")
    yield "frozen", True, b.limits("frozen", state_after="frozen")
    yield "out of it", False, b.post("frozen", "member", 1)
    yield "out of it to a fund", False, b.post("frozen", "forfeited", 1)
    yield "into it", False, b.post("member", "frozen", 1)
    yield "into it from a fund", False, b.post("fund", "frozen", 1)
    yield "promise of the frozen", False, b.hold("frozen", "member", 1, "hx")
    yield "promise to the frozen", False, b.hold("busy", "frozen", 1, "hx")
    yield "taken from the frozen", False, b.end("capture", "h4")
    yield "freed for the frozen", True, b.end("release", "h4")
    yield "undone for the frozen", False, b.end("reverse", "iced")
    yield "freed for the frozen, too", True, b.end("release", "h5")
    yield "really undone for the frozen", True, b.end("reverse", "iced")
    yield "not empty", False, b.limits("busy", state_after="closed")
    yield "an empty one with a promise", True, b.post("busy", "closed", 20, "brief")
    yield "promised", True, b.hold("closed", "member", 20, "h6")
    yield "closed too early", False, b.limits("closed", state_after="closed")
    yield "taken", True, b.end("capture", "h6")
    yield "closed", True, b.limits("closed", state_after="closed")
    yield "into the closed", False, b.post("member", "closed", 1)
    yield "into the closed from a fund", False, b.post("fund", "closed", 1)
    yield "undone into the closed", False, b.end("reverse", "capture h6")
    yield "opened again", False, b.limits("closed", state_after="open")
    yield "a limit of before", False, b.limits("member", stale=True, floor_after=-5)
    yield "a limit without a reason", False, b.limits("member", reason="", floor_after=-5)
    yield "a floor above the balance", False, b.limits("member", floor_after=100_000)
    yield "a ceiling below the balance", False, b.limits("busy", ceiling_after=1)
    yield "a floor at the balance", True, b.limits("pot", floor_after=200)
    yield "a ceiling at the balance", True, b.limits("pot", ceiling_after=200, floor_after=0)
    yield "a state nobody knows", False, b.limits("member", state_after="odd")
    facts: dict[str, Any] = {"floor_after": 0, "state_before": "open", "state_after": "open", "reason": "drill"}
    facts |= {"id": uuid.UUID(int=2), "actor_name": "", "created_at": LONG_AGO}
    yield "a limit of nobody", False, b.row(LedgerLimitChange, account_id="nobody", **facts)


def _transfers_by_hand(b: Books) -> Iterator[Step]:
    wrong: dict[str, dict[str, Any]] = {
        "nothing": {"amount": 0},
        "less than nothing": {"amount": -5},
        "to oneself": {"credit": "member"},
        "of a kind nobody knows": {"kind": "gift"},
        "a post that refers": {"ref_id": "a"},
        "a reversal of nothing": {"kind": "reverse"},
        "a capture of nothing": {"kind": "capture"},
        "a hold without an end": {"kind": "hold"},
        "a post with an end": {"expires_at": clock.now()},
        "a key of no length": {"idem_key": ""},
        "a key too long": {"idem_key": "k" * 201},
        "the second is the first": {"actor_id": 5, "second_id": 5},
        "an id twice": {"id": "opening"},
        "from nobody": {"debit": "nobody"},
        "to nobody": {"credit": "nobody"},
        "refers to nobody": {"kind": "reverse", "ref_id": uuid.UUID(int=1)},
        "reversal of another amount": {
            "kind": "reverse",
            "ref_id": "a",
            "debit": "grant",
            "credit": "member",
            "amount": 1,
        },
        "reversal the same way": {"kind": "reverse", "ref_id": "pot", "debit": "busy", "credit": "pot", "amount": 200},
        "reversal from another": {"kind": "reverse", "ref_id": "a", "debit": "busy", "credit": "member", "amount": 30},
        "reversal to another": {"kind": "reverse", "ref_id": "a", "debit": "grant", "credit": "busy", "amount": 30},
        "a second reversal": {
            "kind": "reverse",
            "ref_id": "forfeit",
            "debit": "forfeited",
            "credit": "busy",
            "amount": 5,
        },
        "capture of a post": {"kind": "capture", "ref_id": "a", "amount": 30},
        "release of a post": {"kind": "release", "ref_id": "a", "amount": 30},
    }
    for name, values in wrong.items():
        yield name, False, b.transfer(**values)
    for column in Transfer.__table__.columns:
        if not column.nullable:
            yield f"without {column.name}", False, b.transfer(**{column.name: None})
    yield "a promise to be bent", True, b.hold("busy", "member", 40, "h7")
    bent: dict[str, dict[str, Any]] = {
        "captured from another": {"kind": "capture", "debit": "grant"},
        "captured too much": {"kind": "capture", "amount": 41},
        "released from another": {"kind": "release", "debit": "grant", "amount": 40},
        "released to another": {"kind": "release", "credit": "grant", "amount": 40},
        "released in part": {"kind": "release", "amount": 39},
        "released too much": {"kind": "release", "amount": 41},
        "reversed": {"kind": "reverse", "debit": "member", "credit": "busy", "amount": 40},
    }
    for name, values in bent.items():
        yield f"a promise {name}", False, b.transfer(**{"ref_id": "h7", "debit": "busy", "credit": "member", **values})
    yield (
        "a promise kept by hand",
        True,
        b.transfer(ref_id="h7", kind="capture", debit="busy", credit="member", amount=40),
    )
    yield "a hold by hand with an end", True, b.transfer(kind="hold", debit="busy", expires_at=clock.now(), amount=3)
    yield "a key of 200", True, b.transfer(debit="busy", idem_key="k" * 200)
    yield "another second", True, b.transfer(debit="busy", actor_id=5, second_id=6)


def _rows_by_hand(b: Books) -> Iterator[Step]:
    def seq(of: str, more: int = 1) -> Any:
        return lambda: _value("SELECT seq FROM ledger_account WHERE id = :id", b, of) + more

    def balance(of: str, more: int) -> Any:
        return lambda: _value("SELECT posted FROM ledger_account WHERE id = :id", b, of) + more

    def entry(of: str, transfer: str, amount: int, number: int = 1, after: int | None = None) -> Any:
        wanted = balance(of, amount if after is None else after)
        return b.row(Entry, account_id=of, transfer_id=transfer, amount=amount, seq=seq(of, number), balance=wanted)

    yield "an entry of a transfer that has one", False, entry("busy", "pot", -200)
    yield "an entry of another amount", False, entry("busy", "pot", -1)
    yield "an entry of a hold", False, entry("busy", "h2", -50)
    yield "an entry of another account", False, entry("member", "pot", 200)
    yield "an entry of nothing", False, entry("busy", "no transfer", 5)
    yield "an entry of zero", False, entry("busy", "pot", 0)
    yield (
        "an entry numbered zero",
        False,
        b.row(Entry, account_id="busy", transfer_id="pot", amount=-200, seq=0, balance=0),
    )
    yield "a carried entry of another amount", False, entry("fund", "opening", -601)
    yield "a carried entry the other way", False, entry("fund", "opening", 600)
    yield "a carried entry with a gap", False, entry("fund", "opening", -600, 2)
    yield "a carried entry of another balance", False, entry("fund", "opening", -600, 1, -599)
    yield "a line for who has entries", False, b.row(DaybookLine, account_id="busy", transfer_id="pot", amount=-200)
    yield "a second line", False, b.row(DaybookLine, account_id="fund", transfer_id="opening", amount=-600)
    yield "a line of another amount", False, b.row(DaybookLine, account_id="issued", transfer_id="opening", amount=-600)
    yield "a line of nothing", False, b.row(DaybookLine, account_id="fund", transfer_id="no transfer", amount=4)
    yield "a line of zero", False, b.row(DaybookLine, account_id="fund", transfer_id="between", amount=0)
    yield "lines that are changed", False, sql("UPDATE daybook SET amount = amount + 1")
    yield "lines that are thrown away", False, sql("DELETE FROM daybook")
    yield "one carried by hand as it must be", True, entry("fund", "opening", -600)
    yield "carried twice", False, entry("fund", "opening", -600)
    yield (
        "a line after it was carried",
        False,
        b.row(DaybookLine, account_id="fund", transfer_id="opening", amount=-600),
    )


def _value(question: str, b: Books, of: str) -> int:
    with db.engine.connect() as connection:
        return int(connection.scalar(text(question), {"id": b.accounts[of]}) or 0)


def _accounts_by_hand(b: Books) -> Iterator[Step]:
    plain: dict[str, Any] = {"unit": "min", "kind": "member", "posted": 0, "held": 0, "floor": 0, "ceiling": None}
    plain |= {"seq": 0, "state": "open", "batched": False, "created_at": LONG_AGO}
    wrong: dict[str, dict[str, Any]] = {
        "born rich": {"posted": 600},
        "born with a promise": {"held": -1, "floor": None},
        "born with a number": {"seq": 4},
        "born poor": {"posted": -1},
        "born frozen": {"state": "frozen"},
        "born odd": {"state": "odd"},
        "batched with a floor": {"batched": True},
        "batched with a ceiling": {"batched": True, "floor": None, "ceiling": 5},
        "born below its floor": {"floor": 5},
        "born above its ceiling": {"ceiling": -5},
    }
    for owner, (name, values) in enumerate(wrong.items(), 2000):
        number = owner * 7
        yield name, False, b.row(LedgerAccount, id=number, owner_id=owner, **{**plain, **values})
    yield "born as it must", True, b.row(LedgerAccount, id=77, owner_id=77, **plain)
    yield "a number twice", False, b.row(LedgerAccount, id=77, owner_id=78, **plain)
    count = "SELECT 1 / (CASE count(*) WHEN 1 THEN 1 ELSE 0 END) FROM ledger_account WHERE owner_id = 77"
    yield "an owner twice", True, lambda: _ignored(b.row(LedgerAccount, id=79, owner_id=77, **plain))
    yield "is still one account", True, lambda: _number(count)


def _ignored(act: Any) -> None:
    """SQLite says nothing, PostgreSQL refuses; what counts is what is there afterwards."""
    try:
        act()
    except IntegrityError:
        return


def _number(question: str) -> None:
    with db.engine.connect() as connection:
        if connection.scalar(text(question)) != 1:
            raise ZeroDivisionError(question)


def _seals_and_closings(b: Books) -> Iterator[Step]:
    seal: dict[str, Any] = {"prev_root": b"p", "root": b"r", "leaves": 1, "sealed_at": LONG_AGO, "signature": b"s"}
    yield "a seal", True, b.row(Seal, n=1, **seal)
    yield "a seal twice", False, b.row(Seal, n=1, **seal)
    yield "a seal of nothing", False, b.row(Seal, n=2, **{**seal, "leaves": 0})
    yield "a leaf", True, b.row(SealLeaf, transfer_id="opening", n=1, idx=0, leaf=b"l")
    yield "a leaf twice", False, b.row(SealLeaf, transfer_id="opening", n=1, idx=1, leaf=b"l")
    yield "a place twice", False, b.row(SealLeaf, transfer_id="pot", n=1, idx=0, leaf=b"l")
    yield "a leaf of nothing", False, b.row(SealLeaf, transfer_id="no transfer", n=1, idx=2, leaf=b"l")
    yield "a leaf of no seal", False, b.row(SealLeaf, transfer_id="pot", n=9, idx=2, leaf=b"l")
    facts: dict[str, Any] = {"transfers": 0, "liability": 0, "seal_n": 0, "note": "", "actor_id": 1, "actor_name": ""}
    facts["created_at"] = clock.now
    month = LONG_AGO.replace(day=1)
    yield "a long time ago", True, b.post("busy", "member", 3, "old", event_at=month - timedelta(days=3))
    yield "the very first moment", True, b.post("busy", "member", 3, "edge", event_at=month)
    yield "a closing", True, b.row(Closing, ends_at=month, month="2019-12", **facts)
    yield "a closing twice", False, b.row(Closing, ends_at=month, month="2019-11", **facts)
    yield "an earlier closing", False, b.row(Closing, ends_at=month - timedelta(days=9), month="2019-10", **facts)
    yield "a month twice", False, b.row(Closing, ends_at=LONG_AGO, month="2019-12", **facts)
    yield "a month of no length", False, b.row(Closing, ends_at=LONG_AGO, month="2020", **facts)
    yield "into the closed month", False, b.post("busy", "member", 3, event_at=month - timedelta(seconds=1))
    yield "into the first moment after it", True, b.post("busy", "member", 3, event_at=month)
    yield "undone alone", False, b.end("reverse", "old")
    yield "undone alone after it", True, b.end("reverse", "edge")
    yield "undone by two", True, b.end("reverse", "old", second=_other())


def _other() -> Actor:
    return dataclasses.replace(ACTOR, account_id=8)


def _prompt(dialect: str) -> Iterator[Step]:
    for table in APPEND_ONLY:
        yield f"{table} changed", False, sql(f"UPDATE {table} SET tenant_id = tenant_id")
        yield f"{table} thrown away", False, sql(f"DELETE FROM {table}")
        if dialect == "postgresql":
            yield f"{table} emptied", False, sql(f"TRUNCATE {table} CASCADE")
    for change in CHANGES:
        yield f"account: {change}", False, sql(f"UPDATE ledger_account SET {change}")
    yield "accounts thrown away", False, sql("DELETE FROM ledger_account WHERE id = 77")
    if dialect == "postgresql":
        yield "the daybook emptied", False, sql("TRUNCATE daybook")
        yield "accounts emptied", False, sql("TRUNCATE ledger_account CASCADE")
    else:
        for trick in TRICKS:
            yield trick, False, sql(trick)
        yield "transfers replaced", True, sql("INSERT OR REPLACE INTO transfer SELECT * FROM transfer")
        yield "accounts replaced", True, sql("INSERT OR REPLACE INTO ledger_account SELECT * FROM ledger_account")


def _last(b: Books) -> Iterator[Step]:
    yield "carried", True, b.carry
    yield "carried again", True, b.carry
    yield "once more", True, b.post("fund", "member", 5)
