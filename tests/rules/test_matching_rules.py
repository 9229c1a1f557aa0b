"""Hard rules, timing and score of a suggestion (domain.md C3.2, C8.3, C8.4, F19)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from timebank.matching.rules import timing
from timebank.matching.rules.hard import broken_rules, first_broken, fits
from timebank.matching.rules.model import Broken, Helper, Limits, Need, Place, Stop, Stretch, Travel
from timebank.matching.rules.ranking import rank
from timebank.matching.rules.score import score

H = 3600
TUESDAY = date(2026, 11, 24)
HOME, DOOR = Place(0, 0), Place(60, 0)
WALK = Travel()

NEED = Need(
    recipient_id=7,
    service="cleaning",
    minutes=60,
    day=TUESDAY,
    window=Stretch(8 * H, 10 * H),
    place=DOOR,
)
XU_MEI = Helper(
    id=1, home=HOME, sex="F", languages=frozenset({"zh"}), skills={"cleaning": True}, free=(Stretch(8 * H, 10 * H),)
)


def rules_of(helper: Helper, need: Need = NEED) -> set[str]:
    return {broken.rule for broken in broken_rules(helper, need, WALK)}


def only(helper: Helper, need: Need = NEED) -> Broken:
    found = broken_rules(helper, need, WALK)
    assert len(found) == 1, found
    return found[0]


def test_xu_mei_is_suitable_and_would_come_at_eight() -> None:
    assert rules_of(XU_MEI) == set()
    found = score(XU_MEI, NEED, WALK)
    assert found is not None
    assert found.start.at == 8 * H
    assert {part.why.code for part in found.parts} >= {"next_building", "free", "trained", "load"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"active": False}, "not_active"),
        ({"id": 7}, "oneself"),
        ({"household": frozenset({7})}, "same_household"),
        ({"blocked": frozenset({7})}, "blocked"),
        ({"skills": {"cooking": True}}, "no_skill"),
        ({"max_distance_m": 50}, "too_far"),
        ({"away": True, "free": ()}, "away"),
        ({"free": ()}, "not_free"),
        ({"free": (Stretch(8 * H, 8 * H + 1800),)}, "not_free"),
        ({"max_week_minutes": 100, "week_minutes": 60}, "weekly_cap"),
    ],
)
def test_each_rule_keeps_a_helper_out_by_name(change: dict[str, object], rule: str) -> None:
    assert rules_of(replace(XU_MEI, **change)) == {rule}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"helper_sex": "M"}, "sex_wish"),
        ({"language": "yue"}, "language_wish"),
        ({"needs_insurance": True}, "not_insured"),
        ({"limits": Limits(daily_cap_minutes=59)}, "daily_cap"),
        ({"limits": Limits(monthly_cap_minutes=59)}, "monthly_cap"),
    ],
)
def test_each_wish_and_duty_keeps_a_helper_out_by_name(change: dict[str, object], rule: str) -> None:
    assert rules_of(XU_MEI, replace(NEED, **change)) == {rule}  # type: ignore[arg-type]


def test_untrained_helper_learns_what_is_missing() -> None:
    bathing = replace(NEED, service="bathing", needs_training=True)
    broken = only(replace(XU_MEI, skills={"bathing": False}), bathing)
    assert broken.rule == "not_trained"
    assert broken.remedy is not None
    assert (broken.remedy.code, broken.remedy.facts["service"]) == ("needs_training", "bathing")


def test_heavy_care_is_left_to_trained_helpers() -> None:
    heavy = replace(NEED, self_care="full_loss", max_self_care_loss="partial")
    assert rules_of(replace(XU_MEI, skills={"cleaning": False}), heavy) == {"self_care_too_heavy"}
    assert rules_of(XU_MEI, heavy) == set()
    assert rules_of(replace(XU_MEI, skills={"cleaning": False}), replace(heavy, self_care="partial")) == set()


def test_insurance_counts_on_the_day_itself() -> None:
    risky = replace(NEED, needs_insurance=True)
    assert rules_of(replace(XU_MEI, insured_until=TUESDAY), risky) == set()
    assert rules_of(replace(XU_MEI, insured_until=date(2026, 11, 23)), risky) == {"not_insured"}


def test_all_broken_rules_are_named_together() -> None:
    nobody = Helper(id=2, active=False, home=Place(9000, 0))
    assert rules_of(nobody) == {"not_active", "no_skill", "too_far", "not_free"}


def test_somebody_needed_at_home_is_only_sent_near() -> None:
    far = replace(NEED, place=Place(500, 0))  # 650 m on foot
    assert rules_of(XU_MEI, far) == set()
    broken = only(replace(XU_MEI, caregiver_at_home=True), far)
    assert broken.rule == "too_far"
    assert broken.facts["caregiver"] is True


def test_the_limit_of_distance_is_inclusive() -> None:
    assert rules_of(replace(XU_MEI, max_distance_m=78)) == set()  # 60 m × 1.3
    assert rules_of(replace(XU_MEI, max_distance_m=77)) == {"too_far"}


def test_a_little_further_can_be_asked_but_nobody_is_asked_to_cross_the_city() -> None:
    need = replace(NEED, limits=Limits(ask_further_m=800))
    a_little = only(replace(XU_MEI, home=Place(1400, 0)), replace(need, place=Place(0, 0)))  # 1,820 m; goes 1,000
    assert a_little.remedy is None
    nearer = only(replace(XU_MEI, home=Place(1380, 0)), replace(need, place=Place(0, 0)))  # 1,794 m
    assert nearer.remedy is not None
    assert (nearer.remedy.code, nearer.remedy.facts["metres"]) == ("would_walk", 1794)
    assert only(replace(XU_MEI, home=Place(21_245, 0)), need).remedy is None


def test_a_promise_elsewhere_overlaps_and_another_time_is_named() -> None:
    busy = replace(XU_MEI, free=(Stretch(8 * H, 12 * H),), busy=(Stop(8 * H, 10 * H + 900, DOOR),))
    broken = only(busy)
    assert broken.rule == "overlaps"
    assert broken.remedy is not None
    assert (broken.remedy.code, broken.remedy.facts["start"]) == ("free_at", 10 * H + 1800)


def test_the_way_between_two_visits_counts() -> None:
    ends_at_nine = replace(XU_MEI, free=(Stretch(8 * H, 11 * H),), busy=(Stop(8 * H, 9 * H, Place(700, 0)),))
    found = timing.best_start(ends_at_nine, NEED, WALK)
    assert found is not None
    assert found.at == 9 * H + 900  # 640 m straight are 714 s and 120 s fixed: not there at nine


def test_free_later_is_said_as_a_remedy() -> None:
    later = only(replace(XU_MEI, free=(Stretch(10 * H + 1800, 12 * H),)))
    assert later.rule == "not_free"
    assert later.remedy is not None
    assert later.remedy.facts["start"] == 10 * H + 1800


def test_home_counts_only_where_the_planner_asks_for_it() -> None:
    one_hour = replace(XU_MEI, free=(Stretch(8 * H, 9 * H),))
    assert timing.best_start(one_hour, NEED, Travel()) is not None
    assert timing.best_start(one_hour, NEED, Travel(commute=True)) is None
    roomy = replace(XU_MEI, free=(Stretch(8 * H, 9 * H + 1800),))
    found = timing.best_start(roomy, NEED, Travel(commute=True))
    assert found is not None
    assert found.at == 8 * H + 900


def test_travel_time_is_that_of_the_format() -> None:
    assert WALK.seconds(HOME, Place(100, 0)) == 120 + 112  # ceil(130 / 1.17)
    assert WALK.seconds(HOME, HOME) == 60


def test_the_nearer_helper_comes_first_and_a_tie_goes_to_the_one_with_fewer_hours() -> None:
    near, far = XU_MEI, replace(XU_MEI, id=2, home=Place(400, 0))
    assert [one.helper.id for one in rank([far, near], NEED, WALK).suitable] == [1, 2]
    rested = replace(XU_MEI, id=3, month_minutes=1320)
    tired = replace(XU_MEI, id=2, month_minutes=1500)  # both past the most that load can cost
    assert [one.helper.id for one in rank([tired, rested], NEED, WALK).suitable] == [3, 2]


def test_who_was_there_before_is_preferred_to_a_neighbour_as_near() -> None:
    known = replace(XU_MEI, id=2, visits_before=4)
    assert rank([XU_MEI, known], NEED, WALK).suitable[0].helper.id == 2


def test_a_helper_who_worked_much_this_month_gives_way() -> None:
    tired = replace(XU_MEI, id=1, month_minutes=600)
    fresh = replace(XU_MEI, id=2)
    assert rank([tired, fresh], NEED, WALK).suitable[0].helper.id == 2


def test_counts_of_those_out_by_rule() -> None:
    found = rank([XU_MEI, replace(XU_MEI, id=2, free=()), Helper(id=3, free=())], NEED, WALK)
    assert found.out_by_rule == {"not_free": 2, "no_skill": 1}
    assert found.out[0].helper.id == 2  # the one with fewest rules against comes first


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 20), st.integers(0, 3000))
def test_every_helper_is_suitable_or_out_and_never_both(x: int, y: int, visits: int, month: int) -> None:
    helper = replace(XU_MEI, home=Place(x, y), visits_before=visits, month_minutes=month)
    found = rank([helper], NEED, WALK)
    assert len(found.suitable) + len(found.out) == 1
    assert all(one.broken for one in found.out)
    for one in found.suitable:
        assert one.score.total == round(sum(part.points for part in one.score.parts), 1)


@given(st.lists(st.tuples(st.integers(6, 20), st.integers(1, 4)), max_size=4), st.integers(15, 240))
@example([(6, 2), (6, 1)], 15)  # two promises that overlap: the one that ends last counts
def test_a_start_never_collides_with_a_promise(stops: list[tuple[int, int]], minutes: int) -> None:
    busy = tuple(Stop(start * H, (start + length) * H, DOOR) for start, length in stops)
    helper = replace(XU_MEI, free=(Stretch(6 * H, 22 * H),), busy=busy)
    need = replace(NEED, minutes=minutes, window=Stretch(6 * H, 20 * H))
    found = timing.best_start(helper, need, WALK)
    if found is not None:
        assert need.window.start <= found.at <= need.window.end
        assert found.at % 900 == 0
        assert all(found.at + minutes * 60 <= stop.start or found.at >= stop.end for stop in busy)


@given(
    st.integers(0, 900),
    st.lists(st.tuples(st.integers(6, 16), st.integers(1, 4)), max_size=3),
    st.lists(st.tuples(st.integers(6, 16), st.integers(1, 3)), max_size=3),
    st.sampled_from([{}, {"skills": {"cooking": True}}, {"active": False}, {"max_week_minutes": 30}, {"away": True}]),
    st.booleans(),
)
def test_to_fit_is_to_break_no_rule(
    x: int, free: list[tuple[int, int]], stops: list[tuple[int, int]], change: dict[str, object], commute: bool
) -> None:
    helper = replace(
        XU_MEI,
        home=Place(x, 0),
        free=tuple(Stretch(start * H, (start + hours) * H) for start, hours in free),
        busy=tuple(Stop(start * H, (start + hours) * H, DOOR) for start, hours in stops),
        **change,  # type: ignore[arg-type]
    )
    travel = Travel(commute=commute)
    broken = broken_rules(helper, NEED, travel)
    assert fits(helper, NEED, travel) == (not broken)
    assert first_broken(helper, NEED, travel) == (broken[0] if broken else None)


def test_a_job_that_many_could_do_is_given_to_whoever_did_less() -> None:
    """Half an hour more this month outweighs 60 metres only where many could come."""
    tired = replace(XU_MEI, home=DOOR, month_minutes=100)
    rested = replace(XU_MEI, id=2, home=Place(120, 0), month_minutes=0)
    others = [replace(XU_MEI, id=number, home=Place(900, 0), max_distance_m=2000) for number in range(10, 16)]
    assert rank([tired, rested], NEED, WALK).suitable[0].helper.id == 1
    assert rank([tired, rested, *others], NEED, WALK).suitable[0].helper.id == 2


def test_between_two_promises_the_way_there_and_on_is_said() -> None:
    busy = (Stop(8 * H, 9 * H, Place(300, 0)), Stop(11 * H, 12 * H, DOOR))
    helper = replace(XU_MEI, free=(Stretch(8 * H, 12 * H),), busy=busy)
    found = score(helper, NEED, WALK)
    assert found is not None
    facts = next(part.why.facts for part in found.parts if part.name == "time")
    assert (facts["before"], facts["after"]) == (9 * H, 11 * H)
    assert (facts["there"], facts["onwards"]) == (120 + 267, 60)  # ceil(240 × 1.3 / 1.17); the same place


def test_what_was_asked_for_and_is_so_is_a_reason_without_points() -> None:
    found = score(XU_MEI, replace(NEED, helper_sex="F", language="zh"), WALK)
    assert found is not None
    wished = {part.why.code: part.points for part in found.parts if part.name in ("sex", "language")}
    assert wished == {"sex_wished": 0, "language_wished": 0}
