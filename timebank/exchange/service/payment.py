"""A visit and the ledger: the hold before, the credit after, the reversal of a settled dispute.

How the books stay exact and each statement shows one line (domain.md F2, F3):
- The helper is not known when the hold is placed, so the hold names the scheme's `clearing` account.  At the credit the
  hold is *captured* straight into the helper's account: one transfer, one line for the payer, one for the helper.
- Above the storage cap the capture goes to clearing, which posts what may be kept to the helper and the rest to the
  community pot (F2): payer -97, helper +30, pot +67, clearing 0.  All transfers carry one group.
- Capturing less than was held frees the rest.
- More minutes than were on hold: only when a coordinator allowed it (`extra_approved_by`) and the payer has them.  Then
  the hold is released and the whole is posted, so that the payer still reads one line.  Otherwise the hold bounds the
  credit, and the reckoning says so (`paid_for`).
- No hold (hours logged afterwards), or one that ran out: the whole is posted.
The memo names the kind of help and how the two call each other, in both languages, nothing of anybody's situation.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.core.parameters import Values
from timebank.exchange.models.visits import Visit, VisitTransfer
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import schemes
from timebank.exchange.rules.credit import Credit, Limits, Rounding, Stored, credit, stored
from timebank.exchange.rules.giving import Overflow, overflow_of
from timebank.exchange.rules.names import called
from timebank.exchange.rules.requests import Funding
from timebank.exchange.rules.visits import VisitState
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.errors import SecondPersonNeeded
from timebank.ledger.queries.closings import open_moment
from timebank.people import queries as people


@dataclass(frozen=True, slots=True)
class Payer:
    """The account that pays and the clearing account of its scheme."""

    tenant: int
    account: int
    clearing: int


def payer(scheme_id: int, recipient_id: int, funding: str) -> Payer:
    """Whose hours pay (F3): the recipient's own, their grant, the community pot, or issued ones for free events."""
    tenant = schemes.scheme(scheme_id).tenant
    owner = recipient_id if funding in (Funding.OWN, Funding.GRANT) else scheme_id
    kind = {Funding.OWN.value: "member"}.get(funding, funding)
    account = ledger.ensure_account(tenant, kind, owner, floor=None if funding == Funding.ISSUED else 0)
    return Payer(tenant, account, ledger.ensure_account(tenant, "clearing", scheme_id, floor=None))


def price(minutes: int, service: schemes.ServiceInfo, parameters: Values) -> int:
    """What a visit of the planned length will cost, in minutes: rounded and weighted as the credit will be."""
    limits = Limits(
        rounding=Rounding(parameters["tb.rounding"]),
        weight_permille=service.weight_permille,
        longest=service.max_minutes,
    )
    return credit(minutes, limits).credited


def available(from_whom: Payer) -> int:
    """Minutes the payer can still spend (F5)."""
    return books.balance(from_whom.tenant, from_whom.account).available


def require_available(from_whom: Payer, funding: str, needed: int, visits: int) -> None:
    """Raises `Refused("not_enough_hours")` with the numbers, before any hold is tried."""
    if funding == Funding.ISSUED:
        return
    left = available(from_whom)
    if left < needed:
        raise Refused("not_enough_hours", field="funding", available_minutes=left, needed_minutes=needed, visits=visits)


def place_hold(
    actor: Actor, visit: Visit, from_whom: Payer, minutes: int, days_kept: int, *, number: int | None = None
) -> None:
    """Puts the price of the visit on hold until `days_kept` days after it; again, with a `number`, once it was moved.

    Raises the ledger's `insufficient_time`.
    """
    until = visit.latest_start + timedelta(days=days_kept)
    memo = _memo(visit, None)
    receipt = ledger.hold(
        from_whom.tenant,
        from_whom.account,
        from_whom.clearing,
        minutes,
        key=f"visit:{visit.id}:hold" + (f":{number}" if number else ""),
        expires_at=until,
        purpose="visit",
        memo=_moved(memo, visit.latest_start) if number else memo,
        actor=actor,
    )
    visit.hold_id, visit.held_minutes, visit.hold_until = receipt.id, minutes, until


def free_hold(actor: Actor, visit: Visit, reason: str) -> None:
    """Releases the visit's hold, if there still is one."""
    if not holds(visit):
        return
    assert visit.hold_id is not None
    ledger.release(
        _tenant(visit), visit.hold_id, key=f"visit:{visit.id}:release", reason=reason or "visit", actor=actor
    )
    visit.hold_id, visit.held_minutes = None, 0


def holds(visit: Visit) -> bool:
    """Is something still on hold for the visit?"""
    return visit.hold_id is not None and visit.hold_until is not None and clock.now() < visit.hold_until


def _tenant(visit: Visit) -> int:
    return schemes.scheme(visit.scheme_id).tenant


