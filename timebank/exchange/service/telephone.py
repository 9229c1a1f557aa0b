"""A helper without a smartphone calls from the recipient's landline and reads the day's code to the coordinator."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from timebank.access.service import codes
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.command import command, done_before
from timebank.core.db import db, in_scope
from timebank.core.errors import Refused
from timebank.exchange.models.visits import Visit
from timebank.exchange.queries.slips import day_code, fits
from timebank.exchange.rules.slips import tidy, well_formed
from timebank.exchange.rules.telephone import Said, Told
from timebank.exchange.rules.visits import PLANNED
from timebank.exchange.service import visits
from timebank.people import queries as people

ROUND_MIDNIGHT = timedelta(hours=12)  # a visit of the evening may end after midnight


def note_call(actor: Actor, told: Told, *, key: str | None = None) -> int:
    """Checks the visit of the day in or out; answers with its id.  "visits.write" where the visit is.

    The code says which visit of the recipient it is, and that the helper stands there.  A wrong one is counted in a
    transaction of its own, for the recipient's next visit and for the typist.  Raises `Refused` beside the field:
    no_visit_today, code_mistyped, wrong_day_code, visit_code_locked, and those of `visits.check_in`, `check_out`.
    """
    if not done_before(_note, actor, key):  # a retry of what was written down asks for no code again
        _check_code(actor, told)
    return _note(actor, told, key=key)


def _check_code(actor: Actor, told: Told) -> None:
    found = _today(actor, told)
    if not found:
        raise Refused("no_visit_today", field="recipient")
    code = tidy(told.code)
    if not well_formed(code):
        raise Refused("code_mistyped", field="code")
    meant = _meant(found, code)
    try:
        codes.check_visit_code(actor, found[0].id, lambda: meant is not None)
    except Refused as error:
        if error.code != "wrong_visit_code":
            raise
        raise Refused("wrong_day_code", field="code", **error.facts) from None


def _today(actor: Actor, told: Told) -> list[Visit]:
    """The recipient's visits of this day that are planned or under way, the earliest first."""
    now = clock.now()
    first = min(clock.at(clock.today(), 0), now - ROUND_MIDNIGHT)
    wanted = select(Visit).where(
        Visit.recipient_id.in_(people.ids_of(told.recipient_id)),
        Visit.state.in_(PLANNED),
        Visit.starts_at >= first,
        Visit.starts_at < clock.at(clock.today(), 1440),
        in_scope(Visit.territory_code, actor.scopes("visits.write")),
    )
    return list(db.session.scalars(wanted.order_by(Visit.starts_at, Visit.id)))


def _meant(found: list[Visit], code: str) -> Visit | None:
    return next((visit for visit in found if fits(code, day_code(visit))), None)


@command
def _note(actor: Actor, told: Told, *, key: str | None = None) -> int:
    visit = _meant(_today(actor, told), told.code)
    if visit is None:
        raise Refused("no_visit_today", field="recipient")
    if told.said is Said.ARRIVED:
        return visits.begin(actor, visit.id, "landline", at=_moment(told))
    return visits.check_out(actor, visit.id, told.break_minutes, _moment(told), how="landline")


def _moment(told: Told) -> datetime:
    """Now, or the time of today that was said."""
    return clock.now() if told.minute is None else clock.at(clock.today(), told.minute)
