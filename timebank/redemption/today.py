"""What waits at the desk today."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask_babel import ngettext

from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.redemption.queries import batches, day_end, goods, intentions, receipts, reckoning, transfers


def tasks(actor: Actor) -> list[Task]:
    """Baskets for a second clerk, and shelves that run low; at most eight statements."""
    found = [*_counter(actor)] if actor.has("desk.serve") else []
    found += _shelves(actor) if actor.has("goods.manage") else []
    return [task for task in found if task.count]


def _counter(actor: Actor) -> Iterator[Task]:
    url = url_for("redemption.desks")
    n = receipts.waiting_count(actor)
    text = ngettext("basket waits for you as the second clerk", "baskets wait for you as the second clerk", n)
    yield Task(text, url, n, urgent=True)
    n = day_end.to_sign(actor)
    yield Task(ngettext("day end waits for your signature", "day ends wait for your signature", n), url, n, urgent=True)
    n = intentions.open_for(actor)
    text = ngettext(
        "entry made without a line waits to be completed", "entries made without a line wait to be completed", n
    )
    yield Task(text, url, n, urgent=True)


def _shelves(actor: Actor) -> Iterator[Task]:
    url = url_for("redemption.stocks")
    n = reckoning.open_findings(actor)
    text = ngettext("finding: goods and hours disagree", "findings: goods and hours disagree", n)
    yield Task(text, url_for("redemption.reckonings"), n, urgent=True)
    n = goods.low_stock(actor)
    yield Task(ngettext("article runs low", "articles run low", n), url, n)
    n = batches.expired_count(actor)
    text = ngettext("expired delivery is still on the shelf", "expired deliveries are still on the shelf", n)
    yield Task(text, url, n)
    n = transfers.coming(actor)
    text = ngettext("transfer of goods is on the way to you", "transfers of goods are on the way to you", n)
    yield Task(text, url, n)