def reckon(visit: Visit, parameters: Values) -> Credit:
    """F1 for a visit that was checked out; the caps see what the helper was credited before, that day and month."""
    service = schemes.service_type(visit.service_code)
    day, month = _credited_before(visit)
    bound = visit.held_minutes if holds(visit) and visit.extra_approved_by is None else None
    return credit(
        visit.minutes_actual or 0,
        Limits(
            rounding=Rounding(parameters["tb.rounding"]),
            weight_permille=service.weight_permille,
            min_session=parameters.number("tb.min_session_minutes"),
            longest=service.max_minutes,
            day_left=parameters.number("tb.daily_cap_minutes") - day,
            month_left=parameters.number("tb.monthly_cap_minutes") - month,
            paid_for=bound,
        ),
    )


def _credited_before(visit: Visit) -> tuple[int, int]:
    """Minutes credited to the helper on the visit's civil day and in its month, without this visit."""
    began = clock.civil(visit.check_in_at or visit.starts_at).date()
    first = began.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    same_day = Visit.check_in_at.between(clock.at(began, 0), clock.at(began, 1440) - timedelta(microseconds=1))
    day, month = db.session.execute(
        select(
            func.coalesce(func.sum(case((same_day, Visit.minutes_credited), else_=0)), 0),
            func.coalesce(func.sum(Visit.minutes_credited), 0),
        ).where(
            Visit.volunteer_id == visit.volunteer_id,
            Visit.id != visit.id,
            Visit.state == VisitState.CREDITED,
            Visit.check_in_at >= clock.at(first, 0),
            Visit.check_in_at < clock.at(following, 0),
        )
    ).one()
    return int(day), int(month)


def pay(actor: Actor, visit: Visit) -> None:
    """Credits a visit: reckons it (F1), moves the hours (F2, F3), keeps the explanation.  At most once per credit_no.

    The helper's row is locked, so that two visits confirmed at once cannot both use what is left under a cap.
    Raises `Refused`: insufficient_time (the payer has too little and nothing was on hold).
    """
    helper = db.session.get_one(Volunteer, visit.volunteer_id, with_for_update=True)
    parameters = schemes.parameters(visit.scheme_id, clock.civil(visit.check_in_at or visit.starts_at).date())
    reckoned = reckon(visit, parameters)
    visit.credit_no += 1
    visit.minutes_credited = reckoned.credited
    kept = Stored(0, 0)
    if reckoned.credited:
        kept = _book(actor, visit, helper, reckoned.credited, parameters)
    else:
        free_hold(actor, visit, "不计时间 / nothing to credit")
    visit.credit_explained = reckoned.explained() | {
        "held": visit.held_minutes,
        "break": visit.break_minutes,
        "kept": kept.kept,
        "overflow": kept.overflow,
        "overflow_to": overflow_of(helper.overflow_choice, parameters["tb.overflow"]).value,
        "cap": parameters.number("tb.storage_cap_minutes"),
    }
    for made in visit.postings.values() if reckoned.credited else ():
        note_transfer(visit, uuid.UUID(made), visit.credit_explained)


def note_transfer(visit: Visit, transfer_id: uuid.UUID, explained: dict[str, Any], *, reversal: bool = False) -> None:
    """Keeps how a transfer came about, for the statements of everybody whose account it moved."""
    db.session.add(
        VisitTransfer(transfer_id=transfer_id, visit_id=visit.id, reversal=reversal, explained=dict(explained))
    )


def _book(actor: Actor, visit: Visit, helper: Volunteer, minutes: int, parameters: Values) -> Stored:
    from_whom = payer(visit.scheme_id, visit.recipient_id, visit.funding)
    account = ledger.ensure_account(from_whom.tenant, kind_of(helper, parameters), helper.person_id)
    pot = overflow_account(visit, from_whom.tenant, overflow_of(helper.overflow_choice, parameters["tb.overflow"]))
    cap = parameters.number("tb.storage_cap_minutes")
    full = stored(minutes, books.balance(from_whom.tenant, account).posted, cap).overflow > 0
    locked = {from_whom.account, account} | ({from_whom.clearing, pot} if full else set())
    ledger.lock_accounts(from_whom.tenant, locked)
    split = stored(minutes, books.balance(from_whom.tenant, account).posted, cap)
    booking = Booking(actor, visit, from_whom, _memo(visit, helper.person_id))
    if not split.overflow:
        booking.take("kept", account, minutes)
    elif not split.kept:
        booking.take("overflow", pot, minutes)
    else:
        booking.take("paid", from_whom.clearing, minutes)
        booking.post("kept", from_whom.clearing, account, split.kept, "visit")
        booking.post("overflow", from_whom.clearing, pot, split.overflow, "overflow")
    visit.postings = booking.made
    visit.transfer_id = uuid.UUID(booking.made.get("kept") or booking.made["overflow"])
    return split


