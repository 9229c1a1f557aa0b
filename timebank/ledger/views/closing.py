"""Months: which are closed, closing the next one, its sheet on paper; reversals that need a second person."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core import clock
from timebank.core.errors import NotFound
from timebank.core.web import actor, download, permit, press, pressed_key, submit
from timebank.ledger import files_closing, queries, texts
from timebank.ledger.forms import CloseMonthForm, DecideReversalForm
from timebank.ledger.queries import closings, reversals
from timebank.ledger.queries.month import trial_balance
from timebank.ledger.service import closing, second
from timebank.ledger.views.blueprint import bp


def _tenant() -> int | None:
    """The city the address names, among those whose books the actor may see; None where there is none."""
    allowed = queries.tenants(actor())
    wanted = request.args.get("tenant", type=int)
    if wanted is not None and wanted not in allowed:
        raise NotFound("no_such_account")
    return wanted if wanted is not None else next(iter(allowed), None)


@bp.get("/ledger/months")
@permit("ledger.audit")
def months() -> str:
    """The closed months of a city, and the one that comes next with what is open in it."""
    tenant = _tenant()
    due = closings.next_to_close(tenant, clock.today()) if tenant is not None else None
    return render_template(
        "ledger/months.html",
        tenant=tenant,
        tenants=queries.tenants(actor()),
        closed=closings.closings(tenant) if tenant is not None else [],
        due=due,
        points=closings.before_closing(tenant, due) if tenant is not None and due else [],
        form=CloseMonthForm(formdata=None),
        may_close=actor().may(closing.PERMISSION, str(tenant)),
    )


@bp.route("/ledger/<int:tenant>/months/<month>/close", methods=["GET", "POST"])
@permit("ledger.close")
def close_month(tenant: int, month: str) -> BaseResponse:
    """Closes the next month, after a look at what is open in it."""
    if not actor().may(closing.PERMISSION, str(tenant)):
        raise NotFound("no_such_account")
    form = CloseMonthForm()
    points = closings.before_closing(tenant, month)
    return submit(
        form,
        lambda: closing.close_month(
            actor(), tenant, month, form.note.data or "", bool(form.acknowledged.data), key=form.key.data
        ),
        done=url_for("ledger.months", tenant=tenant),
        said=lambda closed: _("%(month)s is closed.", month=texts.month(closed)),
        template="ledger/close_month.html",
        tenant=tenant,
        month=month,
        points=points,
        open_points=[point for point in points if not point.settled],
    )


@bp.get("/ledger/<int:tenant>/months/<month>/sheet.pdf")
@permit("ledger.audit")
def month_sheet(tenant: int, month: str) -> BaseResponse:
    """The closing sheet of a closed month: its trial balance in both languages."""
    if tenant not in queries.tenants(actor()):
        raise NotFound("no_such_account")
    found = closings.closing(tenant, month)
    content = files_closing.sheet(found, trial_balance(tenant, month))
    return download(content, f"closing-{tenant}-{month}.pdf", "application/pdf")


@bp.get("/ledger/reversals")
@permit("ledger.read")
def reversal_list() -> str:
    """Reversals that wait for a second person, and those that were decided."""
    after = request.args.get("after", type=int)
    return render_template(
        "ledger/reversals.html",
        waiting=reversals.reversals(actor(), True, limit=100).items,
        page=reversals.reversals(actor(), False, after),
    )


@bp.route("/ledger/reversals/<int:request_id>", methods=["GET", "POST"])
@permit("ledger.read")
def reversal(request_id: int) -> BaseResponse:
    """One request: agree, and it is reversed; or decline and say why."""
    line = reversals.reversal(actor(), request_id)
    form = DecideReversalForm()
    return submit(
        form,
        lambda: second.decide_reversal(
            actor(), request_id, form.decision.data == "agree", form.note.data or "", key=form.key.data
        ),
        done=lambda made: (
            url_for("ledger.transfer", tenant=line.tenant, transfer_id=made)
            if made
            else url_for("ledger.reversal", request_id=request_id)
        ),
        said=lambda made: _("Reversed. The books keep both entries.") if made else _("Declined."),
        template="ledger/reversal.html",
        line=line,
        may_decide=second.may_decide(actor(), line),
        may_withdraw=second.may_withdraw(actor(), line),
    )


@bp.post("/ledger/reversals/<int:request_id>/withdraw")
@permit("ledger.read")
def withdraw_reversal(request_id: int) -> BaseResponse:
    """Who asked has thought again."""
    line = reversals.reversal(actor(), request_id)
    return press(
        lambda: second.withdraw_reversal(actor(), line.id, key=pressed_key()),
        done=url_for("ledger.reversal", request_id=line.id),
        said=_("Your request is taken back. The books stay as they are."),
    )
