"""What waits with requests, visits and hours."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange.queries import own, partners_calls, requests, visits


def tasks(actor: Actor) -> list[Task]:
    """Work of today around visits; three statements for staff, a few more for a helper who was asked something."""
    return [*_staff(actor), *_member(actor)]


def _staff(actor: Actor) -> list[Task]:
    found = []
    if actor.has("requests.approve"):
        new, urgent = requests.waiting(actor)
        text = ngettext("Request waits for approval", "Requests wait for approval", new)
        found.append(Task(text, url_for("exchange.request_list", state="under_review"), new, urgent > 0))
    if actor.has("visits.write"):
        found += [*_visits(visits.waiting(actor)), _calls(partners_calls.waiting(actor))]
    return [task for task in found if task.count]


def _visits(waiting: visits.Waiting) -> Iterator[Task]:
    n = waiting.without_helper
    text = ngettext("Request looks for a helper", "Requests look for a helper", n)
    yield Task(text, url_for("exchange.request_list", state="searching"), n)
    n = waiting.not_checked_in
    text = ngettext("Planned visit without check-in", "Planned visits without check-in", n)
    yield Task(text, _list("scheduled"), n)
    n = waiting.unconfirmed
    text = ngettext("Visit waits for confirmation", "Visits wait for confirmation", n)
    yield Task(text, _list("awaiting_confirmation"), n)
    n = waiting.disputed
    yield Task(ngettext("Dispute to settle", "Disputes to settle", n), _list("disputed"), n, urgent=True)
    n = waiting.to_review
    text = ngettext("Entry of hours to review", "Entries of hours to review", n)
    yield Task(text, url_for("exchange.hours_review"), n)


def _calls(number: int) -> Task:
    text = ngettext("Partner to be called: visit cancelled", "Partners to be called: visit cancelled", number)
    return Task(text, url_for("exchange.partner_calls"), number, urgent=True)


def _list(state: str) -> str:
    return url_for("exchange.visit_list", state=state)


def _member(actor: Actor) -> list[Task]:
    if actor.person_id is None:
        return []
    found = [
        Task(_("You are asked to help: please answer"), url_for("exchange.my_offer", offer_id=offer.id), 1, True)
        for offer in own.own_offers(actor)
    ]
    number = own.to_confirm(actor)
    if number:
        found.append(
            Task(ngettext("Visit to confirm", "Visits to confirm", number), url_for("exchange.my_help"), number, True)
        )
    return found
