"""Pages of hours for key elders: the month's grants, the list, the fund; and the community pot."""

from __future__ import annotations

import re

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.errors import Refused
from timebank.core.web import actor, permit, press, pressed_key, reasoned, submit
from timebank.exchange.forms.volunteers import KeyElderForm, ReasonForm
from timebank.exchange.queries import grants as queries
from timebank.exchange.queries import pot as pot_queries
from timebank.exchange.queries import schemes
from timebank.exchange.rules.grants import month_before, month_of
from timebank.exchange.service import grants as service
from timebank.exchange.views import bp
from timebank.exchange.words_volunteers import WORDS
from timebank.ledger import queries as ledger
from timebank.people import queries as people
from timebank.territory import queries as territory

MOVES = 30  # newest movements of the pot


def _month() -> str:
    asked = request.args.get("month", "")
    return asked if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", asked) else month_of(clock.today())


@bp.route("/grants")
@permit("grants.read")
def grants() -> str:
    """The grants of a month, what the fund owes, and who is on the list of key elders."""
    month, after = _month(), request.args.get("after", "")
    page = queries.grants(actor(), month, int(after) if after.isdecimal() else None)
    listed = queries.listings(actor())
    codes = [row.territory_code for row in page.items] + [row.territory_code for row in listed]
    return render_template(
        "exchange/volunteers/grants.html",
        page=page,
        month=month,
        before=month_before(month),
        sums=queries.month_sums(actor(), month),
        funds=[queries.fund(one) for one in schemes.around(actor(), "grants.read") if one.parent_id is None],
        listed=listed,
        places=territory.local_names(codes, actor().scopes("grants.read")),
        w=WORDS,
    )


@bp.route("/grants/run", methods=["POST"])
@permit("grants.manage")
def run_grants() -> Response:
    """Gives the month's grants now to whoever has none yet (the job does the same every night)."""
    return press(
        lambda: service.run_now(actor(), key=pressed_key()),
        done=url_for("exchange.grants"),
        said=lambda run: _(
            "%(given)s new grants, %(ended)s of earlier months ended.", given=run["given"], ended=run["ended"]
        ),
    )


@bp.route("/grants/key-elders/new", methods=["GET", "POST"])
@permit("grants.manage")
def new_key_elder() -> Response:
    form = KeyElderForm(data={"person": request.args.get("person", "")})
    return submit(
        form,
        lambda: service.list_key_elder(actor(), found_person(form.person.data), form.reason.data, key=form.key.data),
        done=url_for("exchange.grants"),
        said=_("The person is on the list. The grant comes with the next month."),
        template="exchange/volunteers/key_elder.html",
    )


def found_person(text: str) -> int:
    """The one person the text means.  Refuses: grant_nobody_found, grant_several_found."""
    hits = people.search(actor(), text, limit=2)
    if not hits:
        raise Refused("grant_nobody_found", field="person")
    if len(hits) > 1:
        raise Refused("grant_several_found", field="person", first=hits[0].member_no, second=hits[1].member_no)
    return hits[0].id


@bp.route("/grants/key-elders/<int:listing_id>/remove", methods=["GET", "POST"])
@permit("grants.manage")
def remove_key_elder(listing_id: int) -> Response:
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, service.remove_key_elder, listing_id),
        done=url_for("exchange.grants"),
        said=_("Taken off the list."),
        template="exchange/volunteers/remove_key_elder.html",
    )


@bp.route("/pot")
@permit("grants.read")
def pot() -> str:
    """The community pots and their newest movements."""
    pots = queries.pots(schemes.around(actor(), "grants.read"))
    wanted = request.args.get("scheme", "")
    chosen = next((one for one in pots if str(one.scheme.id) == wanted), next(iter(reversed(pots)), None))
    moves = None
    if chosen is not None:
        account = ledger.account_of(chosen.scheme.tenant, "pot", chosen.scheme.id)
        moves = ledger.statement(chosen.scheme.tenant, account, limit=MOVES) if account is not None else None
    given = pot_queries.given(actor(), chosen.scheme.id) if chosen else []
    return render_template("exchange/volunteers/pot.html", pots=pots, chosen=chosen, moves=moves, given=given)
