"""The only writers of the ledger: verbs for other domains, and what an authorised person does by hand."""

from timebank.ledger.rules.requests import Post, Receipt
from timebank.ledger.service.by_hand import LimitChange, change_limits, reverse_by_hand
from timebank.ledger.service.joining import join, join_what_came_back
from timebank.ledger.service.verbs import (
    capture,
    ensure_account,
    hold,
    lock_accounts,
    post,
    post_many,
    release,
    reverse,
    sweep_holds,
)

__all__ = [
    "LimitChange",
    "Post",
    "Receipt",
    "capture",
    "change_limits",
    "ensure_account",
    "hold",
    "join",
    "join_what_came_back",
    "lock_accounts",
    "post",
    "post_many",
    "release",
    "reverse",
    "reverse_by_hand",
    "sweep_holds",
]
