"""Partner organisations: list, one with its statement, settling, and visits given to them."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms.fields.choices import SelectChoice

from timebank.core import clock
from timebank.core.web import actor, download, permit, press, pressed_key, reasoned, submit
from timebank.exchange import files_partners, words_partners
from timebank.exchange.forms.partners import (
    CancelledForm,
    CareForm,
    EndForm,
    GiveForm,
    PartnerForm,
    SettleForm,
    TakeBackForm,
)
from timebank.exchange.forms.requests import ReasonForm
from timebank.exchange.queries import partners as queries
from timebank.exchange.queries import partners_calls, schemes
from timebank.exchange.queries import visits as visit_queries
from timebank.exchange.service import partners as service
from timebank.exchange.service import partners_settling as settling
from timebank.exchange.service import partners_told
from timebank.exchange.views import bp
from timebank.exchange.views.requests import service_choices
from timebank.exchange.words_visits import VISIT_BADGES, VISIT_STATES
from timebank.territory import queries as territory


def _page(partner_id: int) -> str:
    return url_for("exchange.partner", partner_id=partner_id)


@bp.route("/partners")
@permit("partners.read")
def partners() -> str:
    """Those of one's area."""
    return render_template(
        "exchange/partners/index.html",
        found=queries.partners(actor()),
        services=dict(service_choices()),
        may=bool(actor().scopes("partners.manage")),
    )


@bp.route("/partners/<int:partner_id>")
@permit("partners.read")
def partner(partner_id: int) -> str:
    """One partner: its account in a month, visits to come, settlements."""
    one = queries.partner(actor(), partner_id, request.args.get("month", "").strip())
    code = one.info.territory_code
    return render_template(
        "exchange/partners/partner.html",
        one=one,
        words=words_partners,
        states=VISIT_STATES,
        badges=VISIT_BADGES,
        may={name: actor().may(name, code) for name in ("partners.manage", "partners.settle", "visits.read")},
    )


@bp.route("/partners/<int:partner_id>/statement.csv")
@permit("partners.read")
def partner_statement(partner_id: int) -> Response:
    one = queries.partner(actor(), partner_id, request.args.get("month", "").strip())
    return download(files_partners.statement_file(one), f"partner-{partner_id}-{one.month}.csv")


def _choices(form: PartnerForm) -> PartnerForm:
    form.services.choices = [SelectChoice(*choice) for choice in service_choices()]
    names = territory.path_names(_places())
    form.territory_code.choices = [SelectChoice(code, name) for code, name in sorted(names.items())]
    return form


def _places() -> set[str]:
    """Where one may add partners: one's own territories, those just below, and places of time banks inside."""
    own = [code for code in actor().scopes("partners.manage") if code]
    below = {child.code for code in own for child in territory.children(code)}
    banks = {one.territory_code for one in schemes.schemes() if actor().may("partners.manage", one.territory_code)}
    return {*own, *below, *banks}


@bp.route("/partners/new", methods=["GET", "POST"])
@permit("partners.manage")
def new_partner() -> BaseResponse:
    form = _choices(PartnerForm())
    if request.method == "GET":
        form.from_day.data = clock.today()
    return submit(
        form,
        lambda: service.add_partner(actor(), form.command(), key=form.key.data),
        done=_page,
        said=_("Visits can be given to this partner now."),
        template="exchange/partners/form.html",
        heading=_("New partner"),
        back=url_for("exchange.partners"),
    )


@bp.route("/partners/<int:partner_id>/edit", methods=["GET", "POST"])
@permit("partners.manage")
def edit_partner(partner_id: int) -> BaseResponse:
    known = queries.readable(actor(), partner_id, "partners.manage")
    form = _choices(PartnerForm(obj=known))
    form.territory_code.choices = [
        SelectChoice(known.territory_code, territory.path_names([known.territory_code])[known.territory_code])
    ]
    return submit(
        form,
        lambda: service.change_partner(actor(), partner_id, form.command(), key=form.key.data),
        done=_page,
        said=_("Saved."),
        template="exchange/partners/form.html",
        heading=_("Change %(name)s", name=known.name),
        back=_page(partner_id),
    )


@bp.route("/partners/<int:partner_id>/end", methods=["GET", "POST"])
@permit("partners.manage")
def end_partner(partner_id: int) -> BaseResponse:
    known = queries.readable(actor(), partner_id, "partners.manage")
    form = EndForm()
    if request.method == "GET":
        form.until_day.data = known.until_day or clock.today()
    return submit(
        form,
        lambda: service.end_partner(actor(), partner_id, form.until_day.data, key=form.key.data),
        done=_page,
        said=_("The last day is written down. What was earned is settled all the same."),
        template="exchange/partners/form.html",
        heading=_("End the work with %(name)s", name=known.name),
        back=_page(partner_id),
    )


