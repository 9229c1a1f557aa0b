"""The people of the town: who they are, where they live, with whom, and who acts for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from timebank.core.authority import Actor
from timebank.demo import places
from timebank.demo.town import SYSTEM, Resident, Town
from timebank.people import service as people
from timebank.people.rules.codes import AgentKind, LegalBasis, PersonRole, SelfCare, Sex
from timebank.people.service import Joining, NewAgent, NewPerson
from timebank.territory import service as territory
from timebank.territory.models import Duty
from timebank.territory.service import NewDuty

F, M = Sex.FEMALE, Sex.MALE
FAMILIES = (  # kind of household, how many at scale 1
    ("elder", 62),
    ("couple", 44),
    ("family", 30),
    ("retired", 30),
    ("worker", 32),
)
DOOR_NOTES = ("敲门请大声些", "门铃坏了，请敲门", "电梯到 5 楼再走一层", "请先打电话给女儿", "家里有小狗，不咬人")
SAFETY_NOTES = ("不吃花生", "不宜久站，走路请扶一把", "听力不好，请慢慢说", "不吃甜食")


def found(town: Town) -> None:
    """The places, grids and their coordinates."""
    territory.ensure([*places.WIDE, *(one.place for one in places.COMMUNITIES)])
    for code, names in places.GRIDS.items():
        for name in names:
            territory.add_grid(SYSTEM, code, name)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a household lives."""

    where: places.Community
    building: int
    unit: int
    room: int

    @property
    def code(self) -> str:
        """The grid of the building where the community has grids."""
        grids = len(places.GRIDS.get(self.where.code, ()))
        return self.where.code if not grids else f"{self.where.code}{(self.building - 1) % grids + 1:03d}"

    @property
    def address(self) -> str:
        return places.address(self.where, self.building, self.unit, self.room)


def settle(town: Town) -> None:
    """Registers everybody but the named ones."""
    for kind, count in FAMILIES:
        for _ in range(town.many(count, 5 if kind == "retired" else 2)):
            HOUSEHOLDS[kind](town, _home(town))


def _home(town: Town) -> Home:
    where = town.rng.choices(places.COMMUNITIES, [one.share for one in places.COMMUNITIES])[0]
    rng = town.rng
    return Home(where, rng.randint(1, places.BUILDINGS), rng.randint(1, 4), rng.randint(1, 9) * 100 + rng.randint(1, 4))


def register(
    town: Town, home: Home, kind: str, sex: Sex, age: int, *, name: str = "", born: date | None = None, **facts: Any
) -> Resident:
    """One person through the registry's own door; the coordinator of the place writes them down."""
    born = born or town.names.born(age, town.today)
    lat, lon = places.building_point(home.where, home.building)
    person: dict[str, Any] = {
        "name": name or town.names.name(sex, age),
        "territory_code": home.code,
        "id_number": town.names.id_number(born, sex),
        "phone": town.names.phone(),
        "address": home.address,
        "lat": lat,
        "lon": lon,
        **facts,
    }
    new = NewPerson(**person)
    person_id = people.register_person(_clerk(town, home.code), new)
    alone = bool(facts.get("lives_alone"))
    resident = Resident(
        person_id, new.name, sex, born, age, home.code, home.building, lat, lon, kind, alone, frozenset()
    )
    town.residents.append(resident)
    return resident


def _clerk(town: Town, code: str) -> Actor:
    return town.broker(code) if town.staff else SYSTEM


def together(town: Town, *who: tuple[Resident, str]) -> None:
    """Makes a household of people with their relations; the first is its head."""
    clerk, (head, relation) = _clerk(town, who[0][0].code), who[0]
    people.set_household(clerk, head.id, Joining(None, relation))
    for mate, how in who[1:]:
        dependant = how == "child" and mate.age < 8
        people.set_household(clerk, mate.id, Joining(head.id, how, dependant))
    everybody = frozenset(mate.id for mate, _ in who)
    for mate, _ in who:
        mate.household = everybody - {mate.id}


def _recipient_facts(town: Town, age: int, *, alone: bool) -> dict[str, Any]:
    rng = town.rng
    care = rng.choices((SelfCare.ABLE, SelfCare.PARTIAL, SelfCare.FULL_LOSS), (70, 24, 6))[0]
    facts: dict[str, Any] = {"lives_alone": alone, "self_care": care, "roles": frozenset({PersonRole.RECIPIENT})}
    if rng.random() < 0.35:
        facts["door_note"] = rng.choice(DOOR_NOTES)
    if rng.random() < 0.2:
        facts["safety_note"] = rng.choice(SAFETY_NOTES)
    if age > 78 and rng.random() < 0.4:
        facts["phone"] = ""  # no phone: card and PIN
    if rng.random() < 0.3:
        facts["languages"] = ("zh", "zh-nanjing")
    return facts


