"""Time banks and their dated rules."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Command, Done
from timebank.api.schemas.exchange import Parameters, ParametersQuery, SchemeLine, Schemes
from timebank.api.schemas.schemes import MemberRules, NewSchemeBody, NewValueBody, SchemeRule, SchemeRules
from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import schemes
from timebank.exchange.queries.schemes_parameters import FOR_MEMBERS, ParameterInfo, member_infos, parameter_infos
from timebank.exchange.service import schemes as service
from timebank.exchange.service.schemes import NewScheme, NewValue
from timebank.exchange.words_parameters import NAMES, value_text

ONE = "/schemes/<int:scheme_id>"
RULE = f"{ONE}/rules/<parameter>"


@read("/schemes", Schemes, permission=SIGNED_IN)
def list_schemes() -> dict[str, Any]:
    """All time banks."""
    return {"items": schemes.schemes()}


@read(ONE, SchemeLine, permission=SIGNED_IN)
def get_scheme(scheme_id: int) -> schemes.SchemeInfo:
    """One time bank."""
    return schemes.scheme(scheme_id)


@write("/schemes", body=NewSchemeBody, permission="schemes.manage", status=201)
def create_scheme(body: Command[NewScheme], key: str) -> dict[str, Any]:
    """Sets a time bank up: of a city, or (with a parent) of a district or street in it."""
    return {"id": service.create_scheme(actor(), body.command(), key=key)}


@read(f"{ONE}/parameters", Parameters, permission=SIGNED_IN, query=ParametersQuery)
def list_parameters(scheme_id: int, query: ParametersQuery) -> dict[str, Any]:
    """The values that hold in a scheme on a day; without `schemes.read` there, those that members are told."""
    on = query.on or clock.today()
    found = schemes.parameters(schemes.scheme(scheme_id).id, on).found
    all_of_it = any(one.id == scheme_id for one in schemes.around(actor(), "schemes.read"))
    return {"scheme_id": scheme_id, "on": on, "values": found if all_of_it else _told(found)}


def _told(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name in FOR_MEMBERS}


@read(f"{ONE}/rules", SchemeRules, permission="schemes.read", query=ParametersQuery)
def list_scheme_rules(scheme_id: int, query: ParametersQuery) -> dict[str, Any]:
    """Every rule of a scheme with its dated values, where they come from, and who set them."""
    one = schemes.readable(actor(), scheme_id)
    return {"scheme_id": one.id, "items": [_rule(info) for info in parameter_infos(one.id, query.on or clock.today())]}


@read(RULE, SchemeRule, permission="schemes.read", query=ParametersQuery)
def get_scheme_rule(scheme_id: int, parameter: str, query: ParametersQuery) -> dict[str, Any]:
    """One rule of a scheme with all its values."""
    one = schemes.readable(actor(), scheme_id)
    info = next(iter(parameter_infos(one.id, query.on or clock.today(), parameter)), None)
    if info is None:
        raise NotFound("no_such_value")
    return _rule(info)


def _rule(info: ParameterInfo) -> dict[str, Any]:
    named = {name: getattr(info.rule, name) for name in ("key", "topic", "measure", "least", "most", "choices")}
    dated = {name: getattr(info, name) for name in ("now", "past", "coming")}
    return {**named, **dated, "name": str(NAMES[info.key])}


@write(f"{RULE}/values", body=NewValueBody, permission="schemes.manage", status=201)
def set_parameter(scheme_id: int, parameter: str, body: Command[NewValue], key: str) -> dict[str, Any]:
    """A value from a day on, with its source; what held before today needs a reason as well."""
    return {"id": service.set_parameter(actor(), body.command(scheme_id=scheme_id, parameter=parameter), key=key)}


@write(f"{ONE}/values/<int:value_id>", answer=Done, permission="schemes.manage", method="DELETE")
def withdraw_parameter(scheme_id: int, value_id: int, key: str) -> dict[str, Any]:
    """Takes back a value that does not hold yet."""
    service.withdraw_value(actor(), scheme_id, value_id, key=key)
    return {"done": True}


@read("/my/rules", MemberRules, permission=SIGNED_IN)
def list_my_rules() -> dict[str, Any]:
    """The rules of one's own time bank, in words."""
    one = schemes.own(actor())
    return {"scheme_id": one.id, "items": [_words(info) for info in member_infos(one.id, clock.today())]}


def _words(info: ParameterInfo) -> dict[str, Any]:
    now = info.now
    named = {name: getattr(now, name) for name in ("value", "valid_from", "source")}
    return {**named, "key": info.key, "name": str(NAMES[info.key]), "words": value_text(info.key, named["value"])}
