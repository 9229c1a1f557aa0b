"""Letters on pages: who wants them, the queue of the street, its file, and that the pile has left the house."""

from __future__ import annotations

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


def test_a_coordinator_prints_the_letters_of_the_street_and_posts_them(
    app: Flask, sign_in: Any, statements: Any
) -> None:
    town.town()
    zhang, li = town.person("张建国"), town.person("李秀兰", phone="13912345678", reads="en")
    desk = sign_in(new_client(app), town.account_of(town.broker()))
    wish = f"/people/{li}/letters"
    assert wish in desk.get(f"/people/{li}").text
    assert "No letters are printed" in desk.get(wish).text
    assert desk.post(wish, data={"way": "letter", "large": "y"}).status_code == 303
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
    assert "Piles of letters to post" in desk.get("/").text
    assert desk.post(f"{file.removesuffix('.pdf')}/again", data={"reason": ""}).status_code == 422
    assert desk.post(f"{file.removesuffix('.pdf')}/posted").status_code == 303
    assert "was posted" in desk.get("/letters/piles").text
    assert "No letter waits." in desk.get("/letters").text
