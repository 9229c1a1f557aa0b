"""What a case about untrue hours does to the books and to the volunteer: take back, restore, bar."""

from __future__ import annotations

import uuid
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import Refused
from timebank.exchange.models.annulments import AnnulledVisit, AnnulmentCase
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import schemes
from timebank.exchange.rules.annulments import OPEN, TAKEN_BACK
from timebank.exchange.rules.credit import stored
from timebank.exchange.rules.giving import overflow_of
from timebank.exchange.rules.visits import Event
from timebank.exchange.rules.volunteers import VolunteerState
from timebank.exchange.service import annulments_holds as holds
from timebank.exchange.service import payment, steps, volunteers_steps
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.errors import AccountClosed, AccountFrozen, InsufficientTime, OverCeiling
from timebank.ledger.queries import JournalLine
from timebank.people import queries as people

STEPS = ("kept", "overflow", "paid")  # of a credit, in the order in which they are undone
NOT_YET = (AccountClosed, AccountFrozen, InsufficientTime, OverCeiling)  # another day it may be possible
BARRABLE = (VolunteerState.ACTIVE, VolunteerState.SUSPENDED, VolunteerState.EXITED)


def take_back(actor: Actor, row: AnnulmentCase) -> int:
    """Reverses every credit of the case that can be reversed now; returns the minutes.

    What was spent since stays open and is taken back by the clock once there are hours again: no account goes below
    zero (C8.2).  Until then what is left of it is on hold.  The books name both people, so that closed months can be
    reached.
    """
    holds.unfreeze(actor, row)
    minutes = sum(_take_back_one(actor, row, line) for line in holds.open_lines(row))
    holds.hold_rest(actor, row)
    return minutes


def _take_back_one(actor: Actor, row: AnnulmentCase, line: AnnulledVisit) -> int:
    visit = steps.visit_for_change(line.visit_id)
    if visit.state is VisitState.VOIDED:  # settled elsewhere meanwhile
        line.minutes, line.taken_back_at = 0, clock.now()
        return 0
    if visit.state is not VisitState.CREDITED:  # a dispute takes no visit out of a case: its settlement is waited for
        return 0
    line.minutes = visit.minutes_credited or 0  # a settlement may have changed it since the suspicion
    tenant = schemes.scheme(visit.scheme_id).tenant
    transfers = {
        name: books.transfer(tenant, uuid.UUID(visit.postings[name])) for name in STEPS if name in visit.postings
    }
    sides = {side for one in transfers.values() for side in (one.debit.account_id, one.credit.account_id)}
    sides |= {holds.where_now(tenant, one.credit.account_id) for name, one in transfers.items() if name == "kept"}
    ledger.lock_accounts(tenant, sides)
    if any(_missing(tenant, name, one) for name, one in transfers.items()):
        return 0
    try:
        with db.session.begin_nested():
            _reverse(actor, row, visit, transfers)
    except NOT_YET:
        return 0
    line.minutes = sum(one.amount for name, one in transfers.items() if name != "paid")
    line.taken_back_at = clock.now()
    return line.minutes


def _reverse(actor: Actor, row: AnnulmentCase, visit: Visit, transfers: dict[str, JournalLine]) -> None:
    tenant = schemes.scheme(visit.scheme_id).tenant
    if "kept" in transfers:
        _bring_back(actor, f"annulment:{row.id}:{visit.id}:joined", tenant, transfers["kept"])
    first = Actor(account_id=row.opened_by, name=row.opened_name)
    second = Actor(account_id=row.decided_by, name=row.decided_name)
    for name, one in transfers.items():
        key = f"annulment:{row.id}:{visit.id}:{name}"
        receipt = ledger.reverse(tenant, one.id, key=key, reason=row.finding, actor=first, second=second)
        payment.note_transfer(visit, receipt.id, visit.credit_explained, reversal=True)
    visit.postings, visit.transfer_id, visit.minutes_credited = {}, None, 0
    steps.move(actor, visit, Event.ANNUL, row.finding)


