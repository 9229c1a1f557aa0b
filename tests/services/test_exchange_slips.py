"""Week's sheets typed back, and calls from a landline: codes, review, retries, throttling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import TUESDAY, Cast, at
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models import RequestState, ServiceRequest, Visit, VisitEvent, VisitState
from timebank.exchange.queries import slips as slip_queries
from timebank.exchange.queries.slips import SheetFilter, day_code, grid, sheets, strip_code
from timebank.exchange.rules.slips import Happened, Slip
from timebank.exchange.rules.telephone import Said, Told
from timebank.exchange.service import hours, slips, telephone, visits
from timebank.people.rules.codes import COPIES, AgentKind
from timebank.people.service import NewAgent, NewConsent, add_agent, give_consent

WEEK = SheetFilter(monday=TUESDAY.replace(day=23))
WEDNESDAY = TUESDAY.replace(day=25)


@pytest.fixture
def people(app: Flask) -> Iterator[Cast]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


def visit(visit_id: int) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, visit_id)


def slip(visit_id: int, **facts: object) -> Slip:
    """Two hours from nine, with the right code."""
    given = Slip(visit_id, Happened.YES, 540, 120, strip_code(visit(visit_id)))
    return replace(given, **facts)  # type: ignore[arg-type]


def other_code(visit_id: int) -> str:
    """A code of ours, but not the one of the visit's strip."""
    return day_code(visit(visit_id))


def test_the_strips_code_stands_for_the_recipients_word(people: Cast) -> None:
    done = make.scheduled(people)
    with time_machine.travel(at(600, WEDNESDAY), tick=False):
        answer = slips.enter_slips(people.broker, [slip(done)], key="grid-one")
        assert answer.done == {done: VisitState.CREDITED}
        assert slips.enter_slips(people.broker, [slip(done)], key="grid-one").done == answer.done  # the line dropped
        again = slips.enter_slips(people.broker, [slip(done)], key="grid-two")
        assert [error.code for error in again.wrong.values()] == ["slip_entered"]
    assert make.balance(people.xu).posted == 120
    assert make.balance(people.zhang).posted == 480
    row = visit(done)
    assert (row.confirmed_how, row.check_in_how) == ("strip", "sheet")
    assert (row.check_in_at, row.check_out_at) == (at(540), at(660))
    told = db.session.query(VisitEvent).filter_by(visit_id=done).order_by(VisitEvent.id).all()
    assert [(each.to_state.value, each.channel) for each in told[-2:]] == [
        ("awaiting_confirmation", "paper"),
        ("credited", "paper"),
    ]


def test_good_rows_go_in_and_bad_ones_stay_with_their_reasons(people: Cast) -> None:
    first, second, third, fourth = (
        make.scheduled(people, 540 + 180 * number, earliest_minute=540, latest_minute=1140) for number in range(4)
    )
    with time_machine.travel(at(600, WEDNESDAY), tick=False):
        mistyped = strip_code(visit(second))[:-1] + ("1" if strip_code(visit(second))[-1] != "1" else "2")
        answer = slips.enter_slips(
            people.broker,
            [
                slip(first),
                slip(second, from_minute=720, code=mistyped),
                slip(third, from_minute=900, minutes=2000),
                slip(fourth, happened=Happened.NO_HELPER),
            ],
            key="grid-mixed",
        )
        assert answer.done == {first: VisitState.CREDITED, fourth: VisitState.NO_SHOW}
        assert {number: (error.code, error.field) for number, error in answer.wrong.items()} == {
            second: ("code_mistyped", "code"),
            third: ("window_outside_day", "to_minute"),
        }
        assert visit(second).state is VisitState.SCHEDULED
        assert slips.enter_slip(people.broker, slip(second, from_minute=720)) == "credited"
    assert visit(fourth).no_show_by == "volunteer"


def test_a_wrong_code_is_one_try_and_goes_to_a_second_pair_of_eyes(people: Cast) -> None:
    guessed, without = make.scheduled(people), make.scheduled(people, 720, earliest_minute=720, latest_minute=780)
    second = town.broker(name="second")
    with time_machine.travel(at(600, WEDNESDAY), tick=False):
        assert slips.enter_slip(people.broker, slip(guessed, code=other_code(guessed))) == "second_review"
        with pytest.raises(Refused, match="slip_entered"):
            slips.enter_slip(people.broker, slip(guessed))
        assert slips.enter_slip(people.broker, slip(without, from_minute=720, code="")) == "second_review"
        assert make.balance(people.xu).posted == 0
        with pytest.raises(Refused, match="review_own"):
            hours.review_entry(people.broker, guessed, True)
        hours.review_entry(second, guessed, True)
    assert make.balance(people.xu).posted == 120
    assert visit(guessed).state is VisitState.CREDITED


