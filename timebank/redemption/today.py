"""What waits at the desk today."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.redemption.queries import batches, day_end, goods, intentions, receipts, reckoning, transfers


def tasks(actor: Actor) -> list[Task]:
    """Baskets for a second clerk, and shelves that run low; at most eight statements."""
    found: list[Task] = []
    if actor.has("desk.serve") and (waiting := receipts.waiting_count(actor)):
        text = _l("baskets wait for you as the second clerk")
        found.append(Task(text, url_for("redemption.desks"), waiting, urgent=True))
    if actor.has("desk.serve") and (ends := day_end.to_sign(actor)):
        found.append(Task(_l("day ends wait for your signature"), url_for("redemption.desks"), ends, urgent=True))
    if actor.has("desk.serve") and (entries := intentions.open_for(actor)):
        text = _l("entries made without a line wait to be completed")
        found.append(Task(text, url_for("redemption.desks"), entries, urgent=True))
    if actor.has("goods.manage") and (odd := reckoning.open_findings(actor)):
        found.append(Task(_l("findings: goods and hours disagree"), url_for("redemption.reckonings"), odd, urgent=True))
    if actor.has("goods.manage") and (low := goods.low_stock(actor)):
        found.append(Task(_l("articles run low"), url_for("redemption.stocks"), low))
    if actor.has("goods.manage") and (expired := batches.expired_count(actor)):
        found.append(Task(_l("expired deliveries are still on the shelf"), url_for("redemption.stocks"), expired))
    if actor.has("goods.manage") and (coming := transfers.coming(actor)):
        found.append(Task(_l("transfers of goods are on the way to you"), url_for("redemption.stocks"), coming))
    return found