@bp.route("/partners/<int:partner_id>/settle", methods=["GET", "POST"])
@permit("partners.settle")
def settle_partner(partner_id: int) -> BaseResponse:
    known = queries.readable(actor(), partner_id, "partners.settle")
    form = SettleForm()
    if request.method == "GET":
        form.month.data = next(iter(queries.to_settle(known)), ("", 0))[0]
    return submit(
        form,
        lambda: settling.settle_month(actor(), partner_id, form.command(), key=form.key.data),
        done=lambda _number: _page(partner_id),
        said=_("Written down. The list of settlements says whether a second person must agree."),
        template="exchange/partners/settle.html",
        known=known,
        waits=queries.to_settle(known),
        limit=schemes.parameters(known.scheme_id, clock.today()).number("tb.second_clerk_minutes"),
        back=_page(partner_id),
    )


@bp.route("/partner-settlements/<int:settlement_id>/agree", methods=["POST"])
@permit("partners.settle")
def agree_settlement(settlement_id: int) -> BaseResponse:
    known, _line = queries.settlement(actor(), settlement_id)
    return press(
        lambda: settling.agree_settlement(actor(), settlement_id, key=pressed_key()),
        done=_page(known.id),
        said=_("Settled."),
    )


@bp.route("/partner-settlements/<int:settlement_id>/decline", methods=["GET", "POST"])
@permit("partners.settle")
def decline_settlement(settlement_id: int) -> BaseResponse:
    known, _line = queries.settlement(actor(), settlement_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, settling.decline_settlement, settlement_id),
        done=_page(known.id),
        said=_("Declined. Nothing was settled."),
        template="exchange/partners/form.html",
        heading=_("Decline the settlement with %(name)s", name=known.name),
        back=_page(known.id),
    )


# -- cancelled visits --------------------------------------------------------------------------------------------------


@bp.route("/partners/calls")
@permit("visits.write")
def partner_calls() -> str:
    """Which partners do not know yet that a visit they were to give is cancelled."""
    return render_template("exchange/partners/calls.html", found=partners_calls.calls(actor()))


@bp.route("/partners/<int:partner_id>/calls", methods=["GET", "POST"])
@permit("visits.write")
def call_partner(partner_id: int) -> BaseResponse:
    """One call, and who at the partner knows of which visits."""
    one = partners_calls.call(actor(), partner_id)
    form = CancelledForm()
    form.visits.choices = [SelectChoice(line.id, words_partners.visit(line)) for line in one.visits]
    if request.method == "GET":
        form.visits.data = [line.id for line in one.visits]
    return submit(
        form,
        lambda: partners_told.tell_cancelled(
            actor(), partner_id, form.visits.data or [], form.told.data or "", key=form.key.data
        ),
        done=url_for("exchange.partner_calls"),
        said=_("Written down: the partner knows."),
        template="exchange/partners/call.html",
        one=one,
        lead=words_partners.call((one.partner, "")),
        back=url_for("exchange.partner_calls"),
    )


# -- visits ------------------------------------------------------------------------------------------------------------


def _visit(visit_id: int, form: Any, act: Any, heading: str, said: str) -> BaseResponse:
    found = visit_queries.visit(actor(), visit_id)
    back = url_for("exchange.visit_page", visit_id=visit_id)
    return submit(
        form,
        act,
        done=back,
        said=said,
        template="exchange/visits/step.html",
        heading=heading,
        words_send=_("Save"),
        line=found.line,
        back=back,
        style="primary",
        dispute="",
    )


@bp.route("/visits/<int:visit_id>/partner", methods=["GET", "POST"])
@permit("visits.write")
def give_visit_to_partner(visit_id: int) -> BaseResponse:
    visit_queries.visit(actor(), visit_id)
    form = GiveForm()
    form.partner_id.choices = [SelectChoice(one.id, one.name) for one in queries.for_visit(visit_id)]
    return _visit(
        visit_id,
        form,
        lambda: service.give_visit(actor(), visit_id, form.partner_id.data, key=form.key.data),
        _("Give the visit to a partner"),
        _("Given to the partner; the hours stay on hold, and the recipient was told."),
    )


@bp.route("/visits/<int:visit_id>/partner/back", methods=["GET", "POST"])
@permit("visits.write")
def take_visit_from_partner(visit_id: int) -> BaseResponse:
    form = TakeBackForm()
    form.told.description = words_partners.call(queries.of_visit(visit_id))
    return _visit(
        visit_id,
        form,
        lambda: service.take_visit_back(
            actor(), visit_id, form.reason.data or "", form.told.data or "", key=form.key.data
        ),
        _("Take the visit back from the partner"),
        _("The visit looks for a helper; the hours stay on hold."),
    )


@bp.route("/visits/<int:visit_id>/partner/sheet", methods=["GET", "POST"])
@permit("visits.confirm")
def note_partner_care(visit_id: int) -> BaseResponse:
    form = CareForm()
    if request.method == "GET":
        line = visit_queries.visit(actor(), visit_id).line
        form.began.data, form.minutes.data = clock.civil(line.starts_at), line.minutes_planned
    return _visit(
        visit_id,
        form,
        lambda: service.note_care(actor(), visit_id, form.command(), key=form.key.data),
        _("The partner's signed sheet"),
        _("Written down; the hours went to the partner's account."),
    )