def _elder(town: Town, home: Home) -> None:
    sex, age = town.rng.choice((F, F, M)), town.rng.randint(70, 91)
    elder = register(town, home, "elder", sex, age, **_recipient_facts(town, age, alone=True))
    if age > 80 and town.rng.random() < 0.35:
        child_sex = town.rng.choice((F, M))
        child = register(
            town,
            _home(town),
            "child_of_elder",
            child_sex,
            age - town.rng.randint(25, 30),
            name=_child_name(town, elder),
        )
        agent = NewAgent(elder.id, child.id, AgentKind.AGENT, "child")
        people.add_agent(SYSTEM, agent)  # the child lives elsewhere, maybe outside the area of the elder's coordinator


def _child_name(town: Town, elder: Resident) -> str:
    return town.names.name(F if town.rng.random() < 0.5 else M, 50, elder.name[0])


def _couple(town: Town, home: Home) -> None:
    age = town.rng.randint(66, 84)
    man = register(town, home, "couple", M, age, **_recipient_facts(town, age, alone=False))
    younger = max(62, age - town.rng.randint(0, 6))
    woman = register(town, home, "couple", F, younger, **_recipient_facts(town, younger, alone=False))
    together(town, (man, "head"), (woman, "spouse"))


def _family(town: Town, home: Home) -> None:
    age = town.rng.randint(28, 46)
    man = register(town, home, "parent", M, age)
    woman = register(town, home, "parent", F, max(24, age - town.rng.randint(0, 5)))
    child_age, sex = town.rng.randint(2, min(17, age - 22)), town.rng.choice((F, M))
    child = register(
        town,
        home,
        "child",
        sex,
        child_age,
        name=town.names.name(sex, child_age, man.name[0]),
        phone="",
        guardian_id=woman.id,
        guardian_relation="parent",
        legal_basis=LegalBasis.CONSENT,
    )
    together(town, (man, "head"), (woman, "spouse"), (child, "child"))


def _retired(town: Town, home: Home) -> None:
    age = town.rng.randint(58, 69)
    man = register(town, home, "helper", M, age)
    woman = register(town, home, "helper", F, max(55, age - town.rng.randint(0, 5)))
    together(town, (man, "head"), (woman, "spouse"))


def _worker(town: Town, home: Home) -> None:
    register(town, home, "worker", town.rng.choice((F, M)), town.rng.randint(20, 54))


HOUSEHOLDS = {"elder": _elder, "couple": _couple, "family": _family, "retired": _retired, "worker": _worker}


def doubles(town: Town) -> None:
    """People written down a second time: they wait in the review queue."""
    chosen = [one for one in town.residents if one.kind in ("elder", "helper") and one.in_nanjing]
    for twin in town.rng.sample(chosen, min(len(chosen), town.many(5, 2))):
        again = NewPerson(
            name=twin.name,
            territory_code=twin.code,
            sex=twin.sex,
            birth_date=twin.born,
            address=places.address(places.community(twin.code), twin.building, 1, 101),
            duplicate_reason="纸质登记表补录，身份证未带 / paper form, no identity card at hand",
        )
        people.register_person(_clerk(town, twin.code), again)


def responsible(town: Town) -> None:
    """Who answers for the grids and streets of the town."""
    pool = iter([one for one in town.residents if one.kind == "worker" and one.in_nanjing] * 20)
    for grid in [f"{code}{number + 1:03d}" for code, names in places.GRIDS.items() for number in range(len(names))]:
        _duty(town, grid, Duty.GRID_WORKER, next(pool))
    for code in (places.YAOXIN, "320104006003"):
        _duty(town, code, Duty.CIVIL_AFFAIRS_SPECIALIST, next(pool))
    for code in (places.YAOHUA, places.WULAOCUN):
        _duty(town, code, Duty.STREET_HEAD, next(pool))
        _duty(town, code, Duty.DUTY_DESK, next(pool))


def _duty(town: Town, code: str, duty: Duty, who: Resident) -> None:
    phone = f"025-8{town.rng.randint(1_000_000, 9_999_999)}"
    territory.set_responsible(SYSTEM, NewDuty(code, duty, who.id, phone, town.first))
