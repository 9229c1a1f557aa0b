"""The blueprint, and the ledger's words for templates."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from timebank.ledger import texts

bp = Blueprint("ledger", __name__)


@bp.record_once
def words(state: BlueprintSetupState) -> None:
    """`ledger_words.purpose(code)` and the like in every template and macro."""
    state.app.jinja_env.globals["ledger_words"] = texts
