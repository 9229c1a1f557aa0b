"""Plain insertion after a dropout, against which planning again is measured."""

from benchmarks.matching.again import without
from benchmarks.matching.insertion import inserted
from benchmarks.matching.town import RICH, town
from timebank.matching import checker, planner
from timebank.matching.planner import files


def test_plain_insertion_keeps_every_rule_and_every_promise_and_may_save_a_lost_visit() -> None:
    day = town(20, 45, 5, RICH)
    plan = files.plan_document(planner.plan(files.instance_of(day), seconds=60))
    before = {visit["request"]: visit for visit in plan["visits"]}
    saved = 0
    for gone in sorted({name for visit in plan["visits"] for name in visit["helpers"]}):
        now = without(day, gone)
        visits = inserted(now, plan["visits"], gone)
        after = {visit["request"]: visit for visit in visits}
        left = [{"request": one["id"], "reason": "all_taken"} for one in now["requests"] if one["id"] not in after]
        found = {**plan, "visits": visits, "unserved": left, "upper_bound": None}
        broken = [one for one in checker.check(now, found).violations if one.rule != "objective"]
        assert broken == [], gone
        assert all(after[name] == visit for name, visit in before.items() if gone not in visit["helpers"])
        saved += len([name for name in after if gone in before[name]["helpers"]])
    assert saved > 0
