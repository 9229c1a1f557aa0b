"""Setting up time banks: first values, schemes, parameters, the catalogue of services."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core import parameters as dated
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db, transaction
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.catalogue import Scheme, ServiceType
from timebank.exchange.queries import schemes as queries
from timebank.exchange.rules import parameters as rules
from timebank.exchange.rules.catalogue import DEFAULT_SERVICES, Service
from timebank.territory import queries as territory
from timebank.territory.rules import tenant_of

SINCE = date(2019, 7, 17)  # the Nanjing plan


@transaction
def install_defaults() -> dict[str, int]:
    """Adds what is missing of the first parameters and the catalogue; what was edited stays.  Safe to run again."""
    parameters = dated.install(rules.DEFINITIONS)
    known = set(db.session.scalars(select(ServiceType.code)))
    new = [service for service in DEFAULT_SERVICES if service.code not in known]
    db.session.add_all(ServiceType(**asdict(service)) for service in new)
    return {"parameters": parameters, "services": len(new)}


@transaction
def install_all(actor: Actor) -> dict[str, int]:
    """Rules, catalogue and, in a database without any scheme, the known ones where their places exist.  Repeatable."""
    made = install_defaults()
    known_places = territory.info("3201") and territory.info("320113001")
    if known_places and db.session.scalar(select(Scheme.id).limit(1)) is None:
        made["schemes"] = len(install_known_schemes(actor))
    return made


@transaction
def install_known_schemes(actor: Actor) -> dict[str, int]:
    """Nanjing's city scheme and Yaohua's street scheme with their own values; returns ids by code.

    The territory must have been imported.  What exists stays as it is.
    """
    nanjing = _known(
        actor,
        NewScheme("nanjing", "南京市养老服务时间银行", "Nanjing time bank", "3201"),
    )
    yaohua = _known(
        actor,
        NewScheme(
            "yaohua",
            "尧化街道时间银行",
            "Yaohua street time bank",
            "320113001",
            parent_id=nanjing,
        ),
    )
    for scheme_id, values in ((nanjing, rules.NANJING), (yaohua, rules.YAOHUA)):
        install_values(scheme_id, values)
    return {"nanjing": nanjing, "yaohua": yaohua}


@transaction
def install_values(scheme_id: int, values: tuple[rules.SchemeValue, ...], valid_from: date = SINCE) -> int:
    """Gives a scheme first values of its own; a parameter that has one keeps it.  Returns how many were added."""
    scope = queries.scheme(scheme_id).scope
    known = set(db.session.scalars(select(dated.Parameter.key).where(dated.Parameter.scope == scope)))
    new = [item for item in values if item.key not in known]
    db.session.add_all(
        dated.Parameter(
            key=item.key,
            scope=scope,
            valid_from=valid_from,
            value=rules.checked(item.key, item.value),
            source=item.source,
            is_assumption=item.assumption,
        )
        for item in new
    )
    db.session.flush()
    return len(new)


@dataclass(frozen=True, slots=True)
class NewScheme:
    """A time bank to set up: of a city, or (with a parent) of a district or street in it."""

    code: str
    name_zh: str
    name_en: str
    territory_code: str
    parent_id: int | None = None


def _known(actor: Actor, new: NewScheme) -> int:
    found = db.session.scalar(select(Scheme.id).where(Scheme.code == new.code))
    return found if found is not None else create_scheme(actor, new)


@command
def create_scheme(actor: Actor, new: NewScheme, *, key: str | None = None) -> int:
    """Sets up a scheme (`schemes.manage` for its territory).

    Refuses: no_such_territory, scheme_code_taken, scheme_place_taken, scheme_outside_parent, scheme_needs_parent.
    """
    actor.require("schemes.manage", new.territory_code)
    if territory.info(new.territory_code) is None:
        raise Refused("no_such_territory", field="territory_code")
    _refuse_taken(new)
    _refuse_misplaced(new)
    row = Scheme(**asdict(new), tenant=tenant_of(new.territory_code))
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "create.scheme", "scheme", row.id, new.territory_code, code=new.code)
    return row.id


def _refuse_taken(new: NewScheme) -> None:
    if db.session.scalar(select(Scheme.id).where(Scheme.code == new.code)):
        raise Refused("scheme_code_taken", field="code")
    if db.session.scalar(select(Scheme.id).where(Scheme.territory_code == new.territory_code)):
        raise Refused("scheme_place_taken", field="territory_code")


def _refuse_misplaced(new: NewScheme) -> None:
    if new.parent_id is None:
        if len(new.territory_code) > len("3201"):
            raise Refused("scheme_needs_parent", field="parent_id")
        return
    parent = queries.scheme(new.parent_id)
    if not new.territory_code.startswith(parent.territory_code):
        raise Refused("scheme_outside_parent", field="territory_code", parent=parent.name)


@dataclass(frozen=True, slots=True)
class NewValue:
    """A parameter of a scheme from a day on."""

    scheme_id: int
    parameter: str
    value: Any
    valid_from: date
    source: str
    is_assumption: bool = False
    reason: str = ""


@command
def set_parameter(actor: Actor, new: NewValue, *, key: str | None = None) -> int:
    """Adds a dated value (`schemes.manage`), or replaces the one of the same day.

    What held before today was acted upon: changing it needs a reason, as does replacing a value already in force.
    Refuses: parameter_* (see `rules.parameters.checked`), parameter_reason, parameter_source.
    """
    scheme = queries.scheme(new.scheme_id)
    actor.require("schemes.manage", scheme.territory_code)
    value = rules.checked(new.parameter, new.value)
    if not new.source.strip():
        raise Refused("parameter_source", field="source")
    row = _value_row(new.parameter, scheme.scope, new.valid_from)
    before = row.value if row else None
    touches_past = new.valid_from < clock.today() or (row is not None and new.valid_from == clock.today())
    if touches_past and len(new.reason.strip()) < 5:
        raise Refused("parameter_reason", field="reason")
    if row is None:
        row = dated.Parameter(key=new.parameter, scope=scheme.scope, valid_from=new.valid_from)
        db.session.add(row)
    row.value, row.source, row.is_assumption = (
        value,
        new.source.strip(),
        new.is_assumption,
    )
    row.set_by = actor.account_id
    db.session.flush()
    detail = {
        "parameter": new.parameter,
        "before": before,
        "value": value,
        "reason": new.reason,
    }
    audit.record(
        actor,
        "set.parameter",
        "scheme",
        scheme.id,
        scheme.territory_code,
        **detail,
        valid_from=str(new.valid_from),
    )
    return row.id


def _value_row(parameter: str, scope: str, valid_from: date) -> dated.Parameter | None:
    wanted = (
        dated.Parameter.key == parameter,
        dated.Parameter.scope == scope,
        dated.Parameter.valid_from == valid_from,
    )
    return db.session.scalar(select(dated.Parameter).where(*wanted))


@command
def withdraw_value(actor: Actor, scheme_id: int, value_id: int, *, key: str | None = None) -> None:
    """Takes back a value that does not hold yet.  Refuses: parameter_in_force."""
    scheme = queries.scheme(scheme_id)
    actor.require("schemes.manage", scheme.territory_code)
    row = db.session.get(dated.Parameter, value_id)
    if row is None or row.scope != scheme.scope:
        raise NotFound("no_such_value")
    if row.valid_from <= clock.today():
        raise Refused("parameter_in_force")
    detail = {
        "parameter": row.key,
        "value": row.value,
        "valid_from": str(row.valid_from),
    }
    db.session.delete(row)
    audit.record(
        actor,
        "withdraw.parameter",
        "scheme",
        scheme.id,
        scheme.territory_code,
        **detail,
    )


@command
def add_service(actor: Actor, new: Service, *, key: str | None = None) -> str:
    """Adds a kind of help to the catalogue (`services.manage` for the outermost scheme's territory).

    Refuses: service_code_taken, service_minutes.
    """
    actor.require("services.manage", queries.catalogue_territory())
    _refuse_minutes(new)
    if db.session.get(ServiceType, new.code):
        raise Refused("service_code_taken", field="code")
    db.session.add(ServiceType(**asdict(new)))
    db.session.flush()
    audit.record(actor, "add.service", "service_type", new.code, **asdict(new))
    return new.code


@command
def change_service(actor: Actor, changed: Service, *, key: str | None = None) -> str:
    """Changes a kind of help; its code stays.  Visits already agreed keep their length.  Refuses: service_minutes."""
    actor.require("services.manage", queries.catalogue_territory())
    _refuse_minutes(changed)
    row = db.session.get(ServiceType, changed.code)
    if row is None:
        raise NotFound("no_such_service")
    wanted = asdict(changed)
    before = {name: getattr(row, name) for name in wanted if getattr(row, name) != wanted[name]}
    for name in before:
        setattr(row, name, wanted[name])
    after = {name: wanted[name] for name in before}
    audit.record(
        actor,
        "change.service",
        "service_type",
        changed.code,
        before=before,
        after=after,
    )
    return changed.code


def _refuse_minutes(service: Service) -> None:
    if not 0 < service.usual_minutes <= service.max_minutes <= 24 * 60:
        raise Refused("service_minutes", field="usual_minutes")
