"""The demo's sign-ins, for the sign-in page of a demo installation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app

from timebank.demo import cast

bp = Blueprint("demo", __name__)


@bp.app_context_processor
def sign_ins() -> dict[str, Any]:
    """`demo_sign_ins`: who may sign in, with `demo_password` and `demo_pin`; empty outside a demo."""
    is_demo = bool(current_app.config.get("TIMEBANK_DEMO"))
    return {
        "demo_sign_ins": cast.SIGN_INS if is_demo else (),
        "demo_password": cast.PASSWORD if is_demo else "",
        "demo_pin": cast.PIN if is_demo else "",
    }
