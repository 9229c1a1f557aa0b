"""What every page needs: who asks, who may, how a form becomes a change, how a refusal becomes words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Response, abort, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError
from werkzeug.routing import IntegerConverter
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.authority import NOBODY, Actor
from timebank.core.db import db
from timebank.core.errors import NotAllowed, Refused, TimebankError
from timebank.core.forms import Form
from timebank.core.texts import refusal_text

P = ParamSpec("P")
R = TypeVar("R")
PUBLIC = "public"
SIGNED_IN = "signed in"
UNSTORABLE = (DataError, OverflowError)  # a number or text that no column, a moment that no calendar can hold
LARGEST_ID = 2**31 - 1

_source: list[Callable[[], Actor]] = []


def set_actor_source(source: Callable[[], Actor]) -> None:
    """Tells how to find out who asks (done once by `access`)."""
    _source[:] = [source]


def actor() -> Actor:
    """Who asks; `NOBODY` when not signed in."""
    return _source[0]() if _source else NOBODY


def permit(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declares that a view is for those who hold the permission somewhere; rows are checked where they are read."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        view._permit = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Declares that a view is for everybody."""
    return permit(PUBLIC)(view)


def signed_in(view: Callable[P, R]) -> Callable[P, R]:
    """Declares that a view is for anybody with an account, about their own affairs."""
    return permit(SIGNED_IN)(view)


