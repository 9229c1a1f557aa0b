"""What kinds of accounts and transfers there are, and what each may do."""

from __future__ import annotations

import enum

MINUTES = "min"
FEN = "fen"  # money


class AccountKind(enum.StrEnum):
    """Whose hours these are (domain.md F3).  Owner: a person, a scheme, or an article of the service desk."""

    MEMBER = "member"  # a person's own hours
    GRANT = "grant"  # a person's granted hours, which expire
    GROUP = "group"  # hours a group collects (owner: the organiser)
    FUND = "fund"  # pays grants (or money); may be negative = what the fund owes
    POT = "pot"  # the community pot
    ISSUED = "issued"  # where hours come from when nobody pays (community events) and goods go to
    SINK = "sink"  # hours paid for goods
    FORFEITED = "forfeited"  # hours annulled or expired
    CLEARING = "clearing"  # between tenants, and opening balances
    PARTNER = "partner"  # hours earned by an organisation that gives care, until they are settled
    STOCK = "stock"  # pieces on the shelf of a desk that belong to no delivery
    BATCH = "batch"  # pieces of one delivery on the shelf (owner: the batch)
    STOCK_SOURCE = "stock_source"  # where pieces come from and go to


OF_PERSONS = frozenset({AccountKind.MEMBER, AccountKind.GRANT, AccountKind.GROUP})
UNLIMITED = frozenset(
    {
        *(AccountKind.FUND, AccountKind.ISSUED, AccountKind.CLEARING, AccountKind.STOCK_SOURCE),
        *(AccountKind.SINK, AccountKind.FORFEITED),  # only ever receive, but everybody pays into them
    }
)


class AccountState(enum.StrEnum):
    OPEN = "open"
    FROZEN = "frozen"  # nothing in or out, except releases and reversals
    CLOSED = "closed"  # empty, and stays so


class TransferKind(enum.StrEnum):
    POST = "post"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REVERSE = "reverse"


MOVING = (TransferKind.POST, TransferKind.CAPTURE, TransferKind.REVERSE)
REFERRING = (TransferKind.CAPTURE, TransferKind.RELEASE, TransferKind.REVERSE)

PURPOSES = (
    "visit",
    "overflow",
    "grant",
    "grant_expiry",
    "donation",
    "pot",
    "goods",
    "goods_return",
    "stock",
    "transfer",
    "welcome",
    "netting",
    "partner",
    "annulment",
    "correction",
    "opening",
)
