"""The scheme's parameters as rules of the desk (domain.md C4 "Time bank"); 0 means "none"."""

from __future__ import annotations

from typing import Protocol

from timebank.redemption.rules.allowance import RedeemRules


class Numbers(Protocol):
    """Values of parameters by key."""

    def __getitem__(self, key: str) -> object: ...

    def number(self, key: str) -> int: ...


def redeem_rules(values: Numbers) -> RedeemRules:
    """tb.redeem_threshold_minutes, tb.redeem_split, tb.redeem_min_age_self, tb.goods_exchange_day and so on."""
    shares = values["tb.redeem_split"]
    return RedeemRules(
        threshold_minutes=values.number("tb.redeem_threshold_minutes"),
        shares={str(kind): int(percent) for kind, percent in shares.items()} if isinstance(shares, dict) else None,
        min_age=values.number("tb.redeem_min_age_self"),
        exchange_day=values.number("tb.goods_exchange_day") or None,
        second_clerk_minutes=values.number("tb.second_clerk_minutes") or None,
        cash_enabled=bool(values["tb.cash_enabled"]),
        hold_hours=values.number("tb.redemption_hold_hours"),
        return_days=values.number("tb.goods_return_days"),
        companion_second_minutes=values.number("tb.companion_second_minutes") or None,
        same_again_minutes=values.number("tb.same_again_minutes") or None,
    )
