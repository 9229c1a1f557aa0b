"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.access.forms.staff import ROLE_NAMES

ACTIONS: dict[str, Any] = {
    "sign.in": _l("Signed in"),
    "create.account": _l("Account made"),
    "close.account": _l("Account closed"),
    "reopen.account": _l("Account opened again"),
    "grant.role": _l("Role granted"),
    "end.role": _l("Role ended"),
    "set.password": _l("Password set"),
    "set.pin": _l("PIN set"),
    "issue.card": _l("Card issued"),
    "withdraw.card": _l("Card withdrawn"),
    "issue.token": _l("Token for programs issued"),
    "withdraw.token": _l("Token for programs withdrawn"),
    "end.sessions": _l("Signed out everywhere"),
    "export.log": _l("Access log fetched as a file"),
}
VALUES: dict[str, dict[str, Any]] = {"role": {str(role): words for role, words in ROLE_NAMES.items()}}
