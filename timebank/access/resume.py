"""A sign-in that ran out in the middle of a form: what was typed survives.

A POST without sign-in, or with an anti-forgery token that no longer fits, is answered by a page that carries the
typed fields along, encrypted and signed, and offers them again after signing in.  Passwords and PINs are never
carried, nor is anything that another website sent.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from flask import Flask, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from timebank.access.forms.own import SignInForm
from timebank.core.types import cipher
from timebank.core.web import actor

MAX_BYTES = 256 * 1024
MAX_AGE_SECONDS = 24 * 3600
_SECRET = re.compile(r"(^|[_.\-])(password|passwd|pin|secret)\d*($|[_.\-])", re.IGNORECASE)
_NOT_TYPED = {"csrf_token", "kept"}
_NOT_KEPT = {"access.sign_out", "access.change_language"}


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: where to, and its fields in order (`missing_files`: files must be chosen again)."""

    path: str
    fields: tuple[tuple[str, str], ...]
    missing_files: bool = False


def init_app(app: Flask) -> None:
    """Tells core what a visitor without sign-in gets, and Flask what a token that does not fit gets."""
    app.extensions["timebank_unauthenticated"] = answer_stranger
    app.register_error_handler(CSRFError, answer_csrf)


def keep() -> str:
    """The posted form as a sealed text for a hidden field; empty when there is nothing to keep or it is too long."""
    if request.endpoint in _NOT_KEPT or not _sent_by_our_page():
        return ""
    fields = [
        (name, value)
        for name, values in request.form.lists()
        if name not in _NOT_TYPED and not _SECRET.search(name)
        for value in values
    ]
    plain = json.dumps([request.full_path.rstrip("?"), fields, bool(request.files)]).encode()
    return cipher().encrypt(plain).decode() if len(plain) <= MAX_BYTES else ""


def unseal(text: str) -> Kept | None:
    """The form that was kept; None for a text that is not ours or older than a day."""
    try:
        path, fields, missing = json.loads(cipher().decrypt(text.encode(), ttl=MAX_AGE_SECONDS))
    except (InvalidToken, ValueError):
        return None
    return Kept(path, tuple((name, value) for name, value in fields), missing) if local_path(path) else None


def local_path(target: str | None) -> str:
    """The target when it is a page of ours, else an empty text (no way to send people to another website)."""
    target = target or ""
    if not target.startswith("/") or target.startswith(("//", "/\\")) or re.search(r"[\x00-\x20\\]", target):
        return ""
    parts = urlsplit(target)
    return "" if parts.scheme or parts.netloc else target.rstrip("?")


def answer_stranger() -> Response:
    """What a page that needs a sign-in answers to somebody without one."""
    if request.path.startswith("/api/"):
        return _json(401, "not_signed_in")
    if request.method in ("GET", "HEAD"):
        return _to_sign_in()
    return _sign_in_page(keep(), 401)


def answer_csrf(_error: CSRFError) -> Response:
    """What a form with an old anti-forgery token gets: nothing was changed, and nothing typed is lost."""
    if request.path.startswith("/api/"):
        return _json(400, "csrf")
    if request.endpoint == "access.sign_in":
        return _sign_in_page(request.form.get("kept", ""), 400, request.form.get("name", ""))
    if request.endpoint in _NOT_KEPT:
        return redirect(url_for("access.sign_in"), 303)
    if not _sent_by_our_page():
        words = _("This form did not come from a page of ours, so nothing was changed.")
        return make_response(render_template("error.html", words=words, status=400), 400)
    sealed = keep()
    if actor().account_id is None:
        return _sign_in_page(sealed, 400)
    return continue_page(sealed, 400) if sealed else _too_long()


def continue_page(sealed: str, status: int = 200) -> Response:
    """The page that offers to send the kept form again, with a fresh token."""
    kept = unseal(sealed)
    if kept is None:
        return redirect(url_for("reports.today"), 303)
    return make_response(render_template("access/kept.html", kept=kept), status)


def _sent_by_our_page() -> bool:
    """Browsers say which website a form came from; whoever says nothing is no browser with a session to abuse."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin") or request.referrer or ""
    return not origin or urlsplit(origin).netloc == request.host


def _to_sign_in() -> Response:
    target = url_for("access.sign_in", next=local_path(request.full_path) or None)
    if request.headers.get("HX-Request"):
        return make_response("", 401, {"HX-Redirect": url_for("access.sign_in")})
    return redirect(target, 302)


def _sign_in_page(sealed: str, status: int, name: str = "") -> Response:
    form = SignInForm(formdata=None, data={"kept": sealed, "name": name})
    return make_response(
        render_template("access/sign_in.html", form=form, kept=unseal(sealed), lost=not sealed), status
    )


def _too_long() -> Response:
    words = _(
        "The page was open too long and its text is too large to keep. Please go back, copy it, and send it again."
    )
    return make_response(render_template("error.html", words=words, status=400), 400)


def _json(status: int, code: str) -> Response:
    response = make_response(json.dumps({"code": code}), status)
    response.mimetype = "application/json"
    return response
