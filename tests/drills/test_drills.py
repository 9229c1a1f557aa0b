"""The short form of each drill, which needs no root: as shipped nothing is lost, and each control fails."""

from __future__ import annotations

import importlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from drills import cache, report
from drills.__main__ import NAMES, main
from drills.place import Place
from drills.report import Case, Outcome
from tests.conftest import DATABASES


@pytest.fixture(scope="session")
def templates() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tb-drills-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def short_cases() -> Iterator[object]:
    for name in NAMES:
        for case in importlib.import_module(f"drills.{name}").cases():
            if not case.needs_root and case.database in DATABASES:
                yield pytest.param(name, case, id=f"{name}, {case.database}, {case.setup}")


@pytest.mark.drill
@pytest.mark.parametrize(("name", "case"), list(short_cases()))
def test_what_is_shipped_withstands_and_its_control_does_not(templates: Path, name: str, case: Case) -> None:
    if "simulated disk" in case.how and not cache.available():
        pytest.skip("the simulated disk needs a C compiler")
    told: list[str] = []
    with Place(templates, short=True) as place:
        result = report.play(name, case, place, 1, told.append)
    assert result.behaved, "\n".join(told)


def quiet(_line: str) -> None:
    """Nobody listens."""


def played(tmp_path: Path, outcomes: list[Outcome], weak: str) -> report.Result:
    with Place(tmp_path) as place:
        return report.play("made up", Case("sqlite", lambda _place, _rounds: iter(outcomes), weak), place, 1, quiet)


def test_a_control_that_loses_nothing_proves_nothing(tmp_path: Path) -> None:
    assert played(tmp_path, [Outcome(5)], "").behaved
    assert not played(tmp_path, [Outcome(5)], "weak").behaved
    assert played(tmp_path, [Outcome(5), Outcome(5, lost=1)], "weak").behaved


@pytest.mark.parametrize("outcome", [Outcome(5, lost=1), Outcome(5, doubled=1), Outcome(5, wrong=["half"])])
def test_one_bad_round_is_enough(tmp_path: Path, outcome: Outcome) -> None:
    assert not played(tmp_path, [Outcome(5), outcome], "").behaved


def test_a_drill_that_cannot_be_played_did_not_behave(tmp_path: Path) -> None:
    def broken(_place: Place, _rounds: int) -> Iterator[Outcome]:
        yield Outcome(1)
        raise RuntimeError("no server")

    with Place(tmp_path) as place:
        for weak in ("", "weak"):
            assert not report.play("made up", Case("sqlite", broken, weak), place, 1, quiet).behaved


def test_rounds_are_kept_as_lines_of_json(tmp_path: Path) -> None:
    result = played(tmp_path, [Outcome(5), Outcome(6, lost=1)], "weak")
    report.write([result], tmp_path / "out")
    lines = (tmp_path / "out" / "made up.jsonl").read_text().splitlines()
    assert len(lines) == 2
    assert '"lost": 1' in lines[1]
    assert "| made up | sqlite | control: weak | 2 | 11 | 1 | 0 | 1 | yes |" in report.table([result])


def test_every_drill_has_a_control_on_each_database_it_runs_on() -> None:
    for name in NAMES:
        cases = importlib.import_module(f"drills.{name}").cases()
        shipped = {case.database for case in cases if not case.weak}
        assert shipped
        assert shipped == {case.database for case in cases if case.weak}, name


def test_the_drills_are_listed_and_a_wrong_name_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert all(name in capsys.readouterr().out for name in NAMES[:1])
    assert main(["no_such_drill"]) == 2
