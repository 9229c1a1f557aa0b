"""Partner organisations: adding and ending them, and the visits they give instead of a helper (domain.md C3.4).

A visit is given to a partner while a helper is still looked for; its hours stay on hold.  When the partner's signed
sheet is there, they go to the partner's account in the same transaction.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import delete, select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.partners import Partner, PartnerCare, PartnerVisit
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries import partners as queries
from timebank.exchange.queries import schemes
from timebank.exchange.rules.partners import GivenCare, PartnerFacts, check
from timebank.exchange.rules.visits import Event, after, check_end, check_start
from timebank.exchange.service import offers, partners_told, steps, together
from timebank.exchange.service.closing import close_when_done
from timebank.exchange.service.partners_payment import pay_partner

MANAGE = "partners.manage"


@command
def add_partner(actor: Actor, facts: PartnerFacts, *, key: str | None = None) -> int:
    """A partner of a place ("partners.manage" there); answers with its number.

    Raises `Refused`: partner_services_missing, partner_until_before_from, partner_known; `NotFound("no_such_service")`.
    """
    actor.require(MANAGE, facts.territory_code)
    row = Partner(scheme_id=schemes.scheme_for(facts.territory_code).id)
    _fill(row, facts)
    db.session.add(row)
    db.session.flush()
    _cares(row.id, facts.services)
    audit.record(actor, "add.partner", "partner", row.id, row.territory_code, registered_no=row.registered_no)
    return row.id


@command
def change_partner(actor: Actor, partner_id: int, facts: PartnerFacts, *, key: str | None = None) -> int:
    """Other facts of a partner; its place stays, because its account belongs there.  Raises as `add_partner`."""
    row = for_change(actor, partner_id, MANAGE)
    if facts.territory_code != row.territory_code:
        raise Refused("partner_place_stays", field="territory_code")
    _fill(row, facts)
    _cares(row.id, facts.services)
    audit.record(actor, "change.partner", "partner", row.id, row.territory_code)
    return row.id


def _fill(row: Partner, facts: PartnerFacts) -> None:
    check(facts)
    number = facts.registered_no.strip()
    same = select(Partner.id).where(Partner.registered_no == number, Partner.territory_code == facts.territory_code)
    if (row.registered_no or "") != number:  # a new one has none yet
        with db.session.no_autoflush:
            if db.session.scalar(same) is not None:
                raise Refused("partner_known", field="registered_no")
    row.name_zh, row.name_en = facts.name_zh.strip(), facts.name_en.strip()
    row.registered_no, row.contact, row.phone = number, facts.contact.strip(), facts.phone.strip()
    row.territory_code, row.from_day, row.until_day = facts.territory_code, facts.from_day, facts.until_day


def _cares(partner_id: int, codes: tuple[str, ...]) -> None:
    db.session.execute(delete(PartnerCare).where(PartnerCare.partner_id == partner_id))
    for code in sorted(set(codes)):
        schemes.service_type(code)  # raises NotFound
        db.session.add(PartnerCare(partner_id=partner_id, service_code=code))


@command
def end_partner(actor: Actor, partner_id: int, until_day: date, *, key: str | None = None) -> int:
    """`until_day` is the partner's last day; what it has earned is settled all the same.

    Raises `Refused`: partner_until_before_from, partner_has_visits (visits given to it on later days).
    """
    row = for_change(actor, partner_id, MANAGE)
    if until_day < row.from_day:
        raise Refused("partner_until_before_from", field="until_day")
    later = [one for one in queries.open_visits(row.id) if clock.civil(one.starts_at).date() > until_day]
    if later:
        raise Refused("partner_has_visits", field="until_day", visits=len(later))
    row.until_day = until_day
    audit.record(actor, "end.partner", "partner", row.id, row.territory_code, until=until_day.isoformat())
    return row.id


def for_change(actor: Actor, partner_id: int, permission: str) -> Partner:
    """The partner, its row locked; raises `NotFound("no_such_partner")` also where the actor may not."""
    row = db.session.scalar(select(Partner).where(Partner.id == partner_id).with_for_update())
    if row is None or not actor.may(permission, row.territory_code):
        raise NotFound("no_such_partner")
    return row


# -- visits ------------------------------------------------------------------------------------------------------------


@command
def give_visit(actor: Actor, visit_id: int, partner_id: int, *, key: str | None = None) -> int:
    """A partner gives this visit; no helper is looked for any more.  "visits.write"; answers with the visit's id.

    Raises `Refused`: visit_not_so_far, partner_cannot (other place, help or days).
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("visits.write", visit.territory_code)
    after(visit.state, Event.GIVE)
    db.session.scalar(select(Partner.id).where(Partner.id == partner_id).with_for_update())  # not ended meanwhile
    partner = next((one for one in queries.who_can(visit) if one.id == partner_id), None)
    if partner is None:
        raise Refused("partner_cannot", field="partner_id")
    offers.drop_offers(visit)
    steps.move(actor, visit, Event.GIVE, partner.name_zh, partner=partner_id)
    db.session.add(PartnerVisit(visit_id=visit.id, partner_id=partner_id, given_by=actor.account_id))
    steps.flush()
    together.settle(actor, visit)
    names = {"partner_zh": partner.name_zh, "partner_en": partner.name_en}
    steps.tell_recipient(visit, "partner_comes", **steps.facts_of(visit), **names)
    return visit.id


