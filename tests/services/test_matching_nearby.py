"""Suggestions in a large town are those of asking the rules about everybody (both databases)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from unittest import mock

import pytest
import time_machine
from sqlalchemy import delete, select, update

from tests.factories import crowd, town
from tests.factories import matching as helpers
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import (
    AskedBy,
    BlockedPair,
    ServiceRequest,
    SkillPlace,
    Visit,
    VisitState,
    Volunteer,
    VolunteerPlace,
    VolunteerSkill,
)
from timebank.exchange.queries.volunteers import HelperInfo, helpers_for
from timebank.matching.queries import OutFilter, around, outside, squares, suggestions
from timebank.matching.queries import series as series_days
from timebank.matching.queries.calendars import candidates
from timebank.matching.queries.candidates import GONE, Candidates, Promise, place_of
from timebank.matching.queries.series import dated, series_fit
from timebank.matching.queries.visits import VisitNeed, series, visit_need
from timebank.matching.rules.model import Broken
from timebank.matching.rules.ranking import could, rank
from timebank.people.models import Person
from timebank.people.service import set_household
from timebank.people.service.commands import Joining
from timebank.territory.models import Territory

SUMS = ("day_minutes", "week_minutes", "month_minutes", "visits_this_week")
DAYS = (helpers.TUESDAY, date(2026, 11, 28), date(2027, 1, 1))  # a weekday, a Saturday, a public holiday


@pytest.fixture(autouse=True)
def _monday(app: object) -> Iterator[None]:
    with time_machine.travel(helpers.NOON_BEFORE, tick=False):
        town.town()
        yield


def _visits(city: crowd.City, rng: random.Random, number: int) -> Iterator[int]:
    """Visits of all kinds: services, wishes, days, windows, places; some at a place nobody knows."""
    for place, recipient in enumerate(rng.sample(city.recipients, number)):
        window = rng.choice(((8, 9), (7, 18), (13, 13), (18, 20)))
        wishes = {"helper_sex": rng.choice((None, None, "F")), "language": rng.choice((None, None, "zh-nanjing"))}
        facts = {"service": rng.choice(city.services), "day": rng.choice(DAYS), "minutes": rng.choice((30, 60, 120))}
        facts["weeks"] = 1 if place % 3 else 4
        visit_id = helpers.visit(recipient, window=window, **facts, **wishes)
        person = db.session.get_one(Person, recipient)
        request_id = db.session.get_one(Visit, visit_id).request_id
        in_it = Visit.request_id == request_id
        db.session.execute(update(Visit).where(in_it).values(territory_code=person.territory_code))
        request = db.session.get_one(ServiceRequest, request_id)
        request.lat, request.lon = person.lat, person.lon
        yield visit_id
    db.session.commit()


def _everybody(found: VisitNeed) -> list[HelperInfo]:
    """All helpers of the city whose home is known, and of the street's also the others."""
    infos = helpers_for(scopes=["3201"], states=around.STATES, exceptions_from=found.occasion.day)
    street = found.territory_code[:9]
    return [
        info
        for info in infos
        if info.territory_code.startswith(street) or (info.lat is not None and found.origin is not None)
    ]


def _who(found: VisitNeed, infos: list[HelperInfo]) -> Candidates:
    """With the calendars that the exchange reads."""
    return replace(candidates(found, infos, found.occasion.day), infos=tuple(infos))


def _keep_some_apart(city: crowd.City, rng: random.Random) -> None:
    """Some recipients live with a helper, and some do not want one to come again."""
    for recipient in list(city.recipients)[:10]:
        pair = {"helper_id": rng.choice(city.helpers), "recipient_id": recipient, "asked_by": AskedBy.RECIPIENT}
        db.session.add(BlockedPair(**pair, reason=""))
    db.session.commit()
    for recipient in list(city.recipients)[10:14]:
        set_household(Actor.system("tests"), recipient, Joining(rng.choice(city.helpers), "spouse"))


