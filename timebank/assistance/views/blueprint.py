"""The blueprint, its words, and the purpose that a visitor of a file must give."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, session, url_for
from werkzeug.wrappers import Response

from timebank.assistance import texts
from timebank.assistance.models import AssistanceCase
from timebank.core import clock
from timebank.core.web import actor

bp = Blueprint("assistance", __name__)
PURPOSE_SECONDS = 3600
CASE_WORK = "case_work"


@bp.app_context_processor
def words() -> dict[str, Any]:
    """Names of states and kinds for the templates."""
    return {"assistance_words": texts}


def purpose_of(what: str) -> str | None:
    """The purpose given for a file within the last hour, or None.  `what`: "case:12" or "health:7"."""
    given = session.get("purposes", {}).get(what)
    if not given or clock.now().timestamp() - given[1] > PURPOSE_SECONDS:
        return None
    return str(given[0])


def keep_purpose(what: str, text: str) -> None:
    """Remembers the purpose for an hour."""
    session["purposes"] = {**session.get("purposes", {}), what: [text, int(clock.now().timestamp())]}


def case_purpose(case: AssistanceCase) -> str | None:
    """Why the actor looks into the case: it is theirs, or they said so."""
    return CASE_WORK if case.case_worker_id == actor().account_id else purpose_of(f"case:{case.id}")


def ask_purpose(endpoint: str, **names: Any) -> Response:
    """To the page that asks why."""
    return redirect(url_for(endpoint, next=request.full_path, **names))


def safe_next(default: str) -> str:
    """Where to go on, within this site only."""
    target = request.args.get("next", "")
    return target.rstrip("?") if target.startswith("/") and not target.startswith(("//", "/\\")) else default
