"""Territories to choose from."""

from __future__ import annotations

from wtforms.fields.choices import SelectChoice

from timebank.core.authority import Actor
from timebank.exchange.queries import schemes
from timebank.territory import queries as territory


def places(actor: Actor, permission: str) -> list[SelectChoice]:
    """The actor's own territories and the places just below them: (code, name)."""
    codes: list[str] = []
    for code in actor.scopes(permission):
        codes += [code, *(child.code for child in territory.children(code))] if code else []
    names = territory.path_names(codes)
    return [SelectChoice(code, names.get(code, code)) for code in codes]


def scheme_places(actor: Actor, permission: str) -> list[SelectChoice]:
    """The time banks inside the actor's territories: (territory code, name)."""
    found = schemes.schemes()
    return [SelectChoice(one.territory_code, one.name) for one in found if actor.may(permission, one.territory_code)]
