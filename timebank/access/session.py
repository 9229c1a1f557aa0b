"""Who asks: from the signed session cookie on pages, from a bearer token on the API.

The cookie holds "account:epoch" only.  Roles are read anew for each request, so a withdrawn role, a closed account or
a raised epoch ends a right at once.  The answer is kept for the length of the request.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, has_request_context, request, session
from flask_login import LoginManager, UserMixin

from timebank.access import queries
from timebank.core.authority import NOBODY, Actor
from timebank.core.web import set_actor_source

_KEPT = "timebank.actor"
_STANDING = "timebank.standing"


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """What the session remembers of somebody: an account and its epoch, no database object."""

    account_id: int
    epoch: int

    def get_id(self) -> str:
        """The text kept in the session."""
        return f"{self.account_id}:{self.epoch}"


def init_app(app: Flask) -> None:
    """Sets up Flask-Login and tells core who asks."""
    manager = LoginManager()
    manager.session_protection = None  # it ties a session to an IP address, and phones change theirs on the way
    manager.user_loader(_load)
    manager.init_app(app)
    set_actor_source(current_actor)


def _load(text: str) -> SignedIn | None:
    account_id, _, epoch = text.partition(":")
    if not (account_id.isdecimal() and epoch.isdecimal()):
        return None
    found = _standing_of_session()
    return SignedIn(int(account_id), int(epoch)) if found else None


def current_actor() -> Actor:
    """Who asks; `NOBODY` when not signed in.  At most two statements, once per request."""
    if not has_request_context():
        return NOBODY
    if _KEPT not in request.environ:
        request.environ[_KEPT] = _find()
    found: Actor = request.environ[_KEPT]
    g._actor_seen = found is not NOBODY
    return found


def forget_actor() -> None:
    """Signing in and out changes who asks within a request."""
    request.environ.pop(_KEPT, None)
    request.environ.pop(_STANDING, None)


def must_change_password() -> bool:
    """Was the password given out by somebody else and not changed yet?"""
    return bool(session.get("must_change_password"))


def _find() -> Actor:
    if request.headers.get("Authorization", "").startswith("Bearer "):
        return queries.actor_of_token(request.headers["Authorization"].removeprefix("Bearer ").strip()) or NOBODY
    if request.path.startswith("/api/"):  # the API has no anti-forgery token, so a cookie must not open it
        return NOBODY
    found = _standing_of_session()
    return queries.actor_from(found) if found else NOBODY


def _standing_of_session() -> queries.Standing | None:
    if _STANDING not in request.environ:
        request.environ[_STANDING] = _read_standing()
    found: queries.Standing | None = request.environ[_STANDING]
    return found


def _read_standing() -> queries.Standing | None:
    account_id, _, epoch = str(session.get("_user_id", "")).partition(":")
    if not (account_id.isdecimal() and epoch.isdecimal()):
        return None
    found = queries.standing(int(account_id))
    return found if found and found.session_epoch == int(epoch) else None
