"""Hours that may not be true: suspected, frozen, heard, decided, and looked at again by somebody else (C3.6)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from timebank.core.errors import Refused


class CaseState(enum.StrEnum):
    """suspected → frozen → heard → upheld or dismissed; upheld → appealed → confirmed or overturned."""

    SUSPECTED = "suspected"
    FROZEN = "frozen"  # the suspect minutes are on hold, the rest of the account is not
    HEARD = "heard"  # the volunteer has answered, or let the time for it pass
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    APPEALED = "appealed"
    CONFIRMED = "confirmed"
    OVERTURNED = "overturned"


class Source(enum.StrEnum):
    """Where the suspicion comes from."""

    RULE = "rule"
    COMPLAINT = "complaint"
    AUDIT = "audit"


S = CaseState
OPEN = frozenset({S.SUSPECTED, S.FROZEN, S.HEARD, S.UPHELD, S.APPEALED})
TAKEN_BACK = frozenset({S.UPHELD, S.APPEALED, S.CONFIRMED})  # the hours do not count
WAITS_FOR_DECISION = frozenset({S.FROZEN, S.HEARD})


@dataclass(frozen=True, slots=True)
class Persons:
    """The accounts that dealt with a case so far."""

    opened_by: int | None
    decided_by: int | None = None


def require_heard(state: CaseState, answer_until: datetime, now: datetime) -> None:
    """Nobody decides before the volunteer has answered or the time for it has passed.

    Raises `Refused`: annul_not_heard (until), annul_decided.
    """
    if state not in WAITS_FOR_DECISION:
        raise Refused("annul_decided")
    if state is S.FROZEN and now <= answer_until:
        raise Refused("annul_not_heard", until=answer_until)


def require_another(account_id: int | None, persons: Persons, own: bool) -> None:
    """Who opened, who decides and who re-examines are three people, and none is the volunteer (C7 separation).

    Raises `Refused`: annul_own, annul_same_person.
    """
    if own:
        raise Refused("annul_own")
    if account_id is None or account_id in (persons.opened_by, persons.decided_by):
        raise Refused("annul_same_person")
