"""Who may not handle a case (domain.md C7 separation; G41: cases of staff relatives)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Closeness:
    """How a member of staff stands to the client.  Person ids; None: the account belongs to nobody in the registry."""

    worker_id: int | None
    client_id: int
    client_household: frozenset[int] = field(default_factory=frozenset)
    client_agents: frozenset[int] = field(default_factory=frozenset)  # guardians and agents of the client
    worker_wards: frozenset[int] = field(default_factory=frozenset)  # persons the worker is guardian or agent of


def refuse_handling(closeness: Closeness) -> str | None:
    """Nobody handles the case of themself, of their household, of a ward or of their own agent."""
    worker = closeness.worker_id
    if worker is None:
        return None
    if worker == closeness.client_id:
        return "own_case"
    near = closeness.client_household | closeness.client_agents
    if worker in near or closeness.client_id in closeness.worker_wards:
        return "relative_of_client"
    return None


def refuse_approval(approver_account: int | None, handled_by: frozenset[int]) -> str | None:
    """Who investigates does not approve (C7): the case worker and whoever wrote the plan are out."""
    return "approver_worked_on_case" if approver_account is not None and approver_account in handled_by else None
