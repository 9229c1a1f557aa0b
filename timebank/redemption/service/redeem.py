"""Goods for hours: hours, pieces, receipt, audit and notice in one transaction (domain.md C3.4, F3, F4)."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from timebank.access.service import check_pin
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.rules.signatures import signed
from timebank.ledger import service as ledger
from timebank.ledger.errors import LedgerError
from timebank.notices.service import tell
from timebank.people import queries as people
from timebank.redemption.commands import Confirmation, RedeemCommand
from timebank.redemption.models import (
    Companion,
    ConfirmedHow,
    DeskSignature,
    Redemption,
    RedemptionLine,
    RedemptionState,
    RedemptionTake,
)
from timebank.redemption.queries import limits
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.queries.goods import ShelfItem, shelf
from timebank.redemption.queries.operations import just_now
from timebank.redemption.queries.standing import MemberCard, card_of, member_of_city, purse
from timebank.redemption.rules import basket as rules
from timebank.redemption.rules.allowance import Kind, Reason, broken, needs_second_clerk, split_over
from timebank.redemption.rules.batches import pick
from timebank.redemption.rules.companions import Consent, Relation, check_companion
from timebank.redemption.service import baskets, stock


@dataclass(frozen=True, slots=True)
class _Plan:
    """A basket that passed the rules: what is posted where."""

    where: DeskInfo
    card: MemberCard
    lines: tuple[tuple[ShelfItem, int], ...]
    total: int
    group: uuid.UUID
    sink: int

    def waits(self, how: Confirmation) -> bool:
        """Must a second clerk look?"""
        return needs_second_clerk(self.card.rules, self.total, companion=how.how == ConfirmedHow.COMPANION)


def redeem(actor: Actor, wanted: RedeemCommand, *, key: str | None = None) -> int:
    """Hands goods out for hours; returns the receipt's id.  The same key gives the same receipt.

    Above tb.second_clerk_minutes hours and pieces go on hold until another clerk confirms.  Raises `Refused`:
    wrong_pin, pin_locked, pin_missing (counted although nothing else is kept), redeem_* (texts.py; a PIN not typed is
    no wrong one), and what the ledger refuses; `NotAllowed`, `NotFound`.
    """
    confirm(wanted.confirmation, wanted.person_id)
    without_pin = dataclasses.replace(wanted.confirmation, pin="")
    return _redeem(actor, dataclasses.replace(wanted, confirmation=without_pin), key=key)


def confirm(how: Confirmation, person_id: int) -> None:
    """Did the member agree?  A wrong PIN is counted in a transaction of its own, before anything else begins."""
    if how.how not in set(ConfirmedHow):
        raise Refused("redeem_confirm_odd", field="how")
    if how.how == ConfirmedHow.PIN:
        if not how.pin:  # a scanner that sends Enter is no wrong try
            raise Refused("redeem_pin_not_typed", field="pin")
        check_pin(person_id, how.pin)
    if how.how == ConfirmedHow.PAD and not signed(how.signature):
        raise Refused("redeem_signature_missing", field="signature")
    if how.how == ConfirmedHow.COMPANION:
        agents = frozenset(one.name for one in people.agents_of(person_id))
        check_companion(how.companion, how.relation, how.consent, how.note, agents)


@command
def _redeem(actor: Actor, wanted: RedeemCommand, *, key: str | None = None) -> int:
    where = desk(wanted.desk_id)
    actor.require("desk.serve", where.territory_code)
    if not where.active:
        raise Refused("redeem_desk_closed")
    plan = _plan(actor, where, wanted)
    row = _receipt(actor, plan, wanted.confirmation)
    row.postings = _hours(actor, plan, row)
    _pieces(actor, plan, row)
    row.available_after = purse(where.tenant, row.person_id).available
    baskets.drop(actor, where.id, wanted.person_id)
    _write_down(actor, row, wanted.confirmation)
    return row.id


def _plan(actor: Actor, where: DeskInfo, wanted: RedeemCommand) -> _Plan:
    person = member_of_city(where, wanted.person_id)
    if person.id == actor.person_id:
        raise Refused("redeem_oneself")
    pieces = dict(wanted.lines)
    _refuse(rules.fault([count for _, count in wanted.lines]))
    stock.lock_desk(where.id)
    items = _items(where, list(pieces))
    if not stock.lock(where, person.id, list(pieces)).accounts:
        raise Refused("redeem_no_account")
    card = card_of(where, person.id)  # read again behind the lock: nobody else spends these hours now
    lines = tuple((item, pieces[item.article.id]) for item in items)
    if not wanted.again and (before := just_now(where, card.ids, pieces, card.rules)):
        raise Refused("redeem_same_again", field="again", receipt=before.receipt_no, at=before.at)
    for reason in limits.over(card.ids, lines):
        _refuse(reason)
    total = rules.total(rules.Line(item.article.id, count, item.article.price_minutes or 0) for item, count in lines)
    _refuse(broken(Kind.GOODS, card.rules, card.standing, total, clock.today()))
    if wanted.total_minutes is not None and wanted.total_minutes != total:
        raise Refused("redeem_price_changed", now_minutes=total)
    return _Plan(where, card, lines, total, stock.new_group(), stock.sink_of(where))


def _refuse(reason: Reason | None) -> None:
    if reason is not None:
        raise Refused(f"redeem_{reason.code}", **reason.facts)


def _items(where: DeskInfo, item_ids: Sequence[int]) -> list[ShelfItem]:
    found = shelf(where, item_ids)
    if missing := set(item_ids) - {one.article.id for one in found}:
        raise Refused("redeem_not_here", item=str(min(missing)))
    for one in found:
        if not one.article.active:
            raise Refused("redeem_not_here", item=one.article.name)
        if one.article.price_minutes is None:
            raise Refused("redeem_no_price", item=one.article.name)
    return found


def agreed(how: Confirmation, **matter: int) -> None:
    """Writes down what the member signed or who came for them (`redemption_id` or `request_id`)."""
    if how.how == ConfirmedHow.PAD:
        db.session.add(DeskSignature(strokes=how.signature.strip(), **matter))
    if how.how != ConfirmedHow.COMPANION:
        return
    kinds = {"relation": Relation(how.relation), "consent": Consent(how.consent)}
    db.session.add(Companion(name=how.companion.strip()[:80], reason=how.note.strip()[:200], **kinds, **matter))


def companion_facts(how: Confirmation) -> dict[str, str]:
    """The same for the audit log."""
    if how.how != ConfirmedHow.COMPANION:
        return {}
    return {"companion": how.companion.strip(), "relation": how.relation, "consent": how.consent, "reason": how.note}


def _receipt(actor: Actor, plan: _Plan, how: Confirmation) -> Redemption:
    now, waits = clock.now(), plan.waits(how)
    row = Redemption(
        receipt_no=next_number(plan.where.id),
        person_id=plan.card.person.id,
        desk_id=plan.where.id,
        scheme_id=plan.where.scheme_id,
        territory_code=plan.where.territory_code,
        state=RedemptionState.WAITING if waits else RedemptionState.DONE,
        total_minutes=plan.total,
        group_id=plan.group,
        confirmed_how=ConfirmedHow(how.how),
        confirm_note=how.note.strip()[:200],
        clerk_id=actor.account_id,
        clerk_name=actor.name[:80],
        expires_at=now + timedelta(hours=plan.card.rules.hold_hours) if waits else None,
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    agreed(how, redemption_id=row.id)
    return row


def next_number(desk_id: int) -> str:
    """The next receipt number of a desk, without gaps: "YH1-2026-00042"; the desk's row is locked by then."""
    row = stock.lock_desk(desk_id)
    row.last_receipt += 1
    return f"{row.code}-{clock.today().year}-{row.last_receipt:05d}"


