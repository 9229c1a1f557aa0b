"""Every number a time bank is run by, with its first value and where that comes from (domain.md C4 "Time bank").

Minutes, days and so on are told apart by `Measure`, so that a page can say "1500 h" and refuse "minus three".
0 means "no limit" or "none" where `zero_is_none` says so.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from timebank.core.errors import Refused
from timebank.core.parameters import Definition
from timebank.exchange.rules.posters import ON_A_WALL


class Measure(enum.StrEnum):
    """How a value is typed in, checked and shown."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    AGE = "age"
    DAY_OF_MONTH = "day_of_month"
    COUNT = "count"
    METRES = "metres"
    TENTHS_MM = "tenths_mm"  # tenths of a millimetre, on paper
    FEN = "fen"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    STEPS = "steps"  # rising hours, e.g. of the stars
    SHARES = "shares"  # per cent by name, at most 100 together
    KEY_ELDER = "key_elder"


class Topic(enum.StrEnum):
    """Groups of the parameter page, in the order shown."""

    HOURS = "hours"
    VISITS = "visits"
    MATCHING = "matching"
    VOLUNTEERS = "volunteers"
    REDEMPTION = "redemption"
    GRANTS = "grants"
    HONOUR = "honour"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class ParameterRule:
    """A definition and what values are sensible for it (both ends included)."""

    definition: Definition
    topic: Topic
    measure: Measure
    least: int = 0
    most: int = 1_000_000
    choices: tuple[str, ...] = ()
    zero_is_none: bool = False

    @property
    def key(self) -> str:
        return self.definition.key


ROUNDINGS = ("minute", "quarter_nearest", "quarter_up", "hour_floor")
RELATIVES = (
    "spouse",
    "parent",
    "grandparent",
    "parent_in_law",
    "child",
    "grandchild",
    "sibling",
)
GROUPS = (
    "meals",
    "bathing",
    "cleaning",
    "emergency",
    "medical_company",
    "comfort",
    "assistance",
    "outing",
    "culture",
    "health",
    "legal",
    "training",
    "fraud_guidance",
    "cooking",
    "laundry",
    "reading",
    "shopping",
)


def N_(text: str) -> str:  # noqa: N802 - the usual name of the mark
    """Marks a text for translation; pages translate it when they show it."""
    return text


X = N_("Assumption, no source seen")


def _rule(
    topic: Topic,
    key: str,
    measure: Measure,
    default: Any,
    source: str,
    /,
    *,
    x: bool = False,
    **limits: Any,
) -> ParameterRule:
    definition = Definition(f"tb.{key}", type(default), default, source, x)
    return ParameterRule(definition, topic, measure, **limits)


_HOURS = (
    _rule(
        Topic.HOURS,
        "unit_minutes_per_credit",
        Measure.MINUTES,
        60,
        N_("Nanjing 2019, Beijing 2022: 1 hour = 1 credit"),
        least=1,
        most=480,
    ),
    _rule(
        Topic.HOURS,
        "storage_cap_minutes",
        Measure.MINUTES,
        90_000,
        N_("Nanjing 2019: 1500 hours, provisional"),
        most=900_000,
    ),
    _rule(
        Topic.HOURS,
        "overflow",
        Measure.CHOICE,
        "pot",
        N_("Nanjing 2019: mainly donation or honour"),
        choices=("pot", "honour"),
    ),
    _rule(
        Topic.HOURS,
        "rounding",
        Measure.CHOICE,
        "minute",
        N_("Wuhan 2017: counted in minutes"),
        choices=ROUNDINGS,
    ),
    _rule(
        Topic.HOURS,
        "travel_counts",
        Measure.YES_NO,
        False,
        N_("Volunteer hours rules 2024: travel excluded"),
    ),
    _rule(Topic.HOURS, "min_session_minutes", Measure.MINUTES, 15, X, x=True, most=240),
    _rule(
        Topic.HOURS,
        "daily_cap_minutes",
        Measure.MINUTES,
        480,
        X,
        x=True,
        least=15,
        most=1440,
    ),
    _rule(
        Topic.HOURS,
        "monthly_cap_minutes",
        Measure.MINUTES,
        4_800,
        X,
        x=True,
        least=60,
        most=44_640,
    ),
    _rule(
        Topic.HOURS,
        "overdraft_limit_minutes",
        Measure.MINUTES,
        0,
        N_("Beijing 2022: needs only with credits; abroad 10-25 hours"),
        most=6_000,
    ),
    _rule(
        Topic.HOURS,
        "welcome_credit",
        Measure.MINUTES,
        0,
        N_("Hangzhou gives 5 points, most give none"),
        most=1_200,
        zero_is_none=True,
    ),
    _rule(
        Topic.HOURS,
        "welcome_for",
        Measure.CHOICES,
        ["volunteers"],
        X,
        x=True,
        choices=("volunteers", "recipients"),
    ),
    _rule(
        Topic.HOURS,
        "inactive_after_years",
        Measure.YEARS,
        2,
        N_("Dane County: 2 years; here a flag only"),
        least=1,
        most=50,
    ),
)

