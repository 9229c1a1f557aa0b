"""Schemes, their parameters and the catalogue of services, for pages and for every other domain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale
from sqlalchemy import func, select

from timebank.core import parameters as dated
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.models.catalogue import Scheme, ServiceType
from timebank.people import queries as people


def _in_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


@dataclass(frozen=True, slots=True)
class SchemeInfo:
    """A time bank: of a city, or of a street under a city."""

    id: int
    code: str
    name_zh: str
    name_en: str
    tenant: int
    territory_code: str
    parent_id: int | None

    @property
    def name(self) -> str:
        return self.name_en if _in_english() else self.name_zh

    @property
    def scope(self) -> str:
        """The scope of its own parameters."""
        return f"scheme:{self.id}"


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A kind of help.  Minutes per visit; weight in thousandths."""

    code: str
    name_zh: str
    name_en: str
    group: str
    needs_training: bool
    needs_insurance: bool
    same_sex_only: bool
    max_self_care_loss: str
    weight_permille: int
    max_minutes: int
    usual_minutes: int
    sort: int
    active: bool

    @property
    def name(self) -> str:
        return self.name_en if _in_english() else self.name_zh


def _info(row: Scheme) -> SchemeInfo:
    return SchemeInfo(
        row.id,
        row.code,
        row.name_zh,
        row.name_en,
        row.tenant,
        row.territory_code,
        row.parent_id,
    )


def scheme(scheme_id: int) -> SchemeInfo:
    """The scheme; raises `NotFound("no_such_scheme")`."""
    row = db.session.get(Scheme, scheme_id)
    if row is None:
        raise NotFound("no_such_scheme")
    return _info(row)


def schemes() -> list[SchemeInfo]:
    """Every scheme, the wider ones first."""
    order = (func.length(Scheme.territory_code), Scheme.territory_code)
    return [_info(row) for row in db.session.scalars(select(Scheme).order_by(*order))]


def around(actor: Actor, permission: str) -> list[SchemeInfo]:
    """The schemes in the actor's territories, and those around them: their rules hold there too."""
    scopes = actor.scopes(permission)
    return [
        one
        for one in schemes()
        if any(one.territory_code.startswith(code) or code.startswith(one.territory_code) for code in scopes)
    ]


def within(actor: Actor, permission: str) -> list[SchemeInfo]:
    """The schemes in the actor's territories, without those around them: what is theirs to see, not only to follow."""
    return [one for one in schemes() if actor.may(permission, one.territory_code)]


def covering(actor: Actor, permission: str) -> list[SchemeInfo]:
    """As few schemes as hold all of the actor's territories: for each the innermost around it, else the widest in it.

    One statement.
    """
    every = schemes()
    found: dict[int, SchemeInfo] = {}
    for code in actor.scopes(permission):
        outer = innermost(code, every)
        inside = [one for one in every if one.territory_code.startswith(code)]  # the wider ones first
        for one in (outer,) if outer else inside:
            if not any(one.territory_code.startswith(wider.territory_code) for wider in found.values()):
                found[one.id] = one
    return list(found.values())


def readable(actor: Actor, scheme_id: int) -> SchemeInfo:
    """The scheme, if the actor may see it (`schemes.read`).  Raises `NotFound("no_such_scheme")`."""
    found = next((one for one in around(actor, "schemes.read") if one.id == scheme_id), None)
    if found is None:
        raise NotFound("no_such_scheme")
    return found


def own(actor: Actor) -> SchemeInfo:
    """The scheme where the actor lives; the widest one for an account without a person.  Raises `NotFound`."""
    person = people.brief(actor.person_id) if actor.person_id else None
    found = scheme_for(person.territory_code) if person else next(iter(schemes()), None)
    if found is None:
        raise NotFound("no_such_scheme")
    return found


def names(scheme_ids: Iterable[int]) -> dict[int, str]:
    """The names of schemes in the reader's language.  One statement, none for nothing."""
    wanted = set(scheme_ids)
    rows = db.session.scalars(select(Scheme).where(Scheme.id.in_(wanted))) if wanted else ()
    return {row.id: _info(row).name for row in rows}


def scheme_for(territory_code: str) -> SchemeInfo:
    """The innermost scheme whose territory contains the code; raises `Refused("no_scheme_here")`."""
    containing = [territory_code[:length] for length in range(len(territory_code) + 1)]
    row = db.session.scalar(
        select(Scheme)
        .where(Scheme.territory_code.in_(containing))
        .order_by(func.length(Scheme.territory_code).desc(), Scheme.id)
        .limit(1)
    )
    if row is None:
        raise Refused("no_scheme_here")
    return _info(row)


def innermost(territory_code: str, among: Iterable[SchemeInfo]) -> SchemeInfo | None:
    """The same among schemes already read: for many places without a statement for each."""
    around = [one for one in among if territory_code.startswith(one.territory_code)]
    return max(around, key=lambda one: len(one.territory_code), default=None)


def scopes(scheme_id: int) -> tuple[str, ...]:
    """Where a scheme's parameters are looked up, narrowest first: ("scheme:2", "scheme:1", "city:3201").

    Raises `NotFound("no_such_scheme")`.  One statement: there are few schemes.
    """
    known = {one.id: one for one in schemes()}
    if scheme_id not in known:
        raise NotFound("no_such_scheme")
    chain = [known[scheme_id]]
    while (parent := known.get(chain[-1].parent_id or 0)) and parent not in chain:
        chain.append(parent)
    return (*(one.scope for one in chain), f"city:{chain[0].tenant}")


def parameters(scheme_id: int, on: date) -> dated.Values:
    """The parameters that hold in the scheme on the day (its own, its parent's, the city's, everybody's)."""
    return dated.values(scopes(scheme_id), on)


def _service(row: ServiceType) -> ServiceInfo:
    return ServiceInfo(
        row.code,
        row.name_zh,
        row.name_en,
        row.group,
        row.needs_training,
        row.needs_insurance,
        row.same_sex_only,
        row.max_self_care_loss,
        row.weight_permille,
        row.max_minutes,
        row.usual_minutes,
        row.sort,
        row.active,
    )


def service_types(*, active_only: bool = True) -> list[ServiceInfo]:
    """The catalogue in its order."""
    wanted = select(ServiceType).order_by(ServiceType.sort, ServiceType.code)
    if active_only:
        wanted = wanted.where(ServiceType.active)
    return [_service(row) for row in db.session.scalars(wanted)]


def service_type(code: str) -> ServiceInfo:
    """One kind of help; raises `NotFound("no_such_service")`."""
    row = db.session.get(ServiceType, code)
    if row is None:
        raise NotFound("no_such_service")
    return _service(row)


def service_names(codes: Iterable[str]) -> dict[str, str]:
    """Names in the reader's language by code; an unknown code is its own name."""
    wanted = set(codes)
    rows = db.session.scalars(select(ServiceType).where(ServiceType.code.in_(wanted)))
    known = {row.code: _service(row).name for row in rows}
    return {code: known.get(code, code) for code in wanted}


def catalogue_territory() -> str:
    """The catalogue is shared by all schemes: who edits it needs the right for the outermost scheme's territory."""
    return next((one.territory_code for one in schemes()), "")
