"""A spreadsheet as rules see it: headings, cells, the order of rows."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.people import id_number, row
from timebank.people.rules import import_row
from timebank.people.rules.availability import WeeklySlot
from timebank.people.rules.codes import PersonRole, SelfCare, Sex, Wrong
from timebank.people.rules.headings import CHINESE, COLUMNS, Sheet, sheet
from timebank.people.rules.import_plan import plan
from timebank.people.rules.import_row import ImportedRow

TODAY = date(2026, 11, 22)


def table(*rows: dict[str, str]) -> Sheet:
    cells = [(number, [one.get(column, "") for column in COLUMNS]) for number, one in enumerate(rows, 2)]
    return sheet([(1, list(COLUMNS)), *cells])


def faults(**cells: str) -> list[str]:
    answer = import_row.read(2, row(**cells), TODAY)
    return [fault.code for fault in answer] if isinstance(answer, list) else []


def test_a_good_row_is_read_whole() -> None:
    read = import_row.read(
        2,
        row(
            7,
            roles="volunteer;recipient",
            skills="cleaning;cooking;cleaning",
            availability="TUE 08:00-10:00",
            max_distance_m="800",
            languages="zh;en",
            self_care="partial",
            lives_alone="yes",
            lat="32.1",
            lon="118.9",
        ),
        TODAY,
    )
    assert isinstance(read, ImportedRow)
    assert read.roles == {PersonRole.VOLUNTEER, PersonRole.RECIPIENT}
    assert (read.skills, read.languages) == (("cleaning", "cooking"), ("zh", "en"))
    assert read.availability == (WeeklySlot(1, 480, 600),)
    assert (read.max_distance_m, read.self_care, read.lives_alone) == (800, SelfCare.PARTIAL, True)
    assert (read.sex, read.birth_date) == (Sex.MALE, date(1947, 8, 8))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"name": ""}, "name_missing"),
        ({"name": "王" * 65}, "name_long"),
        ({"id_number": "3.20113E+17"}, "id_mangled"),
        ({"id_number": "320113194005068411"}, "id_checksum"),
        ({"id_number": "12345"}, "id_length"),
        ({"id_number": "", "birth_date": "1948-02-30"}, "birth_date_invalid"),
        ({"id_number": "", "birth_date": "2030-01-01"}, "birth_date_future"),
        ({"sex": "F", "id_number": id_number(serial=1)}, "sex_contradicts_id"),
        ({"sex": "?"}, "sex_unknown"),
        ({"birth_date": "1901-01-01"}, "birth_date_contradicts_id"),
        ({"phone": "123"}, "phone_invalid"),
        ({"phone": "1.38E+10"}, "phone_mangled"),
        ({"community_code": ""}, "territory_missing"),
        ({"community_code": "尧新社区"}, "territory_unknown"),
        ({"lat": "320.1", "lon": "118.9"}, "point_invalid"),
        ({"lat": "32.1"}, "point_invalid"),
        ({"lat": "north", "lon": "118.9"}, "point_invalid"),
        ({"roles": "helper"}, "role_unknown"),
        ({"availability": "TUE 25:00-26:00"}, "availability_invalid"),
        ({"max_distance_m": "far"}, "distance_invalid"),
        ({"languages": "普通话"}, "language_invalid"),
        ({"self_care": "well"}, "self_care_unknown"),
        ({"lives_alone": "maybe"}, "yes_or_no"),
        ({"member_no": "A B?"}, "member_no_invalid"),
        ({"guardian_member_no": "H00001"}, "guardian_oneself"),
        ({"address": "x" * 201}, "text_long"),
    ],
)
def test_each_fault_is_named(cells: dict[str, str], code: str) -> None:
    assert faults(**cells) == [code]


def test_a_row_is_told_everything_that_is_wrong_with_it() -> None:
    assert set(faults(name="", phone="1", lives_alone="?")) == {"name_missing", "phone_invalid", "yes_or_no"}


def test_chinese_words_are_read_as_well() -> None:
    read = import_row.read(
        2,
        row(
            2, sex="男", roles="志愿者；救助对象", self_care="半失能", lives_alone="是", availability="周二 08:00-10:00"
        ),
        TODAY,
    )
    assert isinstance(read, list) or read.roles == {PersonRole.VOLUNTEER, PersonRole.CLIENT}


def test_chinese_headings_are_known() -> None:
    found = sheet([(1, list(CHINESE.values())), (2, ["H1", "许梅"])])
    assert found.cells(found.rows[0][1])["name"] == "许梅"
    assert set(found.places) == set(COLUMNS)


def test_columns_of_others_are_carried_along() -> None:
    found = sheet([(1, [" Name ", "community_code", "reason"]), (2, ["许梅", "320113001007", "old"])])
    assert found.cells(found.rows[0][1]) == {"name": "许梅", "community_code": "320113001007"}


@pytest.mark.parametrize(
    ("header", "code"),
    [(["name"], "headings_missing"), (["name", "姓名", "community_code"], "headings_twice"), ([], "headings_missing")],
)
def test_a_table_without_the_needed_headings_is_refused(header: list[str], code: str) -> None:
    with pytest.raises(Wrong, match=code):
        sheet([(1, header)])


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(Wrong, match="file_empty"):
        sheet([])


def test_a_number_claimed_twice_counts_for_the_first_row() -> None:
    made = plan(table(row(1), row(2, member_no="H00001"), row(3, id_number=row(1)["id_number"])), TODAY)
    assert [one.number for one in made.rows] == [2]
    assert [[fault.code for fault in faults] for faults in made.faults.values()] == [["member_no_twice"], ["id_twice"]]


def test_a_faulty_row_claims_no_number() -> None:
    made = plan(table(row(1, name=""), row(2, member_no="H00001")), TODAY)
    assert [one.number for one in made.rows] == [3]


def test_people_without_numbers_are_told_apart_by_everything_else() -> None:
    bare = {"member_no": "", "id_number": ""}
    made = plan(table(row(1, **bare), row(1, **bare), row(1, **bare, address="elsewhere")), TODAY)
    assert [one.number for one in made.rows] == [2, 4]
    assert made.faults[3][0].code == "row_twice"


def test_a_guardian_comes_before_the_ward() -> None:
    made = plan(table(row(1, guardian_member_no="H00003"), row(2), row(3)), TODAY)
    assert [one.member_no for one in made.rows] == ["H00003", "H00001", "H00002"]


def test_guardians_in_a_circle_do_not_hang() -> None:
    made = plan(table(row(1, guardian_member_no="H00002"), row(2, guardian_member_no="H00001")), TODAY)
    assert {one.member_no for one in made.rows} == {"H00001", "H00002"}


def test_a_row_wider_than_the_heading_is_refused() -> None:
    found = sheet([(1, ["name", "community_code"]), (2, ["许梅", "320113001007", "more"])])
    assert plan(found, TODAY).faults[2][0].code == "columns_many"
