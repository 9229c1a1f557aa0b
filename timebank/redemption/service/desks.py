"""Service points are opened and closed."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import audit
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.exchange.queries import schemes
from timebank.redemption.commands import NewDesk
from timebank.redemption.models import Desk


@command
def open_desk(actor: Actor, new: NewDesk, *, key: str | None = None) -> int:
    """A new desk of the time bank of its territory.  Needs goods.manage; raises `Refused("desk_code_taken")`."""
    actor.require("goods.manage", new.territory_code)
    code = new.code.strip().upper()
    if db.session.scalar(select(Desk.id).where(Desk.code == code)):
        raise Refused("desk_code_taken", field="code")
    row = Desk(
        code=code,
        name_zh=new.name_zh.strip(),
        name_en=new.name_en.strip(),
        scheme_id=schemes.scheme_for(new.territory_code).id,
        territory_code=new.territory_code,
        address=new.address.strip(),
        hours_zh=new.hours_zh.strip(),
        hours_en=new.hours_en.strip(),
        phone=new.phone.strip(),
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "open.desk", "desk", row.id, row.territory_code, code=code)
    return row.id


@command
def close_desk(actor: Actor, desk_id: int, *, key: str | None = None) -> None:
    """No more goods are handed out here; receipts and stock stay readable.  Needs goods.manage."""
    row = db.session.get(Desk, desk_id)
    if row is None:
        raise NotFound("desk_unknown")
    actor.require("goods.manage", row.territory_code)
    row.active = False
    audit.record(actor, "close.desk", "desk", row.id, row.territory_code)
