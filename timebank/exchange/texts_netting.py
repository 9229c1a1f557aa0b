"""Refusals of paying what time banks owe each other."""

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "no_such_netting": _l("There is no such month between these time banks, or you may not see it."),
    "netting_nothing_owed": _l("Both ways were the same in this month, so nothing is to be paid."),
    "netting_paid_already": _l("This month is paid already, or a payment waits for a second person. Open it to see."),
    "netting_reference_missing": _l("Write down the number of the paper by which it is paid."),
    "netting_step_past": _l("Somebody has gone on with this payment already. Open the page again to see it."),
    "netting_same": _l("You took a step of this payment yourself. Another person must do this one."),
    "netting_undone_there": _l(
        "This pays what time banks owe each other. Open the month under “Settling up”: one side objects to the"
        " payment there, and the other side undoes it."
    ),
    "netting_not_undone": _l(
        "This nets a month between time banks and is not reversed. Reverse the hours that were wrong; the netting of"
        " the next month takes them in."
    ),
}
