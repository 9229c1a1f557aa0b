"""Signing in and out, and the language."""

from __future__ import annotations

from flask import current_app, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.access import resume, service
from timebank.access.forms.own import SignInForm
from timebank.access.queries import AccountInfo, session_values
from timebank.access.service.accounts import LANGUAGES
from timebank.access.session import forget_actor
from timebank.access.views.base import bp
from timebank.core.errors import Refused
from timebank.core.web import actor, public


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """The page to sign in; with a form that was kept, it goes on with that form."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = resume.local_path(request.args.get("next"))
        if actor().account_id is not None:
            return redirect(form.next.data or url_for("reports.today"))
        return _page(form, 200)
    if not form.validate():
        return _page(form, 422)
    try:
        account = service.sign_in(form.name.data, form.password.data, request.remote_addr or "")
    except Refused as error:
        form.refuse(error)
        return _page(form, error.status)
    start_session(account)
    return _go_on(form, account)


def _page(form: SignInForm, status: int) -> Response:
    kept = resume.unseal(form.kept.data or "")
    return make_response(render_template("access/sign_in.html", form=form, kept=kept, lost=False), status)


def _go_on(form: SignInForm, account: AccountInfo) -> Response:
    if form.kept.data and resume.unseal(form.kept.data):
        return resume.continue_page(form.kept.data)
    if account.must_change_password:
        return redirect(url_for("access.change_password"), 303)
    return redirect(resume.local_path(form.next.data) or url_for("reports.today"), 303)


def start_session(account: AccountInfo) -> None:
    """A new session for the account: nothing that was put into the old one by somebody else remains."""
    end_session()
    session.permanent = True
    session.update(session_values(account.id))
    session["language"] = account.language
    session["must_change_password"] = account.must_change_password


def end_session() -> None:
    """Forgets everything but the language."""
    language = session.get("language")
    session.clear()
    g.pop(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"), None)
    if language:
        session["language"] = language
    forget_actor()


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """Ends the session on this device."""
    end_session()
    flash(_("You are signed out."), "done")
    return redirect(url_for("access.sign_in"), 303)


@bp.post("/language")
@public
def change_language() -> Response:
    """Chinese or English; remembered in the session and for the account."""
    language = request.form.get("language", "")
    if language in LANGUAGES:
        session["language"] = language
        if actor().account_id is not None:
            service.choose_language(actor(), language)
    return redirect(resume.local_path(request.form.get("next")) or url_for("reports.today"), 303)


@bp.before_app_request
def new_password_first() -> Response | None:
    """A password that somebody else gave out is changed before anything else is done."""
    free = {"access.change_password", "access.sign_out", "access.change_language", "static"}
    if request.method != "GET" or not session.get("must_change_password"):
        return None
    if request.endpoint in free or (request.endpoint or "").endswith(".static"):
        return None
    return redirect(url_for("access.change_password"))
