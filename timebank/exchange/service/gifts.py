"""Hours passed on to a spouse or direct relative: asked for, the relation proven, posted (domain.md C3.5).

The hours are on hold from the wish to the decision, so that they are neither spent meanwhile nor gone before anybody
has looked.  What nobody looked at in time is free again.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.core.parameters import Values
from timebank.exchange.models.giving import GiftState, HourGift, Proof
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import gifts as queries
from timebank.exchange.queries import schemes
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.giving import gift_refusal, room
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.notices.service import tell
from timebank.people import queries as people
from timebank.people.queries import PersonBrief
from timebank.territory.rules import tenant_of

OWN_PAGE = "/my/gifts"


@dataclass(frozen=True, slots=True)
class NewGift:
    """Minutes for a relative, who is named by member number and name; `relation`: what they are to the giver."""

    giver_id: int
    receiver_no: str
    receiver_name: str
    relation: str
    minutes: int
    note: str = ""


@command
def ask_gift(actor: Actor, gift: NewGift, *, key: str | None = None) -> int:
    """Puts minutes on hold for a relative until the proof is seen (oneself, who acts for one, or `gifts.check`).

    Refuses: gift_receiver_unknown, gift_to_oneself, giving_deceased, gift_group, gift_relation, gift_age_unknown,
    gift_too_young (min_age), gift_minutes, gift_too_large (available_minutes), gift_above_cap (room_minutes).
    """
    giver = people.brief(gift.giver_id)
    if giver is None:
        raise NotFound("person")
    actor.require_for(giver.id, "gifts.check", giver.territory_code)
    receiver = _receiver(gift, giver)
    scheme = schemes.scheme_for(giver.territory_code)
    rules = schemes.parameters(scheme.id, clock.today())
    _check_people(giver, receiver, gift.relation, rules)
    source, target = _accounts(scheme.tenant, giver.id, receiver.id)
    ledger.lock_accounts(scheme.tenant, [source, target])
    _check_minutes(scheme.tenant, source, target, gift.minutes, rules)
    row = _write(actor, gift, giver, receiver, scheme, rules, (source, target))
    audit.record(actor, "ask.gift", "gift", row.id, row.territory_code, minutes=row.minutes)
    return row.id


def _receiver(gift: NewGift, giver: PersonBrief) -> PersonBrief:
    found = queries.person_named(gift.receiver_no, gift.receiver_name)
    receiver = people.brief(found) if found else None
    if receiver is None or tenant_of(receiver.territory_code) != tenant_of(giver.territory_code):
        raise Refused("gift_receiver_unknown", field="receiver_no")
    if receiver.id == giver.id:
        raise Refused("gift_to_oneself", field="receiver_no")
    return receiver


def _check_people(giver: PersonBrief, receiver: PersonBrief, relation: str, rules: Values) -> None:
    if giver.deceased_on or receiver.deceased_on:
        raise Refused("giving_deceased")
    volunteer = db.session.get(Volunteer, giver.id)
    if volunteer is not None and volunteer.kind is VolunteerKind.GROUP and rules["tb.group_hours_donate_only"]:
        raise Refused("gift_group")
    limits = queries.gift_rules(rules)
    code = gift_refusal(relation, receiver.age(clock.today()), limits)
    if code is not None:
        field = "relation" if code == "gift_relation" else "receiver_no"
        raise Refused(code, field=field, min_age=limits.min_age)


def _accounts(tenant: int, giver_id: int, receiver_id: int) -> tuple[int, int]:
    return ledger.ensure_account(tenant, "member", giver_id), ledger.ensure_account(tenant, "member", receiver_id)


def _check_minutes(tenant: int, source: int, target: int, minutes: int, rules: Values) -> None:
    if minutes <= 0:
        raise Refused("gift_minutes", field="minutes")
    available = books.balance(tenant, source).available
    if minutes > available:
        raise Refused("gift_too_large", field="minutes", available_minutes=max(0, available))
    _check_room(tenant, target, minutes, rules)


def _check_room(tenant: int, target: int, minutes: int, rules: Values) -> None:
    left = room(books.balance(tenant, target).posted, rules.number("tb.storage_cap_minutes"))
    if minutes > left:
        raise Refused("gift_above_cap", field="minutes", room_minutes=left)


def _write(
    actor: Actor,
    gift: NewGift,
    giver: PersonBrief,
    receiver: PersonBrief,
    scheme: SchemeInfo,
    rules: Values,
    sides: tuple[int, int],
) -> HourGift:
    until = clock.now() + timedelta(days=rules.number("tb.gift_check_days"))
    held = ledger.hold(
        scheme.tenant,
        *sides,
        gift.minutes,
        key=f"gift:{uuid.uuid4().hex}:hold",
        expires_at=until,
        purpose="transfer",
        memo="赠予亲属 / For a relative",
        actor=actor,
    )
    row = HourGift(
        giver_id=giver.id,
        receiver_id=receiver.id,
        scheme_id=scheme.id,
        territory_code=giver.territory_code,
        relation=gift.relation,
        minutes=gift.minutes,
        note=gift.note.strip()[:200],
        asked_by=actor.account_id,
        hold_id=held.id,
        hold_until=until,
    )
    db.session.add(row)
    db.session.flush()
    return row


@dataclass(frozen=True, slots=True)
class SeenProof:
    """What paper showed the relation; `note` says which one (its number, or where it lies)."""

    gift_id: int
    proof: Proof
    note: str


@command
def check_gift(actor: Actor, seen: SeenProof, *, key: str | None = None) -> int:
    """The relation is proven: the hours move at once (`gifts.check` where the giver lives).

    Refuses: gift_own, gift_same_person (who typed the wish does not look at its proof), gift_decided, gift_lapsed,
    proof_needed, and the rules of `ask_gift` as they hold now.
    """
    row = _open(actor, seen.gift_id)
    if len(seen.note.strip()) < 2:
        raise Refused("proof_needed", field="note")
    tenant, rules = schemes.scheme(row.scheme_id).tenant, schemes.parameters(row.scheme_id, clock.today())
    receiver = people.brief(row.receiver_id)
    giver = people.brief(row.giver_id)
    if receiver is None or giver is None:
        raise NotFound("person")
    if giver.id == receiver.id:
        raise Refused("gift_to_oneself")
    _check_people(giver, receiver, row.relation, rules)
    source, target = _accounts(tenant, row.giver_id, receiver.id)  # the hold is where it was made
    ledger.lock_accounts(tenant, [source, target])
    _check_room(tenant, target, row.minutes, rules)
    made = ledger.capture(tenant, row.hold_id, key=f"gift:{row.id}:post", actor=actor, credit=target)
    row.transfer_id, row.proof, row.proof_note = made.id, seen.proof, seen.note.strip()[:200]
    _decide(actor, row, GiftState.POSTED)
    for person_id, kind in ((row.giver_id, "gift_posted"), (row.receiver_id, "gift_received")):
        tell(person_id, kind, path=OWN_PAGE, given_minutes=row.minutes)
    return row.id


@command
def refuse_gift(actor: Actor, gift_id: int, reason: str, *, key: str | None = None) -> int:
    """The relation was not proven: the hours are free again.  Refuses as `check_gift`, and: reason_needed."""
    row = _open(actor, gift_id)
    if len(reason.strip()) < 2:
        raise Refused("reason_needed", field="reason")
    _free(actor, row, GiftState.REFUSED, reason)
    tell(row.giver_id, "gift_refused", path=OWN_PAGE, given_minutes=row.minutes, reason=reason.strip())
    return row.id


@command
def withdraw_gift(actor: Actor, gift_id: int, *, key: str | None = None) -> int:
    """The giver (or who acts for them) thinks otherwise, as long as nothing was posted.  Refuses: gift_decided."""
    row = db.session.get(HourGift, gift_id, with_for_update=True)
    if row is None or not people.is_actor(actor, row.giver_id):
        raise NotFound("no_such_gift")
    _still_open(row)
    _free(actor, row, GiftState.WITHDRAWN, "")
    return row.id


def _open(actor: Actor, gift_id: int) -> HourGift:
    row = db.session.get(HourGift, gift_id, with_for_update=True)
    if row is None:
        raise NotFound("no_such_gift")
    actor.require("gifts.check", row.territory_code)
    if any(people.is_actor(actor, person_id) for person_id in (row.giver_id, row.receiver_id)):
        raise Refused("gift_own")
    if row.asked_by == actor.account_id:
        raise Refused("gift_same_person")
    _still_open(row)
    return row


def _still_open(row: HourGift) -> None:
    if row.state is not GiftState.REQUESTED:
        raise Refused("gift_decided")
    if row.hold_until <= clock.now():
        raise Refused("gift_lapsed")


def _free(actor: Actor, row: HourGift, state: GiftState, reason: str) -> None:
    tenant = schemes.scheme(row.scheme_id).tenant
    ledger.release(tenant, row.hold_id, key=f"gift:{row.id}:release", reason=reason or state.value, actor=actor)
    _decide(actor, row, state, reason)


def _decide(actor: Actor, row: HourGift, state: GiftState, reason: str = "") -> None:
    row.state, row.decided_at, row.reason = state, clock.now(), reason.strip()[:200]
    row.decided_by = None if state in (GiftState.WITHDRAWN, GiftState.LAPSED) else actor.account_id
    verb = {GiftState.POSTED: "check", GiftState.REFUSED: "refuse", GiftState.WITHDRAWN: "withdraw"}.get(state, "lapse")
    audit.record(actor, f"{verb}.gift", "gift", row.id, row.territory_code, minutes=row.minutes, reason=row.reason)
    db.session.flush()


def lapse_gifts(actor: Actor) -> int:
    """Closes wishes whose proof nobody looked at in time; the ledger freed their hours by itself.  Returns how many."""
    late = (HourGift.state == GiftState.REQUESTED, HourGift.hold_until <= clock.now())
    found = list(db.session.scalars(select(HourGift.id).where(*late).order_by(HourGift.id)))
    for gift_id in found:
        _lapse(actor, gift_id)
    return len(found)


@transaction
def _lapse(actor: Actor, gift_id: int) -> None:
    row = db.session.get_one(HourGift, gift_id, with_for_update=True)
    if row.state is GiftState.REQUESTED:
        _decide(actor, row, GiftState.LAPSED)
        tell(row.giver_id, "gift_lapsed", path=OWN_PAGE, once=f"gift-lapsed:{row.id}", given_minutes=row.minutes)
