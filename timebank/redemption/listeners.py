"""What the desk answers to the domains below it (see `core.hooks`)."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.hooks import on
from timebank.exchange.rules.signatures import Agreement
from timebank.people import queries as people
from timebank.people.links import PersonLink
from timebank.redemption.queries import batches, desks, receipts
from timebank.redemption.queries.companions import agreement_of
from timebank.redemption.queries.packages import bought
from timebank.redemption.service import packages


@on("ledger_owner_names")
def ledger_owner_names(owners: frozenset[tuple[str, int]]) -> Iterable[tuple[tuple[str, int], str]]:
    """Whose shelf it is: the accounts of pieces belong to a desk, or to a batch on its shelf."""
    named = {kind: {owner for of, owner in owners if of == kind} for kind in ("stock", "batch")}
    shelves = [(("stock", number), name) for number, name in desks.names(named["stock"]).items()]
    return [*shelves, *((("batch", number), name) for number, name in batches.names(named["batch"]).items())]


@on("person_links")
def person_links(person_id: int, actor: Actor) -> Iterable[PersonLink]:
    """The receipts of a person, for those who may read them where they were made."""
    if not actor.has("redemptions.read"):
        return []
    number, last = receipts.of_person_seen_by(actor, person_id)
    if not number or last is None:
        return []
    note = ngettext(
        "%(num)s receipt, the last on %(day)s", "%(num)s receipts, the last on %(day)s", number, day=last.isoformat()
    )
    return [PersonLink(_l("Redemptions at the desk"), url_for("redemption.person", person_id=person_id), note, 60)]


@on("request_decided")
def request_decided(actor: Actor, request_id: int) -> None:
    """The visits of a package take their own holds now, or none: that of the whole is freed."""
    packages.free_whole(actor, request_id)


@on("bought_whole")
def bought_whole(request_id: int) -> Iterable[int]:
    """All visits of a package are made at once, however many weeks they reach."""
    return bought(request_id)


@on("agreed_at_desk")
def agreed_at_desk(actor: Actor, request_id: int, recipient_id: int, territory_code: str) -> Iterable[Agreement]:
    """What was signed for care, or who came, for those who may read a receipt over goods."""
    serves = any(actor.may(permission, territory_code) for permission in ("redemptions.read", "desk.serve"))
    if not (serves or people.is_actor(actor, recipient_id)):
        return []
    member = people.brief(recipient_id)
    found = agreement_of(request_id, member.name if member else "", why=serves)
    return [found] if found else []
