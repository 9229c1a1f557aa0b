"""Words of the access log: what was done, to what, through which way in.  Codes without words stand for themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.core import units
from timebank.core.texts import ACTIONS, VALUES

SUBJECTS: dict[str, Any] = {
    "account": _l("User account"),
    "blocked_pair": _l("Two people kept apart"),
    "care_package": _l("Care package"),
    "case": _l("Case"),
    "desk": _l("Service desk"),
    "desk_intention": _l("Entry of a desk without a line"),
    "desk_day_closing": _l("Day end of a desk"),
    "emergency": _l("Emergency"),
    "file": _l("File"),
    "gift": _l("Hours passed on to a relative"),
    "goods_item": _l("Article"),
    "hour_entry": _l("Entry of hours"),
    "import": _l("Spreadsheet"),
    "job": _l("Job"),
    "ledger_account": _l("Account in the ledger"),
    "ledger_month": _l("Month of the books"),
    "letter_run": _l("Pile of letters"),
    "netting": _l("Settling up"),
    "notice": _l("Message"),
    "offer": _l("Offer"),
    "package_purchase": _l("Care package bought"),
    "pair": _l("Possible duplicate"),
    "person": _l("Person"),
    "plan": _l("Plan of visits"),
    "redemption": _l("Receipt"),
    "request": _l("Request for help"),
    "service_request": _l("Request for help"),
    "scheme": _l("Time bank scheme"),
    "shelf_transfer": _l("Goods sent to another desk"),
    "service_type": _l("Service of the catalogue"),
    "stock_move": _l("Stock movement"),
    "territory": _l("Place"),
    "transfer": _l("Transfer"),
    "visit": _l("Visit"),
    "volunteer": _l("Volunteer"),
}

CHANNELS: dict[str, Any] = {
    "web": _l("on the web"),
    "api": _l("by a program"),
    "cli": _l("on the command line"),
    "job": _l("by the clock"),
    "import": _l("from a spreadsheet"),
}

PROGRAMS: dict[str, Any] = {  # the names of `Actor.system`, as the books keep them
    "clock": _l("the clock"),
    "divisions": _l("import of the divisions"),
    "grants": _l("monthly grants"),
    "kept apart": _l("a wish to be kept apart"),
    "merge": _l("a merge of two persons"),
    "planner": _l("the planner"),
    "redemption": _l("the service desk"),
    "registry": _l("the registry"),
    "sweep_holds": _l("the clock"),
}

FACTS: dict[str, Any] = {
    "reason": _l("Reason"),
    "minutes": _l("Time"),
    "amount": _l("Amount"),
    "how": _l("How"),
    "receipt": _l("Receipt"),
    "role": _l("Role"),
    "name": _l("Name"),
    "code": _l("Code"),
    "note": _l("Note"),
    "before": _l("Before"),
    "after": _l("After"),
    "until": _l("Until"),
    "pieces": _l("Pieces"),
    "difference": _l("Difference"),
    "sku": _l("Article"),
    "service": _l("Service"),
    "volunteer": _l("Volunteer"),
    "household": _l("Household"),
    "agent": _l("Agent"),
    "kind": _l("Kind"),
    "category": _l("Category"),
    "rows": _l("Rows"),
    "rating": _l("Rating"),
    "who": _l("Who"),
    "offer": _l("Offer"),
    "purpose": _l("Purpose"),
    "valid_from": _l("From"),
    "fields": _l("Fields"),
    "key": _l("Rule"),
    "skills": _l("Skills"),
    "passed_on": _l("Passed on"),
    "source": _l("Where from"),
    "duty": _l("Duty"),
    "died_on": _l("Died on"),
    "transfers": _l("Transfers"),
    "duplicate_reason": _l("Why registered although perhaps known"),
    "to": _l("To person no."),
    "to_shelf": _l("Back on the shelf"),
    "home_visit": _l("Home visit no."),
    "need": _l("Need no."),
    "line": _l("Line of the plan no."),
    "asked_by": _l("Whose wish"),
    "reversal": _l("Reversal"),
    "row": _l("Row"),
    "label": _l("Label"),
    "path": _l("Page"),
}
YES, NO = _l("yes"), _l("no")


def action(code: str) -> str:
    """What was done: "redeem.goods" -> "Goods handed out"."""
    return str(ACTIONS.get(code, code))


def subject(kind: str) -> str:
    """What it was done to."""
    return str(SUBJECTS.get(kind, kind))


def done_by(name: str | None) -> str:
    """Who did it: a person's name as it is, a program (`Actor.system`) in the reader's language."""
    return str(PROGRAMS.get(name, name)) if name else ""


def channel(code: str) -> str:
    """Through which way in."""
    return str(CHANNELS.get(code, code))


def actions_like(words: str) -> list[str]:
    """The codes of the deeds whose words contain these, in the reader's language."""
    wanted = words.casefold()
    return [code for code, text in ACTIONS.items() if wanted in str(text).casefold()]


def facts(detail: Mapping[str, object]) -> str:
    """What changed, on one line: "Time: 1 h 30 min, Reason: …"; empty facts are left out."""
    shown = ((str(FACTS.get(name, name)), _value(name, value)) for name, value in detail.items() if value not in _EMPTY)
    return ", ".join(f"{name}: {value}" for name, value in shown)


def fields(codes: str) -> str:
    """Which fields somebody saw: "id_number,phone" -> "ID number, Phone"."""
    return ", ".join(coded("fields", code) for code in codes.split(","))


def purpose(kept: str) -> str:
    """What somebody needed it for: a code, own words, or a code and own words after a colon."""
    code, colon, own = kept.partition(": ")
    return f"{coded('purpose', code)}{colon}{own}"


def coded(name: str, value: str) -> str:
    """The words for a code that a fact may have; anything else stands for itself."""
    return str(VALUES.get(name, {}).get(value.strip(), value.strip()))


_EMPTY: tuple[object, ...] = ("", None)


def _value(name: str, value: object) -> str:
    if isinstance(value, str):
        return coded(name, value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(coded(name, one) for one in value)
    if isinstance(value, bool):
        return str(YES if value else NO)
    if name == "minutes" and isinstance(value, int):
        return units.minutes_text(value)
    return json.dumps(value, ensure_ascii=False)