_VISITS = (
    _rule(Topic.VISITS, "auto_confirm_days", Measure.DAYS, 3, X, x=True, least=1, most=60),
    _rule(Topic.VISITS, "dispute_days", Measure.DAYS, 7, X, x=True, least=1, most=90),
    _rule(
        Topic.VISITS,
        "two_reviewers_for_manual_entry",
        Measure.YES_NO,
        True,
        N_("Wuhan Dongting 2017: two reviewers"),
    ),
    _rule(
        Topic.VISITS,
        "manual_entry_days",
        Measure.DAYS,
        30,
        X,
        x=True,
        least=1,
        most=366,
    ),
    _rule(Topic.VISITS, "offer_hours", Measure.HOURS, 24, X, x=True, least=1, most=336),
    _rule(Topic.VISITS, "reminder_hours", Measure.HOURS, 24, X, x=True, least=1, most=168),
    _rule(Topic.VISITS, "check_in_early_minutes", Measure.MINUTES, 60, X, x=True, most=720),
    _rule(
        Topic.VISITS,
        "no_show_after_minutes",
        Measure.MINUTES,
        120,
        X,
        x=True,
        least=15,
        most=1440,
    ),
    _rule(Topic.VISITS, "missed_after_minutes", Measure.MINUTES, 20, X, x=True, most=600, zero_is_none=True),
    _rule(Topic.VISITS, "missed_escalate_minutes", Measure.MINUTES, 30, X, x=True, least=5, most=600),
    _rule(
        Topic.VISITS,
        "no_show_limit_per_year",
        Measure.COUNT,
        5,
        N_("Longquanyi: 5 absences a year"),
        least=1,
        most=100,
    ),
    _rule(
        Topic.VISITS,
        "roll_forward_weeks",
        Measure.WEEKS,
        4,
        X,
        x=True,
        least=1,
        most=26,
    ),
    _rule(
        Topic.VISITS,
        "hold_days_after_visit",
        Measure.DAYS,
        30,
        X,
        x=True,
        least=1,
        most=366,
    ),
    _rule(
        Topic.VISITS,
        "service_groups",
        Measure.CHOICES,
        list(GROUPS),
        N_("Qingdao 2020, Beijing 2022, Yaohua 2017"),
        choices=GROUPS,
    ),
)

_MATCHING = (
    _rule(Topic.MATCHING, "visits_a_day", Measure.COUNT, 4, X, x=True, least=1, most=12),
    _rule(Topic.MATCHING, "caregiver_max_distance_m", Measure.METRES, 500, X, x=True, least=50, most=5_000),
    _rule(Topic.MATCHING, "ask_further_m", Measure.METRES, 1_000, X, x=True, most=20_000),
    _rule(Topic.MATCHING, "emergency_within_minutes", Measure.MINUTES, 120, X, x=True, least=45, most=720),
    _rule(Topic.MATCHING, "emergency_answer_minutes", Measure.MINUTES, 10, X, x=True, least=2, most=240),
    _rule(Topic.MATCHING, "call_draft_days", Measure.DAYS, 2, X, x=True, least=1, most=30),
    _rule(Topic.MATCHING, "weight_urgent", Measure.COUNT, 3, X, x=True, most=20),
    _rule(Topic.MATCHING, "weight_partial_care", Measure.COUNT, 1, X, x=True, most=20),
    _rule(Topic.MATCHING, "weight_full_care", Measure.COUNT, 2, X, x=True, most=20),
    _rule(Topic.MATCHING, "weight_lives_alone", Measure.COUNT, 1, X, x=True, most=20),
)