def _compare_pages(broker: Actor, visit_id: int, scanned: dict[int, tuple[Broken, ...]]) -> None:
    """Page after page, everybody who is out comes once, with every reason the rules have."""
    seen: list[int] = []
    after: int | None = None
    while True:
        page = outside(broker, visit_id, after=after, limit=70).page
        assert all(one.broken == scanned[one.person_id] for one in page.items)
        seen += [one.person_id for one in page.items]
        if page.next is None:
            break
        after = int(page.next)
    assert len(seen) == len(set(seen)) == page.total


def _looked_at(found: VisitNeed, info: HelperInfo) -> bool:
    home = place_of(info.lat, info.lon, found.origin)
    if info.territory_code.startswith(found.territory_code[:9]) or home is None:
        return True
    near = max(abs(home.x), abs(home.y)) <= squares.AROUND_M + squares.SLACK_M
    return near or squares.WALKING.walk_m(home, place_of(*found.origin, found.origin)) <= info.max_distance_m  # type: ignore[misc, arg-type]


def _series_scan(found: VisitNeed, infos: list[HelperInfo]) -> list[tuple[int, float, int]]:
    """Everybody who can do the first visit, tried for the whole series: who can do more of it first."""
    occasions = series(found)
    day = found.occasion.day
    who = replace(candidates(found, infos, occasions[-1].day), infos=tuple(infos))
    ranked = could((who.on(info, found, day) for info in infos), found.need, squares.WALKING)
    known = {info.person_id: info for info in infos}
    days = dated(found, occasions)
    quick = [series_fit(known[one.helper.id], found, who, days, one.start.at) for one in ranked]
    with mock.patch.object(series_days, "_plainly", return_value=False):  # asks every rule about every day
        whole = [series_fit(known[one.helper.id], found, who, days, one.start.at) for one in ranked]
    assert quick == whole
    fits = {one.helper.id: fit.fits for one, fit in zip(ranked, whole, strict=True)}
    in_order = sorted(ranked, key=lambda one: -fits[one.helper.id])
    return [(one.helper.id, one.total, fits[one.helper.id]) for one in in_order]


def _promised(person: int, besides: int) -> list[Promise]:
    """Every visit of a helper by itself, as the table has it."""
    visits = db.session.scalars(
        select(Visit).where(Visit.volunteer_id == person, Visit.id != besides, Visit.starts_at.is_not(None))
    )
    return [
        Promise(
            one.id,
            one.starts_at,
            one.minutes_credited or one.minutes_planned,
            None,
            None,
            one.state is VisitState.SCHEDULED,
        )
        for one in visits
        if one.starts_at is not None and one.state not in GONE
    ]


def test_what_was_promised_adds_up_on_each_day_of_a_series() -> None:
    """Whether a month, a week or both began between two visits."""
    city = crowd.build(crowd.Crowd(helpers=40, recipients=3, past_visits=12, promised=0.9, seed=5))
    for day in (date(2026, 11, 24), date(2026, 12, 1), date(2026, 12, 3)):
        visit_id = helpers.visit(city.recipients[0], day=day, weeks=3)
        found = visit_need(town.operator(), visit_id)
        occasions = series(found)
        infos = helpers_for(scopes=["3201"], states=around.STATES, exceptions_from=day)
        who = candidates(found, infos, occasions[-1].day)
        for info in infos:
            alone = {info.person_id: _promised(info.person_id, visit_id)}
            naive = replace(who, promises=alone)
            for one in occasions:
                ours, theirs = (each.on(info, found, one.day) for each in (who, naive))
                assert [getattr(ours, name) for name in SUMS] == [getattr(theirs, name) for name in SUMS]
                assert [(stop.start, stop.end) for stop in ours.busy] == [
                    (stop.start, stop.end) for stop in theirs.busy
                ]


