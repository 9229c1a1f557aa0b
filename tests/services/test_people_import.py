"""Spreadsheets of people: planted faults, the same file again, background reading."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from tests.conftest import in_language
from tests.factories.people import SYSTEM, id_number, registered, row, sheet
from tests.factories.town import WULAOCUN_COMMUNITY, YAOXIN, broker, clerk, outsider, town
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.people import queries, service
from timebank.people.models import DuplicatePair, ImportRun, Person
from timebank.people.queries import imports
from timebank.people.rules.headings import CHINESE, COLUMNS
from timebank.people.service.imports import forget_rejects, import_people, start_import, work_imports


@pytest.fixture(autouse=True)
def _town(app: Flask) -> None:
    town()


def counts(content: bytes, actor: Actor = SYSTEM, **options: bool) -> dict[str, int]:
    """What became of the rows, without the kinds of which there were none."""
    return {name: count for name, count in import_people(actor, content, **options).counts.items() if count}


def codes(content: bytes, actor: Actor = SYSTEM) -> dict[int, str]:
    report = import_people(actor, content)
    return {number: "+".join(fault.code for fault in faults) for number, faults in report.faults.items()}


def planted(encoding: str) -> bytes:
    """Forty good rows and each fault of the sample files."""
    good = [row(number) for number in range(1, 41)]
    good[3]["id_number"] = f" {good[3]['id_number'].lower()} "
    bad = [
        row(51, id_number="3.20113E+17"),
        row(52, id_number=row(52)["id_number"][:-1] + ("1" if row(52)["id_number"][-1] != "1" else "2")),
        row(53, name=""),
        row(54, community_code="999999999999"),
        row(55, lat="320.1", lon="118.9"),
        row(56, availability="TUE 25:00-26:00"),
    ]
    return sheet(*good, *bad, encoding=encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_good_rows_come_in_and_planted_faults_come_back(encoding: str) -> None:
    content = planted(encoding)
    assert counts(content) == {"read": 46, "created": 40, "rejected": 6}
    assert counts(content) == {"read": 46, "unchanged": 40, "rejected": 6}
    assert list(codes(content).values()) == [
        "id_mangled",
        "id_checksum",
        "name_missing",
        "territory_unknown",
        "point_invalid",
        "availability_invalid",
    ]
    assert db.session.query(Person).count() == 40


def test_a_dry_run_says_the_same_and_keeps_nothing() -> None:
    content = sheet(row(1), row(2, name=""))
    assert counts(content, dry_run=True) == {"read": 2, "created": 1, "rejected": 1}
    assert db.session.query(Person).count() == 0
    assert counts(content) == {"read": 2, "created": 1, "rejected": 1}


def test_chinese_headings_and_a_workbook_are_read_too() -> None:
    assert counts(sheet(row(1), header=tuple(CHINESE.values()), encoding="gb18030")) == {"read": 1, "created": 1}
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(list(COLUMNS))
    page.append([row(1).get(column) for column in COLUMNS])
    page.append([{**row(2), "birth_date": date(1942, 3, 3)}.get(column) for column in COLUMNS])
    page.append([{**row(3), "id_number": int(id_number(serial=3)[:17]) * 10}.get(column) for column in COLUMNS])
    out = io.BytesIO()
    book.save(out)
    report = import_people(SYSTEM, out.getvalue())
    assert report.counts["unchanged"] == 1
    assert report.counts["created"] == 1
    assert [fault.code for fault in report.faults[4]] == ["id_mangled"]


def test_a_changed_row_changes_the_person_and_an_empty_cell_keeps_what_is_there() -> None:
    counts(sheet(row(1, note="likes tea")))
    assert counts(sheet(row(1, address="9幢", note=""))) == {"read": 1, "updated": 1}
    person = db.session.scalars(select(Person)).one()
    assert (person.address, person.note) == ("9幢", "likes tea")


def test_somebody_with_the_same_id_number_is_updated_not_doubled() -> None:
    person = registered("王秀英", id_number=row(1)["id_number"])
    assert counts(sheet(row(1))) == {"read": 1, "updated": 1}
    assert counts(sheet(row(1))) == {"read": 1, "unchanged": 1}
    assert queries.phone_of(person) == "+8613800000001"


def test_a_likely_duplicate_is_taken_in_and_waits_in_the_queue() -> None:
    registered("王秀英", phone=row(1)["phone"])
    assert counts(sheet(row(1))) == {"read": 1, "to_review": 1}
    assert counts(sheet(row(1))) == {"read": 1, "unchanged": 1}
    assert db.session.query(DuplicatePair).count() == 1


def test_two_likely_rows_of_one_file_wait_in_the_queue() -> None:
    bare = {"id_number": "", "birth_date": "1948-05-17"}
    assert counts(sheet(row(1, **bare), row(2, **bare))) == {"read": 2, "created": 1, "to_review": 1}


def test_a_merged_person_is_still_known_to_the_file() -> None:
    counts(sheet(row(1), row(2, id_number="", phone=row(1)["phone"])))
    first, second = db.session.scalars(select(Person.id).order_by(Person.id))
    service.merge_people(SYSTEM, first, second)
    again = counts(sheet(row(2, id_number="", phone=row(1)["phone"])))
    assert again == {"read": 1, "updated": 1}  # the kept person moves to the address of the row
    assert db.session.query(Person).count() == 2


def test_one_id_number_with_two_names_waits_in_the_queue() -> None:
    registered("张伟", id_number=row(1)["id_number"])
    assert counts(sheet(row(1))) == {"read": 1, "to_review": 1}
    assert counts(sheet(row(1))) == {"read": 1, "unchanged": 1}
    pair = db.session.scalars(select(DuplicatePair)).one()
    assert pair.reason == "same_id_other_name"
    assert len(queries.search(SYSTEM, row(1)["id_number"])) == 2
    merge = service.merge_people(SYSTEM, pair.first_id, pair.second_id)
    assert len(queries.search(SYSTEM, row(1)["id_number"])) == 1
    service.undo_merge(SYSTEM, merge)


def test_people_without_any_number_are_known_again_by_what_the_file_says() -> None:
    bare = row(1, member_no="", id_number="", birth_date="1948-05-17")
    assert counts(sheet(bare)) == {"read": 1, "created": 1}
    assert counts(sheet(bare)) == {"read": 1, "unchanged": 1}


def test_a_row_that_waits_beside_its_double_is_not_made_again_by_the_same_file() -> None:
    numbered = row(1)
    bare = numbered | {"member_no": "", "id_number": ""}
    file = sheet(bare, numbered)
    assert counts(file) == {"read": 2, "created": 1, "to_review": 1}
    assert counts(file) == {"read": 2, "unchanged": 2}


def test_numbers_that_contradict_the_registry_come_back() -> None:
    registered("王秀英", member_no="H00001", id_number=id_number(serial=1))
    registered("张伟", member_no="H00002", id_number=row(3)["id_number"], birth_date=None)
    registered("李秀兰", member_no="H00004")
    wrong = sheet(row(1), row(3, member_no="H00001"), row(4, id_number=""))
    assert codes(wrong) == {2: "member_no_other_person", 3: "member_no_twice", 4: "member_no_other_name"}
    assert codes(sheet(row(3, member_no="H00001"))) == {2: "two_people"}


def test_a_guardian_may_come_later_in_the_file() -> None:
    child = row(1, name="张小", id_number="", birth_date="2016-03-03", guardian_member_no="H00002")
    mother = row(2, name="张丽", id_number=id_number(date(1985, 1, 1), 20))
    assert counts(sheet(child, mother)) == {"read": 2, "created": 2}
    assert counts(sheet(child, mother)) == {"read": 2, "unchanged": 2}
    ward = db.session.scalars(select(Person).where(Person.name == "张小")).one()
    guardian = db.session.scalars(select(Person).where(Person.name == "张丽")).one()
    assert queries.wards_of(guardian.id) == {ward.id}


def test_children_and_guardians_that_do_not_fit_come_back() -> None:
    child = {"id_number": "", "birth_date": "2016-03-03"}
    found = codes(
        sheet(
            row(1, name="张小一", **child),
            row(2, name="张小二", **child, guardian_member_no="H99999"),
            row(3, name="李十六", id_number="", birth_date="2010-03-03"),
            row(4, name="张小三", **child, guardian_member_no="H00003"),
            row(5, name="", id_number=""),
            row(6, name="张小四", **child, guardian_member_no="H00005"),
        )
    )
    assert found == {
        2: "guardian_needed",
        3: "guardian_unknown",
        5: "guardian_minor",
        6: "name_missing",
        7: "guardian_unknown",
    }


def test_an_unknown_skill_comes_back() -> None:
    assert codes(sheet(row(1, skills="cooking;juggling"))) == {2: "skill_unknown"}


def test_rows_outside_ones_area_come_back() -> None:
    there = row(2, community_code=WULAOCUN_COMMUNITY)
    assert codes(sheet(row(1), there), broker()) == {3: "territory_not_yours"}
    assert counts(sheet(there), outsider()) == {"read": 1, "created": 1}
    mine = sheet(row(2, community_code=YAOXIN))
    assert codes(mine, broker()) == {2: "territory_not_yours"}  # the person lives elsewhere
    with pytest.raises(NotAllowed):
        import_people(clerk(), sheet(row(1)))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\x00\x01\x02\xff", "file_unreadable"),
        (b"PK\x03\x04 no workbook", "file_unreadable"),
        (b"a,b\n1,2\n", "headings_missing"),
        ("name,姓名,community_code\n".encode(), "headings_twice"),
    ],
)
def test_what_is_no_table_is_refused_whole(content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        import_people(SYSTEM, content)
    assert refused.value.code == code


def test_the_rejected_rows_carry_their_number_and_reason_and_can_be_sent_again(app: Flask) -> None:
    report = import_people(SYSTEM, sheet(row(1), row(2, name=""), row(3, name="=1+1许梅", phone="1")))
    cells = dict(report.sheet.rows)
    rejects = {number: (cells[number], faults) for number, faults in report.faults.items()}
    with in_language(app, "en"):
        content = imports.rejects_csv(report.sheet.header, rejects)
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [line["row"] for line in lines] == ["3", "4"]
    assert lines[0]["reason"] == "name: The name is missing. Write the full name."
    assert lines[1]["name"].startswith("'=")
    with in_language(app, "zh"):
        assert "姓名: 缺少姓名" in imports.rejects_csv(report.sheet.header, rejects).decode("utf-8-sig")
    repaired = content.decode("utf-8-sig").replace("H00002,,", "H00002,李秀兰,").encode()
    assert import_people(SYSTEM, repaired).counts["created"] == 1


# -- in the background -------------------------------------------------------------------------------------------------


def sent(content: bytes, actor: Actor | None = None, **options: str) -> int:
    return start_import(actor or broker(), "people.csv", base64.b64encode(content).decode(), **options)


def test_a_file_is_read_in_batches_and_its_content_is_forgotten() -> None:
    content = sheet(*(row(number) for number in range(1, 251)), row(300, name=""), row(301, community_code="3201"))
    run_id = sent(content)
    assert imports.run(broker(), run_id).state == "waiting"
    assert work_imports() == 1
    run = imports.run(broker(), run_id)
    assert (run.state, run.done, run.rows, run.percent) == ("done", 252, 252, 100)
    assert run.counts == {"read": 252, "created": 250, "updated": 0, "unchanged": 0, "rejected": 2, "to_review": 0}
    row_kept = db.session.get_one(ImportRun, run_id)
    assert row_kept.content is None
    assert work_imports() == 0
    lines = imports.rejected_lines(broker(), run_id)
    assert [number for number, _reason in lines] == [252, 253]


def test_a_run_is_never_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    from timebank.people.service import imports as work

    run_id = sent(sheet(row(1)))
    claimed = work._claim()
    assert claimed is not None
    assert work._claim() is None
    assert work_imports() == 0
    work._work(*claimed)
    assert imports.run(broker(), run_id).counts["created"] == 1


def test_a_run_goes_on_where_a_lost_worker_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    from timebank.people.service import imports as work

    monkeypatch.setattr(work, "BATCH", 2)
    run_id = sent(sheet(*(row(number) for number in range(1, 6)), row(9, name="")))
    claimed = work._claim()
    assert claimed is not None
    assert work._work_batch(*claimed)
    assert imports.run(broker(), run_id).done == 3
    stale = db.session.get_one(ImportRun, run_id)
    stale.leased_until = stale.created_at
    db.session.commit()
    assert work_imports() == 1
    assert not work._work_batch(*claimed)
    run = imports.run(broker(), run_id)
    assert (run.state, run.counts["created"], run.counts["rejected"]) == ("done", 5, 1)


def test_a_run_that_breaks_tells_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from timebank.people.service import imports as work

    def broken(*_args: object) -> None:
        raise ValueError("broken")

    run_id = sent(sheet(row(1)))
    monkeypatch.setattr(work, "take", broken)
    with pytest.raises(ValueError, match="broken"):
        work_imports()
    run = imports.run(broker(), run_id)
    assert (run.state, run.error) == ("failed", "import_failed")


def test_rejected_rows_are_forgotten_after_thirty_days() -> None:
    run_id = sent(sheet(row(1, name="")))
    work_imports()
    assert forget_rejects() == 0
    kept = db.session.get_one(ImportRun, run_id)
    assert kept.finished_at is not None
    kept.finished_at -= timedelta(days=31)
    db.session.commit()
    assert forget_rejects() == 1
    assert imports.rejected_lines(broker(), run_id) == []


def test_a_run_is_seen_by_those_of_the_area_only() -> None:
    run_id = sent(sheet(row(1)), key="once")
    assert sent(sheet(row(1)), key="once") == run_id
    with pytest.raises(NotFound):
        imports.run(outsider(), run_id)
    with pytest.raises(NotAllowed):
        sent(sheet(row(1)), clerk())


# -- from the command line ---------------------------------------------------------------------------------------------


def test_the_command_prints_counts_and_writes_the_rejected_rows(app: Flask, tmp_path: Path) -> None:
    file, rejects = tmp_path / "people.csv", tmp_path / "rejects.csv"
    file.write_bytes(sheet(row(1), row(2, name="")))
    run = app.test_cli_runner().invoke
    done = run(args=["people", "import", str(file), "--rejects", str(rejects), "--json"])
    assert done.exit_code == 0, done.output
    wanted = {"read": 2, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1, "to_review": 0}
    assert json.loads(done.output) == wanted
    assert len(rejects.read_text("utf-8-sig").splitlines()) == 2
    assert run(args=["people", "import", str(file), "--strict", "--json"]).exit_code == 1
    assert run(args=["people", "import", str(tmp_path / "none.csv")]).exit_code == 2
    (tmp_path / "no.csv").write_bytes(b"a,b\n")
    assert run(args=["people", "import", str(tmp_path / "no.csv")]).exit_code == 2
