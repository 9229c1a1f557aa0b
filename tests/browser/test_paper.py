"""What is printed for people without a phone: rows where the booklet has them, pages that axe finds nothing wrong with."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from tests.browser.conftest import EVERYWHERE, Look, OpenPage
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.services.test_exchange_passbooks import begin, earn
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Visit
from timebank.exchange.service import alarms, offers, passbooks
from timebank.notices.queries import letters as queue
from timebank.notices.rules import LetterWay, WishForLetters
from timebank.notices.sending import send_notices
from timebank.notices.service import letters, tell, wishes

PIXELS_PER_MM = 96 / 25.4
MEDIA_BOX = re.compile(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]")


def test_a_passbook_prints_one_page_of_its_size_with_rows_exactly_as_high_as_the_booklets(
    app: Flask, open_page: OpenPage
) -> None:
    town.town()
    person = town.person("李秀兰")
    earn(person, 60, 60_030, -15)
    begin(person)
    passbooks.print_lines(town.clerk(), person)
    earn(person, *[45] * 30)
    made = passbooks.print_lines(town.clerk(), person)
    page = open_page(f"/passbook-prints/{made}", account=town.account_of(town.clerk()))
    paper = page.pdf(prefer_css_page_size=True)
    assert [tuple(float(side) / 72 * 25.4 for side in box) for box in MEDIA_BOX.findall(paper)] == [
        pytest.approx((125, 176), abs=0.3)
    ], "one page of the booklet"
    page.emulate_media(media="print")
    boxes = [box for row in page.locator("tbody tr").all() if (box := row.bounding_box())]
    tops = [box["y"] / PIXELS_PER_MM for box in boxes]
    assert tops == pytest.approx([20 + 7 * row for row in range(3, 20)], abs=0.1), "below the three printed before"
    too_wide = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth).map(cell => cell.textContent)"
    assert page.locator("tbody .passbook-time").evaluate_all(too_wide) == []
    assert {round(box["x"] / PIXELS_PER_MM, 1) for box in boxes} == {8}


@pytest.mark.parametrize(("width", "language"), EVERYWHERE[:1])
def test_pages_of_paper_and_alarms_look_right(
    app: Flask, open_page: OpenPage, look: Look, width: int, language: str
) -> None:
    people = make.cast()
    begin(people.zhang)
    made = passbooks.print_lines(town.clerk(), people.zhang)
    alarm = _alarm(people)
    wishes.wish(people.broker, WishForLetters(people.zhang, LetterWay.LETTER))
    send_notices()
    letters.print_letters(people.broker, town.YAOHUA)
    tell(people.zhang, "grant_given", granted_minutes=240, month="2026-11")
    send_notices()
    waiting = queue.queued(people.broker).items[0].id
    make.published(people, first_day=clock.today() + timedelta(days=2))
    for path in (
        f"/people/{people.zhang}/passbook",
        f"/people/{people.zhang}/passbook/booklet",
        f"/people/{people.zhang}/passbook/again",
        f"/passbook-prints/{made}",
        "/alarms",
        f"/alarms/{alarm}",
        "/letters",
        "/letters/piles",
        f"/letters/{waiting}/drop",
        f"/people/{people.zhang}/letters",
        "/poster",
    ):
        look(open_page(path, account=people.broker.account_id, width=width, language=language))
    look(open_page("/my/notices/wish", account=people.elder.account_id, width=390, language=language))


def _alarm(people: make.Cast) -> int:
    """A visit that was to begin half an hour ago."""
    day = clock.today() + timedelta(days=1)
    visit_id = make.visits_of(make.published(people, first_day=day))[0]
    offer = offers.offer_visit(people.broker, visit_id, people.xu, clock.at(day, 540))
    offers.answer_offer(people.helper, offer, True)
    visit = db.session.get_one(Visit, visit_id)
    begins = clock.now() - timedelta(minutes=30)
    visit.earliest_start = visit.latest_start = visit.starts_at = begins
    visit.ends_at = begins + timedelta(hours=2)
    db.session.commit()
    return alarms.raise_alarm(Actor.system("clock"), visit_id) or 0