def _hours(actor: Actor, plan: _Plan, row: Redemption) -> list[str]:
    posted = []
    for number, (account, minutes) in enumerate(split_over(plan.card.purse.accounts, plan.total)):
        posted.append(_step(actor, plan, row, account, plan.sink, minutes, f"hours:{number}"))
    return [str(transfer) for transfer in posted]


def _pieces(actor: Actor, plan: _Plan, row: Redemption) -> None:
    for item, count in plan.lines:
        line = RedemptionLine(
            redemption_id=row.id,
            item_id=item.article.id,
            quantity=count,
            price_minutes=item.article.price_minutes or 0,
        )
        db.session.add(line)
        db.session.flush()
        _take(actor, plan, row, line, item)


def _take(actor: Actor, plan: _Plan, row: Redemption, line: RedemptionLine, item: ShelfItem) -> None:
    """The pieces of a line, the first to expire first; the ledger's floor guards each batch."""
    chosen = pick((one.have for one in item.batches), line.quantity, clock.today())
    if chosen is None:
        raise Refused("redeem_out_of_stock", field="code", left=item.free, asked=line.quantity, item=item.article.name)
    accounts = {one.id: one.account_id for one in item.batches}
    for batch_id, count in chosen:
        part = f"pieces:{item.article.id}:{batch_id}"
        try:
            transfer = _step(actor, plan, row, accounts[batch_id], item.handed_account_id, count, part)
        except LedgerError as error:
            raise stock.short(error, item.article.name, count) from error
        db.session.add(RedemptionTake(line_id=line.id, batch_id=batch_id, pieces=count, transfer_id=transfer))


def _step(actor: Actor, plan: _Plan, row: Redemption, debit: int, credit: int, amount: int, part: str) -> uuid.UUID:
    """A posting of the receipt, or its hold while a second clerk is needed."""
    key = f"redemption:{row.id}:{part}"
    facts = {"key": key, "purpose": "goods", "memo": row.receipt_no, "group": plan.group, "actor": actor}
    if row.expires_at is not None:
        held = ledger.hold(plan.where.tenant, debit, credit, amount, expires_at=row.expires_at, **facts)  # type: ignore[arg-type]
        return held.id
    return ledger.post(plan.where.tenant, debit, credit, amount, **facts).id  # type: ignore[arg-type]


def _write_down(actor: Actor, row: Redemption, how: Confirmation) -> None:
    waits = row.state is RedemptionState.WAITING
    audit.record(
        actor,
        "hold.redemption" if waits else "redeem.goods",
        "redemption",
        row.id,
        row.territory_code,
        receipt=row.receipt_no,
        minutes=row.total_minutes,
        how=row.confirmed_how.value,
        **companion_facts(how),
    )
    if not waits:
        announce(row)


def announce(row: Redemption) -> None:
    """Tells the member what was taken and what is left, once."""
    tell(
        row.person_id,
        "goods_redeemed",
        path=f"/redemptions/{row.id}",
        once=f"redeemed:{row.id}",
        receipt=row.receipt_no,
        total_minutes=row.total_minutes,
        available_minutes=row.available_after or 0,
    )
