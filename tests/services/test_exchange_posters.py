"""The poster of open requests: what is wanted, roughly where and when, and nothing about anybody."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from tests.conftest import in_language, new_client
from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_visits import Cast
from tests.pdf_text import embedded_fonts, pages
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.core.parameters import Parameter
from timebank.exchange.files_posters import poster_pdf
from timebank.exchange.models import ServiceType
from timebank.exchange.queries import posters as queries
from timebank.exchange.rules.parameters import GROUPS
from timebank.exchange.rules.posters import ON_A_WALL, PAPERS
from timebank.exchange.service import offers, requests
from timebank.people.models import Person
from timebank.territory.models import Duty, Level, Responsibility, Territory

PRIVATE = {
    "name": "欧阳秘密",
    "address": "保密大道88号904室",
    "phone": "13987654321",
    "door_note": "钥匙在邻居家",
    "safety_note": "糖尿病,青霉素过敏",
    "note": "卧床",
}
NOTE = "she has diabetes and lives alone"
TOLD = ("bathing", "comfort", "emergency", "health", "legal", "medical_company")  # kinds of help that tell of somebody


@pytest.fixture
def people(app: Flask) -> Any:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        made = make.cast(60_000)
        person = db.session.get_one(Person, made.zhang)
        for name, value in PRIVATE.items():
            setattr(person, name, value)
        coordinator = town.person("协调员本人")
        db.session.add(
            Responsibility(
                territory_code=town.YAOXIN,
                duty=Duty.COORDINATOR,
                person_id=coordinator,
                phone="025-85551234",
                starts_on=date(2026, 1, 1),
            )
        )
        db.session.commit()
        yield made


def paper(app: Flask, language: str = "both", size: str = "a4", place: str = town.YAOXIN) -> bytes:
    with in_language(app, "en"):
        return poster_pdf(queries.poster(town.broker(), place), size, language)


def of_group(group: str) -> str:
    """A kind of help of the catalogue in this group."""
    found = db.session.query(ServiceType).filter_by(group=group).first()
    if found is None:
        found = ServiceType(code=f"x_{group}", name_zh=f"服务{group}", name_en=f"Service {group}", group=group)
        db.session.add(found)
        db.session.commit()
    return found.code


def test_no_word_about_a_person_is_on_the_poster(app: Flask, people: Cast) -> None:
    make.published(people, note=NOTE, helper_sex="F", language="zh-nanjing", urgent=True, address="保密大道88号904室")
    helper = db.session.get_one(Person, people.xu)
    found = queries.poster(town.broker(), town.YAOXIN)
    assert [(line.service_en, line.community) for line in found.lines]
    with in_language(app, "en"):
        page = sign_page(app)
    for text in (*pages(paper(app)), *pages(paper(app, "zh", "a3", town.YAOHUA)), page, str(found)):
        squeezed = re.sub(r"\s", "", text)
        for secret in (*PRIVATE.values(), NOTE, helper.name, "协调员本人", "diabetes", "糖尿病", "904", "T000001"):
            assert re.sub(r"\s", "", secret) not in squeezed, secret
        assert not re.search(r"1[3-9]\d{9}", squeezed), "no mobile phone"


def sign_page(app: Flask) -> str:
    from timebank.access.queries import session_values

    client = new_client(app)
    with client.session_transaction() as session:
        session.update(session_values(town.account_of(town.broker())))
    shown: str = client.get(f"/poster?place={town.YAOXIN}").text
    return shown.split("<main", 1)[1].split("</main>", maxsplit=1)[0]


def test_kinds_of_help_that_tell_of_health_or_troubles_never_hang_on_a_wall(app: Flask, people: Cast) -> None:
    assert not set(TOLD) & set(ON_A_WALL)
    assert set(ON_A_WALL) <= set(GROUPS)
    scope = f"scheme:{people.scheme}"
    wide = [*ON_A_WALL, *TOLD]  # written past the page that would refuse it
    db.session.add(
        Parameter(key="tb.poster_groups", scope=scope, valid_from=date(2026, 1, 1), value=wide, source="test")
    )
    db.session.commit()
    for group in TOLD:
        make.published(people, service_code=of_group(group), minutes=60)
    assert queries.poster(town.broker(), town.YAOXIN).lines == []
    make.published(people)
    assert len(queries.poster(town.broker(), town.YAOXIN).lines) == 1


def test_only_what_still_looks_for_a_helper_in_the_coming_days_is_wanted(app: Flask, people: Cast) -> None:
    waits = make.published(people, earliest_minute=840, latest_minute=840)
    make.scheduled(people)
    make.published(people, first_day=make.TUESDAY + timedelta(days=20))
    requests.submit_request(people.broker, make.cleaning(people.zhang, earliest_minute=480, latest_minute=480))
    (line,) = queries.poster(town.broker(), town.YAOXIN).lines
    assert (line.day, line.earliest, line.minutes, line.visits) == (make.TUESDAY, 840, 120, 1)
    visit = make.visits_of(waits)[0]
    offers.offer_visit(people.broker, visit, people.xu, make.at(840))
    assert len(queries.poster(town.broker(), town.YAOXIN).lines) == 1, "asked is not yet taken"
    assert queries.poster(town.broker(), town.YAOHUA_COMMUNITY).lines == []


def test_wishes_that_are_alike_are_one_line_of_the_community_never_of_a_grid(app: Flask, people: Cast) -> None:
    grid = f"{town.YAOXIN}003"
    db.session.add(Territory(code=grid, name="尧新三网格", level=Level.GRID, parent_code=town.YAOXIN))
    db.session.commit()
    neighbour = town.person("李秀兰", grid)
    make.give_hours(neighbour, 6_000)
    make.published(people)
    requests.approve_request(people.broker, requests.submit_request(people.broker, make.cleaning(neighbour)))
    (line,) = queries.poster(town.broker(), town.YAOHUA).lines
    assert (line.visits, line.community) == (2, "尧新社区")


def test_the_sheet_says_what_where_when_and_how_to_answer_in_each_language(app: Flask, people: Cast) -> None:
    make.published(people, weekdays="0123456", last_day=make.TUESDAY + timedelta(days=11))
    lines = queries.poster(town.broker(), town.YAOXIN).lines
    assert len(lines) > PAPERS["a3"]
    for size in PAPERS:
        (chinese,), (english,), (both,) = (pages(paper(app, language, size)) for language in ("zh", "en", "both"))
        assert "\ufffd" not in chinese + english + both
        assert "025-85551234" in chinese
        assert "025-85551234" in english
        assert lines[0].service_zh in chinese
        assert lines[0].service_en in english
        assert all(name in both for name in (lines[0].service_zh, lines[0].service_en))
        assert "尧新社区" in english
        assert "2026-11-24" in english
        assert "09:00–10:00" in english
        assert str(len(lines) - PAPERS[size]) in english
    assert embedded_fonts(paper(app))


def test_another_streets_coordinator_makes_no_poster_here(app: Flask, people: Cast) -> None:
    assert town.YAOXIN in queries.places(town.broker())
    assert town.YAOXIN not in queries.places(town.outsider())
    assert list(queries.places(town.social_worker(town.YAOXIN))) == [town.YAOXIN], "not the street around it"
    assert queries.places(town.social_worker(town.TIANJIN_CITY)) == {}, "no time bank there"
    for stranger in (town.outsider(), town.clerk(), town.member(people.zhang)):
        with pytest.raises(NotFound):
            queries.poster(stranger, town.YAOXIN)
    for nowhere in ("", "3201", "320113001999", town.QIXIA):
        with pytest.raises(NotFound):
            queries.poster(town.operator(), nowhere)
