"""The independent checker: each rule of formats.md §3 is noticed when a plan breaks it."""

import copy
from typing import Any

import pytest

from timebank.matching import checker

DAY: dict[str, Any] = {
    "format": "timebank-matching/1",
    "day": "2026-11-23",
    "travel": {"detour": 1.3, "metres_per_second": 1.17, "fixed_seconds": 120, "same_place_seconds": 60},
    "weight_seconds": 20_000,
    "continuity_seconds": 600,
    "places": [{"id": "home", "x": 0, "y": 0}, {"id": "door", "x": 90, "y": 0}],
    "helpers": [
        {"id": "h1", "place": "home", "from": 28_800, "to": 39_600, "max_minutes": 120, "max_visits": 2,
         "max_distance_m": 800, "skills": ["cleaning"], "sex": "F", "languages": ["zh"], "blocked": ["r9"], "busy": []},
        {"id": "h2", "place": "door", "from": 28_800, "to": 39_600, "max_minutes": 120, "max_visits": 2,
         "max_distance_m": 800, "skills": ["cleaning"], "sex": "M", "languages": [], "blocked": [], "busy": []},
    ],
    "requests": [
        {"id": "q1", "recipient": "r1", "place": "door", "service": "cleaning", "minutes": 60, "earliest_start": 28_800,
         "latest_start": 34_200, "weight": 2, "helpers_needed": 1, "helper_sex": None, "language": None,
         "usual_helper": "h1", "pinned": None},
        {"id": "q2", "recipient": "r2", "place": "home", "service": "cleaning", "minutes": 45, "earliest_start": 28_800,
         "latest_start": 36_000, "weight": 1, "helpers_needed": 1, "helper_sex": None, "language": None,
         "usual_helper": None, "pinned": None},
    ],
}  # fmt: skip
# 1.3 · 90 m / 1.17 m/s = 100 s, and 120 s of stairs
PLAN: dict[str, Any] = {
    "format": "timebank-plan/1",
    "visits": [{"request": "q1", "helpers": ["h1"], "start": 29_700}],
    "unserved": [{"request": "q2", "reason": "all_taken"}],
    "objective": 2 * 20_000 + 600 - 440,
    "upper_bound": 60_000,
}


def rules(plan: dict[str, Any], day: dict[str, Any] = DAY) -> set[str]:
    return {one.rule for one in checker.check(day, plan).violations}


def test_a_sound_plan_is_sound_and_its_objective_is_recomputed() -> None:
    found = checker.check(DAY, PLAN)
    assert found.sound
    assert (found.objective, found.travel_seconds, found.served, found.weight_served) == (40_160, 440, 1, 2)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"start": 29_800}, "quarter_hour"),
        ({"start": 28_800}, "too_late"),
        ({"start": 36_000}, "window"),
        ({"helpers": ["h1", "h2"]}, "helpers_needed"),
        ({"helpers": ["h9"]}, "unknown_helper"),
        ({"request": "q9"}, "unknown_request"),
    ],
)
def test_a_wrong_visit_is_noticed(change: dict[str, Any], rule: str) -> None:
    plan = {**PLAN, "visits": [{**PLAN["visits"][0], **change}]}
    assert rule in rules(plan)


@pytest.mark.parametrize(
    ("helper", "rule"),
    [
        ({"skills": []}, "skill"),
        ({"blocked": ["r1"]}, "blocked"),
        ({"max_distance_m": 116}, "distance"),
        ({"max_minutes": 59}, "max_minutes"),
        ({"max_visits": 0}, "max_visits"),
        ({"to": 33_400}, "home_late"),
        ({"busy": [{"place": "home", "from": 33_400, "to": 34_000}]}, "too_late"),
    ],
)
def test_a_helper_who_may_not_is_noticed(helper: dict[str, Any], rule: str) -> None:
    day = copy.deepcopy(DAY)
    day["helpers"][0].update(helper)
    assert rule in rules(PLAN, day)


@pytest.mark.parametrize(
    ("request_", "rule"),
    [
        ({"helper_sex": "M"}, "sex"),
        ({"language": "nanjing"}, "language"),
        ({"pinned": ["h2"]}, "pinned"),
        ({"helpers_needed": 2}, "helpers_needed"),
    ],
)
def test_a_wish_that_is_not_kept_is_noticed(request_: dict[str, Any], rule: str) -> None:
    day = copy.deepcopy(DAY)
    day["requests"][0].update(request_)
    assert rule in rules(PLAN, day)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"objective": 40_161}, "objective"),
        ({"upper_bound": 40_000}, "upper_bound"),
        ({"unserved": []}, "unserved_missing"),
        ({"unserved": [{"request": "q2", "reason": "rain"}]}, "unknown_reason"),
        ({"unserved": [*PLAN["unserved"], {"request": "q1", "reason": "all_taken"}]}, "unserved_wrong"),
        ({"visits": [PLAN["visits"][0], PLAN["visits"][0]]}, "served_twice"),
        ({"format": "timebank-plan/2"}, "format"),
    ],
)
def test_a_plan_that_tells_something_wrong_is_noticed(change: dict[str, Any], rule: str) -> None:
    assert rule in rules({**PLAN, **change})


def test_the_checker_shares_no_code_with_planner_or_rules() -> None:
    import ast
    from pathlib import Path

    for path in Path(checker.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        assert not [name for name in names if name.startswith("timebank") and "checker" not in name]
