"""A small town with real names and codes, and the people who work in it.

`town()` builds the territory, two schemes, their rules and the catalogue of services.  `broker()`, `clerk()` … give the
actor of an account that is made at the first call; `account_of(actor)` is what `sign_in` wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tests.factories.replay import Replay
from timebank.access.models import Account, RoleGrant
from timebank.access.rules.roles import PERMISSIONS, Role
from timebank.core.authority import Actor, Grant
from timebank.core.db import db
from timebank.people.models import Agent, Person
from timebank.territory.models import Level, Territory

JIANGSU, NANJING = "32", "3201"
QIXIA, YAOHUA = "320113", "320113001"
YAOXIN, YAOHUA_COMMUNITY = "320113001007", "320113001001"
QINHUAI, WULAOCUN, WULAOCUN_COMMUNITY = "320104", "320104006", "320104006003"
JIANGNING, HENGXI, BINHUAI = "320115", "320115004", "320115004202"
TIANJIN, TIANJIN_CITY, JINNAN, SHUANGGANG = "12", "1201", "120112", "120112103"

PLACES: tuple[tuple[str, str, Level, float, float], ...] = (
    (JIANGSU, "江苏省", Level.PROVINCE, 32.06, 118.76),
    (NANJING, "南京市", Level.CITY, 32.0603, 118.7969),
    (QIXIA, "栖霞区", Level.DISTRICT, 32.0963, 118.9092),
    (YAOHUA, "尧化街道", Level.STREET, 32.1130, 118.8830),
    (YAOXIN, "尧新社区居委会", Level.COMMUNITY, 32.1160, 118.8870),
    (YAOHUA_COMMUNITY, "尧化社区居委会", Level.COMMUNITY, 32.1125, 118.8845),
    (QINHUAI, "秦淮区", Level.DISTRICT, 32.0390, 118.7947),
    (WULAOCUN, "五老村街道", Level.STREET, 32.0365, 118.7925),
    (WULAOCUN_COMMUNITY, "五老村社区居委会", Level.COMMUNITY, 32.0368, 118.7932),
    (JIANGNING, "江宁区", Level.DISTRICT, 31.9522, 118.8399),
    (HENGXI, "横溪街道", Level.STREET, 31.7240, 118.7760),
    (BINHUAI, "滨淮村委会", Level.COMMUNITY, 31.7300, 118.7700),
    (TIANJIN, "天津市", Level.PROVINCE, 39.0842, 117.2010),
    (TIANJIN_CITY, "市辖区", Level.CITY, 39.0842, 117.2010),
    (JINNAN, "津南区", Level.DISTRICT, 38.9370, 117.3572),
    (SHUANGGANG, "双港镇", Level.STREET, 39.0190, 117.2990),
)


@dataclass(frozen=True, slots=True)
class Town:
    """What `town()` made."""

    nanjing: int  # id of the city's scheme
    yaohua: int  # id of the street's scheme, inside the city's


def town() -> Town:
    """The territory, the schemes of Nanjing and of Yaohua street with all their rules, and the services."""
    return _put_back()


def made_by_services() -> Town:
    """The same, always by the services."""
    for code, name, level, lat, lon in PLACES:
        db.session.add(Territory(code=code, name=name, level=level, lat=lat, lon=lon, parent_code=_parent(code)))
        db.session.flush()
    db.session.commit()
    return _schemes()


def _parent(code: str) -> str | None:
    shorter = [place for place, *_ in PLACES if code.startswith(place) and place != code]
    return max(shorter, key=len, default=None)


def _schemes() -> Town:
    """As an installation gets them: rules with their first values, the catalogue, the schemes of city and street."""
    from timebank.exchange.service import schemes

    schemes.install_defaults()
    made = schemes.install_known_schemes(Actor.system("town"))
    return Town(nanjing=made["nanjing"], yaohua=made["yaohua"])


_put_back = Replay(made_by_services)


# -- who works here ----------------------------------------------------------------------------------------------------


def staff(role: Role, territory: str, name: str = "", permissions: frozenset[str] | None = None) -> Actor:
    """An account with one role for one territory, and its actor."""
    sign_in_name = name or f"{role.value}-{territory or 'all'}"
    account = _account(sign_in_name)
    held = PERMISSIONS[role] if permissions is None else permissions
    known = select(RoleGrant.id).where(RoleGrant.account_id == account.id, RoleGrant.role == role)
    if db.session.scalar(known) is None:
        db.session.add(
            RoleGrant(account_id=account.id, role=role, territory_code=territory, starts_on=date(2024, 1, 1))
        )
    db.session.commit()
    grants = (Grant(role.value, territory, held),)
    return Actor(account_id=account.id, person_id=account.person_id, name=sign_in_name, grants=grants)


def _account(sign_in_name: str, person_id: int | None = None) -> Account:
    account = db.session.scalar(select(Account).where(Account.sign_in_name == sign_in_name))
    if account is None:
        account = Account(sign_in_name=sign_in_name, display_name=sign_in_name, person_id=person_id, language="en")
        db.session.add(account)
        db.session.flush()
    return account


def account_of(actor: Actor) -> int:
    """The account to sign in with."""
    assert actor.account_id is not None
    return actor.account_id


def broker(territory: str = YAOHUA, name: str = "") -> Actor:
    """The coordinator of a service point; give a `name` for a second one of the same street."""
    return staff(Role.BROKER, territory, name)


def outsider() -> Actor:
    """A coordinator of another street of the same city."""
    return staff(Role.BROKER, WULAOCUN)


def clerk(territory: str = YAOHUA, name: str = "") -> Actor:
    """Somebody at the service desk."""
    return staff(Role.DESK_CLERK, territory, name)


def operator(territory: str = NANJING, name: str = "") -> Actor:
    """The platform's operator, for the whole city."""
    return staff(Role.PLATFORM_OPERATOR, territory, name)


def auditor(territory: str = NANJING) -> Actor:
    return staff(Role.AUDITOR, territory)


def admin(territory: str = "") -> Actor:
    return staff(Role.ADMINISTRATOR, territory)


def social_worker(territory: str = YAOHUA) -> Actor:
    return staff(Role.SOCIAL_WORKER, territory)


def street_head(territory: str = YAOHUA) -> Actor:
    return staff(Role.STREET_HEAD, territory)


def nobody() -> Actor:
    """Somebody with an account and no role."""
    account = _account("nobody")
    db.session.commit()
    return Actor(account_id=account.id, name="nobody")


def member(person_id: int) -> Actor:
    """The person's own account; may act for those whose guardian or agent they are."""
    account = _account(f"member-{person_id}", person_id)
    wards = db.session.scalars(select(Agent.person_id).where(Agent.agent_person_id == person_id))
    actor = Actor(account_id=account.id, person_id=person_id, name=account.sign_in_name, wards=frozenset(wards))
    db.session.commit()
    return actor


# -- who lives here ----------------------------------------------------------------------------------------------------


def person(name: str = "张桂英", territory: str = YAOXIN, **facts: object) -> int:
    """A person in the registry, straight into the table (the registry's own tests use its service); returns the id."""
    count = db.session.query(Person).count() + 1
    given: dict[str, object] = {
        "member_no": f"T{count:06d}",
        "name": name,
        "territory_code": territory,
        "address": f"尧新大道{count}号",
        "birth_date": date(1950, 1, 1),
        "languages": ["zh"],
        "is_recipient": True,
        **facts,
    }
    new = Person(**given)
    db.session.add(new)
    db.session.commit()
    return new.id