@pytest.mark.parametrize("seed", [1, 3])
def test_the_ranking_is_that_of_a_full_scan_and_the_counts_are_those_of_all_who_are_looked_at(seed: int) -> None:
    rng = random.Random(seed)
    mixed = {"without_place": 0.15, "far_walkers": 0.1, "promised": 0.9, "services": ("cleaning", "bathing", "company")}
    city = crowd.build(crowd.Crowd(helpers=240, recipients=30, per_community=20, seed=seed, **mixed))  # type: ignore[arg-type]
    db.session.execute(
        update(Territory).where(Territory.code.in_(rng.sample(city.codes, 3))).values(lat=None, lon=None)
    )
    _keep_some_apart(city, rng)
    broker = town.operator()
    met = Counter[str]()
    for number, visit_id in enumerate(list(_visits(city, rng, 12))):
        found = visit_need(broker, visit_id)
        infos = _everybody(found)
        who = _who(found, infos)
        scan = rank((who.on(info, found, found.occasion.day) for info in infos), found.need, squares.WALKING)
        got = suggestions(broker, visit_id, top=200, by_series=False)
        assert [(one.person_id, one.total, one.parts) for one in got.ranked] == [
            (one.helper.id, one.score.total, one.score.parts) for one in scan.suitable
        ]
        assert got.suitable == len(scan.suitable)
        looked_at = {info.person_id for info in infos if _looked_at(found, info)}
        first = Counter(one.broken[0].rule for one in scan.out if one.helper.id in looked_at)
        out = outside(broker, visit_id)
        assert dict(out.by_rule) == first
        assert (out.suitable, out.looked_at) == (len(scan.suitable), len(looked_at))
        met.update(first, suitable=len(scan.suitable))
        if found.weekly:
            whole = suggestions(broker, visit_id, top=10)
            assert [(one.person_id, one.total, one.series_fits) for one in whole.ranked] == _series_scan(found, infos)[
                :10
            ]
            met.update(series=1, part=any(1 < one.series_fits < 4 for one in whole.ranked))
        if number % 4 == 0:
            _compare_pages(broker, visit_id, {one.helper.id: one.broken for one in scan.out})
    assert met["suitable"] >= 10
    assert met["series"] == 4
    assert met["part"] >= 1
    assert {"too_far", "no_skill", "not_free", "overlaps", "weekly_cap", "language_wish", "sex_wish"} <= met.keys()


def _homes(
    kind: type[VolunteerPlace] | type[SkillPlace], volunteer: int
) -> list[tuple[float | None, float | None, int]]:
    found = db.session.execute(select(kind.lat, kind.lon, kind.reach_m).where(kind.person_id == volunteer))
    return [(lat, lon, reach) for lat, lon, reach in found]


def test_a_home_that_moves_is_found_where_it_is_now() -> None:
    """Whoever writes: the registry, the territory or the volunteer."""
    volunteer = helpers.volunteer("搬家", east_m=0)

    def place() -> tuple[float | None, float | None, int]:
        of_skills = _homes(SkillPlace, volunteer)
        assert of_skills == _homes(VolunteerPlace, volunteer) * len(of_skills)
        assert len(of_skills) == 2
        return of_skills[0]

    db.session.add(VolunteerSkill(volunteer_id=volunteer, service_code="cooking"))
    db.session.commit()
    assert place() == (*helpers.DOOR, 1000)
    db.session.get_one(Volunteer, volunteer).max_distance_m = 3000
    db.session.get_one(Person, volunteer).lat = None
    db.session.commit()
    assert place() == (32.1160, 118.8870, 3000)  # the community's point
    db.session.get_one(Territory, town.YAOXIN).lat = None
    db.session.commit()
    assert place() == (32.1130, 118.8830, 3000)  # the street's
    db.session.get_one(Territory, town.YAOHUA).lat = 32.2
    db.session.commit()
    assert place() == (32.2, 118.8830, 3000)
    db.session.get_one(Volunteer, volunteer).territory_code = town.WULAOCUN_COMMUNITY
    db.session.commit()
    assert place() == (32.0368, 118.7932, 3000)
    db.session.execute(delete(VolunteerSkill).where(VolunteerSkill.volunteer_id == volunteer))
    db.session.commit()
    assert _homes(SkillPlace, volunteer) == []