def test_the_strip_of_another_visit_is_told_inside_ones_area_only(people: Cast) -> None:
    one, two, three = (
        make.scheduled(people, 540 + 180 * number, earliest_minute=540, latest_minute=1140) for number in range(3)
    )
    near = town.broker(town.YAOXIN, "of the community")
    with time_machine.travel(at(600, WEDNESDAY), tick=False):
        strip = strip_code(visit(three))
        answer = slips.enter_slips(near, [slip(one, code=strip)], key="first")
        assert answer.done == {one: VisitState.SECOND_REVIEW}
        assert [(each.visit_id, each.of_id, each.of_starts_at) for each in answer.strays] == [(one, three, at(900))]
        assert slips.enter_slips(near, [slip(one, code=strip)], key="first").strays == answer.strays  # the line dropped
        visit(three).territory_code = town.YAOHUA_COMMUNITY
        db.session.commit()
        answer = slips.enter_slips(near, [slip(two, from_minute=720, code=strip)], key="second")
        assert (answer.done, answer.strays) == ({two: VisitState.SECOND_REVIEW}, [])


def test_a_reviewer_who_sends_a_doubtful_visit_back_or_chooses_another_payer_frees_the_hold(people: Cast) -> None:
    back, other = make.scheduled(people), make.scheduled(people, 720, earliest_minute=720, latest_minute=780)
    second = town.broker(name="second")
    with time_machine.travel(at(600, WEDNESDAY), tick=False):
        for visit_id, begins in ((back, 540), (other, 720)):
            slips.enter_slip(people.broker, slip(visit_id, from_minute=begins, code=""))
        assert make.balance(people.zhang).held == 240
        hours.review_entry(second, back, False, "the helper was ill that day")
        assert make.balance(people.zhang).held == 120
        hours.review_entry(second, other, True, funding="issued")
    assert (make.balance(people.zhang).held, make.balance(people.zhang).posted) == (0, 600)
    assert make.balance(people.xu).posted == 120
    closed = {db.session.get_one(ServiceRequest, visit(each).request_id).state for each in (back, other)}
    assert closed == {RequestState.CLOSED}


def test_what_was_reported_by_telephone_needs_only_the_code(people: Cast) -> None:
    told = make.scheduled(people)
    code = day_code(visit(told))
    with time_machine.travel(at(545), tick=False):
        assert telephone.note_call(people.broker, Told(people.zhang, code, minute=541), key="call-1") == told
        assert telephone.note_call(people.broker, Told(people.zhang, code, minute=541), key="call-1") == told
        assert visit(told).state is VisitState.IN_PROGRESS
    with time_machine.travel(at(650), tick=False):
        leaves = Told(people.zhang, f"{code[:3]} {code[3:]}", Said.LEAVES)
        telephone.note_call(people.broker, leaves, key="call-2")
        telephone.note_call(people.broker, leaves, key="call-2")
    row = visit(told)
    assert (row.state, row.check_in_how, row.minutes_actual) == (VisitState.AWAITING_CONFIRMATION, "landline", 109)
    channels = [each.channel for each in db.session.query(VisitEvent).filter_by(visit_id=told).order_by(VisitEvent.id)]
    assert channels[-2:] == ["telephone", "telephone"]
    with time_machine.travel(at(600, WEDNESDAY), tick=False):
        with pytest.raises(Refused, match="code_missing"):
            slips.enter_slip(people.broker, Slip(told, Happened.YES))
        assert slips.enter_slip(people.broker, Slip(told, Happened.YES, code=strip_code(row))) == "credited"
    assert visit(told).check_in_at == at(541)


def test_codes_read_on_the_telephone_cannot_be_guessed(people: Cast) -> None:
    told = make.scheduled(people)
    right, wrong = day_code(visit(told)), strip_code(visit(told))
    with time_machine.travel(at(545), tick=False):
        with pytest.raises(Refused, match="code_mistyped"):
            telephone.note_call(people.broker, Told(people.zhang, "123456"))
        for _ in range(4):
            with pytest.raises(Refused, match="wrong_day_code"):
                telephone.note_call(people.broker, Told(people.zhang, wrong))
        with pytest.raises(Refused, match="visit_code_locked"):
            telephone.note_call(people.broker, Told(people.zhang, wrong))
        with pytest.raises(Refused, match="visit_code_locked"):
            telephone.note_call(people.broker, Told(people.zhang, right))
        with pytest.raises(Refused, match="no_visit_today"):
            telephone.note_call(people.broker, Told(people.xu, right))
        with pytest.raises(Refused, match="no_visit_today"):  # not of another town's coordinator
            telephone.note_call(town.outsider(), Told(people.zhang, right))
    with time_machine.travel(at(561), tick=False):
        assert telephone.note_call(people.broker, Told(people.zhang, right)) == told


def test_the_code_of_the_day_opens_the_visit_on_the_helpers_own_phone_too(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(541), tick=False):
        visits.check_in(people.helper, visit_id, "code", day_code(visit(visit_id)))
    assert visit(visit_id).state is VisitState.IN_PROGRESS


