"""PINs, by which a person without a phone confirms."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from timebank.access import hashing
from timebank.access.models import PersonPin
from timebank.access.rules import secrets as rules
from timebank.access.rules import throttle as limits
from timebank.access.service import throttle
from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command, done_before
from timebank.core.db import db
from timebank.core.errors import Conflict, NotFound, Refused
from timebank.people import queries as people


def set_pin(actor: Actor, person_id: int, pin: str, *, key: str | None = None) -> None:
    """Sets the PIN of a person, by themself or by somebody who may print cards for them.

    The PIN does not reach the digest of the command; the same key with another PIN is found by the PIN itself.
    Raises `Refused` pin_form, pin_easy, pin_birth_date; `Conflict("key_reused")`; `NotAllowed`; `NotFound`.
    """
    repeated = done_before(_set_pin, actor, key)
    _set_pin(actor, person_id, hashing.Hidden(pin), key=key)
    if repeated and not any(hashing.matches(each, pin) for each in _kept(people.ids_of(person_id))):
        raise Conflict("key_reused")


def _kept(person_ids: Iterable[int]) -> list[str]:
    return list(db.session.scalars(select(PersonPin.pin_hash).where(PersonPin.person_id.in_(person_ids))))


@command
def _set_pin(actor: Actor, person_id: int, new: hashing.Hidden, *, key: str | None = None) -> None:
    pin = new.secret or ""
    person = people.brief(person_id)
    if person is None:
        raise NotFound("person_unknown")
    actor.require_for(person.id, "cards.print", person.territory_code)
    problem = rules.pin_problem(pin, person.birth_date)
    if problem:
        raise Refused(problem, field="pin")
    for old in db.session.scalars(select(PersonPin).where(PersonPin.person_id.in_(people.ids_of(person.id)))):
        db.session.delete(old)
    db.session.flush()
    row = PersonPin(person_id=person.id, pin_hash=hashing.hash_secret(pin), set_at=clock.now(), set_by=actor.account_id)
    db.session.add(row)
    audit.record(actor, "set.pin", "person", person.id, person.territory_code)


def check_pin(person_id: int, pin: str) -> None:
    """Is this the person's PIN?  Five wrong ones lock it for 15 minutes (issue: "a wrong PIN five times").

    Its own transactions: call it before the transaction that needs it, never inside.  Raises `Refused`: pin_missing,
    wrong_pin(left = tries left), pin_locked(until = moment).
    """
    ids = tuple(people.ids_of(person_id))
    kept = _kept(ids)
    if not kept:
        raise Refused("pin_missing", field="pin")
    subject = f"pin:{min(ids)}"
    tried = throttle.begin([(subject, limits.PIN)])
    if tried.until is not None:
        raise Refused("pin_locked", field="pin", until=tried.until)
    if not any(hashing.matches(each, pin) for each in kept):
        raise _wrong(tried)
    throttle.take_back(tried.ids, subject)


def _wrong(tried: throttle.Try) -> Refused:
    if tried.left == 0:
        return Refused("pin_locked", field="pin", until=clock.now() + limits.PIN.window)
    return Refused("wrong_pin", field="pin", left=tried.left)
