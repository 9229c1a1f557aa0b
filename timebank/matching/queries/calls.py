"""What a colleague has typed of calls and parked: their own alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.queries import schemes
from timebank.matching.models import ParkedCall
from timebank.people import queries as people

SEES = "requests.write"


@dataclass(frozen=True, slots=True)
class Draft:
    """The fields of the form by name, when they were kept and until when; `form_key`: of the form."""

    id: int
    form_key: str
    typed: dict[str, list[str]]
    kept_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Parked:
    """A call in the list of those parked: who ("" if nothing is typed yet), what, when."""

    id: int
    name: str
    service: str
    kept_at: datetime
    expires_at: datetime


def draft(actor: Actor, draft_id: int) -> Draft:
    """One of the actor's own; raises `NotFound("no_such_draft")`.  One statement."""
    found = next((one for one in _own(actor) if one.id == draft_id), None)
    if found is None:
        raise NotFound("no_such_draft")
    return found


def parked(actor: Actor, besides: int | None = None) -> list[Parked]:
    """The actor's own calls that wait, the newest first, without the one being typed; four statements at most."""
    drafts = [one for one in _own(actor) if one.id != besides]
    known = people.briefs(_chosen(one) for one in drafts)
    names = {one.id: one.name for one in known.values() if actor.may(SEES, one.territory_code)}
    kinds = schemes.service_names({_first(one, "service_code") for one in drafts}) if drafts else {}
    return [
        Parked(
            one.id,
            _first(one, "new_name") or names.get(_chosen(one) or 0, "") or _first(one, "caller"),
            kinds.get(_first(one, "service_code"), ""),
            one.kept_at,
            one.expires_at,
        )
        for one in drafts
    ]


def _own(actor: Actor) -> list[Draft]:
    wanted = select(ParkedCall).where(
        ParkedCall.account_id == (actor.account_id or 0), ParkedCall.expires_at > clock.now()
    )
    rows = db.session.scalars(wanted.order_by(ParkedCall.kept_at.desc(), ParkedCall.id.desc()))
    return [Draft(row.id, row.form_key, json.loads(row.typed), row.kept_at, row.expires_at) for row in rows]


def _first(one: Draft, name: str) -> str:
    return next(iter(one.typed.get(name, [])), "").strip()


def _chosen(one: Draft) -> int | None:
    typed = _first(one, "person")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
