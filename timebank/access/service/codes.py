"""Codes on paper cards, by which a helper shows to be at the door: six digits are soon guessed if tries are free."""

from __future__ import annotations

from collections.abc import Callable

from timebank.access.rules import throttle as limits
from timebank.access.service import throttle
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.errors import Refused


def check_visit_code(actor: Actor, visit_id: int, right: Callable[[], bool]) -> None:
    """Is the code of a visit right?  Five wrong ones lock it for 15 minutes, ten of one caller lock the caller.

    Its own transactions, as with PINs: call it before the transaction that needs it, never inside.  A right code
    forgets the wrong ones of its visit, not those of the caller at other doors.
    Raises `Refused`: wrong_visit_code(left = tries left), visit_code_locked(until = moment).
    """
    caller = limits.visit_code_caller(actor.account_id or actor.name)
    tried = throttle.begin([(limits.visit_code(visit_id), limits.VISIT_CODE), (caller, limits.VISIT_CODE_CALLER)])
    if tried.until is not None:
        raise Refused("visit_code_locked", field="code", until=tried.until)
    if right():
        throttle.take_back(tried.ids, limits.visit_code(visit_id))
        return
    if tried.left == 0:
        raise Refused("visit_code_locked", field="code", until=clock.now() + limits.VISIT_CODE.window)
    raise Refused("wrong_visit_code", field="code", left=tried.left)


def unlock_visit_code(visit_id: int, helper_account: int | None) -> None:
    """Forgets the wrong codes of a visit and of its helper.  Joins the caller's transaction."""
    throttle.take_back((), limits.visit_code(visit_id))
    if helper_account is not None:
        throttle.take_back((), limits.visit_code_caller(helper_account))