def _missing(tenant: int, name: str, credit: JournalLine) -> bool:
    """Were minutes of this step spent since?  Those of a merged record may be where its owner is now."""
    account = credit.credit.account_id
    places = {account, holds.where_now(tenant, account)} if name == "kept" else {account}
    at_hand = sum(one.available for one in books.balances(tenant, places).values())
    return name != "paid" and at_hand < credit.amount


def _bring_back(actor: Actor, key: str, tenant: int, credit: JournalLine) -> None:
    """What a merge carried on returns to the account of the credit, so that the credit can be reversed there."""
    account = credit.credit.account_id
    lacking = credit.amount - books.balance(tenant, account).available
    if lacking > 0:
        source = holds.where_now(tenant, account)
        memo = "转回原编号，以便冲正 / Back to the earlier number, where the credit is reversed"
        ledger.post(tenant, source, account, lacking, key=key, purpose="merge", memo=memo, actor=actor)


class Rest(NamedTuple):
    """What the clock took back (minutes), and how many cases the books refused altogether."""

    minutes: int
    refused: int


def take_back_rest(actor: Actor) -> Rest:
    """Takes back what was spent when its case was decided, where there are hours now; each case for itself."""
    cases = db.session.scalars(
        select(AnnulmentCase.id)
        .join(AnnulledVisit, AnnulledVisit.case_id == AnnulmentCase.id)
        .where(AnnulledVisit.taken_back_at.is_(None), AnnulledVisit.restored_at.is_(None))
        .where(AnnulmentCase.state.in_(TAKEN_BACK))
    )
    minutes = refused = 0
    for case_id in sorted(set(cases)):
        try:
            minutes += rest_of(actor, case_id)
        except Refused:  # nothing of it was kept; the others do not wait for it
            db.session.rollback()
            refused += 1
    return Rest(minutes, refused)


@transaction
def rest_of(actor: Actor, case_id: int) -> int:
    """Tries one case again; returns the minutes.  A night on which nothing changed leaves no lines in the books."""
    row = db.session.get_one(AnnulmentCase, case_id, with_for_update=True)
    if row.state not in TAKEN_BACK:  # decided otherwise since somebody looked
        return 0
    stood, before = holds.stands(row), _outstanding(row)
    with db.session.begin_nested() as attempt:
        minutes = take_back(actor, row)
        if stood and _outstanding(row) == before:
            attempt.rollback()
    return minutes


def _outstanding(row: AnnulmentCase) -> tuple[int, list[tuple[int, int]]]:
    return row.held_minutes, [(line.visit_id, line.minutes) for line in holds.open_lines(row)]


def step_aside(actor: Actor, visit_id: int) -> list[AnnulmentCase]:
    """A dispute about a visit of a case is settled: its credit can only be reversed when it is not on hold.

    Returns the cases for `go_on`, in the same transaction.
    """
    cases = list(
        db.session.scalars(
            select(AnnulmentCase)
            .join(AnnulledVisit, AnnulledVisit.case_id == AnnulmentCase.id)
            .where(AnnulledVisit.visit_id == visit_id, AnnulmentCase.state.in_(OPEN | TAKEN_BACK))
            .where(AnnulledVisit.taken_back_at.is_(None), AnnulledVisit.restored_at.is_(None))
            .order_by(AnnulmentCase.id)
            .with_for_update(of=AnnulmentCase)
        )
    )
    for row in cases:
        holds.unfreeze(actor, row)
    return cases


def go_on(actor: Actor, cases: list[AnnulmentCase]) -> None:
    """After the settlement: what was decided is carried out, what is undecided is on hold as long as it was to be."""
    for row in cases:
        if row.state in TAKEN_BACK:
            take_back(actor, row)
        elif row.hold_until is not None and row.hold_until > clock.now():
            holds.hold(actor, row, holds.still_credited(row), row.hold_until)