_VOLUNTEERS = (
    _rule(
        Topic.VOLUNTEERS,
        "volunteer_min_age",
        Measure.AGE,
        18,
        N_("Beijing 2022, Qingdao 2020, Shanghai: 18; Nanjing not seen"),
        x=True,
        least=8,
        most=70,
    ),
    _rule(
        Topic.VOLUNTEERS,
        "minor_allowed_with_guardian",
        Measure.YES_NO,
        True,
        N_("Beijing 2022: students with a guardian"),
    ),
    _rule(Topic.VOLUNTEERS, "minor_min_age", Measure.AGE, 14, X, x=True, least=8, most=18),
    _rule(
        Topic.VOLUNTEERS,
        "group_hours_donate_only",
        Measure.YES_NO,
        True,
        N_("Nanjing 2019"),
    ),
    _rule(
        Topic.VOLUNTEERS,
        "fraud_bar_months",
        Measure.MONTHS,
        12,
        N_("Chongqing 2017: no entry for a year"),
        least=1,
        most=120,
    ),
    _rule(Topic.VOLUNTEERS, "hearing_days", Measure.DAYS, 7, X, x=True, least=1, most=90),
    _rule(Topic.VOLUNTEERS, "suspicion_days", Measure.DAYS, 90, X, x=True, least=7, most=730),
    _rule(Topic.VOLUNTEERS, "appeal_days", Measure.DAYS, 15, X, x=True, least=1, most=180),
)

_REDEMPTION = (
    _rule(
        Topic.REDEMPTION,
        "redeem_min_age_self",
        Measure.AGE,
        60,
        N_("Nanjing 2019; Shanghai 65; street schemes: none"),
        most=100,
        zero_is_none=True,
    ),
    _rule(
        Topic.REDEMPTION,
        "redeem_threshold_minutes",
        Measure.MINUTES,
        1_200,
        N_("Yaohua about 2017: after 20 hours; Guangzhou 100 h"),
        most=90_000,
        zero_is_none=True,
    ),
    _rule(
        Topic.REDEMPTION,
        "redeem_split",
        Measure.SHARES,
        {"service": 70, "goods": 20, "cash": 10},
        N_("Yaohua about 2017"),
        choices=("service", "goods", "cash"),
    ),
    _rule(
        Topic.REDEMPTION,
        "cash_enabled",
        Measure.YES_NO,
        False,
        N_("Volunteer Service Regulations art. 2, 21; Gulou 2018"),
    ),
    _rule(
        Topic.REDEMPTION,
        "cash_fen_per_hour",
        Measure.FEN,
        1_200,
        N_("Yaohua about 2017: 12 yuan an hour"),
        most=100_000,
    ),
    _rule(
        Topic.REDEMPTION,
        "goods_price_basis",
        Measure.CHOICE,
        "minutes",
        X,
        x=True,
        choices=("minutes",),
    ),
    _rule(
        Topic.REDEMPTION,
        "goods_exchange_day",
        Measure.DAY_OF_MONTH,
        0,
        N_("None; Tangshan: the 15th"),
        most=28,
        zero_is_none=True,
    ),
    _rule(Topic.REDEMPTION, "goods_return_days", Measure.DAYS, 7, X, x=True, most=90),
    _rule(Topic.REDEMPTION, "same_again_minutes", Measure.MINUTES, 15, X, x=True, most=1_440, zero_is_none=True),
    _rule(
        Topic.REDEMPTION,
        "redemption_hold_hours",
        Measure.HOURS,
        24,
        X,
        x=True,
        least=1,
        most=336,
    ),
    _rule(
        Topic.REDEMPTION,
        "second_clerk_minutes",
        Measure.MINUTES,
        1_200,
        X,
        x=True,
        least=60,
        most=90_000,
    ),
    _rule(Topic.REDEMPTION, "companion_second_minutes", Measure.MINUTES, 300, X, x=True, least=15, most=90_000),
    _rule(
        Topic.REDEMPTION,
        "care_home_credits",
        Measure.COUNT,
        10_000,
        N_("Beijing 2022: place in a public care home"),
    ),
    _rule(
        Topic.REDEMPTION,
        "relative_min_age",
        Measure.AGE,
        60,
        N_("Nanjing 2018: direct relatives from 60"),
        most=100,
    ),
    _rule(
        Topic.REDEMPTION,
        "relatives_allowed",
        Measure.CHOICES,
        ["spouse", "parent", "grandparent", "parent_in_law", "child"],
        N_("Nanjing 2018, Beijing 2022; parents-in-law and children assumed"),
        choices=RELATIVES,
    ),
)

