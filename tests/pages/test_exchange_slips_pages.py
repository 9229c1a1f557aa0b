"""Paper and telephone on the coordinator's pages: sheets, the grid they are typed back in, the call from a landline."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import new_client
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import TUESDAY, at
from timebank.core.audit import AuditEvent
from timebank.core.db import db
from timebank.exchange.models import Visit, VisitState
from timebank.exchange.queries.slips import day_code, strip_code
from timebank.exchange.service.requests import cancel_visit
from timebank.exchange.views import requests as request_views
from timebank.people.models import Person
from timebank.people.rules.codes import COPIES, AgentKind
from timebank.people.service import NewAgent, NewConsent, add_agent, give_consent

WEEK = "week=2026-11-24"
WEDNESDAY = TUESDAY.replace(day=25)


def visit(visit_id: int) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, visit_id)


def spaced(code: str) -> str:
    return f"{code[:3]} {code[3:]}"


def test_sheets_carry_the_codes_and_copies_do_not(
    app: Flask, sign_in: Any, statements: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        visit_id = make.scheduled(people, note="the kitchen")
        day, strip = day_code(visit(visit_id)), strip_code(visit(visit_id))
        daughter = town.person("张丽", reads="en")
        add_agent(people.broker, NewAgent(people.zhang, daughter, AgentKind.AGENT, "daughter"))
        desk = sign_in(new_client(app), people.broker.account_id)
        with statements(20):
            listed = desk.get(f"/sheets?{WEEK}").text
        assert "张建国" in listed
        assert spaced(strip) not in listed
        assert f'<option value="{town.YAOXIN}"' in listed
        with monkeypatch.context() as many:  # of a district with many communities the streets are offered
            many.setattr(request_views, "MOST_PLACES", 1)
            listed = desk.get(f"/sheets?{WEEK}").text
        assert f'<option value="{town.YAOHUA}"' in listed
        assert f'<option value="{town.YAOXIN}"' not in listed
        printed = desk.get(f"/sheets/print?{WEEK}").text
        assert printed.count(spaced(day)) == printed.count(spaced(strip)) == 1
        assert "徐女士来" in printed  # the sheet is in the recipient's language, the page in the coordinator's
        assert 'lang="zh-Hans" aria-label="张建国的周单' in printed
        assert "Sheets of the week" in printed
        assert "张丽" not in printed  # nobody agreed to copies
        give_consent(people.broker, NewConsent(people.zhang, COPIES))
        with statements(20):
            printed = desk.get(f"/sheets/print?{WEEK}&person={people.zhang}").text
        assert "Copy for 张丽, who acts for 张建国" in printed
        assert ("Ms Xu comes" in printed, 'lang="en" aria-label="Copy' in printed) == (True, True)
        assert printed.count(spaced(strip)) == 1
        helpers = desk.get(f"/sheets/print?{WEEK}&part=helper").text
        assert "张大爷" in helpers
        db.session.get_one(Person, people.xu).reads = "en"
        db.session.commit()
        assert "Uncle Zhang" in desk.get(f"/sheets/print?{WEEK}&part=helper").text
        assert "the kitchen" in helpers
        assert spaced(strip) not in helpers
        assert spaced(day) not in helpers
        assert desk.post(f"/sheets/{people.zhang}/renew").status_code == 303
        assert spaced(strip) not in desk.get(f"/sheets/print?{WEEK}").text
        looks = db.session.query(AuditEvent).filter_by(action="print.visit_sheet", subject_id=str(people.zhang))
        assert looks.count() == 3


def test_the_grid_takes_the_good_rows_and_keeps_what_was_typed_in_the_others(
    app: Flask, sign_in: Any, statements: Any
) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        good = make.scheduled(people)
        bad = make.scheduled(people, 720, earliest_minute=720, latest_minute=780)
        strange = make.scheduled(people, 840, earliest_minute=840, latest_minute=845, minutes=60)
        later = make.scheduled(people, 1020, earliest_minute=1020, latest_minute=1080)
    with time_machine.travel(at(960), tick=False):
        desk = sign_in(new_client(app), people.broker.account_id)
        with statements(20):
            shown = desk.get(f"/slips?{WEEK}").text
        assert f'name="{good}-code"' in shown
        assert f'name="{later}-code"' not in shown  # to come
        typed = {
            f"{good}-done": "yes",
            f"{good}-start": "0905",
            f"{good}-minutes": "1:30",
            f"{good}-code": spaced(strip_code(visit(good))),
            f"{bad}-done": "",
            f"{bad}-start": "half past",
            f"{bad}-minutes": "45",
            f"{bad}-code": "123 456",
            "key": "one-form",
        }
        answer = desk.post(f"/slips?{WEEK}", data=typed)
        assert answer.status_code == 422
        assert "1 visit is credited." in answer.text
        assert 'value="half past"' in answer.text
        assert 'value="123 456"' in answer.text
        assert f'href="#cell-{bad}-start"' in answer.text
        assert visit(good).state is VisitState.CREDITED
        assert (visit(good).check_in_at, visit(good).minutes_actual) == (at(545), 90)
        typed |= {f"{bad}-start": "12:10"}
        answer = desk.post(f"/slips?{WEEK}", data=typed)
        assert "a digit is wrong" in answer.text
        assert make.balance(people.xu).posted == 90  # sent again, not doubled
        balance = make.balance(people.xu).posted
        typed |= {f"{bad}-code": strip_code(visit(bad))}
        assert desk.post(f"/slips?{WEEK}", data=typed).headers["Location"].endswith(f"/slips?{WEEK}")
        assert make.balance(people.xu).posted == balance + 45
        wrong = {f"{strange}-start": "1400", f"{strange}-minutes": "60", f"{strange}-code": strip_code(visit(later))}
        assert desk.post(f"/slips?{WEEK}", data=wrong).status_code == 303
        assert "on the strip of the visit to 张建国, Tue 2026-11-24 17:00" in desk.get(f"/slips?{WEEK}").text
        nothing = desk.post(f"/slips?{WEEK}", data={f"{later}-done": "maybe", f"{later}-start": ""})
        assert nothing.status_code == 422


def test_a_row_whose_visit_was_called_off_meanwhile_is_said_with_what_was_typed(app: Flask, sign_in: Any) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        gone, entered = make.scheduled(people), make.scheduled(people, 720, earliest_minute=720, latest_minute=780)
        code = strip_code(visit(gone))
    with time_machine.travel(at(960), tick=False):
        desk = sign_in(new_client(app), people.broker.account_id)
        row = {f"{entered}-done": "yes", f"{entered}-start": "12:10", f"{entered}-minutes": "45"}
        assert (
            desk.post(f"/slips?{WEEK}", data=row | {f"{entered}-code": strip_code(visit(entered))}).status_code == 303
        )
        cancel_visit(people.broker, gone, "fell ill")
        row |= {f"{gone}-done": "yes", f"{gone}-start": "9:05", f"{gone}-minutes": "90", f"{gone}-code": code}
        answer = desk.post(f"/slips?{WEEK}", data=row)
        alarm = answer.text.partition('class="error-summary"')[2].partition("</div>")[0]
        assert answer.status_code == 422
        assert f'href="/visits/{gone}"' in alarm
        assert f"Yes · 9:05 · 90 · {code}" in alarm
        assert f'href="/visits/{entered}"' in alarm
        assert "#cell-" not in alarm


def test_a_call_from_the_recipients_landline_begins_and_ends_the_visit(app: Flask, sign_in: Any) -> None:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        people = make.cast()
        visit_id = make.scheduled(people)
    with time_machine.travel(at(545), tick=False):
        desk = sign_in(new_client(app), people.broker.account_id)
        typed = {"recipient": "zhangjianguo", "code": "000001", "said": "arrived", "minute": "", "break_minutes": ""}
        assert "a digit is wrong" in desk.post("/calls/landline", data=typed).text
        typed |= {"code": strip_code(visit(visit_id))}
        answer = desk.post("/calls/landline", data=typed)
        assert (answer.status_code, "Tries left: 4." in answer.text) == (422, True)
        typed |= {"code": spaced(day_code(visit(visit_id))), "minute": "09:01"}
        assert desk.post("/calls/landline", data=typed).headers["Location"].endswith(f"/visits/{visit_id}")
        assert "by telephone" in desk.get(f"/visits/{visit_id}").text
        assert (visit(visit_id).state, visit(visit_id).check_in_at) == (VisitState.IN_PROGRESS, at(541))
    with time_machine.travel(at(660), tick=False):
        sign_in(desk, people.broker.account_id)
        typed |= {"said": "leaves", "minute": "", "break_minutes": "10"}
        assert desk.post("/calls/landline", data=typed).status_code == 303
        assert visit(visit_id).minutes_actual == 109
