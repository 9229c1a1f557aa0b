"""The months of the books: each is closed on the 6th of the next one, but not the last; one reversal waits."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from timebank.core import clock
from timebank.core.clock import pretend
from timebank.core.db import db
from timebank.demo.places import YAOHUA
from timebank.demo.town import NANJING, Town
from timebank.exchange.models import Visit, VisitState
from timebank.ledger.queries.closings import closed_until, next_to_close
from timebank.ledger.rules import months
from timebank.ledger.service.closing import close_month
from timebank.ledger.service.second import ask_reversal

DAY, MINUTE = 6, 280  # in the morning, before the jobs of the night
NOTE = "账目已核对 / checked against the papers"


def close_months(town: Town, day: date) -> None:
    """On the 6th: closes the month before, unless no later month is over yet at the end of the demo."""
    if day.day != DAY:
        return
    with pretend(clock.at(day, MINUTE)):
        month = next_to_close(NANJING, day)
        if month is not None and months.after(month) < months.of_day(town.today):
            close_month(town.staff["operator"], NANJING, month, NOTE, True)


def leave_waiting(town: Town) -> None:
    """The operator asks to reverse a visit of a closed month; somebody of the district will agree or not."""
    until = closed_until(NANJING)
    if until is None:
        return
    credited = select(Visit).where(
        Visit.state == VisitState.CREDITED,
        Visit.territory_code.startswith(YAOHUA),
        Visit.check_in_at < until,
        Visit.transfer_id.is_not(None),
        Visit.recipient_id.not_in([one.id for one in town.cast.values()]),
    )
    visit = db.session.scalar(credited.order_by(Visit.check_in_at.desc()).limit(1))
    if visit is not None:
        why = "记到了另一位老人名下 / credited for the wrong elder"
        ask_reversal(town.staff["operator"], NANJING, str(visit.transfer_id), why, False)
