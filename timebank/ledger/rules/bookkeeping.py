"""The books in the words of accounting programs: beancount, hledger, CSV.

Amounts keep our sign, so every balance is the same number there and here.  No names of people leave the house:
an account is called by its kind, its owner's number and its own.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

ROOTS = {
    "member": "Assets:Member",
    "grant": "Assets:Grant",
    "group": "Assets:Group",
    "pot": "Assets:Pot",
    "partner": "Assets:Partner",
    "stock": "Assets:Stock",
    "batch": "Assets:Batch",
    "fund": "Equity:Fund",
    "issued": "Equity:Issued",
    "clearing": "Equity:Clearing",
    "stock_source": "Equity:StockSource",
    "sink": "Expenses:Goods",
    "forfeited": "Expenses:Forfeited",
}
CSV_HEADS = (
    *("tenant", "transfer", "recorded", "happened", "kind", "purpose", "unit", "account", "owner_kind", "owner"),
    *("seq", "amount", "balance", "by", "memo"),
)


@dataclass(frozen=True, slots=True)
class BookAccount:
    """An account of the books; `posted` is what our own tables say is on it."""

    tenant: int
    id: int
    kind: str
    owner_id: int
    unit: str
    opened: date
    posted: int

    @property
    def name(self) -> str:
        """ "Assets:Member:T3201:P12:A445399952826529"."""
        return f"{ROOTS[self.kind]}:T{self.tenant}:P{self.owner_id}:A{self.id}"

    @property
    def commodity(self) -> str:
        """ "MIN", "FEN", or the article's code as a word that both programs accept."""
        return commodity(self.unit)


@dataclass(frozen=True, slots=True)
class Balance:
    """So much was on an account."""

    tenant: int
    account: int
    amount: int


@dataclass(frozen=True, slots=True)
class Booking:
    """A transfer that moved something; moments are civil.  What is not carried yet has no number and balance."""

    tenant: int
    id: str
    kind: str
    debit: int
    credit: int
    amount: int
    recorded: datetime
    happened: datetime
    by: str
    purpose: str
    memo: str
    debit_seq: int | None
    debit_balance: int | None
    credit_seq: int | None
    credit_balance: int | None


Accounts = Mapping[tuple[int, int], BookAccount]


def commodity(unit: str) -> str:
    """ "min" -> "MIN"; "sku:rice-5kg" -> "SKU-RICE-5KG"; what cannot be spelled so gets a digest."""
    if unit in ("min", "fen"):
        return unit.upper()
    code = unit.removeprefix("sku:").upper()
    if re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,16}[A-Z0-9]|[A-Z0-9]", code):
        return f"SKU-{code}"
    return f"SKU-X{hashlib.sha256(unit.encode()).hexdigest()[:12].upper()}"


def _words(text: str) -> str:
    """One line without what either program would read as its own signs."""
    return re.sub(r'[\s"\\;|]+', " ", text).strip()


def beancount(
    accounts: Accounts, before: Iterable[Balance], bookings: Iterable[Booking], after: Iterable[Balance], days: Days
) -> Iterator[str]:
    """A beancount file: accounts, the balances brought forward, the bookings, and the balances to be checked."""
    yield 'option "title" "Timebank"\n'
    for unit in sorted({account.commodity for account in accounts.values()}):
        yield f'option "operating_currency" "{unit}"\n'
    for account in accounts.values():
        yield f"{min(account.opened, days.first)} open {account.name} {account.commodity}\n"
    yield from _opening(accounts, list(before), days, '{day} * "opening" "brought forward"\n', quoted=False)
    for one in bookings:
        yield f'\n{one.recorded.date()} * "{one.purpose}" "{_words(one.memo)}"\n'
        yield f'  transfer: "{one.id}"\n  kind: "{one.kind}"\n  by: "{_words(one.by)}"\n'
        yield from _postings(accounts, one, quoted=False)
    yield "\n"
    for balance in after:
        account = accounts[balance.tenant, balance.account]
        yield f"{days.after} balance {account.name} {balance.amount} {account.commodity}\n"


def hledger(
    accounts: Accounts, before: Iterable[Balance], bookings: Iterable[Booking], after: Iterable[Balance], days: Days
) -> Iterator[str]:
    """An hledger journal with the same content; the last transaction asserts every balance."""
    yield "; Timebank\n"
    for unit in sorted({account.commodity for account in accounts.values()}):
        yield f'commodity 1000. "{unit}"\n'
    for account in accounts.values():
        yield f"account {account.name}\n"
    for purpose in ("opening", "closing"):
        yield f"; {purpose} lines bring balances forward or check them\n"
    yield from _opening(accounts, list(before), days, "{day} * opening | brought forward\n", quoted=True)
    for one in bookings:
        yield f"\n{one.recorded.date()} * {one.purpose} | {_words(one.memo)}\n"
        yield f"    ; transfer: {one.id}\n    ; kind: {one.kind}\n    ; by: {_words(one.by)}\n"
        yield from _postings(accounts, one, quoted=True)
    assertions = list(after)
    if assertions:
        yield f"\n{days.after} * closing | balances\n"
    for balance in assertions:
        account = accounts[balance.tenant, balance.account]
        yield f'    {account.name}  0 "{account.commodity}" = {balance.amount} "{account.commodity}"\n'


@dataclass(frozen=True, slots=True)
class Days:
    """The first day of a file and the day after its last."""

    first: date
    after: date


def _opening(accounts: Accounts, before: list[Balance], days: Days, head: str, *, quoted: bool) -> Iterator[str]:
    there = [balance for balance in before if balance.amount]
    if there:
        yield "\n" + head.format(day=days.first)
    for balance in there:
        account = accounts[balance.tenant, balance.account]
        yield _posting(account, balance.amount, quoted=quoted)


def _postings(accounts: Accounts, one: Booking, *, quoted: bool) -> Iterator[str]:
    yield _posting(accounts[one.tenant, one.debit], -one.amount, quoted=quoted)
    yield _posting(accounts[one.tenant, one.credit], one.amount, quoted=quoted)


def _posting(account: BookAccount, amount: int, *, quoted: bool) -> str:
    unit = f'"{account.commodity}"' if quoted else account.commodity
    return f"    {account.name}  {amount} {unit}\n"


def csv_text(accounts: Accounts, bookings: Iterable[Booking]) -> Iterator[str]:
    """RFC 4180: a line for each entry, two for each transfer, moments in ISO 8601."""
    yield _line(CSV_HEADS)
    for one in bookings:
        sides = (
            (one.debit, one.debit_seq, -one.amount, one.debit_balance),
            (one.credit, one.credit_seq, one.amount, one.credit_balance),
        )
        for number, seq, amount, balance in sides:
            account = accounts[one.tenant, number]
            moments = (one.recorded.isoformat(), one.happened.isoformat())
            owner = (account.unit, account.id, account.kind, account.owner_id)
            yield _line(
                (
                    *(one.tenant, one.id, *moments, one.kind, one.purpose, *owner),
                    *(seq, amount, balance, one.by, one.memo),
                )
            )


def _line(values: Iterable[object]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(values)
    return out.getvalue()
