"""Refusals of paper slips and of the telephone: one sentence per code, saying what to do."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "no_visits_to_print": _l("This person has no planned visits, so there are no codes to make anew."),
    "slip_entered": _l("This visit has been entered or decided already. Its page says how."),
    "visit_to_come": _l("This visit begins on %(begins)s. Enter it when it is over."),
    "code_mistyped": _l("This is no code of ours: a digit is wrong, or two have changed places. Look at it again."),
    "code_missing": _l("The time is known already. Type the code of the strip, or let the recipient confirm."),
    "wrong_day_code": _l(
        "This is not the code of a visit of today to this person. Tries left: %(left)s. "
        "Ask the helper to read it again."
    ),
    "no_visit_today": _l("This person has no planned visit today that waits to begin or to end."),
}
