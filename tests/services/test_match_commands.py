"""`flask match plan`, `check`, `suggest` (formats.md §2): results, exit codes, sentences."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from benchmarks.matching.town import RICH, town
from timebank.matching.cli import match


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("match")
    (folder / "in.json").write_text(json.dumps(town(10, 20, 1, RICH)), encoding="utf-8")
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(match, [str(one) for one in arguments])


def test_a_plan_is_written_checked_and_told_in_one_line(place: Path) -> None:
    done = run("plan", place / "in.json", place / "out.json", "--seconds", 20, "--seed", 3, "--json")
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    names = {"served", "weight_served", "travel_seconds", "objective", "upper_bound", "gap", "seconds"}
    assert set(figures) == names
    checked = run("check", place / "in.json", place / "out.json", "--json")
    assert checked.exit_code == 0, checked.output
    verdict = json.loads(checked.stdout)
    assert verdict["sound"] is True
    assert {name: verdict[name] for name in ("served", "weight_served", "travel_seconds", "objective")} == {
        name: figures[name] for name in ("served", "weight_served", "travel_seconds", "objective")
    }


def test_a_plan_that_breaks_a_rule_is_told_with_one(place: Path) -> None:
    run("plan", place / "in.json", place / "good.json", "--seconds", 20)
    plan = json.loads((place / "good.json").read_text())
    plan["visits"][0]["start"] += 60
    (place / "bad.json").write_text(json.dumps(plan))
    checked = run("check", place / "in.json", place / "bad.json")
    assert checked.exit_code == 1
    assert "quarter_hour" in checked.output


def test_pins_that_cannot_be_kept_end_with_one_and_leave_no_file(place: Path) -> None:
    day = town(10, 20, 1)
    day["requests"][3].update(service="law", pinned=["h0"], helpers_needed=1)
    (place / "pins.json").write_text(json.dumps(day))
    done = run("plan", place / "pins.json", place / "none.json", "--seconds", 5)
    assert done.exit_code == 1
    assert "q3" in done.output
    assert not (place / "none.json").exists()


def wrong(change: Any) -> str:
    day = town(3, 4, 1)
    change(day)
    return json.dumps(day)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "an object is expected"),
        ("{}", "format"),
        (wrong(lambda day: day["helpers"][0].update(place="nowhere")), "'nowhere' is not known"),
        (wrong(lambda day: day["requests"].append(day["requests"][0])), "twice"),
        (wrong(lambda day: day["requests"][0].pop("minutes")), "'minutes' is missing"),
        (wrong(lambda day: day["requests"][0].update(minutes="sixty")), "must be a number"),
        (wrong(lambda day: day["requests"][0].update(pinned=["nobody"])), "'nobody' is not known"),
        (wrong(lambda day: day["requests"][0].update(weight=10**400)), "must be a number"),
        (wrong(lambda day: day.update(day="23.11.2026")), "'day' must be a day"),
        (wrong(lambda day: day.pop("helpers")), "'helpers' is missing"),
    ],
)
def test_input_that_cannot_be_read_ends_with_two_and_a_sentence(place: Path, text: str, words: str) -> None:
    (place / "wrong.json").write_text(text)
    done = run("plan", place / "wrong.json", place / "never.json")
    assert (done.exit_code, words in done.output) == (2, True), done.output
    assert not (place / "never.json").exists()


def test_a_file_that_is_not_there_ends_with_two(place: Path) -> None:
    assert run("plan", place / "no.json", place / "never.json").exit_code == 2
    assert run("check", place / "in.json", place / "no.json").exit_code == 2
    assert run("suggest", place / "in.json", "q999").exit_code == 2


@pytest.mark.parametrize("plan", [{"objective": 0}, {"objective": 0, "visits": [], "unserved": None}])
def test_a_plan_that_says_nothing_is_an_empty_one(place: Path, plan: dict[str, Any]) -> None:
    (place / "empty.json").write_text(json.dumps({"format": "timebank-plan/1", **plan}))
    done = run("check", place / "in.json", place / "empty.json", "--json")
    assert json.loads(done.stdout)["served"] == 0
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_a_byte_order_mark_and_gb18030_are_read(place: Path) -> None:
    day = town(4, 5, 1)
    day["requests"][0]["recipient"] = "王奶奶"
    for encoding in ("utf-8-sig", "gb18030"):
        (place / "chinese.json").write_bytes(json.dumps(day, ensure_ascii=False).encode(encoding))
        assert run("plan", place / "chinese.json", place / "o.json", "--seconds", 5).exit_code == 0


def test_suggestions_are_ranked_with_reasons_and_the_rest_is_counted(place: Path) -> None:
    day = json.loads((place / "in.json").read_text())
    request = next(one for one in day["requests"] if one["service"] == "cleaning" and not one["pinned"])
    done = run("suggest", place / "in.json", request["id"], "--top", 2, "--json")
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["suitable"] + answer["out"] == len(day["helpers"])
    assert len(answer["helpers"]) <= 2
    scores = [one["score"] for one in answer["helpers"]]
    assert scores == sorted(scores, reverse=True)
    assert all(one["reasons"] for one in answer["helpers"])


def test_the_web_application_loads_neither_numba_nor_the_solver() -> None:
    code = "import sys, timebank.matching.cli, timebank.matching.planner; print({'numba', 'highspy', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "set()"
