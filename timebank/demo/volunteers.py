"""Volunteers: some in every state, most of them active with skills and free hours."""

from __future__ import annotations

from datetime import timedelta

from timebank.access.service import NewAccount, create_account
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.demo import cast
from timebank.demo.town import SYSTEM, Helper, Resident, Town
from timebank.exchange.service import volunteers as service
from timebank.exchange.service.volunteers import Offer, Training
from timebank.people import service as people
from timebank.people.rules.codes import PersonRole

MORNING, AFTERNOON, EVENING = (480, 690), (810, 1020), (1080, 1200)
SKILLS = (
    ("cleaning", "cooking", "laundry"),
    ("cleaning", "shopping", "meals"),
    ("company", "reading", "shopping"),
    ("smartphone", "company", "fraud_guidance"),
    ("meals", "cooking", "shopping"),
    ("haircut", "company", "cleaning"),
    ("bathing", "cleaning", "medical_company"),
    ("small_repairs", "smartphone", "shopping"),
)
NEEDS_TRAINING = {"bathing", "medical_company", "emergency", "legal_guidance", "health_talk"}
REACH = (600, 800, 1000, 1500, 2500)
OTHER_STATES = ("submitted", "platform_review", "training", "rejected", "suspended", "exited", "barred")


def enlist(town: Town) -> None:
    """Applications, two reviews, training and start, for the story's Xu Mei and many others."""
    _xumei(town)
    pool = [one for one in town.residents if one.kind in ("helper", "parent", "worker") and one.in_nanjing]
    town.rng.shuffle(pool)
    count = town.many(56, 8)
    for number, resident in enumerate(pool[:count]):
        _activate(town, resident, _offer(town, resident, number))
    others = pool[count : count + town.many(14, len(OTHER_STATES))]
    for number, resident in enumerate(others):
        _elsewhere(town, resident, _offer(town, resident, number), OTHER_STATES[number % len(OTHER_STATES)])


def _xumei(town: Town) -> None:
    slots = ((1, 480, 600), (3, 840, 990), (5, 540, 660))
    offer = Offer(
        town.cast["xumei"].id,
        ("cleaning", "cooking"),
        slots,
        max_distance_m=500,
        max_minutes_per_week=360,
        caregiver_at_home=True,
    )
    _activate(town, town.cast["xumei"], offer)


def _offer(town: Town, resident: Resident, number: int) -> Offer:
    rng = town.rng
    halves = (MORNING, AFTERNOON) if resident.kind == "helper" else (EVENING, AFTERNOON)
    days = sorted(rng.sample(range(6), rng.randint(2, 4)))
    return Offer(
        resident.id,
        SKILLS[number % len(SKILLS)],
        tuple((day, *rng.choice(halves)) for day in days),
        max_distance_m=rng.choice(REACH),
        max_minutes_per_week=rng.choice((300, 480, 600)),
        languages=("zh", "zh-nanjing") if rng.random() < 0.4 else None,
    )


def _activate(town: Town, resident: Resident, offer: Offer) -> None:
    broker, operator = town.broker(resident.code), town.staff["operator"]
    service.apply(broker, offer)
    if broker is operator:  # no coordinator of its own: the first review is another account's
        broker = SYSTEM
    service.review(broker, resident.id)
    service.approve(operator, resident.id)
    trained = tuple(code for code in offer.skills if code in NEEDS_TRAINING)
    service.record_training(operator, Training(resident.id, trained, clock.today(), start=True))
    service.set_insurance(operator, resident.id, town.today + timedelta(days=town.rng.randint(60, 300)))
    actor = town.members.get(resident.id) or _account(town, resident)
    town.helpers[resident.id] = Helper(
        resident,
        frozenset(offer.skills),
        {day: (start, end) for day, start, end in offer.slots},
        offer.max_distance_m,
        actor,
    )


def _account(town: Town, resident: Resident) -> Actor:
    """An account without a password yet: most volunteers of the demo never sign in themselves."""
    account_id = create_account(SYSTEM, NewAccount(f"v{resident.id:04d}", resident.name, resident.id))
    town.members[resident.id] = cast.actor(account_id)
    return town.members[resident.id]


def _elsewhere(town: Town, resident: Resident, offer: Offer, state: str) -> None:
    """Somebody whose way as a volunteer stopped, or has only begun."""
    broker, operator = town.broker(resident.code), town.staff["operator"]
    service.apply(broker, offer)
    if state == "submitted":
        return
    if state == "rejected":
        service.reject(broker, resident.id, "联系不上本人 / could not be reached")
        return
    service.review(SYSTEM if broker is operator else broker, resident.id)
    if state == "platform_review":
        return
    service.approve(operator, resident.id)
    if state == "training":
        return
    service.record_training(operator, Training(resident.id, (), clock.today(), start=True))
    if state == "suspended":
        service.suspend(operator, resident.id, "住院手术，暂停服务 / in hospital")
    elif state == "exited":
        service.leave(operator, resident.id, "搬家 / moved away")
    else:
        service.bar(SYSTEM, resident.id, "虚报服务时间，经核实 / hours that never took place")


def gives_role(town: Town, resident: Resident) -> None:
    """The person is a volunteer in the registry too."""
    people.give_role(town.broker(resident.code), resident.id, PersonRole.VOLUNTEER)