class Booking:
    """The transfers of one credit: same group, same memo, keys that follow from the visit."""

    def __init__(self, actor: Actor, visit: Visit, from_whom: Payer, memo: str) -> None:
        self.actor, self.visit, self.payer = actor, visit, from_whom
        happened = visit.check_in_at or visit.starts_at
        self.event_at = open_moment(from_whom.tenant, happened)
        self.memo = memo if self.event_at == happened else _late(memo, happened)
        self.group = uuid.uuid4()
        self.key = f"visit:{visit.id}:credit" + (f":{visit.credit_no}" if visit.credit_no > 1 else "")
        self.made: dict[str, str] = {}

    def take(self, name: str, target: int, minutes: int) -> None:
        """The payer's one line: a capture of the hold, or a post where the hold is missing or too small."""
        if not (holds(self.visit) and minutes <= self.visit.held_minutes and self.visit.hold_id):
            free_hold(self.actor, self.visit, "超出预留时间 / more minutes than on hold")
            self.post(name, self.payer.account, target, minutes, "visit", key=self.key)
            return
        receipt = ledger.capture(
            self.payer.tenant,
            self.visit.hold_id,
            key=self.key,
            amount=minutes,
            credit=target,
            memo=self.memo,
            actor=self.actor,
            group=self.group,
            event_at=self.event_at,
        )
        self.visit.hold_id = None
        self.made[name] = str(receipt.id)

    def post(self, name: str, source: int, target: int, minutes: int, purpose: str, *, key: str = "") -> None:
        """One transfer beside the capture."""
        receipt = ledger.post(
            self.payer.tenant,
            source,
            target,
            minutes,
            key=key or f"{self.key}:{name}",
            purpose=purpose,
            memo=self.memo,
            actor=self.actor,
            group=self.group,
            event_at=self.event_at,
        )
        self.made[name] = str(receipt.id)


def kind_of(helper: Volunteer, parameters: Values) -> str:
    """The kind of account that collects a helper's hours; those of a group are only donated."""
    return "group" if helper.kind == "group" and parameters["tb.group_hours_donate_only"] else "member"


def overflow_account(visit: Visit, tenant: int, where: Overflow) -> int:
    """Hours above the storage cap: the community pot, or (as an honour) remembered but spent by nobody."""
    kind = "pot" if where is Overflow.POT else "forfeited"
    return ledger.ensure_account(tenant, kind, visit.scheme_id)


def take_back(actor: Actor, visit: Visit, reason: str) -> None:
    """Reverses a credit (a dispute was settled otherwise).  Raises the ledger's `insufficient_time` if the helper has
    already spent the hours; then the coordinator settles it with fewer minutes or waits.  Raises
    `Refused("credit_in_closed_month")`: then two people reverse it in the books, and the dispute is settled after."""
    tenant = _tenant(visit)
    for name in ("kept", "overflow", "paid"):
        if transfer := visit.postings.get(name):
            key = f"visit:{visit.id}:back:{visit.credit_no}:{name}"
            receipt = _reverse(actor, tenant, uuid.UUID(transfer), key, reason)
            note_transfer(visit, receipt.id, visit.credit_explained, reversal=True)
    visit.postings, visit.transfer_id, visit.minutes_credited = {}, None, None


def _memo(visit: Visit, helper_id: int | None) -> str:
    """ "打扫卫生：徐女士帮助张大爷 / Cleaning: Ms Xu for Uncle Zhang": one text that is right on both statements."""
    service = schemes.service_type(visit.service_code)
    known = people.briefs([person_id for person_id in (helper_id, visit.recipient_id) if person_id])
    names = {person_id: _both(person) for person_id, person in known.items()}
    zh, en = names.get(visit.recipient_id, ("", ""))
    helper_zh, helper_en = names.get(helper_id or 0, ("", ""))
    return f"{service.name_zh}：{helper_zh}帮助{zh} / {service.name_en}: {helper_en} for {en}".replace("  ", " ")


def _reverse(actor: Actor, tenant: int, transfer: uuid.UUID, key: str, reason: str) -> ledger.Receipt:
    try:
        return ledger.reverse(tenant, transfer, key=key, reason=reason, actor=actor)
    except SecondPersonNeeded:
        raise Refused("credit_in_closed_month") from None


def _late(memo: str, happened: datetime) -> str:
    """The month of the visit is closed, so its credit belongs to the open one; the memo says of which day it is."""
    day = clock.civil(happened)
    zh, _, en = memo.partition(" / ")
    late_zh = f"{zh}（补记{day.month}月{day.day}日，{day.month}月已结账）"
    return f"{late_zh} / {en} (for {day.day} {day:%B}; {day:%B} is closed)"


def _moved(memo: str, starts_at: datetime) -> str:
    day = clock.civil(starts_at)
    zh, _, en = memo.partition(" / ")
    return f"{zh}（改期到{day.month}月{day.day}日） / {en} (moved to {day.day} {day:%B})"


def _both(person: people.PersonBrief) -> tuple[str, str]:
    age = person.age(clock.today())
    return (
        called(person.name, person.sex, age, english=False),
        called(person.name, person.sex, age, english=True),
    )
