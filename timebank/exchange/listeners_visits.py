"""What requests and visits can say when another domain asks."""

from __future__ import annotations

import uuid

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.hooks import on
from timebank.exchange import words_visits as words
from timebank.exchange.queries import schemes
from timebank.exchange.queries import visits as queries
from timebank.exchange.service import annulment
from timebank.people import queries as people
from timebank.people.links import PersonLink


@on("fact_words")
def fact_words(name: str, value: str) -> list[str]:
    """The name of a kind of help in the reader's language."""
    if name != "service":
        return []
    return [schemes.service_names([value])[value]]


@on("transfer_explanations")
def transfer_explanations(tenant: int, transfer_ids: frozenset[uuid.UUID]) -> list[tuple[uuid.UUID, str]]:
    """How the minutes of a visit were reckoned when it was credited, also where the credit was reversed (F1, F2)."""
    found = queries.reckonings_of(transfer_ids)
    return [(transfer_id, words.explain_transfer(one.explained, one.reversal)) for transfer_id, one in found.items()]


@on("transfer_reversed")
def transfer_reversed(tenant: int, transfer_id: uuid.UUID, reversal_id: uuid.UUID, actor: Actor, reason: str) -> None:
    """A credit undone in the books no longer counts for the caps (domain.md C8.8)."""
    annulment.credit_reversed(actor, tenant, transfer_id, reversal_id, reason)


@on("person_links")
def person_links(person_id: int, actor: Actor) -> list[PersonLink]:
    """The person's requests and visits, and a new request, for staff."""
    links = []
    person = people.brief(person_id)
    name = person.member_no if person else ""
    if actor.has("requests.read"):
        url = url_for("exchange.request_list", q=name, state="all")
        links.append(PersonLink(_("Requests for help"), url, sort=40))
    if actor.has("visits.read"):
        links.append(PersonLink(_("All visits"), url_for("exchange.visit_list", q=name), sort=41))
    if actor.has("requests.write"):
        links.append(
            PersonLink(_("Ask for help for this person"), url_for("exchange.new_request", person_id=person_id), sort=42)
        )
    if person is not None and actor.may("passbooks.print", person.territory_code):
        links.append(PersonLink(_("Passbook"), url_for("exchange.passbook", person_id=person.id), sort=44))
    if person is not None and actor.may("visits.write", person.territory_code):
        links.append(PersonLink(_("Kept apart from"), url_for("exchange.kept_apart", person_id=person.id), sort=43))
    return links