def test_who_is_out_is_found_by_reason_and_by_name(in_english: None) -> None:
    person = town.person("张大爷")
    visit_id = helpers.visit(person)
    cook = helpers.volunteer("厨师", skills={"cooking": True}, east_m=300)
    nearer = helpers.volunteer("近厨", skills={"cooking": True}, east_m=100)
    late = helpers.volunteer("晚来", hours=(10, 12))
    broker = town.broker()
    everybody = outside(broker, visit_id)
    assert [one.person_id for one in everybody.page.items] == [
        late,
        nearer,
        cook,
    ]  # whom least keeps out, then the nearer
    assert dict(everybody.by_rule) == {"no_skill": 2, "not_free": 1}
    by_rule = outside(broker, visit_id, OutFilter(rule="no_skill"))
    assert [one.person_id for one in by_rule.page.items] == [nearer, cook]
    assert [one.metres for one in by_rule.page.items] == [130, 390]
    assert [one.person_id for one in outside(broker, visit_id, OutFilter(text="厨师")).page.items] == [cook]
    assert [one.person_id for one in outside(broker, visit_id, OutFilter("no_skill", "晚")).page.items] == []


def test_easiest_to_bring_in_is_whom_something_would_help() -> None:
    visit_id = helpers.visit(town.person("张大爷"))
    never = helpers.volunteer("不来", hours=None, east_m=10)
    late = helpers.volunteer("晚来", hours=(10, 12), east_m=200)
    cook = helpers.volunteer("厨师", skills={"cooking": True}, hours=(10, 12), east_m=5)
    found = outside(town.broker(), visit_id)
    assert [one.person_id for one in found.page.items] == [never, late, cook]  # the nearer first
    assert [one.person_id for one in found.easiest] == [late, never, cook]


def test_helpers_further_away_are_a_number() -> None:
    visit_id = helpers.visit(town.person("张大爷"))
    helpers.volunteer("远街", territory=town.WULAOCUN_COMMUNITY, east_m=9000)
    walker = helpers.volunteer("健步", territory=town.WULAOCUN_COMMUNITY, east_m=9000, max_distance_m=15_000)
    helpers.volunteer("天津", territory=town.SHUANGGANG, east_m=0)  # another city's time bank
    found = outside(town.broker(), visit_id)
    assert (found.suitable, found.looked_at, found.further) == (1, 1, 1)
    assert [one.person_id for one in suggestions(town.broker(), visit_id).ranked] == [walker]


def test_at_a_place_nobody_knows_the_street_is_asked(in_english: None) -> None:
    db.session.execute(update(Territory).values(lat=None, lon=None))
    person = town.person("张大爷")
    visit_id = helpers.visit(person)
    visit = db.session.get_one(Visit, visit_id)
    request = db.session.get_one(ServiceRequest, visit.request_id)
    request.lat = request.lon = None
    db.session.get_one(Person, person).lat = None
    db.session.commit()
    mine = helpers.volunteer("同街", east_m=30_000)
    helpers.volunteer("邻街", territory=town.WULAOCUN_COMMUNITY, east_m=0)
    assert [one.person_id for one in suggestions(town.broker(), visit_id).ranked] == [mine]


def test_somebody_who_moved_into_another_record_is_one_person() -> None:
    kept, merged = helpers.volunteer("甲"), helpers.volunteer("甲的旧记录")
    db.session.get_one(Person, merged).merged_into_id = kept
    db.session.commit()
    assert [one.person_id for one in suggestions(town.broker(), helpers.visit(town.person("张大爷"))).ranked] == [kept]
