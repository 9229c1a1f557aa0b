"""The limits and the state of an account: what they were, and changing them."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.errors import NotAllowed
from timebank.core.web import actor, permit, submit
from timebank.ledger import service
from timebank.ledger.forms import LimitsForm
from timebank.ledger.queries.limits import limit_changes
from timebank.ledger.queries.reading import readable_account
from timebank.ledger.rules.seconding import PERMISSION
from timebank.ledger.views.blueprint import bp


@bp.route("/ledger/<int:tenant>/accounts/<int(max=9223372036854775807):account_id>/limits", methods=["GET", "POST"])
@permit("ledger.reverse")
def account_limits(tenant: int, account_id: int) -> BaseResponse:
    """Changes an account's limits or state; each change stays with its reason."""
    account = readable_account(actor(), tenant, account_id)
    if not actor().may(PERMISSION, account.side.territory_code):
        raise NotAllowed(PERMISSION)
    form = LimitsForm()
    form.show(account.info)
    return submit(
        form,
        lambda: service.change_limits(actor(), form.change(account.info), key=form.key.data),
        done=url_for("ledger.account", tenant=tenant, account_id=account_id),
        said=_("Changed. The change stays in the books with your name."),
        template="ledger/limits.html",
        account=account,
        changes=limit_changes(tenant, account_id),
    )