def test_a_lost_sheet_gets_new_codes(people: Cast) -> None:
    visit_id = make.scheduled(people)
    old = slip(visit_id)
    assert slips.renew_codes(people.broker, people.zhang) == 1
    with time_machine.travel(at(600, WEDNESDAY), tick=False):
        assert strip_code(visit(visit_id)) != old.code
        assert slips.enter_slip(people.broker, old) == "second_review"
        with pytest.raises(Refused, match="no_visits_to_print"):
            slips.renew_codes(people.broker, people.zhang)
    with pytest.raises(NotFound):
        slips.renew_codes(town.outsider(), people.zhang)


def test_sheets_say_no_more_than_the_task_needs_and_grids_end_where_scopes_do(people: Cast) -> None:
    visit_id = make.scheduled(people, note="the kitchen")
    (mine,) = sheets(people.broker, WEEK).items
    assert (mine.name, mine.lines[0].other, mine.lines[0].address) == ("张建国", "徐女士", "")
    assert mine.lines[0].strip_code == strip_code(visit(visit_id))
    (hers,) = sheets(people.broker, replace(WEEK, part="helper")).items
    line = hers.lines[0]
    assert (hers.name, line.other, line.day_code, line.strip_code) == ("徐梅", "张大爷", "", "")
    assert [row.line.id for row in grid(people.broker, WEEK).items] == [visit_id]
    assert not sheets(town.outsider(), WEEK).items
    assert not grid(town.outsider(), WEEK).items
    with pytest.raises(NotFound):
        slips.enter_slip(town.outsider(), slip(visit_id))


def test_each_sheet_and_each_copy_is_in_the_language_of_whoever_it_is_for(app: Flask, people: Cast) -> None:
    make.scheduled(people)
    guest = town.person("Ann Smith", reads="en", sex="F", birth_date=TUESDAY.replace(year=1950))
    make.give_hours(guest, 600)
    make.scheduled(replace(people, zhang=guest), 720, earliest_minute=720, latest_minute=780)
    add_agent(people.broker, NewAgent(people.zhang, town.person("张丽", reads="en"), AgentKind.AGENT, "daughter"))
    give_consent(people.broker, NewConsent(people.zhang, COPIES))
    for page in ("en", "zh"):
        with app.test_request_context(), force_locale(page):
            found = {sheet.name: sheet for sheet in sheets(people.broker, WEEK).items}
            (hers,) = sheets(people.broker, replace(WEEK, part="helper")).items
        zhang, ann = found["张建国"], found["Ann Smith"]
        assert (zhang.reads, zhang.lines[0].other, zhang.lines[0].service) == ("zh", "徐女士", "打扫卫生")
        assert (ann.reads, ann.lines[0].other, ann.lines[0].service) == ("en", "Ms Xu", "Cleaning")
        (copy,) = zhang.copies
        assert (copy.reads, copy.lines[0].other, copy.lines[0].strip_code) == ("en", "Ms Xu", "")
        assert {line.other for line in hers.lines} == {"张大爷", "Smith奶奶"}


def test_where_there_are_too_many_people_whoever_has_a_sheet_has_the_whole_week_on_it(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slip_queries, "MOST_SHEETS", 1)
    make.scheduled(people)
    first = town.person("王奶奶", town.YAOHUA_COMMUNITY)
    make.give_hours(first, 600)
    made = [
        make.scheduled(replace(people, zhang=first), minute, earliest_minute=540, latest_minute=1140, minutes=60)
        for minute in (720, 900, 1080)
    ]
    found = sheets(people.broker, WEEK)
    assert found.more
    assert [(sheet.name, [line.visit_id for line in sheet.lines]) for sheet in found.items] == [("王奶奶", made)]
    (hers,) = sheets(people.broker, replace(WEEK, part="helper")).items
    assert len(hers.lines) == 4


def test_the_grid_keeps_the_order_of_the_printed_sheets_from_page_to_page(people: Cast) -> None:
    last = make.scheduled(people)
    first = town.person("王奶奶", town.YAOHUA_COMMUNITY)  # registered later, printed first
    make.give_hours(first, 600)
    made = [
        make.scheduled(replace(people, zhang=first), minute, earliest_minute=540, latest_minute=1140, minutes=60)
        for minute in (720, 900)
    ]
    printed = [line.visit_id for sheet in sheets(people.broker, WEEK).items for line in sheet.lines]
    assert printed == [*made, last]
    typed, after = [], None
    for _page in printed:
        page = grid(people.broker, WEEK, after, limit=1)
        typed += [row.line.id for row in page.items]
        after = page.next
    assert (typed, after) == (printed, None)


def test_nobody_enters_a_visit_that_is_to_come_or_their_own(people: Cast) -> None:
    visit_id = make.scheduled(people)
    with pytest.raises(Refused, match="visit_to_come"):
        slips.enter_slip(people.broker, slip(visit_id))
    both = replace(people.broker, person_id=people.xu)
    assert isinstance(both, Actor)
    with time_machine.travel(at(600, WEDNESDAY), tick=False), pytest.raises(Refused, match="confirm_own"):
        slips.enter_slip(both, slip(visit_id))
