"""Words that stand in two places: states, ways of confirming, and the labels of a receipt in both languages."""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from timebank.core.units import minutes_text

STATES: dict[str, Any] = {
    "waiting": _l("Waits for a second clerk"),
    "done": _l("Handed out"),
    "cancelled": _l("Cancelled"),
    "partly_returned": _l("Partly returned"),
    "returned": _l("Returned"),
}
STATE_STYLES = {"waiting": "wait", "done": "good", "cancelled": "plain", "partly_returned": "info", "returned": "info"}
INTENTION_STATES: dict[str, Any] = {
    "open": _l("Not done: nothing was booked"),
    "done": _l("Done"),
    "taken_up": _l("In the basket"),
    "dropped": _l("Given up"),
}
INTENTION_STYLES = {"open": "bad", "done": "good", "taken_up": "wait", "dropped": "plain"}
OPERATIONS: dict[str, Any] = {
    "handed": _l("Goods for hours"),
    "returned": _l("Goods came back"),
    "basket": _l("Basket"),
}
OPERATION_STATES: dict[str, Any] = {
    "done": _l("Done"),
    "waiting": _l("Waits for a second clerk"),
    "cancelled": _l("Cancelled"),
    "open": _l("Not done: nothing was booked"),
}
OPERATION_STYLES = {"done": "good", "waiting": "wait", "cancelled": "plain", "open": "bad"}
KINDS: dict[str, Any] = {
    "service": _l("For care"),
    "goods": _l("For goods"),
    "cash": _l("For cash"),
}
MOVES: dict[str, Any] = {
    "delivery": _l("Delivery"),
    "stock_take": _l("Stock take"),
    "write_off": _l("Written off"),
    "sent": _l("Sent to another desk"),
    "received": _l("Came from another desk"),
    "lost_on_the_way": _l("Difference on the way"),
    "stock": _l("Delivery, stock take or writing off"),
    "goods": _l("Handed out"),
    "goods_return": _l("Returned"),
    "correction": _l("Correction"),
}
GIVEN: dict[str, Any] = {
    "donation": _l("Donation"),
    "purchase": _l("Purchase"),
    "charity_supermarket": _l("Charity supermarket"),
}
SOURCES: dict[str, Any] = {**GIVEN, "found": _l("Without delivery")}
PERIODS: dict[str, Any] = {
    "day": _l("a day"),
    "week": _l("a week"),
    "month": _l("a month"),
    "year": _l("a year"),
}
FINDINGS: dict[str, Any] = {
    "hours": _l("Hours paid for goods are not those of the receipts"),
    "handed": _l("Pieces handed out are not those of the receipts"),
    "batch": _l("A delivery holds other pieces than moved"),
    "held": _l("Pieces on hold are not those of the baskets that wait"),
}
EXPIRED_ON = _l("Expired on %(day)s")
LABELS: dict[str, Any] = {
    "receipt": _l("Receipt"),
    "article": _l("Article"),
    "total": _l("Total"),
    "available": _l("Available afterwards"),
    "member": _l("Member"),
    "clerk": _l("Clerk"),
    "second": _l("Second clerk"),
    "confirmed": _l("Confirmed by"),
    "pin": _l("PIN"),
    "pad": _l("Signature"),
    "signature": _l("Signature"),
    "companion": _l("Somebody came for the member"),
    "returned": _l("Returned"),
    "sign_here": _l("Signature of the member"),
    "check": _l("Check this receipt with any phone"),
    "waiting": _l("Not valid yet: waits for a second clerk"),
    "cancelled": _l("Cancelled: nothing was handed out"),
    "faulty": _l("faulty"),
    "checked": _l("Check of a receipt"),
    "pieces_back": _l("Came back"),
    "proof": _l("Proof"),
    "sealing": _l("will be sealed within a minute"),
}
RELATIONS: dict[str, Any] = {
    "spouse": _l("husband or wife"),
    "child": _l("son or daughter"),
    "relative": _l("another relative"),
    "guardian": _l("guardian"),
    "neighbour": _l("neighbour"),
    "carer": _l("carer"),
    "staff": _l("staff of the community or a partner"),
}
CONSENTS: dict[str, Any] = {
    "phone": _l("said so on the telephone just now"),
    "paper": _l("on a signed paper"),
    "agent": _l("is registered as guardian or agent"),
}
LABELS |= {"reason": _l("Reason"), "agreed": _l("How the member agreed")}
VERDICTS: dict[str, Any] = {
    "true": _l("This receipt is true"),
    "partly_reversed": _l("This receipt is true; some of the goods have come back since"),
    "reversed": _l("This receipt was true and has been reversed: the goods came back"),
    "waiting": _l("This receipt is not valid yet: it waits for a second clerk"),
    "void": _l("This receipt was cancelled: nothing was handed out"),
    "false": _l("This is not a receipt of this time bank"),
}
VERDICT_STYLES = {"true": "done", "partly_reversed": "note", "reversed": "note", "waiting": "note"}
FALSE_ADVICE = _l("Compare the address with the one on the paper, or ask at the service desk.")
SEPARATOR = " / "


def both(text: Any) -> str:
    """A text in Chinese and in English, for paper that everybody reads."""
    with force_locale("zh"):
        chinese = str(text)
    with force_locale("en"):
        english = str(text)
    return chinese if chinese == english else chinese + SEPARATOR + english


def verdict(name: str) -> str:
    """What the check says, in both languages."""
    return both(VERDICTS[name])


def label(name: str) -> str:
    """A label of the receipt in both languages."""
    return both(LABELS[name])


def both_minutes(minutes: int) -> str:
    """Minutes in both languages: "2小时 / 2 h"."""
    with force_locale("zh"):
        chinese = minutes_text(minutes)
    with force_locale("en"):
        return chinese + SEPARATOR + minutes_text(minutes)
