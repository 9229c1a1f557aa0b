"""An annulment takes back what a visit really brought, all of it and no more, whatever happens meanwhile (C3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.hearings import DAYS, approver, visit, visited
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.clockwork_annulments import rest_of_annulments
from timebank.exchange.models import AnnulledVisit, AnnulmentCase, CaseState, Visit
from timebank.exchange.queries.grants import earned_minutes
from timebank.exchange.rules.annulments import Source
from timebank.exchange.service import annulments as service
from timebank.exchange.service import annulments_books, disputes
from timebank.exchange.service.annulments import Decision, ReExamination, Suspicion
from timebank.exchange.service.annulments_books import take_back_rest
from timebank.exchange.service.grants import Donation, donate
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.errors import InsufficientTime
from timebank.ledger.service.by_hand import LimitChange, change_limits

CITY = 3201
CLOCK = Actor.system("clock")

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield


class Street:
    """Xu Mei has `saved` minutes and visits to Uncle Zhang of 97 minutes each; he has what is left of 600."""

    def __init__(self, days: tuple[date, ...] = DAYS[:1], saved: int = 0) -> None:
        self.places = town.town()
        made = visited(self.places.yaohua, days, saved)
        self.zhang, self.xu, self.visits = made.zhang, made.xu, made.visits
        self.helper, self.elder = town.member(self.xu), town.member(self.zhang)

    def suspected(self, *visits: int) -> int:
        wanted = Suspicion(self.xu, visits or self.visits, Source.COMPLAINT, "Two neighbours say nobody came")
        case = service.suspect(town.operator(), wanted)
        service.answer(self.helper, case, "I was there")
        return case

    def upheld(self, *visits: int) -> int:
        case = self.suspected(*visits)
        uphold(case)
        return case

    def has(self) -> tuple[int, int, int]:
        """Posted, held and available minutes of Xu Mei."""
        now = make.balance(self.xu)
        return (now.posted, now.held, now.available)

    def earns(self, minutes: int, key: str = "later") -> None:
        fund = ledger.ensure_account(CITY, "issued", self.places.yaohua, floor=None)
        account = ledger.ensure_account(CITY, "member", self.xu)
        ledger.post(CITY, fund, account, minutes, key=key, purpose="transfer", actor=make.SYSTEM)


def uphold(case: int) -> None:
    service.decide(approver(), Decision(case, True, "The door code was never used"))


def overturn(street: Street, case: int) -> None:
    service.appeal(street.helper, case, "Ask the neighbour upstairs")
    service.re_examine(approver("third"), ReExamination(case, False, "The neighbour saw her"))


def settle(visit: int, minutes: int) -> None:
    disputes.settle_dispute(town.operator(), visit, minutes, "Both agree")


def line_of(case: int, visit: int) -> AnnulledVisit:
    return db.session.get_one(AnnulledVisit, (case, visit), populate_existing=True)


def test_an_overturned_annulment_gives_back_what_was_taken_and_not_what_was_once_credited() -> None:
    street = Street(saved=200)
    case = street.suspected()
    disputes.dispute(street.elder, street.visits[0], "She left after half an hour")
    settle(street.visits[0], 30)
    assert street.has()[0] == 230
    uphold(case)
    assert (street.has()[0], line_of(case, street.visits[0]).minutes) == (200, 30)
    overturn(street, case)
    assert (street.has()[0], make.balance(street.zhang).posted) == (230, 570)


def test_nobody_takes_a_visit_out_of_their_case_by_disputing_it() -> None:
    street = Street()
    before = earned_minutes(CITY, [street.xu])[street.xu]
    case = street.suspected()
    disputes.dispute(street.helper, street.visits[0], "It was otherwise")
    uphold(case)
    line = line_of(case, street.visits[0])
    assert (line.minutes, line.taken_back_at) == (97, None)
    assert street.has() == (97, 97, 0)  # nor are its hours free meanwhile
    assert earned_minutes(CITY, [street.xu])[street.xu] == before - 97
    assert take_back_rest(CLOCK).minutes == 0
    settle(street.visits[0], 60)
    assert take_back_rest(CLOCK).minutes == 0  # taken back with the settlement
    assert street.has() == (0, 0, 0)
    assert (line_of(case, street.visits[0]).minutes, make.balance(street.zhang).posted) == (60, 600)


def test_a_dispute_that_ends_with_nothing_leaves_nothing_to_take_back() -> None:
    street = Street()
    case = street.suspected()
    disputes.dispute(street.helper, street.visits[0], "It was otherwise")
    uphold(case)
    settle(street.visits[0], 0)
    take_back_rest(CLOCK)
    line = line_of(case, street.visits[0])
    assert (line.minutes, line.taken_back_at is None) == (0, False)
    assert street.has() == (0, 0, 0)
    overturn(street, case)
    assert street.has() == (0, 0, 0)


def test_what_an_upheld_case_could_not_take_back_is_not_free_to_be_spent() -> None:
    street = Street()
    donate(street.helper, Donation(street.xu, 40))
    case = street.upheld()
    assert street.has() == (57, 57, 0)
    with pytest.raises(Refused, match="donation_too_large"):
        donate(street.helper, Donation(street.xu, 1))
    assert take_back_rest(CLOCK).minutes == 0
    assert street.has() == (57, 57, 0)
    street.earns(30)
    assert take_back_rest(CLOCK).minutes == 0
    assert street.has() == (87, 87, 0)
    street.earns(15, "more")
    assert take_back_rest(CLOCK).minutes == 97
    assert street.has() == (5, 0, 5)
    overturn(street, case)
    assert street.has() == (102, 0, 102)


def test_nights_on_which_nothing_changed_leave_no_lines_in_the_books() -> None:
    street = Street()
    donate(street.helper, Donation(street.xu, 40))
    case = street.upheld()
    held = db.session.get_one(AnnulmentCase, case).hold_id
    take_back_rest(CLOCK)
    assert db.session.get_one(AnnulmentCase, case, populate_existing=True).hold_id == held


def test_what_is_on_hold_for_an_upheld_case_stays_so_after_the_time_of_the_hold() -> None:
    street = Street()
    donate(street.helper, Donation(street.xu, 40))
    street.upheld()
    for days in (80, 160, 240):
        with time_machine.travel(make.SUNDAY_NOON + timedelta(days=days), tick=False):
            take_back_rest(CLOCK)
            ledger.sweep_holds()
            assert street.has() == (57, 57, 0)
    with time_machine.travel(make.SUNDAY_NOON + timedelta(days=400), tick=False):  # the clock stood for long
        ledger.sweep_holds()
        assert street.has() == (57, 0, 57)
        take_back_rest(CLOCK)
        assert street.has() == (57, 57, 0)


def test_an_appeal_that_succeeds_frees_what_was_not_taken_and_ends_the_taking() -> None:
    street = Street()
    donate(street.helper, Donation(street.xu, 40))
    case = street.upheld()
    overturn(street, case)
    assert street.has() == (57, 0, 57)
    line = line_of(case, street.visits[0])
    assert (line.taken_back_at, line.restored_at is None) == (None, False)
    street.earns(100)
    assert annulments_books.rest_of(CLOCK, case) == 0  # chosen by the clock before the appeal was decided
    assert take_back_rest(CLOCK).minutes == 0
    assert street.has() == (157, 0, 157)
    assert db.session.get_one(Visit, street.visits[0]).state == "credited"


def test_the_clock_leaves_a_case_alone_that_was_overturned_after_it_looked() -> None:
    street = Street()
    donate(street.helper, Donation(street.xu, 40))
    case = street.upheld()
    street.earns(100)
    row = db.session.get_one(AnnulmentCase, case)
    row.state = CaseState.OVERTURNED
    db.session.commit()
    assert annulments_books.rest_of(CLOCK, case) == 0
    assert street.has()[0] == 157


def close_account_of(person: int) -> None:
    account = ledger.ensure_account(CITY, "member", person)
    change_limits(make.SYSTEM, LimitChange(CITY, account, 0, None, "closed", "Left the time bank"))


def test_a_credit_that_cannot_be_reversed_yet_waits_whole_and_the_other_visits_do_not() -> None:
    street = Street(saved=89_970)  # 30 are kept, 67 go to the pot: three steps, of which only the last is refused
    other = town.person("李秀英", birth_date=date(1940, 3, 5))
    make.give_hours(other, 600)
    pot = books.account_of(CITY, "pot", street.places.yaohua) or 0
    donate(street.helper, Donation(street.xu, 1000))
    paid_by_other = visit(street.xu, other, DAYS[1])
    donate(street.elder, Donation(street.zhang, make.balance(street.zhang).available))
    close_account_of(street.zhang)
    inside = books.balance(CITY, pot).posted
    case = street.upheld(street.visits[0], paid_by_other)
    assert db.session.get_one(AnnulmentCase, case).state is CaseState.UPHELD
    assert street.has() == (89_000, 30, 88_970)
    assert (make.balance(other).posted, books.balance(CITY, pot).posted) == (600, inside)
    assert take_back_rest(CLOCK) == (0, 0)
    assert street.has() == (89_000, 30, 88_970)
    assert [line_of(case, one).taken_back_at is None for one in (street.visits[0], paid_by_other)] == [True, False]


def test_a_dispute_is_settled_also_while_every_hour_of_the_helper_is_on_hold() -> None:
    street = Street()
    case = street.suspected()
    disputes.dispute(street.elder, street.visits[0], "She left after half an hour")
    settle(street.visits[0], 30)
    assert street.has() == (30, 30, 0)  # still in question, on hold as long as before
    row = db.session.get_one(AnnulmentCase, case)
    assert (row.held_minutes, row.hold_until) == (30, make.SUNDAY_NOON + timedelta(days=90))
    service.decide(approver(), Decision(case, False, "She was seen"))
    assert street.has() == (30, 0, 30)


def test_a_case_that_the_books_refuse_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    street = Street(DAYS[:2])
    donate(street.helper, Donation(street.xu, 194))
    first, second = (street.suspected(one) for one in street.visits)
    uphold(first)
    uphold(second)
    street.earns(194)
    real = annulments_books.take_back

    def refuses_first(actor: Actor, row: AnnulmentCase) -> int:
        if row.id == first:
            raise InsufficientTime("insufficient_time")
        return real(actor, row)

    monkeypatch.setattr(annulments_books, "take_back", refuses_first)
    assert rest_of_annulments() == "97 annulled minutes were taken back. 1 cases were refused by the books."
    assert street.has()[0] == 97
