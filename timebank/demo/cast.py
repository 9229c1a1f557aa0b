"""Who works in the town and how they sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from timebank.access import queries as access
from timebank.access.hashing import hash_secret
from timebank.access.models import Account
from timebank.access.rules.roles import Role
from timebank.access.service import NewAccount, create_account, grant_role
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.demo import places

PASSWORD = "timebank-demo"  # noqa: S105 - of a made-up town, shown on purpose
PIN = "2580"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in of the demo: name, person, what to look at.  `role` None: a member of the time bank."""

    name: str
    person: str
    what: object
    role: Role | None = None
    territory: str = ""


STAFF = (
    SignIn("yaohua", "陈静", _l("Coordinator of Yaohua street"), Role.BROKER, places.YAOHUA),
    SignIn("reviewer", "吴洁", _l("Second reviewer of Yaohua street"), Role.BROKER, places.YAOHUA),
    SignIn("wulaocun", "周敏", _l("Coordinator of Wulaocun street"), Role.BROKER, places.WULAOCUN),
    SignIn("desk", "孙芳", _l("Service desk of Yaohua street"), Role.DESK_CLERK, places.YAOHUA),
    SignIn("desk2", "马丽", _l("Second clerk of Yaohua street"), Role.DESK_CLERK, places.YAOHUA),
    SignIn("wulao-desk", "蔡琴", _l("Service desk of Wulaocun"), Role.DESK_CLERK, places.WULAOCUN),
    SignIn("operator", "赵伟", _l("Platform operator of Nanjing"), Role.PLATFORM_OPERATOR, "3201"),
    SignIn("operator2", "钱莉", _l("Second operator of Nanjing"), Role.PLATFORM_OPERATOR, "3201"),
    SignIn("grid", "李志", _l("Grid worker of Yaoxin community"), Role.GRID_WORKER, places.YAOXIN),
    SignIn("social", "何洁", _l("Social worker of Yaohua street"), Role.SOCIAL_WORKER, places.YAOHUA),
    SignIn("street", "郑强", _l("Head of assistance in Yaohua street"), Role.STREET_HEAD, places.YAOHUA),
    SignIn("wulao-social", "刘洋", _l("Social worker of Wulaocun street"), Role.SOCIAL_WORKER, places.WULAOCUN),
    SignIn("wulao-street", "杨春", _l("Head of assistance in Wulaocun street"), Role.STREET_HEAD, places.WULAOCUN),
    SignIn("district", "林涛", _l("District approver of Qixia"), Role.DISTRICT_APPROVER, "320113"),
    SignIn("jinnan", "宋颖", _l("Social worker of Shuanggang, Tianjin"), Role.SOCIAL_WORKER, places.SHUANGGANG),
    SignIn("monitor", "冯军", _l("City monitor of Nanjing"), Role.CITY_MONITOR, "3201"),
    SignIn("auditor", "唐平", _l("Auditor of Nanjing"), Role.AUDITOR, "3201"),
    SignIn("privacy", "许宁", _l("Data protection officer"), Role.DATA_PROTECTION_OFFICER, "3201"),
    SignIn("admin", "Admin", _l("Administrator"), Role.ADMINISTRATOR, ""),
)
MEMBERS = (
    SignIn("xumei", "徐梅", _l("Volunteer, young mother in Yaoxin")),
    SignIn("zhangli", "张丽", _l("Daughter and agent of Uncle Zhang, who has no phone")),
)
SIGN_INS = (*STAFF, *MEMBERS)


def hire(system: Actor, since: date) -> dict[str, Actor]:
    """Makes the accounts of the staff with their roles; returns the actors by sign-in name."""
    actors: dict[str, Actor] = {}
    for one in STAFF:
        account_id = create_account(system, NewAccount(one.name, one.person, territory_code=one.territory))
        assert one.role is not None
        grant_role(system, account_id, one.role.value, one.territory, since, None, "演示 / demo")
        actors[one.name] = actor(account_id)
    return actors


def give_password() -> None:
    """The demo's password for every sign-in, digested once: a proper digest takes a good part of a second each."""
    names = [one.name for one in SIGN_INS]
    digest = hash_secret(PASSWORD)
    db.session.execute(update(Account).where(Account.sign_in_name.in_(names)).values(password_hash=digest))


def actor(account_id: int) -> Actor:
    """Who an account acts as.  Raises `NotFound`."""
    found = access.actor_of(account_id)
    if found is None:
        raise NotFound("access_account_unknown")
    return found
