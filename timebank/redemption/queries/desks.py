"""Service points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import get_locale
from sqlalchemy import select

from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models import Scheme
from timebank.redemption.models import Desk


def in_english() -> bool:
    """Does the reader read English?"""
    locale = get_locale()
    return locale is not None and locale.language == "en"


@dataclass(frozen=True, slots=True)
class DeskInfo:
    """A desk with its time bank; ``tenant`` is the city whose ledger counts here."""

    id: int
    code: str
    name_zh: str
    name_en: str
    scheme_id: int
    tenant: int
    territory_code: str
    address: str
    hours_zh: str
    hours_en: str
    phone: str
    active: bool

    @property
    def name(self) -> str:
        return self.name_en if in_english() else self.name_zh

    @property
    def hours(self) -> str:
        return self.hours_en if in_english() else self.hours_zh


def _info(desk: Desk, tenant: int) -> DeskInfo:
    return DeskInfo(
        desk.id,
        desk.code,
        desk.name_zh,
        desk.name_en,
        desk.scheme_id,
        tenant,
        desk.territory_code,
        desk.address,
        desk.hours_zh,
        desk.hours_en,
        desk.phone,
        desk.active,
    )


def desk(desk_id: int) -> DeskInfo:
    """One desk; raises NotFound.  Anybody may know that it exists."""
    row = db.session.execute(
        select(Desk, Scheme.tenant).join(Scheme, Scheme.id == Desk.scheme_id).where(Desk.id == desk_id)
    ).first()
    if row is None:
        raise NotFound("desk_unknown")
    return _info(row[0], row[1])


def names(desk_ids: Iterable[int]) -> dict[int, str]:
    """The names of desks in the reader's language.  One statement, none for nothing."""
    wanted = set(desk_ids)
    rows = db.session.scalars(select(Desk).where(Desk.id.in_(wanted))) if wanted else ()
    return {row.id: row.name_en if in_english() else row.name_zh for row in rows}


def desk_for(actor: Actor, desk_id: int, permission: str) -> DeskInfo:
    """A desk for which the actor holds the permission; outside it does not exist (NotFound)."""
    found = desk(desk_id)
    if not actor.may(permission, found.territory_code):
        raise NotFound("desk_unknown")
    return found


def desks(actor: Actor, permission: str) -> list[DeskInfo]:
    """The open desks for which the actor holds the permission, by name."""
    return _open(in_scope(Desk.territory_code, actor.scopes(permission)))


def desks_of_city(tenant: int) -> list[DeskInfo]:
    """Every open desk of a city, for its members."""
    return _open(Scheme.tenant == tenant)


def _open(*conditions: object) -> list[DeskInfo]:
    rows = db.session.execute(
        select(Desk, Scheme.tenant)
        .join(Scheme, Scheme.id == Desk.scheme_id)
        .where(Desk.active, *conditions)  # type: ignore[arg-type]
        .order_by(Desk.territory_code, Desk.code)
    )
    return [_info(row[0], row[1]) for row in rows]
