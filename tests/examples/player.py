"""Plays the events of the worked month through the services: each row is what somebody does at that moment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import time_machine

from tests.examples.by_hand import Event, people
from tests.factories import exchange_visits as make
from tests.factories import giving, town
from tests.factories import redemption as desk
from tests.factories.hearings import approver
from timebank.access import service as access
from timebank.core import clock, parameters
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.exchange.models import Visit, VolunteerState
from timebank.exchange.rules.annulments import Source
from timebank.exchange.rules.giving import Proof
from timebank.exchange.rules.hours import LoggedVisit
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.exchange.service import annulments, gifts, grants, hours, netting, offers, requests, visits
from timebank.exchange.service.annulments import Decision, ReExamination, Suspicion
from timebank.exchange.service.gifts import SeenProof
from timebank.exchange.service.grants import Donation
from timebank.exchange.service.overflow import choose_overflow
from timebank.exchange.service.pot import FromPot, give_from_pot
from timebank.exchange.service.schemes import NewScheme, create_scheme
from timebank.exchange.service.volunteers_steps import Training, record_training
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.people.models import Person
from timebank.redemption import service as redemption
from timebank.redemption.commands import CareCommand, Confirmation, ReturnCommand
from timebank.redemption.models import RedemptionLine

CITY = 3201
CLOCK = Actor.system("clock")
HELPERS = {"xu", "wang", "wu", "zhou", "team"}
WELCOME = 120


def minute(text: str) -> int:
    """ "09:03" -> 543."""
    hour, minutes = text.split(":")
    return int(hour) * 60 + int(minutes)


class Month:
    """The street on the first of the month, and what became of each event."""

    def __init__(self) -> None:
        with time_machine.travel(clock.at(date(2026, 11, 1), 0), tick=False):
            self._build()
        self.made: dict[int, int] = {}  # number of an event -> what it made: a visit, a gift, a receipt, a case

    def _build(self) -> None:
        places = town.town()
        self.city, self.yaohua = places.nanjing, places.yaohua
        place = NewScheme("wulaocun", "五老村时间银行", "Wulaocun time bank", town.WULAOCUN, self.city)
        self.next = create_scheme(town.operator(), place)
        self.id = {key: self._person(key, row) for key, row in people().items()}
        self.shop = desk.shop()
        self._rule("tb.welcome_credit", WELCOME, date(2026, 1, 1))

    def _rule(self, key: str, value: object, first_day: date) -> None:
        """What the street decides for itself, from that day on."""
        row = parameters.Parameter(key=key, scope=f"scheme:{self.yaohua}", valid_from=first_day, value=value)
        row.source = "the worked month"
        db.session.add(row)
        db.session.commit()

    def _person(self, key: str, row: dict[str, str]) -> int:
        born = date.fromisoformat(row["born"])
        if key in HELPERS:
            facts = {"kind": VolunteerKind.GROUP} if key == "team" else {}
            if key == "zhou":
                facts = {"state": VolunteerState.TRAINING, "active_since": None}
            person_id = make.helper(row["name"], self.yaohua, **facts)
        else:
            place = town.YAOXIN if row["lives"].startswith("Yaohua") else town.WULAOCUN_COMMUNITY
            home = {"lat": 32.1160, "lon": 118.8870, "lives_alone": key == "li"}
            person_id = town.person(row["name"], place, birth_date=born, **home)
            access.set_pin(CLOCK, person_id, desk.PIN)
        db.session.get_one(Person, person_id).birth_date = born
        db.session.commit()
        return person_id

    def play(self, event: Event) -> None:
        """What the row says, at its moment."""
        act: dict[str, Callable[[Event], int | None]] = {
            "opening": self._opening,
            "month": lambda _: grants.run_month(CLOCK).given,
            "gift asked": self._gift_asked,
            "gift proven": self._gift_proven,
            "gift taken back": lambda e: gifts.withdraw_gift(self._member(e.who), self.made[e.ref]),
            "gift ran out": self._gift_ran_out,
            "visit": self._visit,
            "trained": self._trained,
            "rounding": lambda e: self._rule("tb.rounding", e.detail, clock.today()),
            "chooses": lambda e: choose_overflow(self._member(e.who), self.id[e.who], e.detail),
            "donation": lambda e: grants.donate(self._member(e.who), Donation(self.id[e.who], int(e.detail))),
            "from the pot": self._from_the_pot,
            "request": self._request,
            "helped": self._helped,
            "cancelled": self._cancelled,
            "goods": self._goods,
            "goods back": self._goods_back,
            "care": self._care,
            "suspected": self._suspected,
            "answered": lambda e: annulments.answer(self._member(e.who), self.made[e.ref], "I was there"),
            "annulled": lambda e: annulments.decide(approver(), Decision(self.made[e.ref], True, "not true")),
            "appealed": lambda e: annulments.appeal(self._member(e.who), self.made[e.ref], "ask the neighbour"),
            "overturned": self._overturned,
            "reversed": self._reversed,
            "settled up": self._settled_up,
        }
        with self._at(event.date, event.time):
            self.made[event.no] = act[event.what](event) or 0

    def _at(self, day: str, time: str) -> AbstractContextManager[object]:
        return time_machine.travel(clock.at(date.fromisoformat(day), minute(time)), tick=False)

    def _member(self, key: str) -> Actor:
        return town.member(self.id[key])

    # -- hours that are there, and come each month ---------------------------------------------------------------------

    def _opening(self, event: Event) -> None:
        issued = ledger.ensure_account(CITY, "issued", self.yaohua, floor=None)
        account = ledger.ensure_account(CITY, "member", self.id[event.who])
        key = f"opening:{event.who}"
        ledger.post(CITY, issued, account, int(event.detail), key=key, purpose="opening", actor=CLOCK)

    def _trained(self, event: Event) -> int:
        return record_training(town.broker(), Training(self.id[event.who], ("cleaning",), clock.today(), start=True))

    # -- gifts and the pot ---------------------------------------------------------------------------------------------

    def _gift_asked(self, event: Event) -> int:
        minutes, relation = event.detail.split()
        wish = giving.gift(self.id[event.who], self.id[event.other], int(minutes), relation)
        return gifts.ask_gift(self._member(event.who), wish)

    def _gift_proven(self, event: Event) -> int:
        return gifts.check_gift(town.broker(), SeenProof(self.made[event.ref], Proof(event.detail), "No. 2051"))

    def _gift_ran_out(self, _event: Event) -> int:
        ledger.sweep_holds()
        return gifts.lapse_gifts(CLOCK)

    def _from_the_pot(self, event: Event) -> int:
        return give_from_pot(town.broker(), FromPot(self.id[event.who], int(event.detail), "has no hours"))

    # -- help ----------------------------------------------------------------------------------------------------------

    def _visit(self, event: Event) -> int:
        """Written down by one coordinator, looked at by another."""
        span, funding = event.detail.split()
        start, end = (minute(part) for part in span.split("-"))
        day = date.fromisoformat(event.date)
        seen = LoggedVisit(self.id[event.who], self.id[event.other], "cleaning", day, start, end, funding=funding)
        visit = hours.log_visit(town.broker(), seen)
        hours.review_entry(town.broker(name="second-broker"), visit, True)
        return visit

    def _request(self, event: Event) -> int:
        minutes, day = event.detail.split()
        first = date.fromisoformat(day)
        wanted = make.cleaning(self.id[event.who], first_day=first, minutes=int(minutes))
        return self._arranged(requests.submit_request(self._member(event.who), wanted), event.other, first)

    def _care(self, event: Event) -> int:
        minutes, day = event.detail.split()
        first = date.fromisoformat(day)
        paid = Confirmation("pin", desk.PIN)
        wanted = CareCommand(self.id[event.who], self.shop.desk, "cleaning", first, 540, 600, int(minutes), paid)
        return self._arranged(redemption.redeem_for_care(town.clerk(), wanted), event.other, first)

    def _arranged(self, request: int, helper: str, day: date) -> int:
        """Approved (from here on the hours are on hold), offered to a helper and accepted."""
        requests.approve_request(town.broker(), request)
        [visit] = make.visits_of(request)
        offer = offers.offer_visit(town.broker(), visit, self.id[helper], clock.at(day, 540))
        offers.answer_offer(self._member(helper), offer, True)
        return visit

    def _helped(self, event: Event) -> int:
        """The helper checks in and out, the recipient confirms."""
        visit = self.made[event.ref]
        start, end = event.detail.split("-")
        with self._at(event.date, start):
            visits.check_in(self._member(event.who), visit, "button")
        with self._at(event.date, end):
            visits.check_out(self._member(event.who), visit)
            visits.confirm(self._member(event.other), visit, "portal", 5)
        return visit

    def _cancelled(self, event: Event) -> int:
        return requests.cancel_visit(self._member(event.who), self.made[event.ref], "my daughter comes")

    # -- the desk ------------------------------------------------------------------------------------------------------

    def _goods(self, event: Event) -> int:
        article, pieces = event.detail.split()
        basket = desk.takes(self.shop, self.id[event.who], **{article: int(pieces)})
        return redemption.redeem(town.clerk(), basket)

    def _goods_back(self, event: Event) -> int:
        receipt = self.made[event.ref]
        line = db.session.query(RedemptionLine.id).filter_by(redemption_id=receipt).scalar()
        back = ReturnCommand(receipt, ((line, int(event.detail)),), "the bag was torn", to_shelf=False)
        return redemption.take_back(town.operator(), back)

    # -- what was not true, and what was wrong -------------------------------------------------------------------------

    def _suspected(self, event: Event) -> int:
        suspicion = Suspicion(self.id[event.who], (self.made[event.ref],), Source.COMPLAINT, "nobody was seen")
        return annulments.suspect(town.operator(), suspicion)

    def _overturned(self, event: Event) -> int:
        result = ReExamination(self.made[event.ref], False, "the neighbour saw her")
        return annulments.re_examine(approver("third"), result)

    def _reversed(self, event: Event) -> int:
        visit = db.session.get_one(Visit, self.made[event.ref])
        ledger.reverse_by_hand(town.operator(), CITY, visit.postings["kept"], "it was not so")
        return visit.id

    def _settled_up(self, _event: Event) -> None:
        assert netting.net_past_months(CLOCK) == ["3201 2026-11"]

    # -- the books -----------------------------------------------------------------------------------------------------

    def account(self, name: str) -> int | None:
        """The account that the files call "xu", "li.grant", "pot", "clearing.next" …"""
        scheme = {"yaohua": self.yaohua, "next": self.next, "city": self.city}
        of_nobody = {
            "fund": ("fund", self.city),
            "pot": ("pot", self.yaohua),
            "issued": ("issued", self.yaohua),
            "goods": ("sink", self.yaohua),
            "honour": ("forfeited", self.yaohua),
            **{f"clearing.{place}": ("clearing", number) for place, number in scheme.items()},
        }
        key, _, kind = name.partition(".")
        found, owner = of_nobody[name] if name in of_nobody else (kind or "member", self.id[key])
        return books.account_of(CITY, found, owner)

    def totals(self, names: list[str]) -> dict[str, tuple[int, int]]:
        """Balance and minutes on hold of each account, as the books have them now; one statement."""
        numbers = {name: self.account(name) for name in names}
        known = books.balances(CITY, [number for number in numbers.values() if number is not None])
        return {
            name: (known[number].posted, known[number].held) if number is not None else (0, 0)
            for name, number in numbers.items()
        }
