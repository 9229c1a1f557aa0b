"""What the books ask somebody to do today."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.web import Task
from timebank.ledger import queries, texts
from timebank.ledger.queries import reversals
from timebank.ledger.queries.closings import next_to_close
from timebank.ledger.rules.months import asked_for
from timebank.ledger.rules.seconding import PERMISSION


def tasks(actor: Actor) -> list[Task]:
    """The month that should be closed (from the 5th on), and reversals that wait for agreement; three statements."""
    return [*_months(actor), *_reversals(actor)]


def _months(actor: Actor) -> list[Task]:
    if not actor.has("ledger.close"):
        return []
    found, today = [], clock.today()
    for tenant in queries.tenants(actor):
        month = next_to_close(tenant, today) if actor.may("ledger.close", str(tenant)) else None
        if month is not None and asked_for(month, today):
            words = _("%(month)s is not closed yet", month=texts.month(month))
            found.append(Task(words, url_for("ledger.months", tenant=tenant)))
    return found


def _reversals(actor: Actor) -> list[Task]:
    waiting = reversals.waiting_for(actor) if actor.has(PERMISSION) else 0
    if not waiting:
        return []
    words = ngettext("Reversal waits for your agreement", "Reversals wait for your agreement", waiting)
    return [Task(words, url_for("ledger.reversal_list"), waiting)]
