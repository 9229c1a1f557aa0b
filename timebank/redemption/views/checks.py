"""The page behind the QR code of a receipt: for any phone, without signing in."""

from __future__ import annotations

from flask import make_response, render_template
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.web import public
from timebank.redemption import words
from timebank.redemption.queries import checks
from timebank.redemption.views.blueprint import bp


@bp.get("/r/<code>")
@public
def check_receipt(code: str) -> BaseResponse:
    """True, reversed since, or not true: in both languages at once; search engines keep away."""
    found = checks.check(code)
    verdict = found.verdict if found else "false"
    page = render_template("redemption/check.html", found=found, verdict=verdict, words=words)
    answer = make_response(page, 200 if found else 404)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cache-Control"] = "no-store"
    return answer