_GRANTS = (
    _rule(
        Topic.GRANTS,
        "key_elder_rule",
        Measure.KEY_ELDER,
        {"alone_from_age": 80, "poor_from_age": 60, "poor_category": "dibao"},
        N_("Nanjing 2019: 80+ living alone; 60-79 in dibao, (semi-)disabled, living alone"),
    ),
    _rule(
        Topic.GRANTS,
        "grant_minutes_per_month",
        Measure.MINUTES,
        240,
        N_("Assumption: that grants exist was reported, not their size"),
        x=True,
        most=6_000,
    ),
    _rule(Topic.GRANTS, "grant_cumulative", Measure.YES_NO, False, X, x=True),
    _rule(
        Topic.GRANTS,
        "donation_priority",
        Measure.CHOICE,
        "key_elders",
        N_("Nanjing 2019: first to key elders living alone"),
        choices=("key_elders", "order_of_request"),
    ),
    _rule(Topic.GRANTS, "gift_check_days", Measure.DAYS, 30, X, x=True, least=1, most=365),
    _rule(Topic.GRANTS, "netting_way", Measure.CHOICE, "hours", X, x=True, choices=("hours", "outside")),
    _rule(Topic.GRANTS, "netting_days", Measure.DAYS, 30, X, x=True, least=1, most=365),
)

_HONOUR = (
    _rule(
        Topic.HONOUR,
        "star_hours",
        Measure.STEPS,
        [100, 300, 600, 1_000, 1_500],
        N_("Nanjing: 1, 4, 5 stars; Guangdong: 2, 3 stars"),
    ),
)

_PAPER = (
    _rule(Topic.PAPER, "passbook_pages", Measure.COUNT, 16, X, x=True, least=1, most=96),
    _rule(Topic.PAPER, "passbook_rows", Measure.COUNT, 20, X, x=True, least=5, most=60),
    _rule(Topic.PAPER, "passbook_first_row", Measure.COUNT, 1, X, x=True, least=1, most=60),
    _rule(Topic.PAPER, "passbook_row_height", Measure.TENTHS_MM, 70, X, x=True, least=40, most=200),
    _rule(Topic.PAPER, "passbook_top", Measure.TENTHS_MM, 200, X, x=True, most=1_500),
    _rule(Topic.PAPER, "passbook_left", Measure.TENTHS_MM, 80, X, x=True, most=1_000),
    _rule(Topic.PAPER, "passbook_width", Measure.TENTHS_MM, 1_250, X, x=True, least=700, most=2_970),
    _rule(Topic.PAPER, "passbook_height", Measure.TENTHS_MM, 1_760, X, x=True, least=700, most=4_200),
    _rule(Topic.PAPER, "poster_days", Measure.DAYS, 14, X, x=True, least=1, most=60),
    _rule(Topic.PAPER, "poster_groups", Measure.CHOICES, list(ON_A_WALL), X, x=True, choices=ON_A_WALL),
    _rule(Topic.PAPER, "letter_window_left", Measure.TENTHS_MM, 200, X, x=True, most=1_200),
    _rule(Topic.PAPER, "letter_window_top", Measure.TENTHS_MM, 450, X, x=True, most=2_000),
    _rule(Topic.PAPER, "letter_window_width", Measure.TENTHS_MM, 850, X, x=True, least=400, most=1_800),
    _rule(Topic.PAPER, "letter_window_height", Measure.TENTHS_MM, 400, X, x=True, least=200, most=900),
)