def restore(actor: Actor, row: AnnulmentCase) -> None:
    """The annulment was wrong: the visits count again, as of now, and what was not taken back yet never is.

    Who received the help pays again if they have the hours; if they have spent them since, the time bank issues them:
    its mistake is nobody else's burden.  Raises Refused("overlap_now").
    """
    holds.unfreeze(actor, row)
    for line in holds.open_lines(row):
        line.restored_at = clock.now()
    taken = (AnnulledVisit.case_id == row.id, AnnulledVisit.taken_back_at.is_not(None), AnnulledVisit.minutes > 0)
    for line in list(db.session.scalars(select(AnnulledVisit).where(*taken).order_by(AnnulledVisit.visit_id))):
        _restore_one(actor, row, line)


def _restore_one(actor: Actor, row: AnnulmentCase, line: AnnulledVisit) -> None:
    visit = steps.visit_for_change(line.visit_id)
    helper = db.session.get_one(Volunteer, people.resolve(row.volunteer_id))
    rules = schemes.parameters(visit.scheme_id, clock.today())
    from_whom = payment.payer(visit.scheme_id, visit.recipient_id, visit.funding)
    tenant = from_whom.tenant
    account = ledger.ensure_account(tenant, payment.kind_of(helper, rules), helper.person_id)
    elsewhere = payment.overflow_account(visit, tenant, overflow_of(helper.overflow_choice, rules["tb.overflow"]))
    issued = ledger.ensure_account(tenant, "issued", visit.scheme_id, floor=None)
    ledger.lock_accounts(tenant, {from_whom.account, account, elsewhere, issued})
    source = from_whom.account if payment.available(from_whom) >= line.minutes else issued
    split = stored(line.minutes, books.balance(tenant, account).posted, rules.number("tb.storage_cap_minutes"))
    made = {}
    for name, target, minutes in (("kept", account, split.kept), ("overflow", elsewhere, split.overflow)):
        if minutes:
            key = f"annulment:{row.id}:{visit.id}:restore:{name}"
            purpose = "visit" if name == "kept" else "overflow"
            memo = "复核后恢复 / Given back after the appeal"
            receipt = ledger.post(tenant, source, target, minutes, key=key, purpose=purpose, memo=memo, actor=actor)
            made[name] = str(receipt.id)
    visit.postings, visit.minutes_credited = made, line.minutes
    visit.transfer_id = uuid.UUID(made.get("kept") or made["overflow"])
    visit.credit_explained = visit.credit_explained | {"kept": split.kept, "overflow": split.overflow}
    for one in made.values():
        payment.note_transfer(visit, uuid.UUID(one), visit.credit_explained)
    steps.move(actor, visit, Event.REINSTATE, row.re_finding)
    steps.flush()
    line.restored_at = clock.now()


def bar(actor: Actor, row: AnnulmentCase, months: int) -> None:
    """Bars the volunteer for tb.fraud_bar_months, and sets planned visits free."""
    volunteer = db.session.get_one(Volunteer, people.resolve(row.volunteer_id), with_for_update=True)
    if volunteer.state not in BARRABLE:
        return
    row.state_before = volunteer.state
    row.barred_until = volunteer.barred_until = volunteers_steps.months_later(clock.today(), months)
    volunteers_steps.write_event(actor, volunteer, VolunteerState.BARRED, row.finding[:200])
    volunteers_steps.stopped(actor, volunteer.person_id, row.finding)


def lift_bar(actor: Actor, row: AnnulmentCase) -> None:
    """The volunteer is what they were before, if this case had barred them and nothing else did since."""
    volunteer = db.session.get_one(Volunteer, people.resolve(row.volunteer_id), with_for_update=True)
    mine: date | None = row.barred_until
    if row.state_before is None or volunteer.state is not VolunteerState.BARRED or volunteer.barred_until != mine:
        return
    volunteers_steps.write_event(actor, volunteer, row.state_before, row.re_finding[:200])
    volunteer.barred_until = row.barred_until = None
