"""Registering, finding, changing, joining and parting people."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from tests.factories.people import SYSTEM, id_number, registered
from tests.factories.town import (
    QIXIA,
    WULAOCUN_COMMUNITY,
    YAOHUA_COMMUNITY,
    YAOXIN,
    broker,
    member,
    operator,
    outsider,
    social_worker,
    town,
)
from timebank.core.audit import AuditEvent, SensitiveRead
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import Conflict, NotAllowed, NotFound, Refused
from timebank.people import queries, service
from timebank.people.models import Consent, DuplicatePair, DuplicateState, Person, PersonRole
from timebank.people.queries import duplicates, profile
from timebank.people.rules.codes import AgentKind, LegalBasis
from timebank.people.service import Joining, NewAgent, NewConsent, NewPerson, PersonChange


@pytest.fixture(autouse=True)
def _town(app: Flask) -> None:
    town()


def names(actor: Actor, query: str) -> list[str]:
    return [hit.name for hit in queries.search(actor, query)]


def test_somebody_is_registered_and_found_however_they_are_typed() -> None:
    number = id_number(serial=2)
    person = registered("单桂兰", id_number=number, phone="138 4923 5197", member_no="YH-0001")
    for query in ("单", "shan", "danguilan", "sgl", "13849235197", number, "yh-0001", "YH"):
        assert names(broker(), query) == ["单桂兰"], query
    brief = queries.brief(person)
    assert brief is not None
    assert (brief.name, brief.sex, brief.birth_date) == ("单桂兰", "F", date(1948, 5, 17))
    assert brief.phone_masked == "138****5197"
    assert (brief.lat, brief.lon) == (32.1160, 118.8870)  # the community's


def test_numbers_stand_encrypted_in_the_database() -> None:
    number = id_number()
    registered(id_number=number, phone="13849235197", email="xumei@example.org")
    raw = db.session.execute(text("SELECT id_number, phone, email FROM person")).one()
    assert all(number.encode() not in bytes(cell) and b"1384" not in bytes(cell) for cell in raw)
    assert queries.phone_of(1) == "+8613849235197"


def test_the_same_id_number_is_refused_with_the_way_to_the_person() -> None:
    first = registered(id_number=id_number())
    with pytest.raises(Conflict) as refused:
        registered("王秀英", id_number=id_number().lower())
    assert refused.value.code == "same_id_number"
    assert refused.value.facts["person_id"] == first


def test_the_same_id_number_elsewhere_says_nothing_about_the_person() -> None:
    registered(id_number=id_number(), territory=WULAOCUN_COMMUNITY)
    with pytest.raises(Conflict) as refused:
        registered(id_number=id_number(), actor=broker())
    assert (refused.value.code, refused.value.facts) == ("same_id_elsewhere", {})


def test_likely_duplicates_stop_the_clerk_until_there_is_a_reason() -> None:
    first = registered(phone="13849235197")
    new = NewPerson(name="许梅", territory_code=YAOXIN, phone="13849235197")
    with pytest.raises(Refused) as refused:
        service.register_person(broker(), new)
    assert (refused.value.code, refused.value.facts) == ("likely_duplicates", {"count": 1})
    second = registered(phone="13849235197", actor=broker(), duplicate_reason="mother and daughter")
    pair = db.session.scalars(select(DuplicatePair)).one()
    assert (pair.first_id, pair.second_id, pair.state) == (first, second, DuplicateState.OPEN)
    assert pair.territory_code == YAOXIN


def test_a_second_click_registers_nobody_twice() -> None:
    new = NewPerson(name="许梅", territory_code=YAOXIN, phone="13849235197")
    first = service.register_person(broker(), new, key="click")
    assert service.register_person(broker(), new, key="click") == first
    assert db.session.query(Person).count() == 1


@pytest.mark.parametrize(
    ("facts", "field", "code"),
    [
        ({"name": " "}, "name", "name_missing"),
        ({"id_number": "3.2E+17"}, "id_number", "id_mangled"),
        ({"phone": "123"}, "phone", "phone_invalid"),
        ({"email": "nobody"}, "email", "email_invalid"),
        ({"territory_code": QIXIA}, "territory_code", "territory_unknown"),
        ({"territory_code": ""}, "territory_code", "territory_missing"),
        ({"lat": 320.1, "lon": 118.9}, "lat", "point_invalid"),
        ({"birth_date": date(2999, 1, 1)}, "birth_date", "birth_date_future"),
        ({"id_number": id_number(), "birth_date": date(1900, 1, 1)}, "birth_date", "birth_date_contradicts_id"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(facts: dict[str, object], field: str, code: str) -> None:
    given: dict[str, object] = {"name": "许梅", "territory_code": YAOXIN, **facts}
    with pytest.raises(Refused) as refused:
        service.register_person(SYSTEM, NewPerson(**given))  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.code) == (field, code)


def test_nobody_registers_people_outside_their_area() -> None:
    with pytest.raises(NotAllowed):
        registered(actor=outsider())
    with pytest.raises(NotAllowed):
        registered(actor=member(registered()))


def test_lists_and_searches_end_at_the_border_of_ones_area() -> None:
    registered("许梅")
    registered("许兰", territory=WULAOCUN_COMMUNITY)
    assert names(broker(), "xu") == ["许梅"]
    assert names(outsider(), "xu") == ["许兰"]
    assert sorted(names(operator(), "xu")) == ["许兰", "许梅"]
    assert names(Actor(account_id=1), "xu") == []
    everybody = queries.PeopleFilter()
    assert [queries.count_people(who, everybody) for who in (broker(), outsider(), operator(), Actor())] == [1, 1, 2, 0]
    assert [hit.name for hit in queries.list_people(outsider(), everybody).items] == ["许兰"]


def test_somebody_elsewhere_is_not_found_rather_than_forbidden() -> None:
    person = registered()
    assert profile.detail(broker(), person).name == "许梅"
    assert profile.detail(member(person), person).name == "许梅"
    for stranger in (outsider(), member(registered("王秀英")), Actor()):
        with pytest.raises(NotFound):
            profile.detail(stranger, person)
    with pytest.raises(NotFound):
        service.update_person(outsider(), person, PersonChange(version=1, name="王"))


def test_the_helper_side_does_not_learn_who_is_a_client() -> None:
    person = registered(roles=frozenset({PersonRole.VOLUNTEER, PersonRole.CLIENT}))
    assert profile.detail(broker(), person).roles == (PersonRole.VOLUNTEER,)
    assert PersonRole.CLIENT in profile.detail(social_worker(), person).roles
    clients = queries.PeopleFilter(role=PersonRole.CLIENT)
    assert queries.count_people(broker(), clients) == 0
    assert queries.count_people(social_worker(), clients) == 1


def test_pages_of_people_follow_one_another() -> None:
    made = [registered("许梅", birth_date=date(1940, 1, n)) for n in range(1, 8)]
    first = queries.list_people(broker(), queries.PeopleFilter(), limit=5)
    second = queries.list_people(broker(), queries.PeopleFilter(), first.next, limit=5)
    assert [hit.id for hit in (*first.items, *second.items)] == sorted(made, reverse=True)
    assert second.next is None


def test_a_change_is_kept_and_written_down() -> None:
    person = registered(phone="13849235197")
    change = PersonChange(version=1, name="许美", phone="025-85412345", territory_code=YAOHUA_COMMUNITY, address="2幢")
    service.update_person(broker(), person, change)
    assert names(broker(), "许梅") == []
    assert names(broker(), "025 8541 2345") == ["许美"]
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "change.person")).one()
    assert set(event.detail["fields"]) == {"name", "phone", "territory_code", "address"}


def test_a_stale_form_overwrites_nothing() -> None:
    person = registered()
    service.update_person(broker(), person, PersonChange(version=1, address="1幢"))
    with pytest.raises(Conflict, match="stale_form"):
        service.update_person(broker(), person, PersonChange(version=1, address="2幢"))
    brief = queries.brief(person)
    assert brief is not None
    assert brief.address == "1幢"


def test_nobody_takes_anothers_id_number() -> None:
    registered("王秀英", id_number=id_number())
    person = registered()
    with pytest.raises(Conflict, match="same_id_number"):
        service.update_person(broker(), person, PersonChange(version=1, id_number=id_number()))
    service.update_person(broker(), person, PersonChange(version=1, id_number=id_number(serial=14)))
    assert names(broker(), id_number(serial=14)) == ["许梅"]


def test_a_change_that_makes_two_people_alike_fills_the_queue() -> None:
    registered(phone="13849235197")
    other = registered()
    service.update_person(broker(), other, PersonChange(version=1, phone="13849235197"))
    assert duplicates.count_pairs(broker()) == 1


def test_a_member_corrects_their_own_contact_data_only() -> None:
    person = registered(phone="13849235197")
    own = PersonChange(version=1, phone="13900000001", address="3幢", name="somebody else")
    service.change_own_details(member(person), person, own)
    details = profile.own_details(member(person), person)
    assert (details.name, details.phone, details.address) == ("许梅", "139 0000 0001", "3幢")
    with pytest.raises(NotFound):
        service.change_own_details(member(registered("王秀英")), person, own)


def test_a_role_is_given_and_left_while_the_others_stay() -> None:
    person = registered(roles=frozenset({PersonRole.CLIENT}))
    service.give_role(broker(), person, PersonRole.VOLUNTEER)
    service.give_role(broker(), person, PersonRole.VOLUNTEER)
    service.leave_role(broker(), person, PersonRole.VOLUNTEER)
    brief = queries.brief(person)
    assert brief is not None
    assert (brief.is_volunteer, brief.is_client) == (False, True)
    with pytest.raises(Refused, match="role_not_held"):
        service.leave_role(broker(), person, PersonRole.VOLUNTEER)


def test_members_may_become_volunteers_but_not_clients_by_themselves() -> None:
    person = registered()
    service.give_role(member(person), person, PersonRole.VOLUNTEER)
    with pytest.raises((NotAllowed, NotFound)):
        service.give_role(member(person), person, PersonRole.CLIENT)


def test_the_dead_get_no_roles() -> None:
    person = registered(birth_date=date(1940, 1, 1))
    with pytest.raises(Refused, match="death_before_birth"):
        service.record_death(broker(), person, date(1939, 1, 1))
    with pytest.raises(Refused, match="death_in_future"):
        service.record_death(broker(), person, date(2999, 1, 1))
    service.record_death(broker(), person, date(2020, 1, 1))
    with pytest.raises(Refused, match="person_deceased"):
        service.give_role(broker(), person, PersonRole.VOLUNTEER)
    service.record_death(broker(), person, None)
    service.give_role(broker(), person, PersonRole.VOLUNTEER)


def test_who_sees_a_number_in_full_is_written_down() -> None:
    person = registered(id_number=id_number(), phone="13849235197")
    worker = social_worker()
    assert service.reveal(worker, person, "id_number", "applies for a card") == id_number()
    assert service.reveal(worker, person, "phone", "calls back") == "138 4923 5197"
    reads = db.session.scalars(select(SensitiveRead).order_by(SensitiveRead.id)).all()
    assert [(row.fields, row.purpose) for row in reads] == [
        ("id_number", "applies for a card"),
        ("phone", "calls back"),
    ]
    assert len(profile.seen(person)) == 2
    with pytest.raises(Refused, match="purpose_missing"):
        service.reveal(worker, person, "phone", " ")
    with pytest.raises(NotFound):
        service.reveal(outsider(), person, "phone", "curious")
    with pytest.raises(NotAllowed):
        service.reveal(broker(), person, "self_care", "curious")
    assert service.reveal(member(person), person, "phone", "") == "138 4923 5197"
    assert len(profile.seen(person)) == 2


# -- households, guardians, consent ------------------------------------------------------------------------------------


def test_a_household_is_who_lives_together_now() -> None:
    anna, ben, carl = registered("许梅"), registered("张伟"), registered("王秀英")
    service.set_household(broker(), ben, Joining(anna, "spouse"))
    service.set_household(broker(), carl, Joining(anna, "parent", is_dependant=True))
    assert queries.household_ids([anna, ben]) == {anna: frozenset({ben, carl}), ben: frozenset({anna, carl})}
    assert queries.dependants_at_home([anna, carl]) == {anna}
    with pytest.raises(Refused, match="household_already"):
        service.set_household(broker(), ben, Joining(carl))
    service.leave_household(broker(), ben)
    assert queries.household_ids([ben]) == {ben: frozenset()}
    assert [line.name for line in queries.household_of(anna)] == ["许梅", "王秀英"]


def test_nobody_moves_in_with_themselves() -> None:
    person = registered()
    with pytest.raises(Refused, match="with_oneself"):
        service.set_household(broker(), person, Joining(person))
    with pytest.raises(Refused, match="no_household"):
        service.leave_household(broker(), person)


def test_an_agent_acts_for_a_person_until_it_ends() -> None:
    father, daughter = registered("张伟"), registered("张丽")
    agent = service.add_agent(broker(), NewAgent(father, daughter, AgentKind.AGENT, "child"))
    assert queries.wards_of(daughter) == {father}
    assert [item.name for item in queries.agents_of(father)] == ["张丽"]
    with pytest.raises(Refused, match="agent_twice"):
        service.add_agent(broker(), NewAgent(father, daughter))
    service.end_agent(broker(), agent)
    assert queries.wards_of(daughter) == frozenset()


def test_a_guardian_is_an_adult_and_not_the_ward_of_the_ward() -> None:
    child = registered("张小", birth_date=date(2012, 1, 1), legal_basis=LegalBasis.EMERGENCY)
    adult, other = registered("张伟", birth_date=date(1970, 1, 1)), registered("张丽", birth_date=date(1971, 1, 1))
    with pytest.raises(Refused, match="guardian_minor"):
        service.add_agent(broker(), NewAgent(adult, child, AgentKind.GUARDIAN))
    service.add_agent(broker(), NewAgent(adult, other, AgentKind.GUARDIAN))
    with pytest.raises(Refused, match="agent_circle"):
        service.add_agent(broker(), NewAgent(other, adult, AgentKind.GUARDIAN))


@time_machine.travel(datetime(2026, 11, 22, 2, tzinfo=UTC), tick=False)
def test_a_child_under_14_needs_a_guardian_or_a_law() -> None:
    child = {"birth_date": date(2015, 1, 1)}
    with pytest.raises(Refused, match="guardian_needed"):
        registered("张小", **child)
    mother = registered("张丽", birth_date=date(1985, 1, 1))
    person = registered("张小", **child, guardian_id=mother)
    assert queries.wards_of(mother) == {person}
    given = db.session.scalars(select(Consent).where(Consent.person_id == person)).one()
    assert (given.given_by_person_id, given.legal_basis) == (mother, "consent")
    assert registered("张小二", **child, legal_basis=LegalBasis.STATUTORY_DUTY)


@time_machine.travel(datetime(2026, 11, 22, 2, tzinfo=UTC), tick=False)
def test_only_a_guardian_consents_for_a_child() -> None:
    mother = registered("张丽", birth_date=date(1985, 1, 1))
    child = registered("张小", birth_date=date(2015, 1, 1), guardian_id=mother)
    with pytest.raises(Refused, match="consent_giver"):
        service.give_consent(broker(), NewConsent(child, "assistance", given_by_id=child))
    consent = service.give_consent(broker(), NewConsent(child, "assistance", given_by_id=mother))
    service.withdraw_consent(broker(), consent)
    with pytest.raises(Refused, match="consent_withdrawn"):
        service.withdraw_consent(broker(), consent)


# -- merging -----------------------------------------------------------------------------------------------------------


def two_rows() -> tuple[int, int]:
    kept = registered("许梅", phone="13849235197")
    merged = registered(
        "许玫", phone="13849235197", id_number=id_number(), roles=frozenset({PersonRole.VOLUNTEER}), address="3幢"
    )
    return kept, merged


def test_everything_of_the_merged_row_is_found_through_the_kept_one() -> None:
    kept, merged = two_rows()
    ward = registered("张伟")
    service.add_agent(broker(), NewAgent(ward, merged))
    service.set_household(broker(), ward, Joining(merged))
    service.merge_people(broker(), kept, merged)
    assert queries.resolve(merged) == kept
    assert queries.ids_of(kept) == queries.ids_of(merged) == {kept, merged}
    for query in ("许玫", "xumei", id_number(), "13849235197"):
        assert [hit.id for hit in queries.search(broker(), query)] == [kept], query
    briefs = queries.briefs([kept, merged])
    assert briefs[merged] == briefs[kept]
    assert (briefs[kept].is_volunteer, briefs[kept].address) == (True, "3幢")
    assert queries.wards_of(kept) == {ward}
    assert queries.household_ids([kept, ward]) == {kept: frozenset({ward}), ward: frozenset({kept, merged})}
    assert queries.count_people(broker(), queries.PeopleFilter()) == 2
    with pytest.raises(Conflict, match="same_id_number") as refused:
        registered("王秀英", id_number=id_number())
    assert refused.value.facts["person_id"] == kept
    with pytest.raises(Refused, match="person_merged"):
        service.update_person(broker(), merged, PersonChange(version=1, address="x"))


def test_undoing_a_merge_restores_both() -> None:
    kept, merged = two_rows()
    before = [queries.brief(one) for one in (kept, merged)]
    merge = service.merge_people(broker(), kept, merged)
    assert [line.merged_id for line in duplicates.merges_into(kept)] == [merged]
    service.undo_merge(broker(), merge)
    assert [queries.brief(one) for one in (kept, merged)] == before
    assert [hit.id for hit in queries.search(broker(), id_number())] == [merged]
    with pytest.raises(Refused, match="merge_undone"):
        service.undo_merge(broker(), merge)


def test_what_was_changed_after_the_merge_stays_when_it_is_undone() -> None:
    kept, merged = two_rows()
    merge = service.merge_people(broker(), kept, merged)
    row = db.session.get_one(Person, kept)
    service.update_person(broker(), kept, PersonChange(version=row.version, address="9幢"))
    service.undo_merge(broker(), merge)
    assert [db.session.get_one(Person, one).address for one in (kept, merged)] == ["9幢", "3幢"]


def test_a_number_given_to_somebody_else_meanwhile_is_not_taken_back() -> None:
    kept, merged = two_rows()
    merge = service.merge_people(broker(), kept, merged)
    version = db.session.get_one(Person, kept).version
    service.update_person(broker(), kept, PersonChange(version=version, id_number=id_number(serial=14)))
    registered("王秀英", id_number=id_number())
    with pytest.raises(Refused, match="both_changed"):
        service.undo_merge(broker(), merge)


def test_merges_form_no_chains_and_are_undone_in_order() -> None:
    first, second, third = registered("许梅"), registered("许梅"), registered("许梅")
    early = service.merge_people(broker(), second, third)
    late = service.merge_people(broker(), first, second)
    assert queries.resolve_all([second, third]) == {second: first, third: first}
    with pytest.raises(Refused, match="merge_not_last"):
        service.undo_merge(broker(), early)
    service.undo_merge(broker(), late)
    assert queries.resolve_all([second, third]) == {second: second, third: second}
    service.undo_merge(broker(), early)
    assert queries.resolve(third) == third


def test_two_different_id_numbers_are_not_merged() -> None:
    one = registered(id_number=id_number())
    other = registered(id_number=id_number(serial=14))
    with pytest.raises(Refused, match="two_id_numbers"):
        service.merge_people(broker(), one, other)
    with pytest.raises(Refused, match="with_oneself"):
        service.merge_people(broker(), one, one)


def test_a_pair_across_areas_waits_for_somebody_who_answers_for_both() -> None:
    here = registered(phone="13849235197")
    there = registered(phone="13849235197", territory=WULAOCUN_COMMUNITY)
    assert [duplicates.count_pairs(who) for who in (broker(), outsider(), operator())] == [0, 0, 1]
    with pytest.raises(NotFound):
        service.merge_people(broker(), here, there)
    pair = duplicates.list_pairs(operator()).items[0]
    with pytest.raises(NotFound):
        service.decide_different(broker(), pair.id)
    service.merge_people(operator(), here, there)
    assert duplicates.count_pairs(operator()) == 0


def test_two_different_people_are_not_asked_about_again() -> None:
    registered(phone="13849235197")
    other = registered(phone="13849235197")
    pair = duplicates.list_pairs(broker()).items[0]
    service.decide_different(broker(), pair.id)
    with pytest.raises(Conflict, match="pair_decided"):
        service.decide_different(broker(), pair.id)
    version = db.session.get_one(Person, other).version
    service.update_person(broker(), other, PersonChange(version=version, address="1幢"))
    assert duplicates.count_pairs(broker()) == 0
    service.reopen_pair(broker(), pair.id)
    assert duplicates.count_pairs(broker()) == 1
