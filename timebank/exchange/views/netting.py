"""The page of what the time banks of a city owe each other."""

from __future__ import annotations

import re

from flask import render_template, request

from timebank.core import clock
from timebank.core.web import actor, permit
from timebank.exchange.queries import netting as queries
from timebank.exchange.rules.grants import month_before, month_of
from timebank.exchange.views import bp


@bp.route("/netting")
@permit("ledger.audit")
def netting() -> str:
    """One month's differences, and where each time bank stands."""
    asked = request.args.get("month", "")
    known = re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", asked)
    month = asked if known else month_before(month_of(clock.today()))
    return render_template(
        "exchange/netting/index.html",
        month=month,
        months=queries.months(actor()),
        pairs=queries.pairs(actor(), month),
        standings=queries.standings(actor()),
    )
