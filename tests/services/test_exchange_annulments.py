"""Hours are annulled only after a fair hearing, and an appeal is looked at by a third person (domain.md C3.6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.hearings import DAYS, approver, visited
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models import AnnulledVisit, AnnulmentCase, AnnulmentStep, CaseState, Visit, Volunteer
from timebank.exchange.queries import annulments as queries
from timebank.exchange.queries.grants import earned_minutes
from timebank.exchange.rules.annulments import Source
from timebank.exchange.service import annulments as service
from timebank.exchange.service.annulments import Decision, ReExamination, Suspicion
from timebank.exchange.service.annulments_books import go_on, step_aside, take_back_rest
from timebank.exchange.service.grants import Donation, donate
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.notices.models import Notice
from timebank.people import service as registry

CITY = 3201

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield


def later(days: int) -> time_machine.travel:
    return time_machine.travel(make.SUNDAY_NOON + timedelta(days=days, minutes=1), tick=False)


def balance(kind: str, owner: int) -> books.Balance:
    account = books.account_of(CITY, kind, owner)
    return books.balance(CITY, account) if account is not None else books.Balance(0, 0, 0, 0)


class Street:
    """Xu Mei has 60 minutes saved and three visits to Uncle Zhang of 97 minutes each."""

    def __init__(self, days: tuple[date, ...] = DAYS, saved: int = 60) -> None:
        self.places = town.town()
        made = visited(self.places.yaohua, days, saved)
        self.zhang, self.xu, self.visits = made.zhang, made.xu, made.visits
        self.helper = town.member(self.xu)

    def suspect(self, *visits: int) -> int:
        why = "Two neighbours say nobody came"
        return service.suspect(town.operator(), Suspicion(self.xu, visits or (self.visits[0],), Source.COMPLAINT, why))

    def upheld(self, *visits: int) -> int:
        case = self.suspect(*visits)
        service.answer(self.helper, case, "I was there")
        service.decide(approver(), Decision(case, True, "The door code was never used"))
        return case


def state(case: int) -> CaseState:
    return db.session.get_one(AnnulmentCase, case, populate_existing=True).state


def told() -> list[str]:
    rows = db.session.query(Notice).filter(Notice.kind.like("annulment%")).order_by(Notice.id)
    return [row.kind for row in rows]


def test_only_the_suspect_minutes_are_frozen() -> None:
    street = Street()
    case = street.suspect(*street.visits[:2])
    now = balance("member", street.xu)
    assert (now.posted, now.held, now.available) == (60 + 291, 194, 60 + 97)
    donate(street.helper, Donation(street.xu, 157))  # all the rest stays hers
    assert state(case) is CaseState.FROZEN
    steps = db.session.query(AnnulmentStep.to_state).filter_by(case_id=case).order_by(AnnulmentStep.id)
    assert [one for (one,) in steps] == [CaseState.SUSPECTED, CaseState.FROZEN]


def test_nobody_decides_before_the_volunteer_was_heard() -> None:
    street = Street()
    case = street.suspect()
    with pytest.raises(Refused, match="annul_not_heard"):
        service.decide(approver(), Decision(case, True, "surely"))
    with pytest.raises(NotFound):
        service.answer(town.member(street.zhang), case, "she was here")
    with pytest.raises(Refused, match="annul_words_needed"):
        service.answer(street.helper, case, " ")
    service.answer(street.helper, case, "I was there from nine on")
    with pytest.raises(Refused, match="annul_answered"):
        service.answer(street.helper, case, "and again")
    service.decide(approver(), Decision(case, False, "The door code was used"))
    assert state(case) is CaseState.DISMISSED
    now = balance("member", street.xu)
    assert (now.posted, now.held) == (60 + 291, 0)
    assert told() == ["annulment_opened", "annulment_dismissed"]


def test_silence_for_seven_days_counts_as_heard() -> None:
    street = Street()
    case = street.suspect()
    with later(7):
        service.decide(approver(), Decision(case, True, "Nobody answered"), key="once")
        service.decide(approver(), Decision(case, True, "Nobody answered"), key="once")
    assert state(case) is CaseState.UPHELD
    assert balance("member", street.xu).posted == 60 + 194


def test_an_upheld_case_reverses_the_credit_recounts_the_stars_and_bars_for_a_year() -> None:
    street = Street()
    before = earned_minutes(CITY, [street.xu])[street.xu]
    street.upheld(street.visits[0])
    assert (balance("member", street.xu).posted, balance("member", street.zhang).posted) == (60 + 194, 600 - 194)
    assert earned_minutes(CITY, [street.xu])[street.xu] == before - 97
    visit = db.session.get_one(Visit, street.visits[0])
    assert (visit.state, visit.minutes_credited, visit.postings) == ("voided", 0, {})
    volunteer = db.session.get_one(Volunteer, street.xu)
    assert (volunteer.state, volunteer.barred_until) == ("barred", date(2027, 11, 22))
    with pytest.raises(Refused, match="annul_decided"):
        service.decide(approver("other"), Decision(1, True, "again"))
    lines = books.statement(CITY, books.account_of(CITY, "member", street.xu) or 0).items
    assert (lines[0].amount, lines[0].purpose) == (-97, "correction")


def test_what_was_spent_is_taken_back_when_there_are_hours_again_and_counts_for_no_star() -> None:
    street = Street(DAYS[:2], saved=0)
    donate(street.helper, Donation(street.xu, 150))  # 44 of 194 are left
    before = earned_minutes(CITY, [street.xu])[street.xu]
    case = street.upheld(*street.visits)
    assert balance("member", street.xu).posted == 44
    assert earned_minutes(CITY, [street.xu])[street.xu] == before - 194
    assert take_back_rest(Actor.system("clock")).minutes == 0
    fund = ledger.ensure_account(CITY, "issued", street.places.yaohua, floor=None)
    account = books.account_of(CITY, "member", street.xu) or 0
    ledger.post(CITY, fund, account, 60, key="later", purpose="transfer", actor=make.SYSTEM)
    assert take_back_rest(Actor.system("clock")).minutes == 97
    assert balance("member", street.xu).posted == 7
    open_lines = db.session.query(AnnulledVisit).filter_by(case_id=case, taken_back_at=None).count()
    assert open_lines == 1


def test_who_opens_decides_and_re_examines_are_three_people() -> None:
    street = Street()
    both = Actor(town.account_of(town.operator()), name="both", grants=town.operator().grants + approver().grants)
    case = street.suspect()
    service.answer(street.helper, case, "I was there")
    with pytest.raises(Refused, match="annul_same_person"):
        service.decide(both, Decision(case, True, "surely"))
    with pytest.raises(NotAllowed):
        service.decide(town.broker(), Decision(case, True, "surely"))
    with pytest.raises(NotAllowed):
        service.suspect(town.broker(), Suspicion(street.xu, (street.visits[1],), Source.RULE, "too many"))
    herself = Actor(town.account_of(approver("x")), street.xu, "herself", grants=approver("x").grants)
    with pytest.raises(Refused, match="annul_own"):
        service.decide(herself, Decision(case, False, "I was there"))
    service.decide(approver(), Decision(case, True, "No code"))
    service.appeal(street.helper, case, "Ask the neighbour upstairs")
    with pytest.raises(Refused, match="annul_same_person"):
        service.re_examine(approver(), ReExamination(case, True, "stays"))
    service.re_examine(approver("third"), ReExamination(case, True, "The neighbour was away"))
    assert state(case) is CaseState.CONFIRMED
    with pytest.raises(Refused, match="annul_not_appealed"):
        service.re_examine(approver("fourth"), ReExamination(case, False, "once more"))


def test_an_appeal_that_succeeds_gives_back_the_hours_and_ends_the_bar() -> None:
    street = Street()
    stars = earned_minutes(CITY, [street.xu])[street.xu]
    case = street.upheld(*street.visits[:2])
    service.appeal(street.helper, case, "Ask the neighbour upstairs")
    service.re_examine(approver("third"), ReExamination(case, False, "The neighbour saw her"))
    assert (balance("member", street.xu).posted, balance("member", street.zhang).posted) == (60 + 291, 600 - 291)
    assert earned_minutes(CITY, [street.xu])[street.xu] == stars
    assert [db.session.get_one(Visit, one).state for one in street.visits] == ["credited"] * 3
    volunteer = db.session.get_one(Volunteer, street.xu)
    assert (volunteer.state, volunteer.barred_until) == ("active", None)
    assert told() == ["annulment_opened", "annulment_upheld", "annulment_overturned"]


def test_the_bank_pays_for_its_mistake_where_the_recipient_has_spent_the_hours() -> None:
    street = Street(DAYS[:1])
    case = street.upheld()
    donate(town.member(street.zhang), Donation(street.zhang, 600))
    service.appeal(street.helper, case, "Ask the neighbour upstairs")
    issued = balance("issued", street.places.yaohua).posted
    service.re_examine(approver("third"), ReExamination(case, False, "The neighbour saw her"))
    assert balance("member", street.xu).posted == 60 + 97
    assert balance("issued", street.places.yaohua).posted == issued - 97


def test_an_appeal_has_its_time_and_its_case() -> None:
    street = Street()
    case = street.suspect()
    with pytest.raises(Refused, match="annul_no_appeal"):
        service.appeal(street.helper, case, "I was there")
    service.answer(street.helper, case, "I was there")
    service.decide(approver(), Decision(case, True, "No code"))
    with later(15), pytest.raises(Refused, match="annul_appeal_late"):
        service.appeal(street.helper, case, "I was there")


def test_only_credited_visits_of_the_volunteer_come_into_one_case() -> None:
    street = Street()
    other = make.helper("王芳", street.places.yaohua)
    for suspicion, code in (
        (Suspicion(street.xu, (), Source.RULE, "too many visits"), "annul_no_visits"),
        (Suspicion(street.xu, (999,), Source.RULE, "too many visits"), "annul_visit_odd"),
        (Suspicion(other, (street.visits[0],), Source.RULE, "too many visits"), "annul_visit_odd"),
        (Suspicion(street.xu, (street.visits[0],), Source.RULE, "  "), "reason_needed"),
    ):
        with pytest.raises(Refused, match=code):
            service.suspect(town.operator(), suspicion)
    street.suspect()
    with pytest.raises(Refused, match="annul_visit_twice"):
        street.suspect(*street.visits)


def merged(old: int, name: str, scheme: int) -> int:
    """The record is found to be a second one of the same person; returns the one that is kept."""
    kept = make.helper(name, scheme)
    registry.merge_people(make.SYSTEM, kept, old)
    return kept


def test_whose_record_was_merged_is_heard_and_does_not_decide_on_themself() -> None:
    street = Street()
    case = street.suspect(street.visits[0])
    kept = merged(street.xu, "徐梅", street.places.yaohua)
    herself = town.member(kept)
    assert [line.id for line in queries.own_cases(kept)] == [queries.own_case(herself, case).id]
    service.answer(herself, case, "I was there")
    both = Actor(town.account_of(approver("x")), kept, "herself", grants=approver("x").grants)
    with pytest.raises(Refused, match="annul_own"):
        service.decide(both, Decision(case, False, "I was there"))
    service.decide(approver(), Decision(case, True, "No code"))
    assert db.session.get_one(Volunteer, kept).state == "barred"
    service.appeal(herself, case, "Ask upstairs")
    with pytest.raises(Refused, match="annul_own"):
        service.re_examine(both, ReExamination(case, False, "I was there"))
    service.re_examine(approver("third"), ReExamination(case, False, "She was seen"))
    assert db.session.get_one(Volunteer, kept).state == "active"
    assert balance("member", street.xu).posted + balance("member", kept).posted == 60 + 291


def test_visits_from_before_a_merge_are_questioned_and_taken_back_from_where_the_hours_are() -> None:
    street = Street()
    kept = merged(street.xu, "徐梅", street.places.yaohua)
    assert {one.visit_id for one in queries.credited_visits(kept)} == set(street.visits)
    case = service.suspect(town.operator(), Suspicion(kept, street.visits[:2], Source.RULE, "Three on a day"))
    assert (balance("member", kept).posted, balance("member", kept).held) == (60 + 291, 194)
    service.answer(town.member(kept), case, "I was there")
    service.decide(approver(), Decision(case, True, "No code"))
    assert (balance("member", kept).posted, balance("member", street.xu).posted) == (60 + 97, 0)


def test_what_was_frozen_before_a_merge_stays_so_while_a_dispute_about_it_is_settled() -> None:
    street = Street()
    case = street.suspect(street.visits[0])
    kept = merged(street.xu, "徐梅", street.places.yaohua)
    donate(town.member(kept), Donation(kept, 60 + 194))

    @transaction
    def settled() -> None:
        go_on(make.SYSTEM, step_aside(make.SYSTEM, street.visits[0]))

    settled()
    assert ledger.join_what_came_back(make.SYSTEM) == 0
    assert (balance("member", kept).held, balance("member", kept).available, state(case)) == (97, 0, CaseState.FROZEN)


def test_what_is_left_of_annulled_hours_stays_on_hold_though_it_was_frozen_before_a_merge() -> None:
    street = Street()
    donate(street.helper, Donation(street.xu, 60 + 140))
    case = street.suspect(*street.visits)
    kept = merged(street.xu, "徐梅", street.places.yaohua)
    service.answer(town.member(kept), case, "I was there")
    service.decide(approver(), Decision(case, True, "No code"))
    assert ledger.join_what_came_back(make.SYSTEM) == 0
    assert (balance("member", kept).held, balance("member", kept).available) == (151 - 97, 0)


def test_a_suspicion_that_nobody_decides_freezes_nothing_for_ever() -> None:
    street = Street()
    case = street.suspect()
    with later(90):
        ledger.sweep_holds()
        assert balance("member", street.xu).held == 0
        service.decide(approver(), Decision(case, True, "Nobody answered"))
        assert balance("member", street.xu).posted == 60 + 194


def test_an_overflowed_credit_is_taken_back_from_where_it_went() -> None:
    street = Street(DAYS[:1], saved=89_970)
    assert (balance("member", street.xu).posted, balance("pot", street.places.yaohua).posted) == (90_000, 67)
    street.upheld()
    assert (balance("member", street.xu).posted, balance("pot", street.places.yaohua).posted) == (89_970, 0)
    assert balance("member", street.zhang).posted == 600
