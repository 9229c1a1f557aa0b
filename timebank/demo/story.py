"""The people of the story: Xu Mei, her daughter, Uncle Zhang next door and his daughter."""

from __future__ import annotations

from timebank.access.service import NewAccount, create_account, issue_card, set_pin
from timebank.demo import cast, places
from timebank.demo.residents import F, Home, M, register, together
from timebank.demo.town import SYSTEM, Town
from timebank.people import service as people
from timebank.people.rules.codes import AgentKind, LegalBasis, PersonRole, SelfCare
from timebank.people.service import NewAgent


def arrive(town: Town) -> None:
    """Registers them: 7 and 8 are next to each other."""
    yaoxin, wulaocun = places.community(places.YAOXIN), places.community("320104006003")
    town.names.used |= {"徐梅", "李强", "李小雨", "张福生", "张丽", "王桂珍"}
    home = Home(yaoxin, 7, 2, 301)
    mother = register(town, home, "story", F, 32, name="徐梅", member_no="NJ-2026-0007")
    father = register(town, home, "story", M, 34, name="李强", note="外卖骑手 / food-delivery rider")
    child = register(
        town,
        home,
        "story",
        F,
        6,
        name="李小雨",
        phone="",
        guardian_id=mother.id,
        guardian_relation="mother",
        legal_basis=LegalBasis.CONSENT,
    )
    together(town, (father, "head"), (mother, "spouse"), (child, "child"))
    recipient = frozenset({PersonRole.RECIPIENT})
    zhang = register(
        town,
        Home(yaoxin, 8, 1, 102),
        "story",
        M,
        81,
        name="张福生",
        phone="",
        member_no="NJ-2026-0008",
        lives_alone=True,
        self_care=SelfCare.ABLE,
        languages=("zh", "zh-nanjing"),
        door_note="耳背，敲门请大声些",
        safety_note="有高血压，不宜久站",
        roles=recipient,
    )
    daughter = register(town, Home(wulaocun, 3, 1, 502), "story", F, 52, name="张丽")
    people.add_agent(town.broker(zhang.code), NewAgent(zhang.id, daughter.id, AgentKind.AGENT, "daughter"))
    wang = register(
        town,
        Home(yaoxin, 6, 1, 201),
        "story",
        F,
        78,
        name="王桂珍",
        lives_alone=True,
        self_care=SelfCare.ABLE,
        roles=recipient,
    )
    town.cast = {
        "xumei": mother,
        "father": father,
        "child": child,
        "zhang": zhang,
        "zhangli": daughter,
        "wang": wang,
    }


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
