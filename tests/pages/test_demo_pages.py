"""The demo town at a tenth of its size: numbers, sound books, and every sign-in's first page in both languages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import new_client
from timebank.access.models import Account
from timebank.assistance.models import AssistanceCase
from timebank.assistance.rules.cases import CaseState
from timebank.core import clock
from timebank.core.audit import AuditEvent
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.demo import build, cast
from timebank.exchange.models import RequestState, ServiceRequest, Visit, VisitState, Volunteer, VolunteerState
from timebank.exchange.models.alarms import VisitAlarm
from timebank.exchange.models.netting import NettedMonth, NettedPair, NettingPayment
from timebank.exchange.models.partners import PartnerSettlement, PartnerVisit
from timebank.exchange.models.passbooks import PassbookPrint
from timebank.exchange.rules.partners import SettlementState
from timebank.ledger.models import Closing, ReversalRequest
from timebank.ledger.queries.closings import next_to_close
from timebank.ledger.queries.verify import verify
from timebank.notices.models import LetterRun, LetterState, PaperLetter
from timebank.people.models import DuplicatePair, Person
from timebank.redemption.models import Companion, GoodsItem, GoodsPicture, PackagePurchase, Redemption

SCALE = 0.1
MONTHS_OVER = 3  # of the 92 days, at least
WHOLE_TOWN = 300


def count(table: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0


def test_the_demo_town_is_believable_and_everybody_can_sign_in(app: Flask, sign_in: Any, statements: Any) -> None:
    build.build(SCALE, seed=7)
    _numbers()
    _the_story_is_half_finished()
    _months_are_closed()
    _paper_and_telephone()
    _partners_packages_and_a_companion()
    _time_banks_settle_up()
    assert verify(db.session.connection()).sound
    _first_pages(app, sign_in, statements)
    _real_sign_in(app)
    with pytest.raises(Refused, match="demo_not_empty"):
        build.build(SCALE)


def _numbers() -> None:
    assert count(Person) >= WHOLE_TOWN * SCALE
    states = set(db.session.scalars(select(Volunteer.state).distinct()))
    assert set(VolunteerState) - states <= {VolunteerState.DRAFT}  # nobody leaves a draft behind here
    assert count(Visit, Visit.state == VisitState.CREDITED) >= 30
    assert count(ServiceRequest, ServiceRequest.state == RequestState.UNDER_REVIEW) >= 1
    assert count(Redemption) >= 2
    assert count(GoodsPicture) == count(GoodsItem)
    assert count(DuplicatePair) >= 1
    assert set(db.session.scalars(select(AssistanceCase.state).distinct())) == set(CaseState)


def _the_story_is_half_finished() -> None:
    zhang = db.session.scalars(select(Person).where(Person.name == "张福生")).one()
    assert zhang.phone is None
    helped = select(Visit).where(Visit.recipient_id == zhang.id, Visit.state == VisitState.CREDITED)
    assert len(list(db.session.scalars(helped))) >= 5
    following = select(Visit).where(Visit.recipient_id == zhang.id, Visit.starts_at > clock.now())
    states = [visit.state for visit in db.session.scalars(following.order_by(Visit.starts_at))]
    assert VisitState.OPEN in states


def _months_are_closed() -> None:
    """All that are over but the last one; a reversal in one of them waits for a second person."""
    assert count(Closing) >= 1
    assert next_to_close(3201, clock.today()) is not None
    assert count(ReversalRequest, ReversalRequest.decision.is_(None)) == 1


def _paper_and_telephone() -> None:
    """Every page of paper and telephone shows something real."""
    assert count(PassbookPrint) == 2
    assert count(VisitAlarm, VisitAlarm.closed_words != "") == 1
    assert count(VisitAlarm, VisitAlarm.closed_at.is_(None)) == 1
    assert count(LetterRun) == 2
    assert count(LetterRun, LetterRun.posted_at.is_not(None)) == 1
    assert count(PaperLetter, PaperLetter.state == LetterState.WAITING) >= 1
    soon = (Visit.starts_at > clock.now(), Visit.starts_at < clock.now() + timedelta(days=7))
    assert count(Visit, Visit.state == VisitState.SCHEDULED, *soon) >= 1, "slips for the coming week"


def _partners_packages_and_a_companion() -> None:
    """A partner has given visits, was settled and told of another time; a package is under way."""
    assert count(PartnerVisit) >= 5
    assert count(PartnerSettlement, PartnerSettlement.state == SettlementState.DONE) >= 1
    assert count(AuditEvent, AuditEvent.action == "move.partner_visit") == 1
    assert count(PackagePurchase) == 1
    assert count(Companion, Companion.name == "张丽") == 1


def _time_banks_settle_up() -> None:
    """The months that are over were netted, and a payment stands at some step for whoever comes next."""
    assert count(NettedMonth) >= MONTHS_OVER
    assert count(NettedPair) >= 1
    last = select(func.max(NettedPair.month)).scalar_subquery()
    owed = count(NettedPair, NettedPair.month == last, NettedPair.forward_minutes != NettedPair.back_minutes)
    assert count(NettingPayment) >= owed


def _first_pages(app: Flask, sign_in: Any, statements: Any) -> None:
    for one in cast.SIGN_INS:
        account_id = db.session.scalar(select(Account.id).where(Account.sign_in_name == one.name))
        for language in ("en", "zh"):
            client = sign_in(new_client(app, language), account_id)
            with statements(20):
                answer = client.get("/")
            assert answer.status_code == 200, one.name


def _real_sign_in(app: Flask) -> None:
    client = new_client(app)
    app.config["TIMEBANK_DEMO"] = True
    page = client.get("/sign-in").get_data(as_text=True)
    assert "yaohua" in page
    assert cast.PASSWORD in page
    answer = client.post("/sign-in", data={"name": "xumei", "password": cast.PASSWORD})
    assert answer.status_code in {302, 303}


def test_a_town_without_the_flag_shows_no_sign_ins(app: Flask, client: Any) -> None:
    assert cast.PASSWORD not in client.get("/sign-in").get_data(as_text=True)


def test_places_and_numbers_of_the_demo_pass_every_check() -> None:
    import random

    from timebank.demo.names import NameMaker
    from timebank.people.rules import id_number, phones
    from timebank.people.rules.codes import Sex

    names = NameMaker(random.Random(3))
    for age in (6, 32, 81):
        born = names.born(age, clock.today())
        assert id_number.check(names.id_number(born, Sex.FEMALE)).birth_date == born
        assert phones.normalise(names.phone()).startswith("+86")
        assert len(names.name(Sex.MALE, age)) in {2, 3}
