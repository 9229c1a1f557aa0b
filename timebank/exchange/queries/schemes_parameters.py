"""The parameters of a scheme as its page shows them: what holds, since when, from where, what comes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from timebank.core.db import db
from timebank.core.parameters import Parameter
from timebank.exchange.queries import schemes
from timebank.exchange.rules.parameters import RULES, ParameterRule

FOR_MEMBERS = (
    "tb.rounding",
    "tb.travel_counts",
    "tb.min_session_minutes",
    "tb.daily_cap_minutes",
    "tb.monthly_cap_minutes",
    "tb.storage_cap_minutes",
    "tb.overflow",
    "tb.welcome_credit",
    "tb.welcome_for",
    "tb.group_hours_donate_only",
    "tb.donation_priority",
    "tb.auto_confirm_days",
    "tb.dispute_days",
    "tb.volunteer_min_age",
    "tb.minor_allowed_with_guardian",
    "tb.hearing_days",
    "tb.suspicion_days",
    "tb.appeal_days",
    "tb.fraud_bar_months",
    "tb.redeem_min_age_self",
    "tb.redeem_threshold_minutes",
    "tb.redeem_split",
    "tb.cash_enabled",
    "tb.relatives_allowed",
    "tb.relative_min_age",
    "tb.gift_check_days",
    "tb.key_elder_rule",
    "tb.grant_minutes_per_month",
    "tb.grant_cumulative",
    "tb.star_hours",
)


@dataclass(frozen=True, slots=True)
class ValueRow:
    """A dated value; `origin`: "own", "parent", "city" or "default"."""

    id: int
    value: Any
    valid_from: date
    source: str
    is_assumption: bool
    origin: str
    set_by: int | None


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """A parameter in a scheme on a day: the value that holds, all that were, and those that come."""

    rule: ParameterRule
    now: ValueRow | None
    past: tuple[ValueRow, ...]
    coming: tuple[ValueRow, ...]

    @property
    def key(self) -> str:
        return self.rule.key


def parameter_infos(scheme_id: int, on: date, key: str | None = None) -> list[ParameterInfo]:
    """Every parameter of the time bank (or one) in the scheme's own order; one statement for the values."""
    scopes = schemes.scopes(scheme_id)
    wanted = select(Parameter).where(Parameter.scope.in_([*scopes, ""])).order_by(Parameter.valid_from, Parameter.id)
    if key is not None:
        wanted = wanted.where(Parameter.key == key)
    found: dict[str, list[Parameter]] = defaultdict(list)
    for row in db.session.scalars(wanted):
        found[row.key].append(row)
    return [_info(rule, found[rule.key], scopes, on) for rule in RULES if key is None or rule.key == key]


def member_infos(scheme_id: int, on: date) -> list[ParameterInfo]:
    """The parameters that members are told, as far as they hold in the scheme on the day."""
    infos = {info.key: info for info in parameter_infos(scheme_id, on)}
    return [infos[key] for key in FOR_MEMBERS if infos[key].now]


def _info(rule: ParameterRule, rows: list[Parameter], scopes: tuple[str, ...], on: date) -> ParameterInfo:
    order = {scope: place for place, scope in enumerate([*scopes, ""])}
    holding = [row for row in rows if row.valid_from <= on]
    now = min(holding, key=lambda row: (order[row.scope], -row.valid_from.toordinal()), default=None)
    shown = [_row(row, scopes) for row in rows]
    past = sorted((row for row in shown if row.valid_from <= on), key=lambda row: row.valid_from, reverse=True)
    return ParameterInfo(
        rule,
        now=_row(now, scopes) if now else None,
        past=tuple(past),
        coming=tuple(row for row in shown if row.valid_from > on),
    )


def _row(row: Parameter, scopes: tuple[str, ...]) -> ValueRow:
    return ValueRow(
        row.id, row.value, row.valid_from, row.source, row.is_assumption, _origin(row.scope, scopes), row.set_by
    )


def _origin(scope: str, scopes: tuple[str, ...]) -> str:
    if not scope:
        return "default"
    if scope == scopes[0]:
        return "own"
    return "parent" if scope.startswith("scheme:") else "city"