def check_permission() -> BaseResponse | None:
    """Before each request: deny by default."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    declared = getattr(view, "_permit", None)
    if declared == PUBLIC or request.endpoint == "static" or (request.endpoint or "").endswith(".static"):
        return None
    who = actor()
    if declared is None:
        raise NotAllowed("undeclared")
    if who.account_id is None and not who.everything:
        return unauthenticated()
    if declared != SIGNED_IN and not who.has(declared):
        raise NotAllowed(declared)
    return None


def unauthenticated() -> BaseResponse:
    """What a visitor without sign-in gets; `access` replaces it by a page that keeps typed text."""
    handler: Callable[[], BaseResponse] | None = current_app.extensions.get("timebank_unauthenticated")
    return handler() if handler else redirect(url_for("access.sign_in", next=request.full_path))


def submit(
    form: Form,
    act: Callable[[], Any],
    *,
    done: Callable[[Any], str] | str,
    template: str,
    said: str | Callable[[Any], str] = "",
    **context: Any,
) -> BaseResponse:
    """Shows a form, or does what it asks for and goes on to `done`.

    A wrong field or a refusal shows the form again (422) with everything that was typed.
    """
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                return _went_well(act(), done, said)
            except (Refused, *UNSTORABLE) as error:
                db.session.rollback()
                form.refuse(refusal := _refusal(error))
                status = refusal.status
    return make_response(render_template(template, form=form, **context), status)


def commanded(form: Form, act: Callable[..., Any], *subject: Any) -> Callable[[], Any]:
    """What a form that makes a command does once it is right: `act(actor(), form.command(*subject), key=…)`."""
    return lambda: act(actor(), form.command(*subject), key=form.key.data)


def reasoned(form: Form, act: Callable[..., Any], *subject: Any) -> Callable[[], Any]:
    """What a form that asks why does once it is right: `act(actor(), *subject, reason, key=…)`."""
    return lambda: act(actor(), *subject, form["reason"].data or "", key=form.key.data)


def press(
    act: Callable[[], Any], *, done: Callable[[Any], str] | str, said: str | Callable[[Any], str] = ""
) -> BaseResponse:
    """Does what a button asks for and goes to `done`; a refusal is shown there as a message."""
    try:
        return _went_well(act(), done, said)
    except (Refused, *UNSTORABLE) as error:
        db.session.rollback()
        flash(refusal_text(_refusal(error)), "wrong")
        return redirect(_back(done), 303)


def _refusal(error: Exception) -> Refused:
    """The refusal itself, or the one for a value that cannot be kept (written to the log: a field lacks its bounds)."""
    if isinstance(error, Refused):
        return error
    current_app.logger.warning("a value that cannot be kept at %s", request.path, exc_info=error)
    return Refused("unstorable")


def _back(done: Callable[[Any], str] | str) -> str:
    referrer = request.referrer or ""
    if referrer.startswith(request.host_url):
        return referrer
    return done if isinstance(done, str) else url_for("reports.today")


def _went_well(answer: Any, done: Callable[[Any], str] | str, said: str | Callable[[Any], str]) -> BaseResponse:
    words = said(answer) if callable(said) else str(said)
    if words:
        flash(words, "done")
    return redirect(done(answer) if callable(done) else done, 303)


def pressed_key() -> str:
    """The idempotency key of a one-button form."""
    return request.form.get("key") or uuid.uuid4().hex


def download(content: bytes, name: str, mimetype: str = "text/csv") -> Response:
    """A file to keep."""
    response = Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def partial() -> bool:
    """Asked for by htmx: answer with the fragment only."""
    return request.headers.get("HX-Request") == "true"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the menu; `permission` None is for everybody signed in; `face` "portal" or "staff"."""

    endpoint: str
    text: Any
    permission: str | None = None
    sort: int = 100
    face: str = "staff"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do today: words, where, how many."""

    text: Any
    url: str
    count: int = 1
    urgent: bool = False


def menu() -> list[MenuItem]:
    """The entries the actor may use: staff see the staff face, members the portal."""
    who = actor()
    items: list[MenuItem] = current_app.extensions.get("timebank_menu", [])
    allowed = [
        i for i in items if i.endpoint in current_app.view_functions and (not i.permission or who.has(i.permission))
    ]
    once = {item.endpoint: item for item in reversed(allowed)}  # two permissions may lead to one page
    return sorted(once.values(), key=lambda item: item.sort)


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return uuid.uuid4().hex


def page_url(**changes: Any) -> str:
    """This page with other query values (filters, next page); None takes a value away."""
    values: dict[str, Any] = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    kept = {name: value for name, value in values.items() if value not in (None, "")}
    return url_for(request.endpoint or "reports.today", **kept)


def http_words(status: int) -> Any:
    """A sentence for an error that came from outside our rules."""
    return {
        400: _l("The page sent something that could not be read. Please go back and try again."),
        404: _l("There is no such page, or you may not see it."),
        405: _l("This address only takes a form. Please go back and use the button."),
        413: _l("The file is too large; 16 MB is the most. Please split it."),
        429: _l("Too many tries. Please wait a few minutes."),
    }.get(status, _l("Something went wrong on our side. Nothing was changed; please try again."))


def error_page(error: TimebankError) -> BaseResponse:
    """A refusal that no form caught, as a page with a sentence and a way on."""
    db.session.rollback()
    return make_response(render_template("error.html", words=refusal_text(error), status=error.status), error.status)


class IdConverter(IntegerConverter):
    """`<int:…>` in addresses: a number beyond every id is an address that does not exist."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_ID, **kwargs})


def refuse_nul() -> None:
    """Before each request: no database keeps a NUL character, and no keyboard types one."""
    for values in (request.args, request.form):
        if any("\x00" in text for item in values.items(multi=True) for text in item):
            abort(400)


def unstorable_page(error: Exception) -> BaseResponse:
    """A value beyond all bounds that came with an address instead of a form."""
    return error_page(_refusal(error))


def _tile_server() -> str:
    """The server of map tiles, where an installation has named one (TIMEBANK_MAP_TILES)."""
    parts = urlsplit(current_app.config.get("TIMEBANK_MAP_TILES") or "")
    server = parts.netloc.replace("{s}", "*")
    return f" {parts.scheme}://{server}" if parts.scheme in {"http", "https"} else ""


def add_headers(response: Response) -> Response:
    """Strict headers on every answer; pages with personal data are not kept by caches."""
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; img-src 'self' data:{_tile_server()}; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if g.get("_actor_seen") else "no-cache"
    return response
