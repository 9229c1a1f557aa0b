"""Monthly hours for key elders, and gifts to the community pot (domain.md C3.5, F3, C8.7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from tests.factories import town
from tests.factories.exchange_volunteers import elder, volunteer
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, Refused
from timebank.core.parameters import Parameter
from timebank.exchange.models.volunteers import ElderGrant
from timebank.exchange.queries import grants as queries
from timebank.exchange.queries.schemes import scheme, scheme_for
from timebank.exchange.rules.grants import Basis
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.exchange.service import grants as service
from timebank.exchange.service.grants import Donation
from timebank.ledger import queries as balances
from timebank.ledger import service as ledger
from timebank.notices.models import Notice

JOB = Actor.system("grants")
NOVEMBER = datetime(2026, 11, 1, 0, 10, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 1, 0, 10, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("app")


def on_account(kind: str, owner: int) -> int:
    account = balances.account_of(3201, kind, owner)
    return balances.balance(3201, account).posted if account is not None else 0


def give_hours(person_id: int, minutes: int, kind: str = "member") -> int:
    account = ledger.ensure_account(3201, kind, person_id)
    issued = ledger.ensure_account(3201, "issued", 1, floor=None)
    ledger.post(3201, issued, account, minutes, key=f"gift:{person_id}:{kind}", purpose="visit", actor=JOB)
    return account


@time_machine.travel(NOVEMBER, tick=False)
def test_key_elders_get_their_hours_once_a_month() -> None:
    places = town.town()
    old, young = elder(), elder("李奶奶", age=79)
    first = service.run_month(JOB)
    assert (first.given, first.minutes) == (1, 240)
    assert service.run_month(JOB).given == 0
    assert on_account("grant", old) == 240
    assert on_account("grant", young) == 0
    assert on_account("fund", places.nanjing) == -240
    assert queries.fund(scheme(places.nanjing)).owed_minutes == 240
    told = db.session.query(Notice).filter_by(kind="grant_given").one()
    assert told.facts["granted_minutes"] == 240


def test_what_is_not_used_goes_back_but_what_is_on_hold_stays() -> None:
    places = town.town()
    old = elder()
    with time_machine.travel(NOVEMBER, tick=False):
        service.run_month(JOB)
        account = ledger.ensure_account(3201, "grant", old)
        helper = give_hours(volunteer(), 10)
        ledger.post(3201, account, helper, 60, key="visit:1", purpose="visit", actor=JOB)
        expires = NOVEMBER + timedelta(days=60)
        hold = ledger.hold(3201, account, helper, 90, key="h", expires_at=expires, purpose="visit", actor=JOB)
    with time_machine.travel(DECEMBER, tick=False):
        run = service.run_month(JOB)
        assert (run.ended, run.returned_minutes, run.given) == (1, 90, 1)
        assert service.run_month(JOB).ended == 0
        assert on_account("grant", old) == 90 + 240
        ledger.capture(3201, hold.id, key="c", actor=JOB)
        assert on_account("grant", old) == 240
    rows = db.session.query(ElderGrant).order_by(ElderGrant.month).all()
    assert [(row.month, row.minutes, row.returned_minutes) for row in rows] == [
        ("2026-11", 240, 90),
        ("2026-12", 240, None),
    ]
    assert on_account("fund", places.nanjing) == -240 - 240 + 90


def test_where_grants_add_up_nothing_goes_back() -> None:
    places = town.town()
    old = elder()
    db.session.add(
        Parameter(key="tb.grant_cumulative", scope=f"scheme:{places.yaohua}", valid_from=date(2026, 1, 1), value=True)
    )
    db.session.commit()
    with time_machine.travel(NOVEMBER, tick=False):
        service.run_month(JOB)
    with time_machine.travel(DECEMBER, tick=False):
        service.run_month(JOB)
    assert on_account("grant", old) == 480


@time_machine.travel(NOVEMBER, tick=False)
def test_two_runs_at_once_give_once(at_once) -> None:
    town.town()
    old = elder()
    runs = at_once(*[lambda: service.run_month(JOB) for _ in range(4)])
    assert sum(run.given for run in runs) == 1
    assert on_account("grant", old) == 240


@time_machine.travel(NOVEMBER, tick=False)
def test_assistance_answers_who_receives_dibao(monkeypatch: pytest.MonkeyPatch) -> None:
    town.town()
    poor = town.person("王奶奶", birth_date=date(1960, 1, 1), lives_alone=True, self_care="partial")
    monkeypatch.setattr(
        queries.hooks, "ask", lambda question, **facts: [(person, "dibao") for person in facts["person_ids"]]
    )
    rule = {"alone_from_age": 80, "poor_from_age": 60, "poor_category": "dibao"}
    [found] = queries.key_elders(town.NANJING, date(2026, 11, 1), rule)
    assert (found.person_id, found.basis) == (poor, Basis.POOR_DISABLED_ALONE)


def test_somebody_put_on_the_list_by_hand_counts_from_the_next_month() -> None:
    town.town()
    person_id = town.person("刘伯", birth_date=date(1960, 1, 1))
    with time_machine.travel(NOVEMBER + timedelta(days=4), tick=False):
        with pytest.raises(NotAllowed):
            service.list_key_elder(town.broker(), person_id, "Child abroad for a year")
        with pytest.raises(Refused, match="reason_needed"):
            service.list_key_elder(town.operator(), person_id, " ")
        listing = service.list_key_elder(town.operator(), person_id, "Child abroad for a year")
        with pytest.raises(Refused, match="already_listed"):
            service.list_key_elder(town.operator(), person_id, "Child abroad for a year")
        assert service.run_month(JOB).given == 0
    with time_machine.travel(DECEMBER, tick=False):
        assert service.run_month(JOB).given == 1
        service.remove_key_elder(town.operator(), listing, "The child is back")
        assert queries.listings(town.operator()) == []


def test_a_gift_goes_to_the_pot_and_never_more_than_there_is() -> None:
    places = town.town()
    person_id = volunteer()
    give_hours(person_id, 100)
    member = town.member(person_id)
    service.donate(member, Donation(person_id, 60, "For neighbours"), key="once")
    service.donate(member, Donation(person_id, 60, "For neighbours"), key="once")
    assert on_account("member", person_id) == 40
    assert on_account("pot", places.yaohua) == 60
    with pytest.raises(Refused, match="donation_too_large") as refused:
        service.donate(member, Donation(person_id, 41))
    assert refused.value.facts["available_minutes"] == 40
    with pytest.raises(Refused, match="donation_minutes"):
        service.donate(member, Donation(person_id, 0))
    with pytest.raises(NotAllowed):
        service.donate(town.member(town.person()), Donation(person_id, 1))
    [pot] = queries.pots([scheme_for(town.YAOXIN)])
    assert (pot.posted, pot.available) == (60, 60)


def test_a_group_gives_from_its_own_account() -> None:
    places = town.town()
    group = volunteer("绿叶小组", kind=VolunteerKind.GROUP)
    give_hours(group, 100, "group")
    service.donate(town.member(group), Donation(group, 100))
    assert on_account("group", group) == 0
    assert on_account("pot", places.yaohua) == 100


def test_stars_count_what_was_earned_and_forget_what_was_reversed() -> None:
    places = town.town()
    person_id = volunteer()
    account = give_hours(person_id, 6000)
    other = give_hours(volunteer("别人"), 5000)
    today = date(2026, 11, 23)
    assert queries.stars_of(person_id, scheme(places.yaohua), today).count == 1
    ledger.post(3201, account, other, 3000, key="spent", purpose="visit", actor=JOB)
    assert queries.stars_of(person_id, scheme(places.yaohua), today).minutes == 6000
    extra = ledger.post(3201, other, account, 600, key="more", purpose="visit", actor=JOB)
    assert queries.stars_of(person_id, scheme(places.yaohua), today).minutes == 6600
    ledger.reverse(3201, extra.id, key="back", reason="Not true", actor=JOB)
    assert queries.stars_of(person_id, scheme(places.yaohua), today).minutes == 6000


def test_lists_of_grants_stay_in_the_own_area(app: Flask) -> None:
    town.town()
    elder()
    elder("远方", town.BINHUAI)
    with time_machine.travel(NOVEMBER, tick=False):
        assert service.run_month(JOB).given == 2
    assert len(queries.grants(town.operator(), "2026-11").items) == 2
    [row] = queries.grants(town.broker(), "2026-11").items
    assert (row.name, row.left, row.state) == ("张桂英", 240, "granted")
    assert queries.month_sums(town.broker(), "2026-11").minutes == 240
    assert queries.grants(town.outsider(), "2026-11").items == []