RULES: tuple[ParameterRule, ...] = _HOURS + _VISITS + _MATCHING + _VOLUNTEERS + _REDEMPTION + _GRANTS + _HONOUR + _PAPER
DEFINITIONS: tuple[Definition, ...] = tuple(rule.definition for rule in RULES)
BY_KEY: dict[str, ParameterRule] = {rule.key: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class SchemeValue:
    """A value with which a known scheme departs from the first values."""

    key: str
    value: Any
    source: str
    assumption: bool = False


NANJING: tuple[SchemeValue, ...] = (
    SchemeValue(
        "tb.redeem_min_age_self",
        60,
        N_("Nanjing plan 2019-07-17: people aged 60+ with stored time"),
    ),
    SchemeValue("tb.redeem_threshold_minutes", 0, N_("City scheme: no threshold seen"), True),
    SchemeValue(
        "tb.redeem_split",
        {"service": 80, "goods": 20, "cash": 0},
        N_("City scheme: services first"),
        True,
    ),
    SchemeValue("tb.storage_cap_minutes", 90_000, N_("Nanjing plan 2019: 1500 hours, provisional")),
)
YAOHUA: tuple[SchemeValue, ...] = (
    SchemeValue(
        "tb.redeem_min_age_self",
        0,
        N_("Yaohua: a young mother redeems when needed (2022-07-07)"),
    ),
    SchemeValue("tb.redeem_threshold_minutes", 1_200, N_("Yaohua about 2017: after 20 hours")),
    SchemeValue("tb.redeem_split", {"service": 70, "goods": 20, "cash": 10}, N_("Yaohua about 2017")),
)


def checked(key: str, value: Any) -> Any:
    """The value as it may be stored.  Raises `Refused` (field "value") naming what is wrong with it.

    Codes: parameter_unknown, parameter_kind, parameter_range (least, most), parameter_choice, parameter_steps,
    parameter_shares.
    """
    rule = BY_KEY.get(key)
    if rule is None:
        raise Refused("parameter_unknown", field="value", key=key)
    return _CHECKS.get(rule.measure, _number)(rule, value)


def _number(rule: ParameterRule, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused("parameter_kind", field="value")
    if not rule.least <= value <= rule.most:
        raise Refused("parameter_range", field="value", least=rule.least, most=rule.most)
    return value


def _yes_no(rule: ParameterRule, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused("parameter_kind", field="value")
    return value


def _choice(rule: ParameterRule, value: Any) -> str:
    if value not in rule.choices:
        raise Refused("parameter_choice", field="value")
    return str(value)


def _choices(rule: ParameterRule, value: Any) -> list[str]:
    if not isinstance(value, list) or not value or not all(choice in rule.choices for choice in value):
        raise Refused("parameter_choice", field="value")
    return [choice for choice in rule.choices if choice in value]


def _steps(rule: ParameterRule, value: Any) -> list[int]:
    rising = isinstance(value, list) and all(type(step) is int and step > 0 for step in value)
    if not rising or len(value) != 5 or sorted(set(value)) != value:
        raise Refused("parameter_steps", field="value")
    return list(value)


def _shares(rule: ParameterRule, value: Any) -> dict[str, int]:
    if not isinstance(value, dict) or set(value) != set(rule.choices):
        raise Refused("parameter_kind", field="value")
    if any(type(share) is not int or share < 0 for share in value.values()) or sum(value.values()) > 100:
        raise Refused("parameter_shares", field="value")
    return {name: value[name] for name in rule.choices}


POOR = ("dibao", "tekun", "near_dibao")  # categories that may count as poor


def _key_elder(rule: ParameterRule, value: Any) -> dict[str, Any]:
    wanted = {"alone_from_age", "poor_from_age", "poor_category"}
    if not isinstance(value, dict) or set(value) != wanted:
        raise Refused("parameter_kind", field="value")
    ages = (value["poor_from_age"], value["alone_from_age"])
    if any(type(age) is not int for age in ages) or not 50 <= ages[0] <= ages[1] <= 120:
        raise Refused("parameter_range", field="value", least=50, most=120)
    if value["poor_category"] not in POOR:
        raise Refused("parameter_choice", field="value")
    return dict(value)


_CHECKS = {
    Measure.YES_NO: _yes_no,
    Measure.CHOICE: _choice,
    Measure.CHOICES: _choices,
    Measure.STEPS: _steps,
    Measure.SHARES: _shares,
    Measure.KEY_ELDER: _key_elder,
}
