"""The ledger everybody writes first: read the balance, look whether it is enough, write the new one.  A control."""

from __future__ import annotations

import time

from sqlalchemy import text

from timebank.core.db import db

THINKING = 0.002  # seconds between reading and writing, as a program needs that does something in between


def make(count: int, minutes: int) -> list[int]:
    """So many accounts with so many minutes each, and one that receives (number 0)."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE naive_account (id integer PRIMARY KEY, posted bigint NOT NULL)"))
        rows = [{"id": number, "posted": minutes if number else 0} for number in range(count + 1)]
        connection.execute(text("INSERT INTO naive_account VALUES (:id, :posted)"), rows)
    return list(range(count + 1))


def post(debit: int, credit: int, amount: int) -> bool:
    """Was there enough?"""
    with db.engine.connect() as connection:
        has, gets = (
            connection.scalar(text("SELECT posted FROM naive_account WHERE id = :id"), {"id": one})
            for one in (debit, credit)
        )
    if has < amount:
        return False
    time.sleep(THINKING)
    with db.engine.begin() as connection:
        write = text("UPDATE naive_account SET posted = :posted WHERE id = :id")
        connection.execute(write, {"id": debit, "posted": has - amount})
        connection.execute(write, {"id": credit, "posted": gets + amount})
    return True
