"""Two records of one person: what is free on the merged one goes to the kept one, also when it comes back later."""

from __future__ import annotations

from contextlib import suppress

from timebank.core.authority import Actor
from timebank.core.db import transaction
from timebank.ledger.errors import LedgerError
from timebank.ledger.queries.accounts import accounts_of
from timebank.ledger.queries.joined import left_behind, still_joined
from timebank.ledger.service import verbs

PURPOSE = "merge"
CAME_BACK = "原编号退回的时间转入现编号 / Came back under an earlier number"


@transaction
def join(actor: Actor, kept_id: int, merged_id: int, memo: str = "") -> int:
    """Carries on what is free; what is on hold stays for the visit it is for.  Returns the minutes.

    Nothing, if the two were parted since somebody looked.
    """
    moved = 0
    if not still_joined(kept_id, merged_id):
        return moved
    for one in accounts_of([merged_id], ["member"]):
        if one.balance.available > 0:
            kept = verbs.ensure_account(one.tenant, "member", kept_id)
            key = f"merge:{one.id}:{one.balance.seq}"
            verbs.post(
                one.tenant, one.id, kept, one.balance.available, key=key, purpose=PURPOSE, memo=memo, actor=actor
            )
            moved += one.balance.available
    return moved


def join_what_came_back(actor: Actor) -> int:
    """A hold was freed or a credit reversed on a record that was merged meanwhile: its hours follow.

    Each record is a transaction of its own; one that the books refuse (a closed account) waits.  Returns the minutes.
    """
    moved = 0
    for merged_id, kept_id in left_behind():
        with suppress(LedgerError):
            moved += join(actor, kept_id, merged_id, CAME_BACK)
    return moved
