"""Commands about the books.  Exit codes: 0 done, 1 the books are unsound, 2 wrong use."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import func, select

from timebank.core import clock
from timebank.core.db import careless
from timebank.ledger import roles, selfcheck, service
from timebank.ledger.cli.group import ledger
from timebank.ledger.models import Transfer
from timebank.ledger.queries import period as periods
from timebank.ledger.queries.period import Period
from timebank.ledger.queries.sealed import sealed_tenants
from timebank.ledger.queries.since import verify_since
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import Verdict, verify_side_by_side
from timebank.ledger.rules import bookkeeping

WORTH_A_BAR = 50_000  # transfers: fewer are read in a second
DAY = click.DateTime(formats=["%Y-%m-%d"])


@ledger.command()
@click.option("--full", is_flag=True, help="Everything (as without an option).")
@click.option("--since-seal", type=click.IntRange(1), help="Trust the books up to this published seal.")
@click.option("--tenant", type=int, help="The city whose seal is meant; may be left out where there is one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def verify(full: bool, since_seal: int | None, tenant: int | None, as_json: bool) -> None:
    """Recomputes every balance, hold, limit and seal from the entries; exit 1 when anything disagrees."""
    if since_seal is None:
        verdict = _full()
    elif full:
        raise click.UsageError("Give --full or --since-seal.")
    else:
        verdict = _since(tenant, since_seal)
    if as_json:
        click.echo(json.dumps({"sound": verdict.sound, **dataclasses.asdict(verdict)}, ensure_ascii=False))
    else:
        _tell(verdict)
    sys.exit(0 if verdict.sound else 1)


def _full() -> Verdict:
    with snapshot() as connection:
        transfers = connection.scalar(select(func.count()).select_from(Transfer)) or 0
    hidden = transfers < WORTH_A_BAR
    with click.progressbar(length=transfers, label="Transfers", file=sys.stderr, hidden=hidden) as bar:
        return verify_side_by_side(bar.update)


def _since(tenant: int | None, n: int) -> Verdict:
    with snapshot() as connection:
        tenants = sealed_tenants(connection)
        if tenant is None and len(tenants) == 1:
            tenant = tenants[0]
        if tenant is None:
            raise click.UsageError("Name the city of the seal: --tenant.")
        try:
            return verify_since(connection, tenant, n)
        except ValueError as error:
            raise click.UsageError(f"The published seals cannot be trusted up to seal {n}: {error}") from error


def _tell(verdict: Verdict) -> None:
    for finding in verdict.findings:
        click.echo(f"{finding.code}\t{finding.tenant or ''}\t{finding.subject}\t{finding.detail}")
    click.echo(
        f"{verdict.accounts} accounts, {verdict.transfers} transfers, {verdict.entries} entries, "
        f"{verdict.seals} seals: {'sound' if verdict.sound else f'{len(verdict.findings)} findings'}",
        err=True,
    )


@ledger.command()
@click.option("--format", "form", type=click.Choice(["beancount", "hledger", "csv"]), required=True)
@click.option("--from", "first", type=DAY, help="First day (of writing).")
@click.option("--to", "last", type=DAY, help="Last day, included.")
@click.option("--tenant", type=int, help="Only this city.")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def export(form: str, first: datetime | None, last: datetime | None, tenant: int | None, out: Path) -> None:
    """Writes the books for an accounting program to OUT, with the balances it has to come to."""
    if first and last and first > last:
        raise click.UsageError("--from must not be later than --to")
    period = Period(first.date() if first else None, last.date() if last else None, tenant)
    _write(out, _export(form, period))


def _export(form: str, period: Period) -> Iterator[str]:
    with snapshot() as connection:
        accounts = {(one.tenant, one.id): one for one in periods.accounts(connection, period)}
        bookings = periods.bookings(connection, period)
        if form == "csv":
            yield from bookkeeping.csv_text(accounts, bookings)
            return
        before = periods.balances_before(connection, period.start, period) if period.start else []
        after = periods.balances_before(connection, period.end, period)
        writer = bookkeeping.beancount if form == "beancount" else bookkeeping.hledger
        yield from writer(accounts, before, bookings, after, _days(period, accounts.values()))


def _days(period: Period, accounts: Iterable[bookkeeping.BookAccount]) -> bookkeeping.Days:
    today = clock.today()
    first = period.first or min((account.opened for account in accounts), default=today)
    last = period.last or max(today, first)
    return bookkeeping.Days(first, last + timedelta(days=1))


def _write(out: Path, parts: Iterable[str]) -> None:
    """A file appears whole or not at all."""
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise click.UsageError(f"cannot write {out}: {error.strerror}") from error
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(parts)
        draft.chmod(0o644)
        draft.replace(out)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


@ledger.command("sweep-holds")
def sweep_holds() -> None:
    """Frees hours whose promise has expired."""
    click.echo(f"{service.sweep_holds()} released")


@ledger.command("selfcheck")
def self_check() -> None:
    """Compares triggers and constraints with the shipped ones; exit 1 when they differ."""
    with snapshot() as connection:
        found = selfcheck.problems(connection)
        warnings = [*roles.warnings(connection), *careless(connection)]
    for problem in found:
        click.echo(problem)
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
    click.echo("the database guards the ledger as shipped" if not found else f"{len(found)} differences", err=True)
    sys.exit(1 if found else 0)
