"""The people of the story: Xu Mei, her daughter, Uncle Zhang next door and his daughter."""

from __future__ import annotations

from typing import Any

from timebank.access.service import NewAccount, create_account, issue_card, set_pin
from timebank.demo import cast, places
from timebank.demo.residents import F, Home, M, register, together
from timebank.demo.town import SYSTEM, Town
from timebank.people import service as people
from timebank.people.rules.codes import COPIES, AgentKind, LegalBasis, PersonRole, SelfCare
from timebank.people.service import NewAgent, NewConsent

RECIPIENT = frozenset({PersonRole.RECIPIENT})


def arrive(town: Town) -> None:
    """Registers them: buildings 7 and 8 are next to each other."""
    town.names.used |= {"徐梅", "李强", "李小雨", "张福生", "张丽", "王桂珍"}
    _family(town)
    _zhang(town)
    home = Home(places.community(places.YAOXIN), 6, 1, 201)
    facts: dict[str, Any] = {"lives_alone": True, "self_care": SelfCare.ABLE, "roles": RECIPIENT}
    town.cast["wang"] = register(town, home, "story", F, 78, name="王桂珍", **facts)


def _family(town: Town) -> None:
    home = Home(places.community(places.YAOXIN), 7, 2, 301)
    mother = register(town, home, "story", F, 32, name="徐梅", member_no="NJ-2026-0007")
    father = register(town, home, "story", M, 34, name="李强", note="外卖骑手 / food-delivery rider")
    guarded: dict[str, Any] = {
        "guardian_id": mother.id,
        "guardian_relation": "parent",
        "legal_basis": LegalBasis.CONSENT,
    }
    child = register(town, home, "story", F, 6, name="李小雨", phone="", **guarded)
    together(town, (father, "head"), (mother, "spouse"), (child, "child"))
    town.cast |= {"xumei": mother, "father": father, "child": child}


def _zhang(town: Town) -> None:
    facts: dict[str, Any] = {
        "member_no": "NJ-2026-0008",
        "phone": "",
        "lives_alone": True,
        "self_care": SelfCare.ABLE,
        "languages": ("zh", "zh-nanjing"),
        "door_note": "耳背，敲门请大声些",
        "safety_note": "不宜久站，走路请扶一把",
        "roles": RECIPIENT,
    }
    zhang = register(town, Home(places.community(places.YAOXIN), 8, 1, 102), "story", M, 81, name="张福生", **facts)
    home = Home(places.community("320104006003"), 3, 1, 502)
    daughter = register(town, home, "story", F, 52, name="张丽")
    people.add_agent(SYSTEM, NewAgent(zhang.id, daughter.id, AgentKind.AGENT, "child"))
    people.give_consent(SYSTEM, NewConsent(zhang.id, COPIES, given_by_id=zhang.id))
    town.cast |= {"zhang": zhang, "zhangli": daughter}


def open_accounts(town: Town) -> None:
    """Xu Mei and Zhang Li sign in; they and Uncle Zhang have a PIN; he has a card because he has no phone."""
    for name in ("xumei", "zhangli"):
        person = town.cast[name]
        account_id = create_account(SYSTEM, NewAccount(name, person.name, person.id))
        town.members[person.id] = cast.actor(account_id)
    cast.give_password()
    for name in ("xumei", "zhangli", "zhang", "wang"):
        set_pin(SYSTEM, town.cast[name].id, cast.PIN)
    for name in ("zhang", "wang", "xumei"):
        issue_card(town.staff["yaohua"], town.cast[name].id)
