"""From wanting to help to helping (domain.md C3.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from tests.factories import exchange_visits as visits
from tests.factories import town
from tests.factories.exchange_volunteers import reload, volunteer
from timebank.core import hooks
from timebank.core.audit import AuditEvent
from timebank.core.authority import Actor
from timebank.core.db import db, transaction
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.models.volunteers import VolunteerState
from timebank.exchange.queries import volunteers as queries
from timebank.exchange.service import volunteers as service
from timebank.exchange.service.volunteers import Days, Offer, Training
from timebank.notices.models import Notice
from timebank.people.models import Agent, AgentKind
from timebank.people.rules.availability import parse
from timebank.people.rules.codes import PersonRole
from timebank.people.rules.import_row import ImportedRow

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TUESDAYS = ((1, 480, 600),)

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _the_23rd_of_november() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def xu_mei(born: date = date(1990, 3, 8)) -> int:
    return town.person("徐梅", birth_date=born, sex="F", is_recipient=False)


def offer(person_id: int, **facts: object) -> Offer:
    given: dict[str, object] = {"skills": ("cleaning", "cooking"), "slots": TUESDAYS, "max_distance_m": 500, **facts}
    return Offer(person_id, **given)  # type: ignore[arg-type]


def state(person_id: int) -> VolunteerState:
    found = queries.own(person_id)
    assert found is not None
    return found.state


@transaction
def heard(event: str, **facts: object) -> None:
    """As the registry tells of it: in its own transaction."""
    hooks.fire(event, **facts)


def refusal(code: str) -> object:
    return pytest.raises(Refused, match=rf"\('{code}'")


def test_xu_mei_becomes_a_volunteer_step_by_step() -> None:
    town.town()
    person_id = xu_mei()
    service.apply(town.member(person_id), offer(person_id, caregiver_at_home=True), key="a")
    assert reload(person_id).is_volunteer
    assert state(person_id) is VolunteerState.SUBMITTED
    service.review(town.broker(), person_id)
    service.approve(town.operator(), person_id)
    service.record_training(town.broker(), Training(person_id, (), date(2026, 11, 20), start=True))
    found = queries.own(person_id)
    assert found is not None
    assert found.state is VolunteerState.ACTIVE
    assert found.active_since == date(2026, 11, 23)
    assert found.helper.caregiver_at_home
    steps = [event.to_state.value for event in reversed(found.events)]
    assert steps == ["draft", "submitted", "platform_review", "training", "active"]
    kinds = [notice.kind for notice in db.session.query(Notice).filter_by(person_id=person_id).order_by(Notice.id)]
    assert kinds == ["volunteer_submit", "volunteer_site_review", "volunteer_approve", "volunteer_start"]
    actions = {event.action for event in db.session.query(AuditEvent).filter_by(subject_type="volunteer")}
    assert {"submit.volunteer", "site_review.volunteer", "approve.volunteer", "start.volunteer"} <= actions


def test_the_second_review_is_by_another_account() -> None:
    town.town()
    person_id = xu_mei()
    operator = town.operator()
    service.apply(town.member(person_id), offer(person_id))
    service.review(operator, person_id)
    with refusal("same_reviewer"):
        service.approve(operator, person_id)
    with pytest.raises(NotAllowed):
        service.approve(town.broker(), person_id)
    service.approve(town.operator(name="second"), person_id)
    assert state(person_id) is VolunteerState.TRAINING


def test_nobody_reviews_themself() -> None:
    town.town()
    person_id = xu_mei()
    service.apply(town.member(person_id), offer(person_id))
    broker = town.broker()
    own = Actor(broker.account_id, person_id, "own", broker.grants)
    for decide in (lambda: service.review(own, person_id), lambda: service.reject(own, person_id, "no")):
        with refusal("own_application"):
            decide()


def test_a_double_click_applies_once_and_a_second_application_is_refused() -> None:
    town.town()
    person_id = xu_mei()
    member = town.member(person_id)
    service.apply(member, offer(person_id), key="click")
    service.apply(member, offer(person_id), key="click")
    with refusal("already_volunteer"):
        service.apply(member, offer(person_id), key="other")
    found = queries.own(person_id)
    assert found is not None
    assert len(found.events) == 2


def test_steps_out_of_order_are_refused() -> None:
    town.town()
    person_id = xu_mei()
    service.apply(town.member(person_id), offer(person_id))
    for wrong in (
        lambda: service.approve(town.operator(), person_id),
        lambda: service.lift(town.broker(), person_id, "reason"),
        lambda: service.suspend(town.broker(), person_id, "reason"),
    ):
        with refusal("volunteer_step_impossible"):
            wrong()
    assert state(person_id) is VolunteerState.SUBMITTED


def test_another_streets_coordinator_may_do_nothing() -> None:
    town.town()
    person_id = xu_mei()
    service.apply(town.member(person_id), offer(person_id))
    for wrong in (
        lambda: service.review(town.outsider(), person_id),
        lambda: service.reject(town.outsider(), person_id, "reason"),
        lambda: service.set_insurance(town.outsider(), person_id, date(2027, 1, 1)),
        lambda: service.apply(town.outsider(), offer(town.person())),
    ):
        with pytest.raises(NotAllowed):
            wrong()
    with pytest.raises(NotFound):
        queries.volunteer(town.outsider(), person_id)


def test_a_minor_needs_the_guardian() -> None:
    town.town()
    minor = xu_mei(born=date(2010, 1, 1))
    mother = town.person("王芳", birth_date=date(1985, 1, 1))
    with refusal("volunteer_guardian_needed"):
        service.apply(town.member(minor), offer(minor, guardian_agreed=True))
    db.session.add(Agent(person_id=minor, agent_person_id=mother, kind=AgentKind.GUARDIAN, valid_from=date(2020, 1, 1)))
    db.session.commit()
    service.apply(town.member(mother), offer(minor))
    found = queries.own(minor)
    assert found is not None
    assert found.guardian_agreed


def test_the_coordinator_registers_a_minor_with_the_signed_form_but_no_child() -> None:
    town.town()
    minor, child, unknown = xu_mei(date(2010, 1, 1)), xu_mei(date(2014, 1, 1)), town.person(birth_date=None)
    with refusal("volunteer_guardian_needed"):
        service.apply(town.broker(), offer(minor))
    service.apply(town.broker(), offer(minor, guardian_agreed=True))
    with refusal("too_young"):
        service.apply(town.broker(), offer(child, guardian_agreed=True))
    with refusal("birth_date_missing"):
        service.apply(town.broker(), offer(unknown))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"skills": ()}, "skills_missing"),
        ({"skills": ("flying",)}, "no_such_service"),
        ({"slots": ((1, 600, 480),)}, "slot_backwards"),
        ({"slots": ((1, 480, 485),)}, "slot_short"),
        ({"max_distance_m": 5}, "distance_range"),
        ({"max_minutes_per_week": 0}, "week_range"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_kept(facts: dict[str, object], code: str) -> None:
    town.town()
    person_id = xu_mei()
    with refusal(code):
        service.apply(town.member(person_id), offer(person_id, **facts))
    assert queries.own(person_id) is None


def test_bathing_waits_for_its_training() -> None:
    town.town()
    person_id = xu_mei()
    service.apply(town.member(person_id), offer(person_id, skills=("bathing",)))
    service.review(town.broker(), person_id)
    service.approve(town.operator(), person_id)
    start = Training(person_id, (), date(2026, 11, 20), start=True)
    with refusal("training_missing"):
        service.record_training(town.broker(), start)
    with refusal("training_in_future"):
        service.record_training(town.broker(), Training(person_id, ("bathing",), date(2026, 11, 24)))
    with refusal("skill_not_offered"):
        service.record_training(town.broker(), Training(person_id, ("cooking",), date(2026, 11, 20)))
    service.record_training(town.broker(), Training(person_id, ("bathing",), date(2026, 11, 20), start=True))
    assert state(person_id) is VolunteerState.ACTIVE
    found = queries.helper(person_id)
    assert found is not None
    assert found.skills == {"bathing": date(2026, 11, 20)}


def test_a_rejection_gives_its_reason_and_one_may_apply_again() -> None:
    town.town()
    person_id = xu_mei()
    service.apply(town.member(person_id), offer(person_id))
    with refusal("reason_needed"):
        service.reject(town.broker(), person_id, " ")
    service.reject(town.broker(), person_id, "Health check missing")
    assert state(person_id) is VolunteerState.REJECTED
    told = db.session.query(Notice).filter_by(kind="volunteer_reject").one()
    assert told.facts["reason"] == "Health check missing"
    service.apply(town.member(person_id), offer(person_id))
    assert state(person_id) is VolunteerState.SUBMITTED


def test_suspended_lifted_left_and_back() -> None:
    town.town()
    person_id = volunteer()
    service.suspend(town.broker(), person_id, "Three absences")
    assert queries.helpers_for() == []
    service.lift(town.broker(), person_id, "Talked about it")
    service.leave(town.member(person_id), person_id)
    assert state(person_id) is VolunteerState.EXITED
    assert not reload(person_id).is_volunteer
    service.apply(town.member(person_id), offer(person_id))
    assert state(person_id) is VolunteerState.SUBMITTED


def test_fraud_bars_for_a_year_and_the_bar_ends() -> None:
    town.town()
    person_id = volunteer()
    with pytest.raises(NotAllowed):
        service.bar(town.broker(), person_id, "Invented visits")
    service.bar(town.operator(), person_id, "Invented visits")
    found = queries.own(person_id)
    assert found is not None
    assert found.barred_until == date(2027, 11, 23)
    with refusal("still_barred"):
        service.apply(town.member(person_id), offer(person_id))
    with time_machine.travel(datetime(2027, 11, 24, 4, tzinfo=UTC), tick=False):
        service.apply(town.member(person_id), offer(person_id))
    assert state(person_id) is VolunteerState.SUBMITTED


def test_changing_the_offer_keeps_passed_trainings() -> None:
    town.town()
    person_id = volunteer(skills={"bathing": date(2026, 1, 1), "cleaning": None})
    service.change_offer(
        town.member(person_id), offer(person_id, skills=("bathing", "shopping"), languages=("zh", "en"))
    )
    found = queries.helper(person_id)
    assert found is not None
    assert found.skills == {"bathing": date(2026, 1, 1), "shopping": None}
    assert found.languages == ("zh", "en")
    assert found.state is VolunteerState.ACTIVE


def test_free_hours_change_and_days_away_come_and_go() -> None:
    town.town()
    person_id = volunteer()
    member = town.member(person_id)
    tuesday = date(2026, 11, 24)
    service.set_availability(member, person_id, ((1, 480, 600), (1, 540, 660)), False)
    helper = queries.helper(person_id)
    assert helper is not None
    assert helper.free(tuesday) == [(480, 660)]
    away = service.add_days(member, Days(person_id, tuesday, tuesday, reason="Doctor"))
    helper = queries.helper(person_id)
    assert helper is not None
    assert helper.free(tuesday) == []
    service.remove_days(member, person_id, away)
    assert queries.helpers_for()[0].free(tuesday) == [(480, 660)]
    for wrong, code in (
        (Days(person_id, tuesday, date(2026, 11, 23)), "days_backwards"),
        (Days(person_id, date(2026, 11, 1), date(2026, 11, 2)), "days_over"),
        (Days(person_id, tuesday, date(2028, 11, 2)), "days_too_long"),
        (Days(person_id, tuesday, tuesday, True, 600, 500), "slot_backwards"),
    ):
        with refusal(code):
            service.add_days(member, wrong)
    with pytest.raises(NotAllowed):
        service.add_days(town.member(town.person()), Days(person_id, tuesday, tuesday))


def test_helpers_are_read_with_few_statements_however_many(statements: object) -> None:
    town.town()
    ids = [volunteer(f"张{number}", skills={"cleaning": None, "cooking": None}) for number in range(12)]
    volunteer("远方", town.BINHUAI)
    volunteer("不行", skills={"shopping": None})
    with statements(6):  # type: ignore[operator]
        found = queries.helpers_for("cleaning", scopes=[town.YAOHUA])
    assert [helper.person_id for helper in found] == ids
    assert found[0].lat == 32.1160  # the community's point, where no address is known
    assert [helper.person_id for helper in queries.helpers_for(ids=ids[:2])] == ids[:2]


def test_lists_show_the_own_area_only_and_page_by_key() -> None:
    town.town()
    ids = [volunteer(f"张{number}") for number in range(5)]
    volunteer("远方", town.WULAOCUN_COMMUNITY)
    chosen = queries.VolunteerFilter()
    first = queries.volunteers(town.broker(), chosen, limit=3)
    assert [row.person_id for row in first.items] == ids[:3]
    assert first.total == 5
    assert first.next is not None
    second = queries.volunteers(town.broker(), chosen, after=int(first.next), limit=3)
    assert [row.person_id for row in second.items] == ids[3:]
    assert second.next is None
    assert queries.count(town.outsider(), chosen) == 1
    assert queries.count(town.nobody(), chosen) == 0
    assert queries.count(town.broker(), queries.VolunteerFilter(state="suspended")) == 0
    assert queries.count(town.broker(), queries.VolunteerFilter(skill="cleaning", territory=town.YAOXIN)) == 5


def test_a_merge_carries_the_volunteer_on_and_can_be_undone() -> None:
    town.town()
    first, second = town.person("徐梅"), volunteer(skills={"bathing": date(2026, 1, 1)})
    heard("person_merged", kept_id=first, merged_id=second)
    assert state(first) is VolunteerState.ACTIVE
    assert state(second) is VolunteerState.EXITED
    helper = queries.helper(first)
    assert helper is not None
    assert helper.skills == {"bathing": date(2026, 1, 1)}
    assert helper.slots
    heard("person_unmerged", kept_id=first, merged_id=second)
    assert state(first) is VolunteerState.EXITED
    assert state(second) is VolunteerState.ACTIVE


def test_who_moves_or_dies_is_kept_in_step() -> None:
    places = town.town()
    person_id = volunteer()
    heard("person_moved", person_id=person_id, territory_code=town.BINHUAI)
    helper = queries.own(person_id)
    assert helper is not None
    assert (helper.helper.territory_code, helper.scheme_id) == (town.BINHUAI, places.nanjing)
    heard("person_died", person_id=person_id, died_on=date(2026, 11, 22))
    assert state(person_id) is VolunteerState.EXITED


def test_a_spreadsheet_makes_volunteers_who_wait_and_the_same_row_again_changes_nothing() -> None:
    town.town()
    person_id = xu_mei()
    row = parsed_row()
    assert tell_import(person_id, row) is True
    found = queries.own(person_id)
    assert found is not None
    assert found.state is VolunteerState.SUBMITTED
    assert set(found.helper.skills) == {"cleaning", "cooking"}
    assert [(slot.weekday, slot.from_minute) for slot in found.helper.slots] == [(1, 480), (3, 840)]
    assert found.helper.max_distance_m == 800
    assert tell_import(person_id, row) is False


def test_an_old_spreadsheet_does_not_undo_what_an_active_volunteer_said() -> None:
    town.town()
    person_id = volunteer(skills={"shopping": None}, slots=((6, 600, 700),))
    assert tell_import(person_id, parsed_row()) is True
    found = queries.helper(person_id)
    assert found is not None
    assert set(found.skills) == {"cleaning", "cooking", "shopping"}
    assert [slot.weekday for slot in found.slots] == [6]
    assert found.state is VolunteerState.ACTIVE


def test_a_row_of_a_child_or_without_a_skill_stays_a_draft() -> None:
    town.town()
    child, idle = xu_mei(date(2015, 1, 1)), town.person("闲人")
    tell_import(child, parsed_row(birth_date=date(2015, 1, 1)))
    tell_import(idle, parsed_row(skills=()))
    assert state(child) is state(idle) is VolunteerState.DRAFT
    assert tell_import(town.person("居民"), parsed_row(roles=frozenset())) is False


def parsed_row(**facts: object) -> ImportedRow:
    given: dict[str, object] = {
        "number": 1,
        "member_no": "H1",
        "name": "徐梅",
        "id_number": None,
        "sex": None,
        "birth_date": date(1990, 3, 8),
        "phone": None,
        "territory_code": town.YAOXIN,
        "address": "",
        "lat": None,
        "lon": None,
        "roles": frozenset({PersonRole.VOLUNTEER}),
        "skills": ("cleaning", "cooking"),
        "availability": parse("TUE 08:00-10:00; THU 14:00-16:30"),
        "max_distance_m": 800,
        "languages": ("zh",),
        "self_care": None,
        "lives_alone": None,
        "guardian_member_no": "",
        "note": "",
        **facts,
    }
    return ImportedRow(**given)  # type: ignore[arg-type]


def tell_import(person_id: int, row: ImportedRow) -> bool:
    [changed] = hooks.fire("person_imported", person_id=person_id, row=row)
    db.session.commit()
    return bool(changed)


def test_planned_visits_of_somebody_who_stops_are_open_again() -> None:
    people = visits.cast()
    visit_id = visits.scheduled(people)
    service.suspend(town.broker(), people.xu, "Ill for some weeks")
    visit = db.session.get_one(Visit, visit_id)
    assert visit.state is VisitState.OPEN
    assert visit.volunteer_id is None