@command
def take_visit_back(actor: Actor, visit_id: int, reason: str, told: str, *, key: str | None = None) -> int:
    """The partner cannot or shall not come: a helper is looked for again, the hours stay on hold.

    `told`: who at the partner knows (or said so).  Raises `Refused`: reason_needed, partner_not_told, visit_not_so_far.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("visits.write", visit.territory_code)
    if not reason.strip():
        raise Refused("reason_needed", field="reason")
    after(visit.state, Event.GIVE_BACK)
    partners_told.write_down(actor, visit, partners_told.TAKEN_BACK, told, reason)
    steps.move(actor, visit, Event.GIVE_BACK, reason.strip())
    db.session.execute(delete(PartnerVisit).where(PartnerVisit.visit_id == visit.id))
    together.settle(actor, visit)
    steps.tell_recipient(visit, "helper_changes", **steps.facts_of(visit))
    return visit.id


@command
def note_care(actor: Actor, visit_id: int, care: GivenCare, *, key: str | None = None) -> int:
    """The partner's sheet is there, signed by the recipient: the hours go from the hold to the partner's account.

    "visits.confirm", never for oneself; answers with the visit's id.  Raises `Refused`: confirm_own,
    visit_not_so_far, partner_unsigned, in_future, too_early, too_late, too_long, insufficient_time.
    """
    visit = steps.visit_for_change(visit_id)
    actor.require("visits.confirm", visit.territory_code)
    if actor.is_self(visit.recipient_id):
        raise Refused("confirm_own")
    after(visit.state, Event.BY_PARTNER)
    _check_care(visit, care)
    ended = care.began + timedelta(minutes=care.minutes)
    visit.check_in_at, visit.check_out_at, visit.check_in_how = care.began, ended, "partner"
    visit.minutes_actual = care.minutes
    visit.recorded_by = actor.account_id
    visit.confirmed_how, visit.confirmed_by, visit.confirmed_at = "partner", actor.account_id, clock.now()
    db.session.get_one(PartnerVisit, visit.id).signed_by = care.signed_by.strip()[:80]
    steps.move(actor, visit, Event.BY_PARTNER, minutes=care.minutes, signed_by=care.signed_by.strip()[:80])
    pay_partner(actor, visit)
    steps.flush()
    close_when_done(actor, visit.request_id)
    return visit.id


def _check_care(visit: Visit, care: GivenCare) -> None:
    if not care.signed_by.strip():
        raise Refused("partner_unsigned", field="signed_by")
    parameters = schemes.parameters(visit.scheme_id, clock.today())
    early = timedelta(minutes=parameters.number("tb.check_in_early_minutes"))
    check_start(care.began, visit.starts_at, visit.latest_start, early=early, now=clock.now())
    longest = schemes.service_type(visit.service_code).max_minutes
    check_end(care.began, care.began + timedelta(minutes=care.minutes), longest, clock.now())
