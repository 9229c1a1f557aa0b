"""Gifts to relatives, hours from the pot, welcome hours, groups, and the choice above the cap (C3.5, F2, F3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from tests.factories import exchange_visits as make
from tests.factories import town
from tests.factories.exchange_volunteers import elder, volunteer
from tests.factories.giving import CITY, family, fill_pot, gift
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, NotFound, Refused
from timebank.core.parameters import Parameter
from timebank.exchange.models import GiftState, HourGift, PotGift, Proof, Volunteer, VolunteerState
from timebank.exchange.queries import gifts as queries
from timebank.exchange.queries.grants import earned_minutes
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.exchange.service import gifts, hours
from timebank.exchange.service.gifts import SeenProof
from timebank.exchange.service.grants import Donation, donate
from timebank.exchange.service.overflow import choose_overflow
from timebank.exchange.service.pot import FromPot, give_from_pot
from timebank.exchange.service.volunteers_steps import Training, record_training
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.ledger.service import sweep_holds
from timebank.notices.models import Notice
from timebank.people import service as registry
from timebank.people.models import Person
from timebank.people.rules.codes import PersonRole
from timebank.people.service.commands import NewPerson

DAY = date(2026, 11, 24)
SEEN = (Proof.HOUSEHOLD_BOOK, "No. 320113-7, shown by the daughter")

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(make.SUNDAY_NOON, tick=False):
        yield


def balance(kind: str, owner: int) -> books.Balance:
    account = books.account_of(CITY, kind, owner)
    return books.balance(CITY, account) if account is not None else books.Balance(0, 0, 0, 0)


def rule(key: str, value: object) -> None:
    scope = "city:3201"
    db.session.query(Parameter).filter_by(key=key).delete()
    db.session.add(Parameter(key=key, scope=scope, valid_from=date(2026, 1, 1), value=value))
    db.session.commit()


def told(kind: str) -> list[int | None]:
    return [row.person_id for row in db.session.query(Notice).filter_by(kind=kind).order_by(Notice.id)]


# -- gifts to relatives ------------------------------------------------------------------------------------------------


def test_hours_wait_on_hold_until_the_proof_is_seen_and_then_move_once() -> None:
    town.town()
    two = family(600)
    daughter = town.member(two["daughter"])
    wanted = gift(two["daughter"], two["mother"], 120)
    asked = gifts.ask_gift(daughter, wanted, key="ask")
    assert gifts.ask_gift(daughter, wanted, key="ask") == asked
    assert (balance("member", two["daughter"]).posted, balance("member", two["daughter"]).available) == (600, 480)
    gifts.check_gift(town.broker(), SeenProof(asked, *SEEN), key="check")
    gifts.check_gift(town.broker(), SeenProof(asked, *SEEN), key="check")
    assert (balance("member", two["daughter"]).posted, balance("member", two["mother"]).posted) == (480, 120)
    row = db.session.get_one(HourGift, asked)
    assert (row.state, row.proof, row.proof_note) == (GiftState.POSTED, *SEEN)
    assert (told("gift_posted"), told("gift_received")) == ([two["daughter"]], [two["mother"]])
    with pytest.raises(Refused, match="gift_decided"):
        gifts.refuse_gift(town.broker(), asked, "too late")
    known = queries.proven_before(two["daughter"], two["mother"])
    assert known is not None
    assert known.id == asked


def test_a_gift_keeps_to_the_rules_of_the_time_bank() -> None:
    town.town()
    two = family(600)
    daughter = town.member(two["daughter"])
    young = town.person("小徐", birth_date=date(2000, 1, 1))
    unknown = town.person("徐某", birth_date=None)
    full = town.person("徐富", birth_date=date(1950, 1, 1))
    make.give_hours(full, 89_970)
    for wanted, code in (
        (gift(two["daughter"], two["mother"], 601), "gift_too_large"),
        (gift(two["daughter"], two["mother"], 0), "gift_minutes"),
        (gift(two["daughter"], two["mother"], relation="sibling"), "gift_relation"),
        (gift(two["daughter"], young, relation="child"), "gift_too_young"),
        (gift(two["daughter"], unknown), "gift_age_unknown"),
        (gift(two["daughter"], full, 31), "gift_above_cap"),
        (gift(two["daughter"], two["daughter"]), "gift_to_oneself"),
        (gift(two["daughter"], two["mother"], receiver_name="王芳"), "gift_receiver_unknown"),
        (gift(two["daughter"], town.person("徐外", town.SHUANGGANG)), "gift_receiver_unknown"),
    ):
        with pytest.raises(Refused, match=code):
            gifts.ask_gift(daughter, wanted)
    with pytest.raises(NotAllowed):
        gifts.ask_gift(town.member(two["mother"]), gift(two["daughter"], two["mother"]))
    assert balance("member", two["daughter"]).available == 600
    assert gifts.ask_gift(daughter, gift(two["daughter"], full, 30))


def test_who_looks_at_the_proof_neither_typed_it_nor_is_one_of_the_two() -> None:
    town.town()
    two = family()
    typed = gifts.ask_gift(town.broker(), gift(two["daughter"], two["mother"]))
    with pytest.raises(Refused, match="gift_same_person"):
        gifts.check_gift(town.broker(), SeenProof(typed, *SEEN))
    relative = Actor(
        town.account_of(town.broker(name="relative")), two["mother"], "relative", grants=town.broker().grants
    )
    with pytest.raises(Refused, match="gift_own"):
        gifts.check_gift(relative, SeenProof(typed, *SEEN))
    with pytest.raises(NotAllowed):
        gifts.check_gift(town.outsider(), SeenProof(typed, *SEEN))
    with pytest.raises(Refused, match="proof_needed"):
        gifts.check_gift(town.broker(name="second"), SeenProof(typed, Proof.OTHER, " "))
    gifts.check_gift(town.broker(name="second"), SeenProof(typed, *SEEN))
    assert balance("member", two["mother"]).posted == 120


def test_hours_are_free_again_when_a_gift_is_refused_withdrawn_or_runs_out() -> None:
    town.town()
    two = family()
    daughter = town.member(two["daughter"])
    refused, withdrawn, late = (gifts.ask_gift(daughter, gift(two["daughter"], two["mother"], 60)) for _ in range(3))
    gifts.refuse_gift(town.broker(), refused, "no paper")
    with pytest.raises(NotFound):
        gifts.withdraw_gift(town.member(two["mother"]), withdrawn)
    gifts.withdraw_gift(daughter, withdrawn)
    assert balance("member", two["daughter"]).available == 540
    with time_machine.travel(make.SUNDAY_NOON + timedelta(days=30, minutes=1), tick=False):
        with pytest.raises(Refused, match="gift_lapsed"):
            gifts.check_gift(town.broker(), SeenProof(late, *SEEN))
        sweep_holds()
        assert gifts.lapse_gifts(Actor.system("clock")) == 1
        assert gifts.lapse_gifts(Actor.system("clock")) == 0
        assert balance("member", two["daughter"]).available == 600
    assert (told("gift_refused"), told("gift_lapsed")) == ([two["daughter"]], [two["daughter"]])


def test_hours_for_somebody_merged_meanwhile_reach_the_record_that_was_kept() -> None:
    town.town()
    two = family(600)
    asked = gifts.ask_gift(town.member(two["daughter"]), gift(two["daughter"], two["mother"], 120))
    kept = town.person("王桂珍", birth_date=date(1950, 1, 1))
    registry.merge_people(make.SYSTEM, kept, two["mother"])
    gifts.check_gift(town.broker(), SeenProof(asked, *SEEN))
    assert (balance("member", kept).posted, balance("member", two["daughter"]).posted) == (120, 480)


def test_after_a_merge_the_giver_still_takes_a_gift_back_and_does_not_check_it() -> None:
    town.town()
    two = family()
    asked = gifts.ask_gift(town.member(two["daughter"]), gift(two["daughter"], two["mother"], 60))
    kept = town.person("徐梅", birth_date=date(1983, 6, 1))
    registry.merge_people(make.SYSTEM, kept, two["daughter"])
    herself = Actor(town.account_of(town.broker()), kept, "broker", grants=town.broker().grants)
    with pytest.raises(Refused, match="gift_own"):
        gifts.check_gift(herself, SeenProof(asked, *SEEN))
    gifts.withdraw_gift(town.member(kept), asked)
    assert db.session.get_one(HourGift, asked).state is GiftState.WITHDRAWN


def test_no_hours_pass_on_from_or_to_somebody_who_has_died() -> None:
    places = town.town()
    two = family()
    asked = gifts.ask_gift(town.member(two["daughter"]), gift(two["daughter"], two["mother"]))
    fill_pot(places.yaohua, 300)
    db.session.get_one(Person, two["mother"]).deceased_on = date(2026, 11, 20)
    db.session.commit()
    with pytest.raises(Refused, match="giving_deceased"):
        gifts.check_gift(town.broker(), SeenProof(asked, *SEEN))
    with pytest.raises(Refused, match="gift_receiver_unknown"):
        gifts.ask_gift(town.member(two["daughter"]), gift(two["daughter"], two["mother"]))
    with pytest.raises(Refused, match="giving_deceased"):
        give_from_pot(town.broker(), FromPot(two["mother"], 60, "has nobody"))
    gifts.refuse_gift(town.broker(), asked, "she has died")
    assert balance("member", two["daughter"]).available == 600


# -- the pot -----------------------------------------------------------------------------------------------------------


def test_the_pot_pays_key_elders_first() -> None:
    places = town.town()
    fill_pot(places.yaohua, 300)
    old, other = elder(), town.person("李奶奶", birth_date=date(1955, 1, 1))
    with pytest.raises(Refused, match="pot_key_elders_first") as refused:
        give_from_pot(town.broker(), FromPot(other, 60, "came home from hospital"))
    assert refused.value.facts["waiting"] == 1
    give_from_pot(town.broker(), FromPot(other, 60, "came home from hospital", all_the_same=True))
    give_from_pot(town.broker(), FromPot(old, 90, "has nobody"), key="once")
    give_from_pot(town.broker(), FromPot(old, 90, "has nobody"), key="once")
    give_from_pot(town.broker(), FromPot(other, 30, "once more"))  # nobody waits any more
    assert (balance("pot", places.yaohua).posted, balance("member", old).posted) == (120, 90)
    rows = db.session.query(PotGift).order_by(PotGift.id).all()
    assert [(row.minutes, row.is_key_elder, row.passed_over) for row in rows] == [
        (60, False, 1),
        (90, True, 0),
        (30, False, 0),
    ]


def test_the_pot_gives_no_more_than_it_has_and_only_to_people_who_receive_help() -> None:
    places = town.town()
    fill_pot(places.yaohua, 100)
    old, full = elder(), elder("赵老", age=90)
    make.give_hours(full, 89_970)
    helper = volunteer("王芳")
    for wanted, code in (
        (FromPot(old, 101, "has nobody"), "pot_empty"),
        (FromPot(old, 0, "has nobody"), "pot_minutes"),
        (FromPot(old, 60, ""), "reason_needed"),
        (FromPot(full, 31, "has nobody"), "pot_above_cap"),
        (FromPot(helper, 60, "has nobody"), "pot_not_recipient"),
    ):
        with pytest.raises(Refused, match=code):
            give_from_pot(town.broker(), wanted)
    with pytest.raises(NotAllowed):
        give_from_pot(town.outsider(), FromPot(old, 60, "has nobody"))
    myself = Actor(town.account_of(town.broker()), old, "broker", grants=town.broker().grants)
    with pytest.raises(Refused, match="pot_own"):
        give_from_pot(myself, FromPot(old, 60, "has nobody"))
    assert balance("pot", places.yaohua).posted == 100


# -- above the cap, groups, hours to begin with ------------------------------------------------------------------------


def _visit(helper: int, recipient: int, day: date = DAY - timedelta(days=3)) -> None:
    """97 minutes, looked at by a second coordinator."""
    seen = LoggedVisit(helper, recipient, "cleaning", day, 543, 640)
    hours.review_entry(town.broker(name="second"), hours.log_visit(town.broker(), seen), True)


def test_f2_of_97_minutes_30_are_kept_and_67_go_where_the_volunteer_says() -> None:
    places = town.town()
    zhang, helper = town.person("张建国", birth_date=date(1944, 3, 5)), make.helper("王芳", places.yaohua)
    make.give_hours(zhang, 300)
    make.give_hours(helper, 89_970)
    with pytest.raises(Refused, match="overflow_choice"):
        choose_overflow(town.member(helper), helper, "cash")
    choose_overflow(town.member(helper), helper, "honour")
    with pytest.raises(NotAllowed):
        choose_overflow(town.member(zhang), helper, "pot")
    _visit(helper, zhang)
    assert balance("member", helper).posted == 90_000
    assert (balance("forfeited", places.yaohua).posted, balance("pot", places.yaohua).posted) == (67, 0)
    assert balance("member", zhang).posted == 203
    choose_overflow(town.broker(), helper, "")
    _visit(helper, zhang, DAY - timedelta(days=4))
    assert (balance("forfeited", places.yaohua).posted, balance("pot", places.yaohua).posted) == (67, 97)


def test_hours_of_a_group_can_only_be_donated() -> None:
    places = town.town()
    zhang, mother = town.person("张建国", birth_date=date(1944, 3, 5)), town.person("徐老太")
    make.give_hours(zhang, 300)
    group = make.helper("尧新志愿队", places.yaohua, kind=VolunteerKind.GROUP)
    _visit(group, zhang)
    assert (balance("group", group).posted, balance("member", group).posted) == (97, 0)
    with pytest.raises(Refused, match="gift_group"):
        gifts.ask_gift(town.member(group), gift(group, mother, 30))
    donate(town.member(group), Donation(group, 97))
    assert (balance("group", group).posted, balance("pot", places.yaohua).posted) == (0, 97)
    rule("tb.group_hours_donate_only", False)
    _visit(group, zhang, DAY - timedelta(days=4))
    assert (balance("group", group).posted, balance("member", group).posted) == (0, 97)


def test_a_new_volunteer_gets_hours_to_begin_with_once_and_no_star_for_them() -> None:
    places = town.town()
    rule("tb.welcome_credit", 300)
    new = volunteer("徐梅", state=VolunteerState.TRAINING, active_since=None)
    group = volunteer("尧新志愿队", state=VolunteerState.TRAINING, active_since=None, kind=VolunteerKind.GROUP)
    for person_id in (new, group):
        record_training(town.broker(), Training(person_id, ("cleaning",), clock.today(), start=True))
    assert (balance("member", new).posted, balance("member", group).posted) == (300, 0)
    assert balance("issued", places.yaohua).posted == -300
    assert earned_minutes(CITY, [new]) == {new: 0}
    again = db.session.get_one(Volunteer, new)
    again.state = VolunteerState.TRAINING
    db.session.commit()
    record_training(town.broker(), Training(new, ("cleaning",), clock.today(), start=True))
    assert balance("member", new).posted == 300
    assert told("welcome_volunteers") == [new]


@pytest.mark.parametrize("welcomed_first", [True, False], ids=["lower number welcomed", "higher number welcomed"])
def test_hours_to_begin_with_are_given_once_though_two_records_were_merged(welcomed_first: bool) -> None:
    town.town()
    rule("tb.welcome_credit", 300)
    pair = [volunteer(name, state=VolunteerState.TRAINING, active_since=None) for name in ("徐梅", "徐小梅")]
    known, kept = pair if welcomed_first else pair[::-1]
    record_training(town.broker(), Training(known, ("cleaning",), clock.today(), start=True))
    registry.merge_people(make.SYSTEM, kept, known)
    db.session.get_one(Volunteer, kept).active_since = None  # as merges left it before
    db.session.commit()
    record_training(town.broker(), Training(kept, ("cleaning",), clock.today(), start=True))
    assert balance("member", kept).posted == 300


def _registered(name: str, *roles: PersonRole) -> int:
    """By a coordinator, one by one."""
    return registry.register_person(
        town.broker(), NewPerson(name=name, territory_code=town.YAOXIN, roles=frozenset(roles))
    )


def test_new_recipients_get_hours_to_begin_with_where_the_rule_says_so() -> None:
    places = town.town()
    rule("tb.welcome_credit", 120)
    before = _registered("李秀英", PersonRole.RECIPIENT)
    assert balance("member", before).posted == 0  # only volunteers, unless the time bank decides otherwise
    rule("tb.welcome_for", ["volunteers", "recipients"])
    new = _registered("王秀兰", PersonRole.RECIPIENT)
    later = _registered("陈浩")
    assert (balance("member", new).posted, balance("member", later).posted) == (120, 0)
    for _ in range(2):  # leaving and coming back brings nothing more
        registry.give_role(town.broker(), later, PersonRole.RECIPIENT)
        registry.leave_role(town.broker(), later, PersonRole.RECIPIENT)
    assert balance("member", later).posted == 120
    assert balance("issued", places.yaohua).posted == -240
    assert (told("welcome_recipients"), earned_minutes(CITY, [new])) == ([new, later], {new: 0})
    account = books.account_of(CITY, "member", new)
    assert account is not None
    [line] = books.statement(CITY, account).items
    assert (line.purpose, "Once for each person" in line.memo) == ("welcome", True)


def test_two_records_of_one_person_are_welcomed_once_and_two_persons_twice() -> None:
    town.town()
    rule("tb.welcome_credit", 120)
    rule("tb.welcome_for", ["recipients"])
    kept, merged = _registered("李秀英", PersonRole.RECIPIENT), _registered("黎秀英", PersonRole.RECIPIENT)
    for _ in range(2):
        merge = registry.merge_people(make.SYSTEM, kept, merged)
        assert (balance("member", kept).posted, balance("member", merged).posted) == (120, 0)
        registry.undo_merge(make.SYSTEM, merge)
        assert (balance("member", kept).posted, balance("member", merged).posted) == (120, 120)
    registry.merge_people(make.SYSTEM, kept, merged)
    registry.leave_role(make.SYSTEM, kept, PersonRole.RECIPIENT)
    registry.give_role(make.SYSTEM, kept, PersonRole.RECIPIENT)
    assert balance("member", kept).posted == 120


def test_a_welcome_taken_back_once_is_not_taken_back_again_by_the_next_merge() -> None:
    town.town()
    rule("tb.welcome_credit", 120)
    rule("tb.welcome_for", ["recipients"])
    first, second = _registered("李秀英", PersonRole.RECIPIENT), _registered("黎秀英", PersonRole.RECIPIENT)
    registry.merge_people(make.SYSTEM, second, first)
    rule("tb.welcome_credit", 0)
    unwelcomed = _registered("李秀瑛", PersonRole.RECIPIENT)
    registry.merge_people(make.SYSTEM, unwelcomed, second)
    assert balance("member", unwelcomed).posted == 120


def test_a_welcome_behind_the_merged_record_is_taken_back_once_and_comes_again_with_it() -> None:
    """The third was welcomed, the second never was; the first was, too."""
    town.town()
    rule("tb.welcome_credit", 120)
    rule("tb.welcome_for", ["recipients"])
    first, third = _registered("李秀英", PersonRole.RECIPIENT), _registered("黎秀英", PersonRole.RECIPIENT)
    second = _registered("李秀瑛")

    def posted() -> list[int]:
        return [balance("member", one).posted for one in (first, second, third)]

    inner = registry.merge_people(make.SYSTEM, second, third)
    assert posted() == [120, 120, 0]
    for _ in range(2):
        outer = registry.merge_people(make.SYSTEM, first, second)
        assert posted() == [120, 0, 0]
        registry.undo_merge(make.SYSTEM, outer)
        assert posted() == [120, 120, 0]
    registry.undo_merge(make.SYSTEM, inner)
    assert posted() == [120, 0, 120]


def test_a_welcome_behind_the_merged_record_is_taken_back_from_where_it_came_free() -> None:
    """It was on hold when the records were joined: part of it is under the oldest number, part of it was carried on."""
    places = town.town()
    rule("tb.welcome_credit", 120)
    rule("tb.welcome_for", ["recipients"])
    first, third = _registered("李秀英", PersonRole.RECIPIENT), _registered("黎秀英", PersonRole.RECIPIENT)
    second = _registered("李秀瑛")
    account, pot = (ledger.ensure_account(CITY, *one) for one in (("member", third), ("pot", places.yaohua)))
    until = clock.now() + timedelta(days=3)
    held = ledger.hold(CITY, account, pot, 50, key="held", expires_at=until, purpose="visit", actor=make.SYSTEM)
    registry.merge_people(make.SYSTEM, second, third)
    ledger.release(CITY, held.id, key="freed", reason="cancelled", actor=make.SYSTEM)
    outer = registry.merge_people(make.SYSTEM, first, second)
    assert [balance("member", one).posted for one in (first, second, third)] == [120, 0, 0]
    registry.undo_merge(make.SYSTEM, outer)
    assert [balance("member", one).posted for one in (first, second, third)] == [120, 70, 50]


def test_a_welcome_that_was_taken_back_in_a_chain_leaves_the_one_that_stands() -> None:
    town.town()
    rule("tb.welcome_credit", 120)
    rule("tb.welcome_for", ["recipients"])
    second, third = _registered("李秀瑛", PersonRole.RECIPIENT), _registered("黎秀英", PersonRole.RECIPIENT)
    first = _registered("李秀英")
    registry.merge_people(make.SYSTEM, second, third)
    registry.merge_people(make.SYSTEM, first, second)
    assert balance("member", first).posted == 120
    registry.merge_people(make.SYSTEM, _registered("李秀莹", PersonRole.RECIPIENT), first)
    assert [balance("member", one).posted for one in (first, second, third)] == [0, 0, 0]


def test_without_the_parameter_nobody_gets_hours_to_begin_with(app: Flask) -> None:
    town.town()
    new = volunteer("徐梅", state=VolunteerState.TRAINING, active_since=None)
    record_training(town.broker(), Training(new, ("cleaning",), clock.today(), start=True))
    assert balance("member", new).posted == 0
