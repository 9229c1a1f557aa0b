"""Accounts, roles for a territory and a time, signing in."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.conftest import Counter
from tests.factories.town import (
    NANJING,
    QIXIA,
    WULAOCUN,
    YAOHUA,
    YAOXIN,
    account_of,
    admin,
    broker,
    nobody,
    outsider,
    person,
    staff,
    town,
)
from timebank.access import queries, service
from timebank.access.models import Account, ApiToken
from timebank.access.rules.roles import Role
from timebank.access.service import NewAccount
from timebank.core.authority import Actor
from timebank.core.command import CommandRecord
from timebank.core.db import db
from timebank.core.errors import NotAllowed, Refused
from timebank.core.types import blind_index

SYSTEM = Actor.system("test")
PASSWORD = "the moon is out"
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def xu(**facts: object) -> int:
    given: dict[str, object] = {"sign_in_name": "xu.mei", "display_name": "徐梅", "password": PASSWORD, **facts}
    return service.create_account(SYSTEM, NewAccount(**given))  # type: ignore[arg-type]


def refusal(name: str, password: str = "wrong password", address: str = "10.0.0.1") -> Refused:
    with pytest.raises(Refused) as caught:
        service.sign_in(name, password, address)
    return caught.value


# -- signing in


def test_one_signs_in_by_name_in_any_case(app: Flask) -> None:
    account = xu()
    assert service.sign_in(" Xu.Mei ", PASSWORD, "10.0.0.1").id == account


def test_one_signs_in_by_phone_and_by_member_number(app: Flask) -> None:
    town()
    mei = person("徐梅", phone_hash=blind_index("phone", "+8613800138000"))
    account = xu(person_id=mei)
    assert service.sign_in("138 0013 8000", PASSWORD, "10.0.0.1").id == account
    assert service.sign_in("t000001", PASSWORD, "10.0.0.1").id == account


def test_a_phone_that_two_people_share_signs_nobody_in(app: Flask) -> None:
    town()
    phone = blind_index("phone", "+8613800138000")
    xu(person_id=person("徐梅", phone_hash=phone))
    xu(sign_in_name="xu.lan", person_id=person("徐兰", phone_hash=phone))
    assert refusal("13800138000", PASSWORD).code == "sign_in_wrong"


def test_an_unknown_name_gets_the_same_answer_as_a_wrong_password(app: Flask) -> None:
    xu()
    assert refusal("xu.mei").code == refusal("somebody").code == "sign_in_wrong"
    for _ in range(4):
        refusal("xu.mei")
        refusal("somebody")
    assert refusal("xu.mei").code == refusal("somebody").code == "sign_in_wait"


def test_after_five_wrong_passwords_even_the_right_one_waits(app: Flask) -> None:
    account = xu()
    with time_machine.travel(MORNING, tick=False) as time:
        for _ in range(5):
            refusal("xu.mei")
        error = refusal("xu.mei", PASSWORD)
        assert (error.code, error.facts) == ("sign_in_wait", {"until": MORNING + timedelta(minutes=15)})
        time.shift(timedelta(minutes=15))
        assert service.sign_in("xu.mei", PASSWORD, "10.0.0.1").id == account


def test_the_count_does_not_start_anew_with_another_way_to_name_the_account(app: Flask) -> None:
    town()
    xu(person_id=person("徐梅", phone_hash=blind_index("phone", "+8613800138000")))
    for name in ("xu.mei", "T000001", "13800138000", "XU.MEI", "+86 138 0013 8000"):
        refusal(name)
    assert refusal("xu.mei", PASSWORD).code == "sign_in_wait"


def test_one_address_cannot_try_thirty_names(app: Flask) -> None:
    xu()
    for number in range(30):
        refusal(f"name{number}", address="10.9.9.9")
    assert refusal("xu.mei", PASSWORD, "10.9.9.9").code == "sign_in_wait"
    service.sign_in("xu.mei", PASSWORD, "10.0.0.1")


def test_a_closed_account_does_not_sign_in(app: Flask) -> None:
    account = xu()
    service.close_account(admin(), account, "moved away")
    assert refusal("xu.mei", PASSWORD).code == "sign_in_wrong"
    assert queries.actor_of(account) is None
    service.reopen_account(admin(), account, "came back")
    service.sign_in("xu.mei", PASSWORD, "10.0.0.1")


def test_an_account_without_password_does_not_sign_in(app: Flask) -> None:
    xu(password=None)
    assert refusal("xu.mei", "").code == "sign_in_wrong"


# -- passwords


def test_a_password_is_in_no_table(app: Flask) -> None:
    service.create_account(SYSTEM, NewAccount("xu.mei", "徐梅", password=PASSWORD), key="k1")
    kept = db.session.scalar(select(Account.password_hash))
    assert kept.startswith("$argon2id$")
    again = service.create_account(SYSTEM, NewAccount("xu.mei", "徐梅", password="quite another"), key="k1")
    assert again == queries.account_of_person(0) or again  # the retry is recognised without the password
    assert PASSWORD not in str(db.session.scalars(select(CommandRecord.answer)).all())


def test_changing_the_password_needs_the_old_one_and_ends_other_sessions(app: Flask) -> None:
    account = xu()
    me = queries.actor_of(account)
    before = queries.session_values(account)
    with pytest.raises(Refused) as caught:
        service.set_password(me, account, "another long one", old="wrong")
    assert (caught.value.code, caught.value.field) == ("old_password_wrong", "old_password")
    service.set_password(me, account, "another long one", old=PASSWORD)
    assert queries.session_values(account) != before
    service.sign_in("xu.mei", "another long one", "10.0.0.1")


def test_a_password_given_out_must_be_changed(app: Flask) -> None:
    account = xu()
    password = service.reset_password(admin(), account)
    assert service.sign_in("xu.mei", password, "10.0.0.1").must_change_password
    service.set_password(queries.actor_of(account), account, "my own long one", old=password)
    assert not queries.account(account).must_change_password


# -- roles


@pytest.fixture
def places(app: Flask) -> None:
    town()


def roles_of(account: int) -> set[tuple[str, str]]:
    actor = queries.actor_of(account)
    return {(grant.role, grant.territory) for grant in actor.grants}


def grant(actor: Actor, account: int, role: str = "broker", territory: str = YAOHUA, **dates: date | None) -> int:
    starts, ends = dates.get("starts") or date(2026, 3, 1), dates.get("ends")
    return service.grant_role(actor, account, role, territory, starts, ends, "new coordinator")


@time_machine.travel(MORNING, tick=False)
def test_a_role_holds_from_its_first_to_its_last_day(places: None) -> None:
    account = xu()
    grant(admin(), account, starts=date(2026, 3, 3), ends=date(2026, 3, 4))
    seen = []
    for day in (2, 3, 4, 5):
        with time_machine.travel(MORNING.replace(day=day), tick=False):
            seen.append(bool(roles_of(account)))
    assert seen == [False, True, True, False]


@time_machine.travel(MORNING, tick=False)
def test_nobody_grants_more_than_the_territory_they_administer(places: None) -> None:
    account = xu()
    grant(admin(QIXIA), account)
    for wider in (NANJING, WULAOCUN, ""):
        with pytest.raises(NotAllowed):
            grant(admin(QIXIA), account, territory=wider)
    assert roles_of(account) == {("broker", YAOHUA)}


@time_machine.travel(MORNING, tick=False)
def test_nobody_grants_a_role_to_themself(places: None) -> None:
    me = admin()
    with pytest.raises(Refused) as caught:
        grant(me, account_of(me))
    assert caught.value.code == "own_account"


@time_machine.travel(MORNING, tick=False)
def test_a_role_is_not_granted_twice_at_one_time(places: None) -> None:
    account = xu()
    grant(admin(), account)
    with pytest.raises(Refused) as caught:
        grant(admin(), account, starts=date(2026, 6, 1))
    assert caught.value.code == "access_role_held"


@time_machine.travel(MORNING, tick=False)
def test_an_ended_role_is_gone_at_once(places: None) -> None:
    account = xu()
    held = grant(admin(), account)
    service.end_role(admin(), held, "left")
    assert roles_of(account) == set()


def test_a_reset_does_not_take_over_an_account_with_wider_roles(app: Flask) -> None:
    account = xu()
    staff(Role.AUDITOR, NANJING, "xu.mei")
    for act in (service.reset_password, lambda who, which: service.close_account(who, which, "no")):
        with pytest.raises(NotAllowed):
            act(admin(QIXIA), account)
    service.reset_password(admin(NANJING), account)


def test_only_those_who_administer_make_accounts_for_staff(app: Flask) -> None:
    for who in (broker(), nobody()):
        with pytest.raises(NotAllowed):
            service.create_account(who, NewAccount("new.one", "New", territory_code=YAOHUA))


def test_a_coordinator_makes_an_account_for_a_neighbour_but_not_elsewhere(app: Flask) -> None:
    town()
    mei = person("徐梅")
    with pytest.raises(NotAllowed):
        service.create_account(outsider(), NewAccount("xu.mei", "徐梅", person_id=mei))
    account = service.create_account(broker(), NewAccount("xu.mei", "徐梅", person_id=mei))
    assert queries.account_of_person(mei).id == account
    assert queries.account(account).territory_code == YAOXIN


def test_a_person_has_one_account(app: Flask) -> None:
    town()
    mei = person("徐梅")
    xu(person_id=mei)
    with pytest.raises(Refused) as caught:
        xu(sign_in_name="xu.mei2", person_id=mei)
    assert caught.value.code == "account_exists"


def test_who_holds_a_permission_for_a_place_is_found_around_it(app: Flask) -> None:
    broker()
    outsider()
    staff(Role.PLATFORM_OPERATOR, NANJING)
    names = [account.sign_in_name for account in queries.accounts_with("requests.approve", YAOXIN)]
    assert names == [f"broker-{YAOHUA}", f"platform_operator-{NANJING}"]


# -- tokens


def test_a_token_acts_for_its_account_until_it_expires_or_is_withdrawn(app: Flask) -> None:
    account = xu()
    with time_machine.travel(MORNING, tick=False) as time:
        token = service.issue_token(account, "reporting", 30)
        assert queries.actor_of_token(token).account_id == account
        assert queries.actor_of_token(token).channel == "api"
        time.shift(timedelta(days=30))
        assert queries.actor_of_token(token) is None
    other = service.issue_token(account, "phone", 30)
    service.withdraw_token(queries.actor_of(account), queries.tokens_of(account)[0].id)
    assert queries.actor_of_token(other) is None
    assert other not in db.session.scalars(select(ApiToken.digest)).all()


def test_who_asks_costs_one_statement_and_two_more_for_their_wards(app: Flask, statements: Counter) -> None:
    town()
    account = xu(person_id=person("徐梅"))
    worker = account_of(broker())
    staff(Role.DESK_CLERK, YAOHUA, f"broker-{YAOHUA}")
    with statements(1):
        queries.actor_of(worker)
    with statements(3):
        queries.actor_of(account)


def test_the_account_of_a_merged_person_acts_for_the_kept_one(app: Flask) -> None:
    town()
    kept = person("徐梅")
    account = xu(person_id=person("徐梅", merged_into_id=kept))
    assert queries.actor_of(account).person_id == kept
    assert queries.account_of_person(kept).id == account
