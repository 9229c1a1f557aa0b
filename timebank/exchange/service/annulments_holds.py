"""What a case about untrue hours keeps on hold: the suspect minutes, and later what could not be taken back yet."""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models.annulments import AnnulledVisit, AnnulmentCase
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import schemes
from timebank.exchange.rules.annulments import TAKEN_BACK
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.errors import HoldResolved, LedgerError
from timebank.ledger.service.joining import CAME_BACK
from timebank.people import queries as people

LOOKED_INTO = "核查期间冻结 / On hold while it is looked into"
WAITS = "已决定撤销，等待追回 / Annulled; waits to be taken back"
RENEWED = timedelta(days=15)  # before it ends by itself: what is still to be taken back does not become free


def freeze(actor: Actor, row: AnnulmentCase, visits: list[Visit], days: int) -> None:
    """Puts what the visits brought on hold for `days`, as far as it was not spent; never more than that (C3.6)."""
    hold(actor, row, visits, clock.now() + timedelta(days=days))


def hold_rest(actor: Actor, row: AnnulmentCase) -> None:
    """After an upheld case: what is left of the hours that are still to be taken back waits for that."""
    days = schemes.parameters(row.scheme_id, clock.today()).number("tb.suspicion_days")
    freeze(actor, row, still_credited(row), days)


def hold(actor: Actor, row: AnnulmentCase, visits: list[Visit], until: datetime) -> None:
    """Holds what of the visits' credits is on one account, the one that has most of it (a group's is another).

    What was freed under a number that was merged since is carried on first: else nothing would hold it there.
    """
    row.held_minutes = 0
    tenant = schemes.scheme(row.scheme_id).tenant
    at_stake = _at_stake(tenant, visits)
    if not at_stake:
        return
    _carry_on(actor, row.volunteer_id)
    account = max(at_stake, key=lambda one: (at_stake[one], one))
    ledger.lock_accounts(tenant, [account])
    minutes = min(at_stake[account], max(0, books.balance(tenant, account).available))
    if not minutes:
        return
    held = ledger.hold(
        tenant,
        account,
        ledger.ensure_account(tenant, "forfeited", row.scheme_id),
        minutes,
        key=f"annulment:{row.id}:rest:{row.hold_no}" if row.hold_no else f"annulment:{row.id}:hold",
        expires_at=until,
        purpose="annulment",
        memo=WAITS if row.state in TAKEN_BACK else LOOKED_INTO,
        actor=actor,
    )
    row.hold_id, row.hold_until, row.held_minutes = held.id, until, minutes
    row.hold_no += 1


def _carry_on(actor: Actor, volunteer_id: int) -> None:
    """What the books refuse (a closed account) waits for the clock; the savepoint keeps the rest of the case."""
    kept = people.resolve(volunteer_id)
    for merged in sorted(people.ids_of(kept) - {kept}):
        with suppress(LedgerError), db.session.begin_nested():
            ledger.join(actor, kept, merged, CAME_BACK)


def _at_stake(tenant: int, visits: list[Visit]) -> Counter[int]:
    """By account, where it is now: what of the visits' credits was kept there (minutes)."""
    found: Counter[int] = Counter()
    for visit in visits:
        if "kept" in visit.postings:
            made = books.transfer(tenant, uuid.UUID(visit.postings["kept"]))
            found[where_now(tenant, made.credit.account_id)] += made.amount
    return found


def where_now(tenant: int, account: int) -> int:
    """Where the hours of an account are: with the record that its owner was merged into, if they were."""
    owner = books.account(tenant, account)
    if owner.kind != "member":  # a merge carries on what members have, nothing else
        return account
    kept = people.resolve(owner.owner_id)
    return account if kept == owner.owner_id else ledger.ensure_account(tenant, owner.kind, kept)


def unfreeze(actor: Actor, row: AnnulmentCase) -> None:
    """Frees what is on hold, unless its time was over before and it is free already."""
    if row.hold_id is None:
        return
    tenant = schemes.scheme(row.scheme_id).tenant
    key = f"annulment:{row.id}:release:{row.hold_no}"
    with suppress(HoldResolved):  # by the clock, which frees what nobody decided on in time
        ledger.release(tenant, row.hold_id, key=key, reason="核查结束 / looked into", actor=actor)
    row.hold_id = None


def stands(row: AnnulmentCase) -> bool:
    """Is something on hold that stays so for a while?"""
    return row.hold_id is not None and row.hold_until is not None and row.hold_until - clock.now() > RENEWED


def open_lines(row: AnnulmentCase) -> list[AnnulledVisit]:
    """The visits of a case that are neither taken back nor left to the volunteer, newest first."""
    return list(
        db.session.scalars(
            select(AnnulledVisit)
            .where(AnnulledVisit.case_id == row.id)
            .where(AnnulledVisit.taken_back_at.is_(None), AnnulledVisit.restored_at.is_(None))
            .order_by(AnnulledVisit.visit_id.desc())
        )
    )


def still_credited(row: AnnulmentCase) -> list[Visit]:
    """The visits of a case whose credit stands in the books, also while they are disputed."""
    numbers = [line.visit_id for line in open_lines(row)]
    return list(db.session.scalars(select(Visit).where(Visit.id.in_(numbers)).order_by(Visit.id)))
