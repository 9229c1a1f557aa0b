"""Accounts and the roles they hold, for administrators."""

from __future__ import annotations

from flask import make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.access import queries, service
from timebank.access.forms.staff import GIVEN, ROLE_NAMES, AccountForm, ReasonForm, RoleForm
from timebank.access.queries import directory
from timebank.access.rules.roles import Role
from timebank.access.views.base import bp
from timebank.core import clock
from timebank.core.errors import NotFound, Refused
from timebank.core.web import actor, permit, press, pressed_key, reasoned, submit
from timebank.people import queries as people
from timebank.territory import queries as territory


def _administered(account_id: int) -> queries.AccountInfo:
    found = directory.administered(actor(), account_id)
    if found is None:
        raise NotFound("access_account_unknown")
    return found


@bp.get("/accounts")
@permit("accounts.manage")
def accounts() -> Response:
    """The accounts of one's territory, with search."""
    text, role = request.args.get("q", ""), request.args.get("role", "")
    page = directory.list_accounts(actor(), text=text, role=role, after=request.args.get("after", ""))
    places = territory.path_names({code for line in page.items for _role, code in line.roles if code})
    roles = [(each.value, ROLE_NAMES[each]) for each in GIVEN]
    html = render_template(
        "access/accounts.html", page=page, text=text, role=role, roles=roles, names=ROLE_NAMES, places=places
    )
    return make_response(html)


@bp.route("/accounts/new", methods=["GET", "POST"])
@permit("accounts.manage")
def new_account() -> Response:
    """Makes an account and shows its one-time password."""
    form = AccountForm()
    if not form.is_submitted() and not form.territory_code.data:
        form.territory_code.data = next(iter(actor().scopes("accounts.manage")), "")
    if form.validate_on_submit():
        try:
            return _made(form)
        except Refused as error:
            form.refuse(error)
    return make_response(render_template("access/account_new.html", form=form), 422 if form.is_submitted() else 200)


def _made(form: AccountForm) -> Response:
    given = service.open_account(actor(), form.command(), form.member_no.data or "", key=form.key.data)
    return _show_password(given.account_id, given.password)


def _show_password(account_id: int, password: str) -> Response:
    account = queries.account(account_id)
    return make_response(render_template("access/one_time_password.html", account=account, password=password))


@bp.get("/accounts/<int:account_id>")
@permit("accounts.manage")
def account(account_id: int) -> Response:
    """One account: its roles now and before."""
    found = _administered(account_id)
    grants = queries.grants_of(account_id)
    html = render_template(
        "access/account.html",
        account=found,
        grants=grants,
        on=clock.today(),
        names=ROLE_NAMES,
        places=territory.path_names({grant.territory_code for grant in grants if grant.territory_code}),
        granters=queries.names_of_accounts(grant.granted_by for grant in grants),
        person=people.brief(found.person_id) if found.person_id else None,
    )
    return make_response(html)


@bp.route("/accounts/<int:account_id>/roles/new", methods=["GET", "POST"])
@permit("accounts.manage")
def new_role(account_id: int) -> Response:
    """Gives a role."""
    found = _administered(account_id)
    form = RoleForm()
    if not form.is_submitted():
        form.territory_code.data = next(iter(actor().scopes("accounts.manage")), "")

    def grant() -> int:
        starts_on, ends_on = form.dates()
        code = (form.territory_code.data or "").strip()
        reason = form.reason.data
        return service.grant_role(
            actor(), found.id, form.role.data, code, starts_on, ends_on, reason, key=form.key.data
        )

    return submit(
        form,
        grant,
        done=url_for("access.account", account_id=account_id),
        said=_("The role is given."),
        template="access/role_new.html",
        account=found,
    )


@bp.route("/accounts/<int:account_id>/roles/<int:grant_id>/end", methods=["GET", "POST"])
@permit("accounts.manage")
def end_role(account_id: int, grant_id: int) -> Response:
    """Ends a role today."""
    found = _administered(account_id)
    grant = next((each for each in queries.grants_of(account_id) if each.id == grant_id), None)
    if grant is None:
        raise NotFound("access_grant_unknown")
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, service.end_role, grant_id),
        done=url_for("access.account", account_id=account_id),
        said=_("The role has ended."),
        template="access/role_end.html",
        account=found,
        role=ROLE_NAMES[Role(grant.role)],
    )


@bp.post("/accounts/<int:account_id>/password")
@permit("accounts.manage")
def reset_password(account_id: int) -> Response:
    """Gives a one-time password and shows it once."""
    found = _administered(account_id)
    password = service.reset_password(actor(), found.id, key=pressed_key())
    return _show_password(found.id, password)


@bp.route("/accounts/<int:account_id>/close", methods=["GET", "POST"])
@permit("accounts.manage")
def close_account(account_id: int) -> Response:
    """Closes an account."""
    found = _administered(account_id)
    form = ReasonForm()
    return submit(
        form,
        reasoned(form, service.close_account, account_id),
        done=url_for("access.account", account_id=account_id),
        said=_("The account is closed."),
        template="access/account_close.html",
        account=found,
    )


@bp.post("/accounts/<int:account_id>/reopen")
@permit("accounts.manage")
def reopen_account(account_id: int) -> Response:
    """Opens a closed account again."""
    _administered(account_id)
    return press(
        lambda: service.reopen_account(actor(), account_id, "", key=pressed_key()),
        done=url_for("access.account", account_id=account_id),
        said=_("The account is open again."),
    )
