"""What waits with hours that pass on: proofs of relations, and what time banks owe each other."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.exchange.queries import gifts, netting_payments


def tasks(actor: Actor) -> list[Task]:
    """Proofs that the actor may look at, and differences between time banks to pay, agree to or confirm."""
    count = gifts.waiting_count(actor) if actor.has("gifts.check") else 0
    waits = [Task(_gifts(count), url_for("exchange.gifts"), count)] if count else []
    return waits + (_settling(actor) if actor.has("netting.settle") else [])


def _gifts(count: int) -> str:
    return str(ngettext("Gift to a relative waits for its proof", "Gifts to relatives wait for their proof", count))


def _settling(actor: Actor) -> list[Task]:
    found = netting_payments.waiting(actor)
    url = url_for("exchange.netting")
    words = (
        (
            ngettext(
                "Month owed to another time bank is to be paid",
                "Months owed to other time banks are to be paid",
                found.to_pay,
            ),
            found.to_pay,
            found.late > 0,
        ),
        (
            ngettext(
                "Payment to another time bank waits for a second person",
                "Payments to other time banks wait for a second person",
                found.to_agree,
            ),
            found.to_agree,
            False,
        ),
        (
            ngettext(
                "Payment of another time bank waits for your word",
                "Payments of other time banks wait for your word",
                found.to_confirm,
            ),
            found.to_confirm,
            False,
        ),
    )
    return [Task(str(text), url, count, late) for text, count, late in words if count]
