"""Hours to begin with: a new volunteer gets tb.welcome_credit once in a lifetime (domain.md C4)."""

from __future__ import annotations

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.db import transaction
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import schemes
from timebank.exchange.rules.giving import room
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.notices.service import tell
from timebank.people import queries as people


@transaction
def give_welcome(actor: Actor, row: Volunteer) -> int:
    """Issues the welcome hours at the first start; returns the minutes (0: none, a group, or given before).

    They come from the time bank's issuing account, count for no star and never lift an account above the cap.
    """
    scheme = schemes.scheme(row.scheme_id)
    rules = schemes.parameters(scheme.id, clock.today())
    minutes = rules.number("tb.welcome_credit")
    if not minutes or row.kind is VolunteerKind.GROUP or row.active_since is not None:
        return 0
    if books.used_keys(scheme.tenant, [_key(one) for one in people.ids_of(row.person_id)]):
        return 0  # under a number that was merged
    account = ledger.ensure_account(scheme.tenant, "member", row.person_id)
    minutes = min(minutes, room(books.balance(scheme.tenant, account).posted, rules.number("tb.storage_cap_minutes")))
    if not minutes:
        return 0
    issued = ledger.ensure_account(scheme.tenant, "issued", scheme.id, floor=None)
    ledger.post(scheme.tenant, issued, account, minutes, key=_key(row.person_id), purpose="welcome", actor=actor)
    audit.record(actor, "welcome.volunteer", "volunteer", row.person_id, row.territory_code, minutes=minutes)
    tell(row.person_id, "welcome_hours", path="/my/hours", given_minutes=minutes)
    return minutes


def _key(person_id: int) -> str:
    return f"welcome:{person_id}"
