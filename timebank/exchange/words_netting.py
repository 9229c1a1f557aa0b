"""Words of paying what time banks owe each other."""

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.exchange.rules.netting_payments import PaymentState, StepKind, Way

STATES: dict[str, Any] = {
    PaymentState.WAITING: _l("Waits for a second person of the side that owes"),
    PaymentState.DECLINED: _l("Not agreed; nothing was paid"),
    PaymentState.PAID: _l("Paid; waits for the word of the other side"),
    PaymentState.CONFIRMED: _l("Paid and confirmed"),
    PaymentState.OBJECTED: _l("Objected to; to be undone or confirmed"),
    PaymentState.UNDONE: _l("Undone; owed again"),
}
BADGES: dict[str, str] = {
    PaymentState.WAITING: "wait",
    PaymentState.PAID: "wait",
    PaymentState.CONFIRMED: "good",
    PaymentState.OBJECTED: "bad",
}
STEPS: dict[str, Any] = {
    StepKind.ASKED: _l("Payment written down"),
    StepKind.AGREED: _l("Agreed to, and posted"),
    StepKind.DECLINED: _l("Not agreed"),
    StepKind.CONFIRMED: _l("Confirmed by the side that is owed"),
    StepKind.OBJECTED_BY_DEBTOR: _l("Objection of the side that owes"),
    StepKind.OBJECTED_BY_CREDITOR: _l("Objection of the side that is owed"),
    StepKind.UNDONE: _l("Undone by opposite lines"),
}
WAYS: dict[str, Any] = {
    Way.HOURS: _l("In hours, from the fund of the one to the fund of the other"),
    Way.OUTSIDE: _l("Outside the time bank, under the number of a paper"),
}
