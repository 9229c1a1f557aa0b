"""Places: importing, dividing, locating, and who answers for them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from tests.factories.people import registered
from tests.factories.town import NANJING, QIXIA, YAOHUA, YAOXIN, admin, broker, outsider, staff, town
from timebank.access.rules.roles import Role
from timebank.core.authority import Actor
from timebank.core.errors import NotAllowed, Refused
from timebank.territory import queries, service
from timebank.territory.divisions import Place
from timebank.territory.models import Duty, Level
from timebank.territory.service import NewDuty

SYSTEM = Actor.system("tests")
FILES = {
    "provinces.csv": "code,name\n32,江苏省\n",
    "cities.csv": "code,name,provinceCode\n3201,南京市,32\n",
    "areas.csv": "code,name,cityCode,provinceCode\n320113,栖霞区,3201,32\n",
    "streets.csv": "code,name,areaCode,provinceCode,cityCode\n320113001,尧化街道,320113,32,3201\n",
    "villages.csv": "code,name,streetCode,provinceCode,cityCode,areaCode\n"
    "320113001007,尧新社区居委会,320113001,32,3201,320113\n",
}


def written(folder: Path, **changed: str) -> Path:
    for name, content in (FILES | {f"{name}.csv": content for name, content in changed.items()}).items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.mark.usefixtures("app")
def test_the_published_files_are_read_once_and_again(tmp_path: Path) -> None:
    assert service.import_divisions(SYSTEM, written(tmp_path)) == {
        "read": 5,
        "created": 5,
        "renamed": 0,
        "unchanged": 0,
    }
    assert service.import_divisions(SYSTEM, tmp_path)["unchanged"] == 5
    written(tmp_path, areas="code,name\n320113,新栖霞区\n320104,秦淮区\n")
    assert service.import_divisions(SYSTEM, tmp_path) == {"read": 6, "created": 1, "renamed": 1, "unchanged": 4}
    assert queries.path_name(YAOXIN) == "新栖霞区 尧化街道 尧新社区"


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "changed",
    [
        {"areas": "number,name\n320113,栖霞区\n"},
        {"areas": "code,name\n32011,栖霞区\n"},
        {"areas": "code,name\n320113,\n"},
        {"areas": "code,name\n320113\n"},
        {"areas": ""},
        {"streets": "code,name\n320199001,尧化街道\n"},
    ],
)
def test_files_that_cannot_be_used_change_nothing(tmp_path: Path, changed: dict[str, str]) -> None:
    with pytest.raises(Refused):
        service.import_divisions(SYSTEM, written(tmp_path, **changed))
    assert queries.children("") == []


def test_the_command_says_what_it_did(app: Flask, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    done = run(args=["territory", "import", str(written(tmp_path)), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {"read": 5, "created": 5, "renamed": 0, "unchanged": 0}
    assert run(args=["territory", "import", str(tmp_path / "nowhere")]).exit_code == 2


@pytest.mark.usefixtures("app")
def test_the_few_places_of_a_demo_are_written_with_their_coordinates() -> None:
    places = [
        Place(YAOXIN, "尧新社区", 32.1, 118.9),
        Place(YAOHUA, "尧化街道"),
        ("320113", "栖霞区"),
        (NANJING, "南京市"),
    ]
    service.ensure([*places, ("32", "江苏省")])
    assert service.ensure([*places, ("32", "江苏省")])["unchanged"] == 5
    found = queries.info(YAOXIN)
    assert found is not None
    assert (found.level, found.lat, found.parent_code) == (Level.COMMUNITY, 32.1, YAOHUA)
    with pytest.raises(Refused, match="parent_missing"):
        service.ensure([("320104006003", "五老村社区")])
    with pytest.raises(Refused, match="bad_division_code"):
        service.ensure([("3201x", "?")])


@pytest.mark.usefixtures("app")
def test_places_are_found_by_name_and_code_inside_the_scopes() -> None:
    town()
    assert [place.code for place in queries.search("尧")] == [YAOHUA, "320113001001", YAOXIN]
    assert [place.code for place in queries.search("320113001007")] == [YAOXIN]
    assert queries.search("尧", ["320104"]) == []
    assert queries.search("尧", []) == []
    assert queries.names([YAOXIN, "999"]) == {YAOXIN: "尧新社区", "999": "999"}
    assert queries.path_names([YAOXIN, "1201"]) == {YAOXIN: "栖霞区 尧化街道 尧新社区", "1201": "天津市"}
    assert [place.code for place in queries.communities_below(QIXIA)] == ["320113001001", YAOXIN]


@pytest.mark.usefixtures("app")
def test_a_grid_gets_three_digits_more_and_falls_back_to_its_community() -> None:
    town()
    manager = staff(Role.ADMINISTRATOR, YAOHUA)
    grid = service.add_grid(manager, YAOXIN, "第一网格")
    assert grid == f"{YAOXIN}001"
    assert queries.path_name(grid) == "栖霞区 尧化街道 尧新社区 第一网格"
    assert queries.home_of([grid])[grid].code == YAOXIN
    service.set_point(manager, grid, 32.2, 118.8)
    assert queries.home_of([grid])[grid].code == grid
    service.rename(manager, grid, "东网格")
    for refused, act in (
        ("not_a_community", lambda: service.add_grid(admin(), YAOHUA, "x")),
        ("name_missing_place", lambda: service.add_grid(admin(), YAOXIN, " ")),
        ("published_name", lambda: service.rename(admin(), YAOXIN, "x")),
        ("bad_point", lambda: service.set_point(admin(), YAOXIN, 320.1, 118.9)),
    ):
        with pytest.raises(Refused, match=refused):
            act()
    with pytest.raises(NotAllowed):
        service.add_grid(outsider(), YAOXIN, "x")
    with pytest.raises(NotAllowed):
        service.set_point(broker(), YAOXIN, 32.1, 118.9)


@pytest.mark.usefixtures("app")
def test_the_narrowest_place_with_somebody_on_duty_answers() -> None:
    town()
    street, community = registered("张伟"), registered("许梅")
    on = date(2026, 11, 22)
    service.set_responsible(admin(), NewDuty(YAOHUA, Duty.COORDINATOR, street, "02585412345", date(2026, 1, 1)))
    mine = NewDuty(YAOXIN, Duty.COORDINATOR, community, "", date(2026, 6, 1), date(2026, 12, 31))
    duty = service.set_responsible(admin(), mine)
    assert [item.name for item in queries.responsible(YAOXIN, Duty.COORDINATOR, on)] == ["许梅"]
    assert [item.name for item in queries.responsible("320113001001", Duty.COORDINATOR, on)] == ["张伟"]
    assert [item.name for item in queries.responsible(YAOXIN, Duty.COORDINATOR, date(2026, 3, 1))] == ["张伟"]
    assert queries.responsible(YAOXIN, Duty.DUTY_DESK, on) == []
    with pytest.raises(Refused, match="has_duty"):
        service.set_responsible(admin(), mine)
    with pytest.raises(Refused, match="duty_ends_before_start"):
        service.end_responsibility(admin(), duty, date(2026, 5, 1))
    service.end_responsibility(admin(), duty, date(2026, 11, 1))
    assert [item.name for item in queries.responsible(YAOXIN, Duty.COORDINATOR, on)] == ["张伟"]
    assert len(queries.duties_of(YAOXIN)) == 1
