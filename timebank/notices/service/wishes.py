"""How somebody wants to be told: said by the person, by who acts for them, or by staff.  The last word counts."""

from __future__ import annotations

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.notices.models import LetterWish
from timebank.notices.queries import wishes as queries
from timebank.notices.queries.letters import PERMISSION
from timebank.notices.rules import LetterWay, WishForLetters
from timebank.people import queries as people
from timebank.people import service as registry
from timebank.people.queries.profile import consents_of
from timebank.people.rules.codes import COPIES
from timebank.people.service import NewConsent


@command
def wish(actor: Actor, wanted: WishForLetters, *, key: str | None = None) -> int:
    """How somebody wants to be told; answers with the person.

    For oneself and those one acts for, or "letters.print" where they live (the language then needs "people.write").
    Raises `NotFound("no_such_person")`, `Refused`: no_email_for_messages, no_page_for_messages, never_by_staff,
    copies_by_themselves.
    """
    person = queries.person_for(actor, wanted.person_id)
    refused = _refused(actor, person, wanted.way)
    if refused:
        raise Refused(refused, field="way")
    _keep(actor, person.id, wanted)
    if wanted.reads and wanted.reads != person.reads:
        registry.choose_reading(actor, person.id, wanted.reads)
    if wanted.copies is not None:
        _copies(actor, person.id, wanted.copies)
    said = {"way": wanted.way or "", "large": wanted.large, "reads": wanted.reads or person.reads}
    said |= {} if wanted.copies is None else {"copies": wanted.copies}
    own = actor.is_self(person.id)
    audit.record(actor, queries.WISHED, "person", person.id, person.territory_code, own=own, **said)
    return person.id


def _refused(actor: Actor, person: people.PersonBrief, way: LetterWay | None) -> str | None:
    """Why somebody cannot be told in this way: it would not reach them, or is not for the actor to say."""
    if way is LetterWay.EMAIL and not people.email_of(person.id):
        return "no_email_for_messages"
    if way is LetterWay.MESSAGE and not queries.hears(person.id):
        return "no_page_for_messages"
    if way is LetterWay.NEVER and not (actor.may(PERMISSION, person.territory_code) or _never_already(person.id)):
        return "never_by_staff"
    return None


def _never_already(person_id: int) -> bool:
    row = db.session.get(LetterWish, person_id)
    return row is not None and row.way is LetterWay.NEVER


def _keep(actor: Actor, person_id: int, wanted: WishForLetters) -> None:
    row = db.session.get(LetterWish, person_id, with_for_update=True)
    if row is not None and wanted.way is None and not wanted.large:
        db.session.delete(row)
    elif row is not None:
        row.way, row.large, row.set_by, row.set_at = wanted.way, wanted.large, actor.account_id, clock.now()
    elif wanted.way is not None or wanted.large:
        db.session.add(LetterWish(person_id=person_id, way=wanted.way, large=wanted.large, set_by=actor.account_id))


def _copies(actor: Actor, person_id: int, agreed: bool) -> None:
    """The consent to copies for chosen agents: given by the person or a guardian, never by the agent (PIPL art. 23).

    Who acts for the person may take it back.  Staff write it down with the other consents, with its paper.
    """
    if not (people.may_agree(actor.person_id, person_id) if agreed else actor.is_self(person_id)):
        raise Refused("copies_by_themselves", field="copies")
    standing = [one for one in consents_of(person_id) if one.purpose == COPIES and one.withdrawn_at is None]
    if agreed and not standing:
        registry.give_consent(actor, NewConsent(person_id, COPIES, given_by_id=actor.person_id))
    for one in standing if not agreed else ():
        registry.withdraw_consent(actor, one.id)
