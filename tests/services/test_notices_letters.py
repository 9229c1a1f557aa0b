"""Letters on paper: for whom, to whom a copy goes, street by street in one file, posted, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from tests.conftest import in_language
from tests.factories import town
from tests.pdf_text import embedded_fonts, pages
from timebank.core.audit import SensitiveRead
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.notices import queries as notices
from timebank.notices.files import letters_pdf
from timebank.notices.models import Notice, PaperLetter
from timebank.notices.queries import letters as queries
from timebank.notices.queries import wishes as wish_queries
from timebank.notices.rules import LetterState, LetterWay, WishForLetters
from timebank.notices.sending import send_notices
from timebank.notices.service import copies, letters, tell, wishes
from timebank.notices.texts import Text
from timebank.people.models import Agent, AgentKind, Consent, Person
from timebank.people.service import merge_people, persons, undo_merge
from timebank.people.service.commands import PersonChange
from timebank.territory.models import Level, Territory

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
GRID = f"{town.YAOXIN}001"
TEXTS = {
    "visit_near": Text(_l("Messages"), "%(service)s on %(begins)s"),
    "plan_made": Text("Plan", "A plan was made.", needs="cases.read"),
    "hurry": Text("Hurry", "In an hour.", paper=False),
}


@pytest.fixture(autouse=True)
def texts(app: Flask) -> Iterator[None]:
    before = app.extensions["timebank_notice_texts"]
    app.extensions["timebank_notice_texts"] = {**before, **TEXTS}
    with time_machine.travel(MORNING, tick=False):
        yield
    app.extensions["timebank_notice_texts"] = before


@pytest.fixture
def zhang(app: Flask) -> int:
    """Uncle Zhang, who has neither phone nor e-mail."""
    town.town()
    return town.person("张建国", address="尧新大道7号")


def written(person_id: int, kind: str = "visit_near", **more: Any) -> None:
    tell(person_id, kind, service="Cleaning", begins=MORNING.isoformat(), **more)
    send_notices()
    db.session.rollback()


def waiting(actor: Actor | None = None) -> list[tuple[str, str]]:
    return [(row.addressee, row.about) for row in queries.queued(actor or town.broker()).items]


def acts_for(person_id: int, agent: int, kind: AgentKind) -> None:
    db.session.add(Agent(person_id=person_id, agent_person_id=agent, kind=kind, valid_from=date(2020, 1, 1)))
    db.session.commit()


def test_who_has_neither_phone_nor_mail_and_who_wishes_so_is_written_to_on_paper(app: Flask, zhang: int) -> None:
    caller = town.person("李秀兰", phone="13912345678")
    for person in (zhang, caller):
        written(person)
    assert waiting() == [("张建国", "")]
    assert [row.channel for row in db.session.scalars(select(Notice).order_by(Notice.id))] == ["letter", "console"]
    wishes.wish(town.broker(), WishForLetters(caller, LetterWay.LETTER, large=True))
    wishes.wish(town.broker(), WishForLetters(zhang, LetterWay.NEVER))
    for person in (zhang, caller):
        written(person)
    assert waiting() == [("张建国", ""), ("李秀兰", "")]
    wishes.wish(town.broker(), WishForLetters(zhang, None))
    written(zhang, "hurry")
    assert len(waiting()) == 2, "what comes too late by post is not printed"
    send_notices()
    assert letters.queue(db.session.scalar(select(Notice.id).order_by(Notice.id)) or 0) == 0, "queued once"


def test_a_guardian_gets_a_copy_and_an_agent_only_with_consent(zhang: int) -> None:
    guardian, daughter = town.person("张伟"), town.person("张丽", territory=town.WULAOCUN_COMMUNITY)
    acts_for(zhang, guardian, AgentKind.GUARDIAN)
    acts_for(zhang, daughter, AgentKind.AGENT)
    written(zhang)
    assert waiting() == [("张建国", ""), ("张伟", "张建国")]
    db.session.add(Consent(person_id=zhang, purpose="sharing:agents", given_by_person_id=zhang))
    db.session.commit()
    written(zhang)
    assert waiting(town.outsider()) == [("张丽", "张建国")], "her own street prints what goes to her"
    tell(daughter, "visit_near", service="Cleaning", begins=MORNING.isoformat(), path="/my/visits/7")
    written(zhang, path="/my/visits/7")
    assert waiting(town.outsider()) == [("张丽", "张建国"), ("张丽", "")], "who was told the same needs no copy"


def test_each_look_at_a_pile_stands_in_the_log_of_everybody_whose_letters_are_in_it(zhang: int) -> None:
    guardian = town.person("张伟")
    acts_for(zhang, guardian, AgentKind.GUARDIAN)
    neighbour = town.person("王五")
    for person in (zhang, neighbour, zhang):
        written(person)
    run = letters.print_letters(town.broker(), town.YAOHUA)
    letters.open_pile(town.broker(), run)
    seen = [(row.person_id, row.fields, row.purpose) for row in db.session.scalars(select(SensitiveRead))]
    assert seen == [(person, "letters", f"letters_printed: {run}") for person in (zhang, guardian, neighbour)]
    letters.open_pile(town.broker(), run)
    assert len(list(db.session.scalars(select(SensitiveRead)))) == 6, "printed again, looked at again"


def test_a_copy_says_for_whom_it_is_on_the_page_and_on_paper_and_makes_no_further_copies(zhang: int) -> None:
    guardian, hers = town.person("张伟"), town.person("张小宝")
    acts_for(zhang, guardian, AgentKind.GUARDIAN)
    acts_for(guardian, hers, AgentKind.GUARDIAN)
    tell(zhang, "visit_near", service="Cleaning", path="/my/visits/7")
    tell(guardian, "visit_near", service="Cleaning", path="/my/visits/7", about=zhang)
    send_notices()
    db.session.rollback()
    assert waiting() == [("张建国", ""), ("张伟", "张建国")], (
        "her own notice is the copy; no second sheet, none for hers"
    )
    assert [row.about for row in notices.inbox(guardian).items] == ["张建国"]
    assert {row.person_name: row.about for row in notices.outbox(town.broker()).items} == {
        "张建国": "",
        "张伟": "张建国",
    }
    sheets = queries.pile(town.broker(), letters.print_letters(town.broker(), town.YAOHUA)).sheets
    assert [(sheet.name, sheet.about) for sheet in sheets] == [("张建国", ""), ("张伟", "张建国")]


def test_no_copy_for_somebody_who_has_died_is_shown_sent_printed_or_posted(zhang: int) -> None:
    guardian = town.person("张伟")
    acts_for(zhang, guardian, AgentKind.GUARDIAN)
    registrar, broker = town.broker(town.NANJING), town.broker()
    written(zhang)
    run = letters.print_letters(broker, town.YAOHUA)
    written(zhang)
    written(town.person("王五"))
    tell(guardian, "visit_near", service="Cleaning", about=zhang)
    persons.record_death(registrar, zhang, date(2026, 3, 1))
    assert waiting() == [("王五", "")]
    assert notices.unread(guardian) == 0
    assert notices.inbox(guardian).items == []
    assert send_notices() == "0 sent, 0 not sent"
    with pytest.raises(NotFound):
        queries.pile(broker, run)
    mixed = letters.print_letters(broker, town.YAOHUA)
    persons.record_death(registrar, zhang, None)
    assert [(sheet.name, sheet.about) for sheet in queries.pile(broker, run).sheets] == [
        ("张建国", ""),
        ("张伟", "张建国"),
    ]
    persons.record_death(registrar, zhang, date(2026, 3, 1))
    letters.mark_posted(broker, mixed)
    assert letters.queue(db.session.scalar(select(Notice.id).order_by(Notice.id)) or 0) == 0
    persons.record_death(registrar, zhang, None)
    assert send_notices() == "1 sent, 0 not sent", "a death that was a mistake"


def test_letters_that_wait_follow_a_merge_and_come_back_when_it_is_undone(zhang: int) -> None:
    double = town.person("张建国", territory=town.WULAOCUN_COMMUNITY)
    registrar = town.broker(town.NANJING)
    wishes.wish(registrar, WishForLetters(double, LetterWay.LETTER, large=True))
    written(double)
    tell(double, "visit_near", service="Cleaning", begins=MORNING.isoformat(), after=MORNING + timedelta(days=1))
    letters.print_letters(town.outsider(), town.WULAOCUN)
    written(double)
    merge = merge_people(registrar, zhang, double)
    assert (len(waiting(town.outsider())), len(waiting(town.broker()))) == (0, 1)
    assert wish_queries.wish_of(registrar, zhang).large
    rows = db.session.execute(select(Notice.person_id, Notice.state).order_by(Notice.id)).all()
    assert [tuple(row) for row in rows] == [(double, "sent"), (zhang, "waiting"), (double, "sent")]
    undo_merge(registrar, merge)
    assert (len(waiting(town.outsider())), len(waiting(town.broker()))) == (1, 0)
    assert db.session.scalars(select(Notice.person_id).distinct()).all() == [double]


def test_after_a_chain_of_merges_is_undone_everybody_has_their_own_letters_again(zhang: int) -> None:
    second, third = (town.person("张建国") for _ in range(2))
    registrar = town.broker(town.NANJING)
    for number in (zhang, second):
        written(number)
        tell(number, "visit_near", service="Cleaning", after=MORNING + timedelta(days=1))
    before = whose()
    chain = [merge_people(registrar, second, zhang), merge_people(registrar, third, second)]
    assert set(whose()) == {("letter", third), ("notice", third), ("notice", zhang), ("notice", second)}
    undo_merge(registrar, chain[1])
    assert {number for what, number in whose() if what == "letter"} == {second}
    undo_merge(registrar, chain[0])
    assert whose() == before
    marks = [row.merged_from for table in (Notice, PaperLetter) for row in db.session.query(table)]
    assert not any(marks)


def whose() -> list[tuple[str, int]]:
    letters_of = db.session.scalars(select(PaperLetter.person_id).order_by(PaperLetter.id)).all()
    notices_of = db.session.scalars(select(Notice.person_id).order_by(Notice.id)).all()
    return [("letter", one) for one in letters_of] + [("notice", one) for one in notices_of]


def test_who_acts_for_somebody_twice_in_the_registry_gets_one_copy_after_the_merge(zhang: int) -> None:
    guardian, again = town.person("张伟"), town.person("张伟")
    acts_for(zhang, guardian, AgentKind.GUARDIAN)
    acts_for(zhang, again, AgentKind.GUARDIAN)
    written(zhang)
    assert waiting() == [("张建国", ""), ("张伟", "张建国"), ("张伟", "张建国")]
    merge_people(town.broker(town.NANJING), guardian, again)
    assert waiting() == [("张建国", ""), ("张伟", "张建国")]
    written(zhang)
    assert waiting() == [("张建国", ""), ("张伟", "张建国")] * 2, "what is written later, too"
    told = Notice(person_id=again, kind="hurry", facts={}, path="/my/visits/7", state="sent")
    db.session.add(told)
    db.session.commit()
    mine = Notice(person_id=zhang, kind="hurry", facts={}, path="/my/visits/7")
    db.session.add(mine)
    db.session.commit()
    assert letters.queue(mine.id) == 1, "told under the earlier number is told"


def test_a_copy_that_waits_is_not_printed_once_its_reader_may_not_have_it_any_more(zhang: int) -> None:
    guardian, daughter = town.person("张伟"), town.person("张丽", address="")
    acts_for(zhang, guardian, AgentKind.GUARDIAN)
    acts_for(zhang, daughter, AgentKind.AGENT)
    agreed = Consent(person_id=zhang, purpose="sharing:agents", given_by_person_id=zhang)
    db.session.add(agreed)
    db.session.commit()
    written(zhang)
    assert waiting() == [("张建国", ""), ("张丽", "张建国"), ("张伟", "张建国")]
    db.session.query(Agent).filter_by(agent_person_id=guardian).one().valid_to = date(2026, 3, 1)
    db.session.commit()
    run = letters.print_letters(town.broker(), town.YAOHUA)
    assert [sheet.name for sheet in queries.pile(town.broker(), run).sheets] == ["张建国"]
    db.session.get_one(Consent, agreed.id).withdrawn_at = MORNING
    db.session.commit()
    assert copies.clear_queue() == "1 taken out"
    assert waiting() == []
    dropped = db.session.scalars(select(PaperLetter).where(PaperLetter.state == LetterState.DROPPED))
    assert [row.reason for row in dropped] == [copies.ENDED, copies.ENDED]


def test_a_copy_that_waits_is_not_sent_or_shown_once_its_reader_may_not_have_it_any_more(zhang: int) -> None:
    guardian, friend = town.person("张伟", phone="13912345678"), town.person("张丽", phone="13912345679")
    acts_for(zhang, guardian, AgentKind.GUARDIAN)
    for reader in (guardian, friend):
        tell(reader, "visit_near", service="Cleaning", begins=MORNING.isoformat(), about=zhang)
    assert send_notices() == "1 sent, 0 not sent"
    db.session.rollback()
    states = db.session.execute(select(Notice.person_id, Notice.state, Notice.error).order_by(Notice.id)).all()
    assert [tuple(row) for row in states] == [(guardian, "sent", ""), (friend, "dropped", copies.ENDED)]
    assert (notices.unread(guardian), notices.unread(friend), notices.inbox(friend).items) == (1, 0, [])


def test_a_street_is_printed_once_posted_and_can_be_printed_again_before(app: Flask, zhang: int) -> None:
    no_home = town.person("王五", address="")
    for person in (zhang, zhang, no_home):
        written(person)
    broker = town.broker()
    (street,) = queries.streets(broker)
    assert (street.code, street.letters, street.without_address) == (town.YAOHUA, 2, 1)
    with pytest.raises(NotAllowed):
        letters.print_letters(town.outsider(), town.YAOHUA)
    run = letters.print_letters(broker, town.YAOHUA, key="pressed")
    assert letters.print_letters(broker, town.YAOHUA, key="pressed") == run
    assert waiting() == [("王五", "")]
    with pytest.raises(Refused, match="no_letters"):
        letters.print_letters(broker, town.YAOHUA)
    with pytest.raises(Refused, match="letter_reason_missing"):
        letters.print_once_more(broker, run, " ")
    letters.print_once_more(broker, run, "the toner was empty")
    assert len(waiting()) == 3
    assert queries.waiting(broker) == (3, 0), "a pile that gave its letters back is no pile to post"
    again = letters.print_letters(broker, town.YAOHUA)
    assert queries.waiting(broker) == (1, 1)
    letters.mark_posted(broker, again)
    with pytest.raises(Refused, match="letters_posted"):
        letters.print_once_more(broker, again, "late")
    states = [row.state for row in db.session.scalars(select(PaperLetter).order_by(PaperLetter.id))]
    assert states == [LetterState.POSTED, LetterState.POSTED, LetterState.WAITING]
    for stranger in (town.outsider(), town.clerk()):
        with pytest.raises(NotFound):
            queries.pile(stranger, again)


def test_a_letter_that_need_not_be_sent_is_taken_out_with_a_reason(zhang: int) -> None:
    written(zhang)
    (row,) = queries.queued(town.broker()).items
    with pytest.raises(NotFound):
        letters.drop_letter(town.outsider(), row.id, "told by phone")
    with pytest.raises(Refused, match="letter_reason_missing"):
        letters.drop_letter(town.broker(), row.id, "")
    letters.drop_letter(town.broker(), row.id, "told at the door")
    assert not waiting()
    with pytest.raises(NotFound):
        letters.drop_letter(town.broker(), row.id, "told at the door")


def test_nobody_learns_at_the_printer_that_somebody_receives_assistance(zhang: int) -> None:
    written(zhang, "plan_made")
    assert not waiting(town.broker())
    assert waiting(town.social_worker()) == [("张建国", "")]
    with pytest.raises(Refused, match="no_letters"):
        letters.print_letters(town.broker(), town.YAOHUA)
    run = letters.print_letters(town.social_worker(), town.YAOHUA)
    assert [line.letters for line in queries.runs(town.social_worker()).items] == [1]
    assert not queries.runs(town.broker()).items
    assert queries.waiting(town.broker()) == (0, 0)
    for attempt in (queries.pile, letters.mark_posted, lambda who, pile: letters.print_once_more(who, pile, "torn")):
        with pytest.raises(NotFound):
            attempt(town.broker(), run)
    letters.print_once_more(town.social_worker(), run, "torn")
    written(zhang)
    run = letters.print_letters(town.social_worker(), town.YAOHUA)
    both = [queries.runs(who).items[0].letters for who in (town.social_worker(), town.broker())]
    assert both == [2, 1], "of a mixed pile the list counts what the file shows"
    letters.mark_posted(town.social_worker(), run)


def test_the_file_has_its_font_inside_and_says_what_is_to_be_said_in_both_languages(app: Flask, zhang: int) -> None:
    reader = town.person("John Li", address="8 Yaoxin Road", reads="en")
    acts_for(zhang, reader, AgentKind.GUARDIAN)
    written(zhang)
    written(zhang)
    run = letters.print_letters(town.broker(), town.YAOHUA)
    with in_language(app, "en"):
        pile = queries.pile(town.broker(), run)
        file = letters_pdf(pile)
        assert letters_pdf(pile) == file, "printed again after a jam it is the same file"
    sizes = embedded_fonts(file)
    assert sizes
    assert max(sizes) < 100_000, "only the characters that are used"
    chinese, english = pages(file)
    assert "\ufffd" not in chinese + english
    for words in ("张建国", "尧新大道7号", "栖霞区 尧化街道", "您好", "Cleaning", "2026-03-02"):
        assert words in chinese, words
    assert chinese.count("Cleaning") == 2, "the messages of a day share one sheet"
    for words in ("Dear John Li", "8 Yaoxin Road", "This is a copy of what we wrote to 张建国", "call"):
        assert words in english or words == "call", words


def test_the_address_stands_in_the_window_of_the_envelope_and_large_print_is_larger(app: Flask, zhang: int) -> None:
    from timebank.core.parameters import Parameter

    db.session.get_one(Person, zhang).address = "尧新大道"  # a line that must not be broken
    rule = Parameter(
        key="tb.letter_window_top", scope="city:3201", valid_from=date(2026, 1, 1), value=550, source="test"
    )
    db.session.add(rule)
    db.session.commit()
    written(zhang)
    run = letters.print_letters(town.broker(), town.YAOHUA, True)
    pile = queries.pile(town.broker(), run)
    assert (pile.window.left, pile.window.top, pile.window.width) == (20, 55, 85)
    assert pile.sheets[0].large
    with in_language(app, "zh"):
        assert pages(letters_pdf(pile))


def test_who_prints_only_for_a_community_or_a_grid_prints_and_posts_its_letters(zhang: int) -> None:
    neighbour = town.person("赵敏", territory=town.YAOHUA_COMMUNITY)
    for person in (zhang, neighbour):
        written(person)
    db.session.add(Territory(code=GRID, name="尧新一网格", level=Level.GRID, parent_code=town.YAOXIN))
    community, grid = town.broker(town.YAOXIN), town.broker(GRID)
    assert not queries.streets(grid)
    assert [row.street for row in queries.queued(town.broker()).items] == [town.YAOHUA, town.YAOHUA]
    assert [(row.addressee, row.street) for row in queries.queued(community).items] == [("张建国", town.YAOXIN)]
    (place,) = queries.streets(community)
    assert (place.code, place.name, place.letters) == (town.YAOXIN, "栖霞区 尧化街道 尧新社区", 1)
    run = letters.print_letters(community, place.code)
    assert [line.street for line in queries.runs(community).items] == ["尧新社区"]
    assert queries.waiting(community) == (0, 1)
    letters.mark_posted(community, run)
    assert queries.waiting(town.broker()) == (1, 0), "the other communities of the street still wait"
    written(town.person("钱进", territory=GRID))
    assert letters.print_letters(grid, queries.streets(grid)[0].code) != run


def test_letters_follow_a_move_and_none_is_printed_for_who_has_died(zhang: int) -> None:
    registrar, broker, other = town.broker(town.NANJING), town.broker(), town.outsider()
    for _ in range(2):
        written(zhang)
    (first, _second) = queries.queued(broker).items
    letters.drop_letter(broker, first.id, "told at the door")
    run = letters.print_letters(broker, town.YAOHUA)
    written(zhang)
    persons.update_person(registrar, zhang, PersonChange(version=1, territory_code=town.WULAOCUN_COMMUNITY))
    assert (len(waiting(broker)), len(waiting(other))) == (0, 1)
    assert len(queries.pile(broker, run).sheets) == 1, "what was printed stays with its pile"
    letters.print_once_more(broker, run, "torn")
    assert (len(waiting(broker)), len(waiting(other))) == (0, 2), "what was spoilt waits where he lives now"
    double = town.person("张建国", territory=town.WULAOCUN_COMMUNITY)
    written(double)
    db.session.get_one(Person, double).merged_into_id = zhang
    db.session.commit()
    persons.record_death(registrar, zhang, date(2026, 3, 1))
    assert (waiting(other), queries.streets(other), queries.waiting(other)) == ([], [], (0, 0))
    with pytest.raises(Refused, match="no_letters"):
        letters.print_letters(other, town.WULAOCUN)
    persons.record_death(registrar, zhang, None)
    assert len(waiting(other)) == 3, "a death that was a mistake"
