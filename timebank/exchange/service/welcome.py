"""Hours to begin with: a new member gets tb.welcome_credit once in a lifetime (domain.md C4).

tb.welcome_for says who: volunteers when they start, recipients when they become one.  Whoever comes from a spreadsheet
is known already and begins nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.db import transaction
from timebank.core.errors import Refused
from timebank.core.parameters import Values
from timebank.exchange.models.volunteers import Volunteer
from timebank.exchange.queries import schemes
from timebank.exchange.queries import welcome as queries
from timebank.exchange.queries.schemes import SchemeInfo
from timebank.exchange.rules.giving import Welcomed, room
from timebank.exchange.rules.volunteers import VolunteerKind
from timebank.ledger import queries as books
from timebank.ledger import service as ledger
from timebank.notices.service import tell
from timebank.people import queries as people

PURPOSE = "welcome"
MEMO = "每人一次，不计入星级 / Once for each person; no star counts them"
TWICE = "两条记录合并为一人，入会赠送时间只给一次 / Two records of one person; hours to begin with come once"
PARTED = "两条记录重新分开 / The two records were parted again"


@transaction
def give_welcome(actor: Actor, row: Volunteer) -> int:
    """Issues the welcome hours at a volunteer's first start; returns the minutes (0: none, a group, or given before).

    They come from the time bank's issuing account, count for no star and never lift an account above the cap.
    """
    if row.kind is VolunteerKind.GROUP or row.active_since is not None:
        return 0
    return _give(actor, row.person_id, schemes.scheme(row.scheme_id), Welcomed.VOLUNTEERS)


@transaction
def welcome_recipient(actor: Actor, person_id: int) -> int:
    """The same for somebody who becomes a recipient; 0 too where no time bank is."""
    who = people.brief(person_id)
    if who is None or who.deceased_on:
        return 0
    try:
        scheme = schemes.scheme_for(who.territory_code)
    except Refused:
        return 0
    return _give(actor, person_id, scheme, Welcomed.RECIPIENTS)


def _give(actor: Actor, person_id: int, scheme: SchemeInfo, welcomed: Welcomed) -> int:
    rules = schemes.parameters(scheme.id, clock.today())
    if not rules.number("tb.welcome_credit") or welcomed not in rules["tb.welcome_for"]:
        return 0
    if queries.given(people.ids_of(person_id)):
        return 0  # in another city, or under a number that was merged
    minutes = _within_cap(scheme, person_id, rules)
    if minutes:
        _post(actor, scheme.tenant, scheme.id, person_id, minutes)
        territory = scheme.territory_code
        audit.record(actor, "welcome.volunteer", "person", person_id, territory, minutes=minutes, why=welcomed.value)
        tell(person_id, f"welcome_{welcomed.value}", path="/my/hours", given_minutes=minutes)
    return minutes


def _within_cap(scheme: SchemeInfo, person_id: int, rules: Values) -> int:
    account = ledger.ensure_account(scheme.tenant, "member", person_id)
    posted = books.balance(scheme.tenant, account).posted
    return min(int(rules.number("tb.welcome_credit")), room(posted, rules.number("tb.storage_cap_minutes")))


def _post(actor: Actor, tenant: int, scheme_id: int, person_id: int, minutes: int) -> None:
    issued = ledger.ensure_account(tenant, "issued", scheme_id, floor=None)
    account = ledger.ensure_account(tenant, "member", person_id)
    key = queries.key(person_id)
    ledger.post(tenant, issued, account, minutes, key=key, purpose=PURPOSE, memo=MEMO, actor=actor)


@transaction
def once(actor: Actor, kept_id: int, merged_id: int) -> int:
    """Two records are one person: what both were given to begin with is given once; returns the minutes taken back.

    Records that were merged into the merged one before come with it.  Only what is still there: hours that were spent
    stay spent.
    """
    came = people.came_with(kept_id, merged_id)
    stands = _standing(came)
    too_many = left = min(sum(stands.values()), _more_than_once(people.ids_of(kept_id) | came))
    for (tenant, issued), minutes in sorted(stands.items()):
        if min(left, minutes) > 0:
            owners = [merged_id, *sorted(came - {merged_id}), kept_id]  # hours may have been carried on already
            left -= _take(actor, tenant, issued, owners, min(left, minutes))
    return too_many - left


def _standing(numbers: Iterable[int]) -> Counter[tuple[int, int]]:
    """Minutes that these records were given and still have, by city and account of hours issued."""
    found: Counter[tuple[int, int]] = Counter()
    for one in queries.given(numbers):
        found[one.tenant, one.issued] += one.minutes
    for one in queries.taken(numbers):
        found[one.tenant, one.issued] -= one.minutes
    return found


def _take(actor: Actor, tenant: int, issued: int, owners: list[int], wanted: int) -> int:
    """Takes from the accounts of these records in this order, the first of which the key names; returns the minutes."""
    left = wanted
    found = [books.account_of(tenant, "member", owner) for owner in owners]
    accounts = [one for one in found if one is not None]
    ledger.lock_accounts(tenant, accounts)
    for account in accounts:
        balance = books.balance(tenant, account)
        minutes = min(left, max(0, balance.available))
        if minutes:
            key = f"{queries.TAKEN}{owners[0]}:{account}:{balance.seq}"
            ledger.post(tenant, account, issued, minutes, key=key, purpose=PURPOSE, memo=TWICE, actor=actor)
            left -= minutes
    return wanted - left


def _more_than_once(numbers: Iterable[int]) -> int:
    """Minutes that a person with these numbers was given beyond the largest single welcome, and still has."""
    numbers = set(numbers)
    each = [one.minutes for one in queries.given(numbers)]
    taken = sum(one.minutes for one in queries.taken(numbers))
    return sum(each) - taken - max(each, default=0)


@transaction
def again(actor: Actor, kept_id: int, merged_id: int) -> int:
    """They were two persons after all: what `once` took goes back to where it was; returns the minutes."""
    given = 0
    for one in queries.taken(people.ids_of(kept_id) | people.ids_of(merged_id), merged_id):
        seq = books.balance(one.tenant, one.account).seq
        key = f"{queries.GIVEN_BACK}{merged_id}:{one.account}:{seq}"
        ledger.post(
            one.tenant, one.issued, one.account, one.minutes, key=key, purpose=PURPOSE, memo=PARTED, actor=actor
        )
        given += one.minutes
    return given
