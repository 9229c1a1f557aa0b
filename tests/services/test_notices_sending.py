"""The outbox: what happened is told once, in the reader's language, and never with illness or ID number."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from tests.factories.town import WULAOCUN_COMMUNITY, broker, member, outsider, person, social_worker, town
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound
from timebank.notices import queries, service
from timebank.notices.channels import console
from timebank.notices.channels.base import ChannelError, Letter
from timebank.notices.models import Notice
from timebank.notices.sending import send_notices
from timebank.notices.texts import Text, known_texts, render

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TEXTS = {
    "visit_near": Text(_l("Sign in"), _l("%(service)s on %(begins)s, %(minutes)s")),
    "plan_made": Text("Plan", "A plan was made.", needs="cases.read"),
}


@pytest.fixture(autouse=True)
def texts(app: Flask) -> Iterator[None]:
    before = app.extensions["timebank_notice_texts"]
    app.extensions["timebank_notice_texts"] = {**before, **TEXTS}
    yield
    app.extensions["timebank_notice_texts"] = before


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Letter]:
    letters: list[Letter] = []
    monkeypatch.setattr(console, "send", letters.append)
    return letters


@pytest.fixture
def zhang(app: Flask) -> int:
    town()
    return person(phone="13912345678")


def only() -> Notice:
    db.session.rollback()
    return db.session.scalars(select(Notice)).one()


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Notice)) or 0


def test_a_notice_exists_only_if_what_it_tells_happened(zhang: int) -> None:
    @transaction
    def something(fails: bool) -> None:
        service.tell(zhang, "visit_near")
        if fails:
            raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        something(True)
    assert count() == 0
    something(False)
    assert count() == 1


def test_the_same_thing_is_told_once(zhang: int) -> None:
    for _ in range(2):
        service.tell(zhang, "visit_near", once="visit:1:reminder")
    assert count() == 1


@pytest.mark.concurrency
def test_two_jobs_that_tell_the_same_thing_at_once_tell_it_once(zhang: int, at_once: Callable[..., list[Any]]) -> None:
    answers = at_once(*[lambda: service.tell(zhang, "visit_near", once="visit:1:reminder")] * 6)
    assert answers == [None] * 6
    assert count() == 1


def test_a_notice_is_sent_in_the_language_its_reader_reads(zhang: int, sent: list[Letter]) -> None:
    reader = person("Mary", reads="en", phone="13912345679")
    for who in (zhang, reader):
        service.tell(
            who,
            "visit_near",
            path="/my/visits/7",
            service_zh="打扫卫生",
            service_en="Cleaning",
            begins="2026-03-03T01:00:00+00:00",
            minutes=90,
        )
    assert send_notices() == "2 sent, 0 not sent"
    assert [letter.body for letter in sent] == [
        "打扫卫生 on 2026-03-03 09:00, 1小时30分",
        "Cleaning on 2026-03-03 09:00, 1 h 30 min",
    ]
    assert sent[0].link == "http://localhost:8000/my/visits/7"


def test_a_sent_notice_is_not_sent_again(zhang: int, sent: list[Letter]) -> None:
    service.tell(zhang, "visit_near")
    send_notices()
    assert send_notices() == "0 sent, 0 not sent"
    assert len(sent) == 1
    assert (only().state, only().channel) == ("sent", "console")


def test_a_notice_waits_for_its_time(zhang: int, sent: list[Letter]) -> None:
    with time_machine.travel(MORNING, tick=False) as travel:
        service.tell(zhang, "visit_near", after=MORNING + timedelta(hours=1))
        send_notices()
        assert (sent, queries.unread(zhang)) == ([], 0)
        travel.shift(timedelta(hours=1))
        send_notices()
        assert (len(sent), queries.unread(zhang)) == (1, 1)


def test_after_six_failures_a_notice_has_failed_and_staff_can_send_it_again(
    zhang: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_letter: Letter) -> None:
        raise ChannelError("no route")

    monkeypatch.setattr(console, "send", refuse)
    with time_machine.travel(MORNING, tick=False) as travel:
        service.tell(zhang, "visit_near")
        waits = []
        for _ in range(6):
            assert send_notices() == "0 sent, 1 not sent"
            assert send_notices() == "0 sent, 0 not sent"  # not before its time
            waits.append(int((only().send_after - MORNING).total_seconds() / 60))
            travel.move_to(only().send_after)
        row = only()
        assert (row.state, row.attempts, row.error) == ("failed", 6, "no route")
        assert waits == [1, 6, 21, 81, 321, 321]
        service.send_again(broker(), row.id)
        assert (only().state, only().attempts) == ("waiting", 0)


def test_a_notice_that_breaks_its_sender_is_a_failed_attempt_and_does_not_hold_the_others(
    zhang: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []

    def breaks(letter: Letter) -> None:
        if not sent:
            sent.append(letter)
            db.session.add(Notice(person_id=zhang, kind="visit_near", once_key="twice"))
            db.session.add(Notice(person_id=zhang, kind="visit_near", once_key="twice"))
            db.session.flush()

    monkeypatch.setattr(console, "send", breaks)
    for _ in range(2):
        service.tell(zhang, "visit_near")
    assert send_notices() == "1 sent, 1 not sent"
    db.session.rollback()
    rows = db.session.execute(select(Notice.state, Notice.error).order_by(Notice.id)).all()
    assert [tuple(row) for row in rows] == [("waiting", "IntegrityError"), ("sent", "")]


def test_a_sender_that_dies_gives_its_notices_back(zhang: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(_letter: Letter) -> None:
        raise KeyboardInterrupt

    with time_machine.travel(MORNING, tick=False) as travel:
        service.tell(zhang, "visit_near")
        with monkeypatch.context() as dying:
            dying.setattr(console, "send", die)
            with pytest.raises(KeyboardInterrupt):
                send_notices()
        assert send_notices() == "0 sent, 0 not sent"
        travel.shift(timedelta(minutes=10))
        assert send_notices() == "1 sent, 0 not sent"


@pytest.mark.concurrency
def test_four_senders_at_once_send_each_notice_once(
    zhang: int, sent: list[Letter], at_once: Callable[..., list[Any]]
) -> None:
    for _ in range(50):
        service.tell(zhang, "visit_near")
    answers = at_once(*[send_notices] * 4)
    assert sum(int(answer.split()[0]) for answer in answers) == 50
    assert sorted(letter.notice_id for letter in sent) == sorted({letter.notice_id for letter in sent})
    assert len(sent) == 50


# -- e-mail


class Mailbox(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it is given."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.messages: list[str] = []
        super().__init__(("127.0.0.1", 0), _Talk)


class _Talk(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 ready")
        for line in iter(self.rfile.readline, b""):
            word = line.split()[0].upper()
            if word == b"DATA":
                self._say("354 go on")
                self.server.messages.append(self._data())
            self._say("221 bye" if word == b"QUIT" else "250 ok")

    def _data(self) -> str:
        return "".join(line.decode() for line in iter(self.rfile.readline, b".\r\n"))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    with Mailbox() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        app.config["TIMEBANK_SMTP_URL"] = f"smtp://127.0.0.1:{server.server_address[1]}?from=bank@example.org"
        yield server
        server.shutdown()


def test_who_has_an_address_gets_an_e_mail(mailbox: Mailbox, sent: list[Letter]) -> None:
    town()
    service.tell(person("Mary", reads="en", email="mary@example.org"), "visit_near", service="care\nBcc: x@y")
    service.tell(person(phone="13912345678"), "visit_near")
    assert send_notices() == "2 sent, 0 not sent"
    (message,) = mailbox.messages
    assert "To: mary@example.org" in message
    assert "From: bank@example.org" in message
    assert "\nBcc:" not in message.partition("\r\n\r\n")[0]
    assert len(sent) == 1  # the other one, on the console


def test_a_mail_server_that_is_not_there_is_tried_again_later(app: Flask) -> None:
    town()
    app.config["TIMEBANK_SMTP_URL"] = "smtp://127.0.0.1:9"
    service.tell(person(email="mary@example.org"), "visit_near")
    assert send_notices() == "0 sent, 1 not sent"
    assert only().state == "waiting"
    assert "refused" in only().error.lower()


# -- one's own page and the outbox


def test_unread_notices_come_first(zhang: int) -> None:
    ids = []
    for _ in range(30):
        service.tell(zhang, "visit_near")
    ids = sorted(db.session.scalars(select(Notice.id)))
    for notice_id in ids[-10:]:
        service.mark_read(member(zhang), notice_id)
    first = queries.inbox(zhang)
    second = queries.inbox(zhang, first.next or "")
    seen = [item.id for item in (*first.items, *second.items)]
    assert seen == [*reversed(ids[:20]), *reversed(ids[20:])]
    assert second.next is None
    assert queries.unread(zhang) == 20


def test_a_notice_is_opened_only_by_its_reader(zhang: int) -> None:
    service.tell(zhang, "visit_near", path="/my/visits/7")
    with pytest.raises(NotFound):
        service.mark_read(member(person("别人")), only().id)
    assert service.mark_read(member(zhang), only().id) == "/my/visits/7"
    assert queries.unread(zhang) == 0


def test_everything_shown_can_be_marked_as_read(zhang: int) -> None:
    service.tell(zhang, "visit_near")
    service.tell(zhang, "visit_near", after=datetime(2100, 1, 1, tzinfo=UTC))
    assert service.mark_all_read(member(zhang)) == 1


def test_staff_see_the_outbox_of_their_territory(zhang: int) -> None:
    service.tell(zhang, "visit_near")
    service.tell(person(territory=WULAOCUN_COMMUNITY), "visit_near")
    assert [item.person_id for item in queries.outbox(broker()).items] == [zhang]
    assert zhang not in [item.person_id for item in queries.outbox(outsider()).items]


def test_the_outbox_does_not_tell_helpers_who_receives_assistance(zhang: int) -> None:
    service.tell(zhang, "plan_made")
    assert queries.outbox(broker()).items == []
    assert len(queries.outbox(social_worker()).items) == 1
    assert queries.waiting_and_failed(broker()) == {}


# -- what texts say

FORBIDDEN_FACTS = re.compile(r"%\((id_number|diagnosis|illness|disease|condition|health|self_care|password|pin)\)")
FORBIDDEN_WORDS = re.compile(
    r"\b(diagnos|illness|disease|cancer|diabet|dementia|depress|disab|HIV|ID number)"
    r"|诊断|疾病|患有|癌|糖尿|痴呆|抑郁|残疾|身份证",
    re.IGNORECASE,
)


def test_no_text_speaks_of_illness_or_id_numbers(app: Flask) -> None:
    """domain.md C8.16, for every text of every domain in both languages."""
    for kind, text in known_texts().items():
        for language in ("zh", "en"):
            words = render(kind, {}, language)
            for said in (words.subject, words.body):
                assert not FORBIDDEN_WORDS.search(said), (kind, said)
        assert not FORBIDDEN_FACTS.search(f"{text.subject} {text.body}"), kind


def test_a_fact_nobody_gave_does_not_lose_the_notice(app: Flask) -> None:
    assert render("visit_near", {}, "en").body == "– on –, –"


def test_a_kind_without_a_text_is_still_shown(app: Flask) -> None:
    assert render("no_such_kind", {}, "en").subject == "no_such_kind"
