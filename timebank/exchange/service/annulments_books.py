"""What a case about untrue hours does to the books and to the volunteer: freeze, take back, restore, bar."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.exchange.models.annulments import AnnulledVisit, AnnulmentCase
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import schemes
from timebank.exchange.rules.annulments import TAKEN_BACK
from timebank.exchange.rules.credit import stored
from timebank.exchange.rules.giving import overflow_of
from timebank.exchange.rules.visits import Event
from timebank.exchange.rules.volunteers import VolunteerState
from timebank.exchange.service import payment, steps, volunteers_steps
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.queries import JournalLine
from timebank.people import queries as people

STEPS = ("kept", "overflow", "paid")  # of a credit, in the order in which they are undone
BARRABLE = (VolunteerState.ACTIVE, VolunteerState.SUSPENDED, VolunteerState.EXITED)


def freeze(actor: Actor, row: AnnulmentCase, visits: list[Visit], days: int) -> None:
    """Puts what the visits brought on hold, as far as it was not spent; never more than that (C3.6)."""
    tenant = schemes.scheme(row.scheme_id).tenant
    account = _account(tenant, visits)
    if account is None:
        return
    account = _where_now(tenant, account)
    ledger.lock_accounts(tenant, [account])
    at_stake = sum(_kept(visit) for visit in visits)
    minutes = min(at_stake, max(0, books.balance(tenant, account).available))
    if not minutes:
        return
    aside = ledger.ensure_account(tenant, "forfeited", row.scheme_id)
    until = clock.now() + timedelta(days=days)
    held = ledger.hold(
        tenant,
        account,
        aside,
        minutes,
        key=f"annulment:{row.id}:hold",
        expires_at=until,
        purpose="annulment",
        memo="核查期间冻结 / On hold while it is looked into",
        actor=actor,
    )
    row.hold_id, row.hold_until, row.held_minutes = held.id, until, minutes


def _kept(visit: Visit) -> int:
    """What of a credit is on the volunteer's account."""
    return int(visit.credit_explained.get("kept", visit.minutes_credited or 0)) if "kept" in visit.postings else 0


def _account(tenant: int, visits: list[Visit]) -> int | None:
    """The account the credits went to: the member's, or the group's."""
    made = next((visit.postings["kept"] for visit in visits if "kept" in visit.postings), None)
    return books.transfer(tenant, uuid.UUID(made)).credit.account_id if made else None


def _where_now(tenant: int, account: int) -> int:
    """Where the hours of an account are: with the record that its owner was merged into, if they were."""
    owner = books.account(tenant, account)
    if owner.kind != "member":  # a merge carries on what members have, nothing else
        return account
    kept = people.resolve(owner.owner_id)
    return account if kept == owner.owner_id else ledger.ensure_account(tenant, owner.kind, kept)


def unfreeze(actor: Actor, row: AnnulmentCase) -> None:
    """Frees what is on hold, unless its time was over before anybody decided."""
    if row.hold_id is None or row.hold_until is None or row.hold_until <= clock.now():
        return
    tenant = schemes.scheme(row.scheme_id).tenant
    key = f"annulment:{row.id}:release"
    ledger.release(tenant, row.hold_id, key=key, reason="核查结束 / looked into", actor=actor)
    row.hold_id = None


def take_back(actor: Actor, row: AnnulmentCase) -> int:
    """Reverses every credit of the case that can be reversed now; returns the minutes.

    What was spent since stays open and is taken back by the clock once there are hours again: no account goes below
    zero (C8.2).  The books name both people, so that closed months can be reached.
    """
    lines = db.session.scalars(
        select(AnnulledVisit)
        .where(AnnulledVisit.case_id == row.id, AnnulledVisit.taken_back_at.is_(None))
        .order_by(AnnulledVisit.visit_id.desc())
    )
    return sum(_take_back_one(actor, row, line) for line in list(lines))


def _take_back_one(actor: Actor, row: AnnulmentCase, line: AnnulledVisit) -> int:
    visit = steps.visit_for_change(line.visit_id)
    if visit.state is not VisitState.CREDITED:  # settled elsewhere meanwhile
        line.minutes, line.taken_back_at = 0, clock.now()
        return 0
    tenant = schemes.scheme(visit.scheme_id).tenant
    parts = {name: uuid.UUID(visit.postings[name]) for name in STEPS if name in visit.postings}
    transfers = {name: books.transfer(tenant, made) for name, made in parts.items()}
    sides = {side for one in transfers.values() for side in (one.debit.account_id, one.credit.account_id)}
    sides |= {_where_now(tenant, one.credit.account_id) for name, one in transfers.items() if name == "kept"}
    ledger.lock_accounts(tenant, sides)
    if any(_missing(tenant, name, one) for name, one in transfers.items()):
        return 0
    if "kept" in transfers:
        _bring_back(actor, f"annulment:{row.id}:{visit.id}:joined", tenant, transfers["kept"])
    first = Actor(account_id=row.opened_by, name=row.opened_name)
    second = Actor(account_id=row.decided_by, name=row.decided_name)
    for name, made in parts.items():
        key = f"annulment:{row.id}:{visit.id}:{name}"
        receipt = ledger.reverse(tenant, made, key=key, reason=row.finding, actor=first, second=second)
        payment.note_transfer(visit, receipt.id, visit.credit_explained, reversal=True)
    visit.postings, visit.transfer_id, visit.minutes_credited = {}, None, 0
    steps.move(actor, visit, Event.ANNUL, row.finding)
    line.taken_back_at = clock.now()
    return line.minutes


def _missing(tenant: int, name: str, credit: JournalLine) -> bool:
    """Were minutes of this step spent since?  Those of a merged record may be where its owner is now."""
    account = credit.credit.account_id
    places = {account, _where_now(tenant, account)} if name == "kept" else {account}
    at_hand = sum(one.available for one in books.balances(tenant, places).values())
    return name != "paid" and at_hand < credit.amount


def _bring_back(actor: Actor, key: str, tenant: int, credit: JournalLine) -> None:
    """What a merge carried on returns to the account of the credit, so that the credit can be reversed there."""
    account = credit.credit.account_id
    lacking = credit.amount - books.balance(tenant, account).available
    if lacking > 0:
        source = _where_now(tenant, account)
        ledger.post(tenant, source, account, lacking, key=key, purpose="annulment", actor=actor)


def take_back_rest(actor: Actor) -> int:
    """Takes back what was spent when its case was decided, where there are hours now; returns the minutes."""
    open_lines = (AnnulledVisit.taken_back_at.is_(None), AnnulmentCase.state.in_(TAKEN_BACK))
    cases = db.session.scalars(
        select(AnnulmentCase.id).join(AnnulledVisit, AnnulledVisit.case_id == AnnulmentCase.id).where(*open_lines)
    )
    return sum(_rest_of(actor, case_id) for case_id in sorted(set(cases)))


@transaction
def _rest_of(actor: Actor, case_id: int) -> int:
    return take_back(actor, db.session.get_one(AnnulmentCase, case_id, with_for_update=True))


def restore(actor: Actor, row: AnnulmentCase) -> None:
    """The annulment was wrong: the visits count again, as of now.

    Who received the help pays again if they have the hours; if they have spent them since, the time bank issues them:
    its mistake is nobody else's burden.  Raises Refused("overlap_now").
    """
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
