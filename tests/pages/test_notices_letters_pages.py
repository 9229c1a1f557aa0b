"""Letters on pages: who wants them, the queue of the street, its file, and that the pile has left the house."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.conftest import new_client
from tests.factories import town
from tests.pdf_text import embedded_fonts, pages
from timebank.core.audit import AuditEvent
from timebank.core.db import db
from timebank.notices.sending import send_notices
from timebank.notices.service import tell
from timebank.people import queries as people
from timebank.people.models import Agent, AgentKind


def test_members_say_themselves_how_they_want_to_be_told_and_the_last_word_counts(
    app: Flask, sign_in: Any, statements: Any
) -> None:
    town.town()
    zhang, daughter = town.person("张建国", phone="13912345678"), town.person("张丽")
    db.session.add(Agent(person_id=zhang, agent_person_id=daughter, kind=AgentKind.AGENT, valid_from=date(2020, 1, 1)))
    db.session.commit()
    desk = sign_in(new_client(app), town.account_of(town.broker()))
    desk.post(f"/people/{zhang}/letters", data={"way": "letter", "reads": "zh"})
    member = sign_in(new_client(app), town.account_of(town.member(zhang)))
    page = "/my/notices/wish"
    assert page in member.get("/my/notices").text
    assert "Messages come as letters now." in member.get(page).text
    assert "of the time bank." in member.get(page).text, "who set it, where staff did"
    assert member.post(page, data={"way": "never", "reads": "zh"}).status_code == 422, "four ways are enough here"
    no_mail = member.post(page, data={"way": "email", "reads": "zh"})
    assert no_mail.status_code == 422
    assert "There is no e-mail address." in no_mail.text
    said = {"way": "message", "large": "y", "reads": "en", "copies": "y"}
    assert member.post(page, data=said).status_code == 303
    assert 'value="message" checked' in " ".join(member.get(page).text.split())
    person = people.brief(zhang)
    assert person
    assert person.reads == "en"
    assert [one.agent_person_id for one in people.copies_for([zhang])[zhang]] == [daughter]
    history = desk.get(f"/people/{zhang}/letters").text
    assert history.index("(own page)") < history.index(town.broker().name, history.index("(own page)") + 1)
    assert "only on the page" in history
    assert member.post(page, data={"way": "usual", "reads": "en"}).status_code == 303
    assert people.copies_for([zhang]) == {}, "a consent is taken back on the same page"
    acting = sign_in(new_client(app), town.account_of(town.member(daughter)))
    assert "张建国" in acting.get(f"{page}?for={zhang}").text
    assert 'name="copies"' in member.get(page).text
    assert 'name="copies"' not in acting.get(f"{page}?for={zhang}").text, "an agent is not asked in her name"
    assert acting.post(f"{page}?for={zhang}", data={"way": "usual", "reads": "en", "copies": "y"}).status_code == 303
    assert people.copies_for([zhang]) == {}
    by_her = f"by {town.member(daughter).name}, on this page"
    assert by_her in member.get(page).text, "who said so, unless it was oneself"
    assert by_her not in acting.get(f"{page}?for={zhang}").text
    assert f"{page}?for={zhang}" in acting.get("/my/details").text
    guardian = town.person("张伟")
    db.session.add(
        Agent(person_id=zhang, agent_person_id=guardian, kind=AgentKind.GUARDIAN, valid_from=date(2020, 1, 1))
    )
    db.session.commit()
    with statements(20):
        shown = member.get(page).text
    assert "of messages about visits, and of letters, as guardian: 张伟" in shown
    assert "A copy of messages about visits, and of letters, for who may act" in shown
    desk.post("/language", data={"language": "zh"})
    assert "设置人" in desk.get(f"/people/{zhang}/letters").text
    assert desk.get(f"{page}?for={zhang}").status_code == 404


def test_a_coordinator_prints_the_letters_of_the_street_and_posts_them(
    app: Flask, sign_in: Any, statements: Any
) -> None:
    town.town()
    zhang, li = town.person("张建国"), town.person("李秀兰", phone="13912345678", reads="en")
    desk = sign_in(new_client(app), town.account_of(town.broker()))
    wish = f"/people/{li}/letters"
    assert wish in desk.get(f"/people/{li}").text
    assert "No letters are printed" in desk.get(wish).text
    assert desk.post(wish, data={"way": "letter", "large": "y", "reads": "en"}).status_code == 303
    assert "Messages go out as letters now" in desk.get(wish).text
    for person in (zhang, li, zhang):
        tell(person, "grant_given", granted_minutes=240, month="2026-11")
    send_notices()
    assert "Letters to print" in desk.get("/").text
    with statements(20):
        queue = desk.get("/letters").text
    assert "3 letters wait" in queue
    drop = queue.split("/drop")[0].rsplit("href=", 1)[1].strip('"') + "/drop"
    assert desk.post(drop, data={"reason": ""}).status_code == 422
    assert desk.post(drop, data={"reason": "told him at the door"}).status_code == 303
    sent = {"key": "pressed"}
    print_street = f"/letters/print/{town.YAOHUA}"
    assert [desk.post(print_street, data=sent).status_code for _ in range(2)] == [303, 303]
    with statements(20):
        piles = desk.get("/letters/piles").text
    file = piles.split(".pdf")[0].rsplit('"', 1)[1] + ".pdf"
    with statements(20):
        paper = desk.get(file)
    assert paper.mimetype == "application/pdf"
    assert embedded_fonts(paper.data)
    assert desk.get("/letters/piles/999999.pdf").status_code == 404
    opened = select(AuditEvent.actor_name, AuditEvent.territory_code).where(AuditEvent.action == "read.letters")
    by = [(row.actor_name, row.territory_code) for row in db.session.execute(opened)]
    assert by == [(town.broker().name, town.YAOHUA)], "the log says who opened the file of a pile"
    first, second = pages(paper.data)
    assert "张建国" in first
    assert "You received hours for this month" in second
    assert "Pile of letters to post" in desk.get("/").text
    assert desk.post(f"{file.removesuffix('.pdf')}/again", data={"reason": ""}).status_code == 422
    assert desk.post(f"{file.removesuffix('.pdf')}/posted").status_code == 303
    assert "was posted" in desk.get("/letters/piles").text
    assert "No letter waits." in desk.get("/letters").text
