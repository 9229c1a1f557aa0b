"""Time banks, their dated rules, and the catalogue of services."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import Field

from timebank.api.schemas.base import Answer, body_of
from timebank.exchange.rules.catalogue import Service
from timebank.exchange.rules.parameters import GROUPS, Measure, Topic
from timebank.exchange.service.schemes import NewScheme, NewValue
from timebank.people.rules.codes import SelfCare

NewSchemeBody = body_of(
    NewScheme,
    name="NewScheme",
    code=Field(pattern=r"^[a-z][a-z0-9-]{1,31}$"),
    name_zh=Field(min_length=1, max_length=80),
    name_en=Field(min_length=1, max_length=80),
    territory_code=Field(pattern=r"^\d{4,12}$"),
)
NewValueBody = body_of(
    NewValue,
    name="NewValue",
    without=("scheme_id", "parameter"),
    source=Field(min_length=1, max_length=300),
    reason=Field(max_length=300),
)
_SERVICE: dict[str, Any] = {
    "name_zh": Field(min_length=1, max_length=40),
    "name_en": Field(min_length=1, max_length=60),
    "group": Field(pattern=f"^({'|'.join(GROUPS)})$"),
    "max_self_care_loss": Field(pattern=f"^({'|'.join(SelfCare)})$"),
    "weight_permille": Field(ge=100, le=5000),
    "sort": Field(ge=0, le=9999),
    "usual_minutes": Field(ge=1, le=1440),
    "max_minutes": Field(ge=1, le=1440),
}
NewServiceBody = body_of(Service, name="NewService", code=Field(pattern=r"^[a-z][a-z0-9_]{1,31}$"), **_SERVICE)
ServiceBody = body_of(Service, name="ServiceFacts", without=("code",), **_SERVICE)


class SchemeRuleValue(Answer):
    """A dated value; `origin`: its own, of the scheme above ("parent"), the city's, or the default."""

    id: int
    value: Any
    valid_from: date
    source: str
    is_assumption: bool
    origin: Literal["own", "parent", "city", "default"]
    set_by: int | None


class SchemeRule(Answer):
    """A rule of a scheme: what holds now, what held, and what comes; `measure` tells how the value is to be read."""

    key: str
    name: str
    topic: Topic
    measure: Measure
    least: int
    most: int
    choices: list[str]
    now: SchemeRuleValue | None
    past: list[SchemeRuleValue]
    coming: list[SchemeRuleValue]


class SchemeRules(Answer):
    """The rules of a scheme."""

    scheme_id: int
    items: list[SchemeRule]


class MemberRule(Answer):
    """A rule with its value, and the same as a member would say it."""

    key: str
    name: str
    value: Any
    words: str
    valid_from: date
    source: str


class MemberRules(Answer):
    """What members are told about the rules of their time bank."""

    scheme_id: int
    items: list[MemberRule]
