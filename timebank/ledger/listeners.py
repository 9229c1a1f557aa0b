"""Two records of one person: their hours come together, and part again when the merge is undone."""

from __future__ import annotations

from datetime import datetime

from timebank.core.authority import Actor
from timebank.core.hooks import on
from timebank.ledger import service
from timebank.ledger.queries import accounts_of
from timebank.ledger.queries.joined import Move, moves
from timebank.people import queries as people

PURPOSE = "merge"
ACTOR = Actor.system("merge")


@on("person_merged")
def join_hours(kept_id: int, merged_id: int) -> None:
    """What the merged record may spend goes to the kept one; what is on hold there stays for the visit it is for."""
    service.join(ACTOR, kept_id, merged_id)


@on("person_unmerged")
def part_hours(kept_id: int, merged_id: int) -> None:
    """Gives back what came with the merge, less what went back since (hours of the merged record that were annulled).

    Numbers that were merged into the merged one belong to it again: what they gave or got meanwhile counts with it.
    Raises InsufficientTime when it was spent since.
    """
    since = people.merged_at(kept_id, merged_id)
    theirs: dict[int, set[int]] = {}
    for one in accounts_of(people.ids_of(merged_id), ["member"]):
        theirs.setdefault(one.tenant, set()).add(one.id)
    for tenant, accounts in theirs.items():
        _part(tenant, accounts, kept_id, merged_id, since)


def _part(tenant: int, accounts: set[int], kept_id: int, merged_id: int, since: datetime | None) -> None:
    """Only what crossed between these accounts and others counts, whichever record of the person had it then."""
    found = moves(tenant, accounts, since)
    came = [one for one in found if one.debit in accounts and one.credit not in accounts]
    went = [one for one in found if one.credit in accounts and one.debit not in accounts]
    left = sum(one.minutes for one in came) - sum(one.minutes for one in went)
    if left <= 0:
        return
    kept, merged = (service.ensure_account(tenant, "member", owner) for owner in (kept_id, merged_id))
    if not went and all((one.debit, one.credit) == (merged, kept) for one in came):
        _reverse(tenant, came)
        return
    key = f"unmerge:{merged_id}:{came[-1].id}:left"  # one move may be parted twice: with the chain, then within it
    service.post(tenant, kept, merged, left, key=key, purpose=PURPOSE, actor=ACTOR)


def _reverse(tenant: int, came: list[Move]) -> None:
    for one in came:
        service.reverse(tenant, one.id, key=f"unmerge:{one.id}", reason=PURPOSE, actor=ACTOR)
