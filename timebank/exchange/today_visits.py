"""What waits with requests, visits and hours."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

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
        if new:
            url = url_for("exchange.request_list", state="under_review")
            found.append(Task(_("Requests wait for approval"), url, new, urgent > 0))
    if actor.has("visits.write"):
        waiting = visits.waiting(actor)
        listed = url_for("exchange.visit_list", state="disputed")
        found += [
            Task(
                _("Requests look for a helper"),
                url_for("exchange.request_list", state="searching"),
                waiting.without_helper,
            ),
            Task(
                _("Planned visits without check-in"),
                url_for("exchange.visit_list", state="scheduled"),
                waiting.not_checked_in,
            ),
            Task(_("Visits wait for confirmation"), _list("awaiting_confirmation"), waiting.unconfirmed),
            Task(_("Disputes to settle"), listed, waiting.disputed, urgent=True),
            Task(_("Hours to review"), url_for("exchange.hours_review"), waiting.to_review),
            Task(
                _("Partners to be called: visit cancelled"),
                url_for("exchange.partner_calls"),
                partners_calls.waiting(actor),
                urgent=True,
            ),
        ]
    return [task for task in found if task.count]


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
        found.append(Task(_("Visits to confirm"), url_for("exchange.my_help"), number, True))
    return found
