"""The story from the request to the credited minutes, on the pages of the coordinator, the helper and the recipient."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import new_client, one_engine
from tests.factories import exchange_visits as make
from tests.factories import town as places
from tests.factories.exchange_visits import Cast, at
from tests.pages.client import CheckingClient
from timebank.access import service as access
from timebank.core.db import db
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.service import hours, visits

Counter = Callable[..., Any]


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield make.cast()


@pytest.fixture
def desk(app: Flask, people: Cast, sign_in: Any) -> CheckingClient:
    return sign_in(new_client(app), people.broker.account_id)  # type: ignore[no-any-return]


@pytest.fixture
def phone(app: Flask, people: Cast, sign_in: Any) -> CheckingClient:
    return sign_in(new_client(app), people.helper.account_id)  # type: ignore[no-any-return]


@pytest.fixture
def elder(app: Flask, people: Cast, sign_in: Any) -> CheckingClient:
    return sign_in(new_client(app), people.elder.account_id)  # type: ignore[no-any-return]


WANTED = {
    "service_code": "cleaning",
    "kind": "weekly",
    "first_day": "2026-11-24",
    "weekdays": "1",
    "earliest_minute": "09:00",
    "latest_minute": "10:00",
    "minutes": "2:00",
    "helper_sex": "",
    "language": "",
    "funding": "own",
    "note": "the kitchen",
}


def later(people: Cast, sign_in: Any, *clients: CheckingClient) -> None:
    """Sessions ended overnight: everybody signs in again (coordinator, helper, elder, in this order)."""
    who = (people.broker, people.helper, people.elder)
    for client, actor in zip(clients, who, strict=False):
        sign_in(client, actor.account_id)


def visit(visit_id: int) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, visit_id)


def test_the_story_from_asking_to_the_credited_minutes(
    people: Cast, desk: CheckingClient, phone: CheckingClient, elder: CheckingClient, sign_in: Any, statements: Counter
) -> None:
    access.set_pin(people.broker, people.zhang, "295164")
    assert "张建国" in desk.get("/requests/new?q=zhangjianguo").text
    answer = desk.post(f"/requests/new/{people.zhang}", data=WANTED | {"key": "k"})
    assert answer.status_code == 303
    page = answer.location
    with statements(20):
        assert "Waits for approval" in desk.get(page).text
    approve = desk.get(f"{page}/approve").text
    assert "10 h" in approve
    assert desk.post(f"{page}/approve", data={"funding": "own"}).status_code == 303
    visit_id = make.visits_of(int(page.rsplit("/", 1)[1]))[0]
    with statements(20):
        shown = desk.get(page).text
    assert f"/visits/{visit_id}/helpers" in shown

    offered = desk.post(
        f"/visits/{visit_id}/offer",
        data={"volunteer_id": people.xu, "starts_at": "2026-11-24T09:00:00+08:00", "series": "1"},
    )
    assert offered.status_code == 303
    with statements(20):
        mine = phone.get("/my/visits").text
    assert "Would you help Uncle Zhang?" in mine
    offer = re.search(r"/my/offers/\d+", mine)
    assert offer is not None
    assert "Yes, I come" in phone.get(offer[0]).text
    assert phone.post(f"{offer[0]}/answer", data={"accept": "1"}).status_code == 303
    for client, path in ((phone, "/my/calendar"), (elder, "/my/calendar"), (desk, "/calendar?week=2026-11-24")):
        with statements(20):
            assert "09:00" in client.get(path).text
    assert "Ms Xu comes." in elder.get("/my/help").text

    with time_machine.travel(at(543), tick=False):
        later(people, sign_in, desk, phone, elder)
        assert phone.post(f"/my/visits/{visit_id}/begin").status_code == 303
        assert "clock has been running since 09:03" in phone.get(f"/my/visits/{visit_id}").text
    with time_machine.travel(at(640), tick=False):
        answer = phone.post(f"/my/visits/{visit_id}/end", data={"break_minutes": ""})
        assert answer.location.endswith(f"/my/visits/{visit_id}/confirm")
        assert "1 h 37 min" in phone.get(answer.location).text
        wrong = phone.post(f"/my/visits/{visit_id}/confirm/pin", data={"pin": "111111"})
        assert wrong.status_code == 422
        assert phone.post(f"/my/visits/{visit_id}/confirm/pin", data={"pin": "295164"}).status_code == 303
        with statements(20):
            assert "97 min, counted by the minute: 97 min" in phone.get(f"/my/visits/{visit_id}").text
        with statements(20):
            assert "97 min, counted by the minute" in desk.get(f"/visits/{visit_id}").text
        assert "97 min, counted by the minute" in phone.get("/my/hours").text
    assert make.balance(people.xu).posted == 97


@one_engine
def test_the_recipient_confirms_disputes_and_rates_in_the_portal(
    people: Cast, desk: CheckingClient, phone: CheckingClient, elder: CheckingClient, sign_in: Any
) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(640), tick=False):
        later(people, sign_in, desk, phone, elder)
        assert desk.post(f"/visits/{visit_id}/began", data={"at": "2026-11-24T09:00"}).status_code == 303
        assert desk.post(f"/visits/{visit_id}/ended", data={"at": "2026-11-24T10:30"}).status_code == 303
        assert "Was it so?" in elder.get("/my/help").text
        assert elder.get(f"/my/visits/{visit_id}/yes").status_code == 200
        assert elder.post(f"/my/visits/{visit_id}/yes", data={"rating": "5", "note": "kind"}).status_code == 303
        assert visit(visit_id).rating == 5
        assert elder.post(f"/my/visits/{visit_id}/dispute", data={"reason": "it was only an hour"}).status_code == 303
        assert "it was only an hour" in desk.get(f"/visits/{visit_id}").text
        assert (
            desk.post(f"/visits/{visit_id}/settle", data={"minutes": "60", "reason": "both agree"}).status_code == 303
        )
    assert make.balance(people.xu).posted == 60


@one_engine
def test_too_few_hours_stand_beside_the_payer(people: Cast, desk: CheckingClient) -> None:
    data = WANTED | {"weekdays": ["1", "3", "5"]}
    page = desk.post(f"/requests/new/{people.zhang}", data=data).location
    answer = desk.post(f"{page}/approve", data={"funding": "own"})
    assert answer.status_code == 422
    assert "12 visit(s) cost 24 h, but only 10 h are available." in answer.text


def test_an_elder_asks_for_help_and_calls_it_off(people: Cast, elder: CheckingClient) -> None:
    assert elder.get("/my/requests/new").status_code == 200
    wrong = elder.post("/my/requests/new", data=WANTED | {"weekdays": []})
    assert wrong.status_code == 422
    assert "Choose at least one day of the week." in wrong.text
    assert elder.post("/my/requests/new", data=WANTED).status_code == 303
    link = re.search(r"/my/requests/\d+", elder.get("/my/help").text.replace("/my/requests/new", ""))
    assert link is not None
    assert "the kitchen" in elder.get(link[0]).text
    assert elder.get(f"{link[0]}/cancel").status_code == 200
    assert elder.post(f"{link[0]}/cancel", data={"reason": "better now"}).status_code == 303


@one_engine
def test_nobody_sees_the_visits_of_others(people: Cast, app: Flask, sign_in: Any) -> None:
    visit_id = make.scheduled(people)
    stranger = sign_in(new_client(app), places.account_of(places.member(places.person("王强"))))
    assert stranger.get(f"/my/visits/{visit_id}").status_code == 404
    assert stranger.get(f"/visits/{visit_id}").status_code == 403
    other = sign_in(new_client(app), places.broker(places.WULAOCUN).account_id)
    assert other.get(f"/visits/{visit_id}").status_code == 404
    assert "张建国" not in other.get("/visits").text


def test_a_volunteer_writes_hours_down_on_one_screen(people: Cast, phone: CheckingClient, desk: CheckingClient) -> None:
    make.scheduled(people)
    assert "Uncle Zhang" in phone.get("/my/hours/log").text
    typed = {
        "service_code": "cleaning",
        "day": "2026-11-21",
        "from_minute": "9:00",
        "to_minute": "10:00",
        "break_minutes": "",
    }
    backwards = phone.post("/my/hours/log", data=typed | {"recipient_id": str(people.zhang), "to_minute": "8:00"})
    assert backwards.status_code == 422
    assert "The visit would end before it begins." in backwards.text
    assert phone.post("/my/hours/log", data=typed | {"recipient_id": str(people.zhang)}).status_code == 303
    again = phone.post("/my/hours/log", data=typed | {"recipient_id": str(people.zhang)})
    assert "At that time there is another visit" in again.text
    somebody = typed | {"recipient_id": "0", "recipient_name": "张建国", "from_minute": "14:00", "to_minute": "15:00"}
    assert phone.post("/my/hours/log", data=somebody).status_code == 303
    review = desk.get("/hours/review").text
    entry = re.search(r"/hours/names/\d+", review)
    assert entry is not None
    assert desk.get(entry[0]).status_code == 200
    assert desk.post(entry[0], data={"recipient_id": str(people.zhang)}).status_code == 303
    visit_id = int(re.findall(r"/hours/review/(\d+)", desk.get("/hours/review").text)[0])
    assert desk.get(f"/hours/review/{visit_id}").status_code == 200
    assert desk.post(f"/hours/review/{visit_id}", data={"decision": "approve", "funding": "own"}).status_code == 303
    assert make.balance(people.xu).posted == 60


def test_a_paper_sheet_keeps_bad_lines_with_their_reasons(people: Cast, desk: CheckingClient) -> None:
    assert desk.get("/hours/sheet").status_code == 200
    line = {
        "helper": "徐梅",
        "recipient": "张建国",
        "service": "cleaning",
        "day": "2026-11-21",
        "from": "0900",
        "to": "10:00",
    }
    sheet = {f"0-{name}": value for name, value in line.items()}
    sheet |= {f"1-{name}": value for name, value in (line | {"from": "9:30", "to": "9:10"}).items()}
    sheet |= {f"2-{name}": value for name, value in (line | {"helper": "nobody", "from": "25:99"}).items()}
    answer = desk.post("/hours/sheet", data=sheet | {"key": "paper"})
    assert answer.status_code == 422
    assert "1 line was written down." in answer.text
    assert "Nobody here is called “nobody”." in answer.text
    assert "The visit would end before it begins." in answer.text
    assert db.session.query(Visit).count() == 1


@one_engine
def test_the_reviewer_is_not_the_recorder_on_the_page(people: Cast, desk: CheckingClient) -> None:
    entry = LoggedVisit(people.xu, people.zhang, "cleaning", make.TUESDAY - timedelta(days=3), 540, 600)
    visit_id = hours.log_visit(people.broker, entry)
    assert "A colleague" in desk.get(f"/hours/review/{visit_id}").text
    assert visit(visit_id).state is VisitState.SECOND_REVIEW


def test_lists_files_sheets_and_the_feed_open(
    people: Cast, desk: CheckingClient, phone: CheckingClient, app: Flask
) -> None:
    visit_id = make.scheduled(people)
    for path in (
        "/requests",
        "/requests?state=all&q=张&urgent=1",
        "/visits",
        "/visits?state=scheduled",
        "/hours/new",
        "/calendar",
    ):
        assert desk.get(path).status_code == 200
    assert "张建国" in desk.get("/calendar/print?week=2026-11-24").text
    assert "张建国" in desk.get("/requests.csv").text
    assert "徐梅" in desk.get("/visits.csv?day=2026-11-24").text
    for step in ("began", "move", "free", "cancel", "no-show"):
        assert desk.get(f"/visits/{visit_id}/{step}").status_code == 200
    for step in ("code", "give-back"):
        assert phone.get(f"/my/visits/{visit_id}/{step}").status_code == 200
    assert phone.post("/my/calendar/feed").status_code == 303
    feed = re.search(r"/calendar/[\w-]+\.ics", phone.get("/my/calendar").text)
    assert feed is not None
    assert "BEGIN:VEVENT" in new_client(app).get(feed[0]).text
    assert new_client(app).get("/calendar/guess.ics").status_code == 404


@one_engine
def test_signing_needs_more_than_a_dot(people: Cast, desk: CheckingClient, phone: CheckingClient, sign_in: Any) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(540), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(600), tick=False):
        visits.check_out(people.helper, visit_id)
        later(people, sign_in, desk, phone)
        page = f"/my/visits/{visit_id}/confirm/signature"
        assert "data-signature-pad" in phone.get(page).text
        assert phone.post(page, data={"signature": ""}).status_code == 422
        assert phone.post(page, data={"signature": "M10 10L20 30L40 20L60 45L80 12"}).status_code == 303
    assert visit(visit_id).state is VisitState.CREDITED


@one_engine
def test_signing_before_the_visit_is_over_is_refused_in_words(
    people: Cast, desk: CheckingClient, phone: CheckingClient, sign_in: Any
) -> None:
    visit_id = make.scheduled(people)
    later(people, sign_in, desk, phone)
    page = f"/my/visits/{visit_id}/confirm/signature"
    assert phone.get(page).status_code == 200
    assert phone.post(page, data={"signature": "M10 10L20 30L40 20L60 45L80 12"}).status_code in (409, 422)


@one_engine
def test_a_very_short_visit_warns_before_it_is_confirmed(
    people: Cast, desk: CheckingClient, phone: CheckingClient, elder: CheckingClient, sign_in: Any
) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(540), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(548), tick=False):
        visits.check_out(people.helper, visit_id)
        later(people, sign_in, desk, phone, elder)
        own = f"/my/visits/{visit_id}"
        for client, page in ((phone, "confirm"), (phone, "confirm/pin"), (phone, "confirm/signature"), (elder, "yes")):
            assert "less than 15 min gives no hours" in client.get(f"{own}/{page}").text, page
        assert "gives no hours" not in phone.get(f"{own}/dispute").text


@one_engine
def test_a_visit_of_the_shortest_length_warns_of_nothing(
    people: Cast, desk: CheckingClient, phone: CheckingClient, sign_in: Any
) -> None:
    visit_id = make.scheduled(people)
    with time_machine.travel(at(540), tick=False):
        visits.check_in(people.helper, visit_id, "button")
    with time_machine.travel(at(555), tick=False):
        visits.check_out(people.helper, visit_id)
        later(people, sign_in, desk, phone)
        assert "gives no hours" not in phone.get(f"/my/visits/{visit_id}/confirm").text


def test_hours_for_somebody_unlisted_stand_in_the_helpers_own_list_at_once(people: Cast, phone: CheckingClient) -> None:
    written = {
        "recipient_id": "0",
        "recipient_name": "老周",
        "service_code": "cleaning",
        "day": "2026-11-21",
        "from_minute": "09:00",
        "to_minute": "10:00",
    }
    assert phone.post("/my/hours/log", data=written).status_code == 303
    page = phone.get("/my/visits").text
    assert "老周" in page
    assert "The coordinator looks who it is" in page
    assert "Sat 2026-11-21 09:00" in page
