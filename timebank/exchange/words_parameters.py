"""Parameters in words: what each rule is about, and its value as a member would say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from timebank.core.units import minutes_text, money_text
from timebank.exchange.rules.parameters import BY_KEY, Measure, ParameterRule, Topic

TOPICS: dict[Topic, Any] = {
    Topic.HOURS: _l("Hours"),
    Topic.VISITS: _l("Visits and offers"),
    Topic.MATCHING: _l("Matching"),
    Topic.VOLUNTEERS: _l("Volunteers"),
    Topic.REDEMPTION: _l("Redeeming hours"),
    Topic.GRANTS: _l("Hours for key elders"),
    Topic.HONOUR: _l("Honour"),
    Topic.PAPER: _l("On paper"),
}

NAMES: dict[str, Any] = {
    "tb.unit_minutes_per_credit": _l("Length of one credit"),
    "tb.storage_cap_minutes": _l("Most hours on one account"),
    "tb.overflow": _l("What is above the most"),
    "tb.rounding": _l("Rounding of a visit"),
    "tb.travel_counts": _l("The way counts"),
    "tb.min_session_minutes": _l("Shortest visit that counts"),
    "tb.daily_cap_minutes": _l("Most credited in a day"),
    "tb.monthly_cap_minutes": _l("Most credited in a month"),
    "tb.overdraft_limit_minutes": _l("How far below zero"),
    "tb.welcome_credit": _l("Hours to begin with"),
    "tb.welcome_for": _l("Who gets hours to begin with"),
    "tb.inactive_after_years": _l("Marked as inactive after"),
    "tb.auto_confirm_days": _l("A visit confirms itself after"),
    "tb.dispute_days": _l("Objections possible for"),
    "tb.two_reviewers_for_manual_entry": _l("A second person reviews hours entered by hand"),
    "tb.manual_entry_days": _l("Hours may be entered afterwards for"),
    "tb.offer_hours": _l("An offer is open for"),
    "tb.reminder_hours": _l("Reminder before a visit"),
    "tb.check_in_early_minutes": _l("Checking in is possible earlier by"),
    "tb.no_show_after_minutes": _l("Nobody came, after"),
    "tb.missed_after_minutes": _l("Alarm when nobody has checked in, after"),
    "tb.missed_escalate_minutes": _l("An alarm goes to the next level after"),
    "tb.no_show_limit_per_year": _l("Absences a year before a talk"),
    "tb.roll_forward_weeks": _l("Weekly visits are planned ahead for"),
    "tb.hold_days_after_visit": _l("Held hours come back after the visit date plus"),
    "tb.call_draft_days": _l("Parked telephone calls are erased after"),
    "tb.visits_a_day": _l("Most visits of a helper in a planned day"),
    "tb.caregiver_max_distance_m": _l("Longest way for somebody needed at home"),
    "tb.ask_further_m": _l("How much further than they said helpers may be asked to walk"),
    "tb.emergency_within_minutes": _l("In an emergency somebody is there within"),
    "tb.emergency_answer_minutes": _l("In an emergency a helper answers within"),
    "tb.weight_urgent": _l("An urgent visit counts more by"),
    "tb.weight_partial_care": _l("Partial need of care counts more by"),
    "tb.weight_full_care": _l("Full need of care counts more by"),
    "tb.weight_lives_alone": _l("Living alone counts more by"),
    "tb.service_groups": _l("Groups of services"),
    "tb.volunteer_min_age": _l("Youngest age of volunteers"),
    "tb.minor_allowed_with_guardian": _l("Minors may help with a guardian"),
    "tb.minor_min_age": _l("Youngest age with a guardian"),
    "tb.group_hours_donate_only": _l("Hours of groups can only be donated"),
    "tb.fraud_bar_months": _l("Bar after fraud"),
    "tb.redeem_min_age_self": _l("Redeeming for oneself from the age of"),
    "tb.redeem_threshold_minutes": _l("Redeeming possible from"),
    "tb.redeem_split": _l("Shares that may be redeemed"),
    "tb.cash_enabled": _l("Redeeming in cash"),
    "tb.cash_fen_per_hour": _l("Cash for one hour"),
    "tb.goods_price_basis": _l("Prices of goods are in"),
    "tb.goods_exchange_day": _l("Day of exchanging goods"),
    "tb.goods_return_days": _l("Faulty goods come back within"),
    "tb.same_again_minutes": _l("The same basket again is asked about for"),
    "tb.redemption_hold_hours": _l("A reserved redemption waits for"),
    "tb.second_clerk_minutes": _l("A second clerk looks from"),
    "tb.companion_second_minutes": _l("A second clerk looks, where somebody came for the member, from"),
    "tb.care_home_credits": _l("Credits for a place in a public care home"),
    "tb.relative_min_age": _l("Relatives may use hours from the age of"),
    "tb.relatives_allowed": _l("Relatives who may use hours"),
    "tb.key_elder_rule": _l("Who is a key elder"),
    "tb.grant_minutes_per_month": _l("Hours a key elder gets each month"),
    "tb.grant_cumulative": _l("Unused granted hours are kept"),
    "tb.donation_priority": _l("Donated hours go first to"),
    "tb.hearing_days": _l("A volunteer may answer a suspicion within"),
    "tb.suspicion_days": _l("Suspect hours stay on hold for at most"),
    "tb.appeal_days": _l("A volunteer may appeal within"),
    "tb.gift_check_days": _l("The proof of a gift to a relative is looked at within"),
    "tb.netting_way": _l("How time banks pay each other"),
    "tb.netting_days": _l("What was netted is paid within"),
    "tb.star_hours": _l("Hours for one to five stars"),
    "tb.passbook_pages": _l("Pages of a passbook for lines"),
    "tb.passbook_rows": _l("Rows on a page of the passbook"),
    "tb.passbook_first_row": _l("First row used on the first page"),
    "tb.passbook_row_height": _l("Height of a row of the passbook"),
    "tb.passbook_top": _l("Above the first row of the passbook"),
    "tb.passbook_left": _l("Left of the rows of the passbook"),
    "tb.passbook_width": _l("Width of a page of the passbook"),
    "tb.poster_days": _l("Days ahead on the poster"),
    "tb.poster_groups": _l("Services that may hang on a wall"),
    "tb.letter_window_left": _l("Address of letters: from the left edge"),
    "tb.letter_window_top": _l("Address of letters: from the upper edge"),
    "tb.letter_window_width": _l("Width of the envelope's window"),
    "tb.letter_window_height": _l("Height of the envelope's window"),
    "tb.passbook_height": _l("Height of a page of the passbook"),
}

CHOICES: dict[str, Any] = {
    "hours": _l("in hours, from fund to fund"),
    "outside": _l("outside the time bank, with the number of a paper"),
    "volunteers": _l("new volunteers"),
    "recipients": _l("new members who receive help"),
    "pot": _l("the community pot"),
    "honour": _l("an honour, without hours"),
    "minute": _l("exact to the minute"),
    "quarter_nearest": _l("to the nearest quarter of an hour"),
    "quarter_up": _l("up to the next quarter of an hour"),
    "hour_floor": _l("down to whole hours"),
    "minutes": _l("minutes"),
    "key_elders": _l("key elders who live alone"),
    "order_of_request": _l("whoever asked first"),
    "spouse": _l("husband or wife"),
    "parent": _l("parents"),
    "grandparent": _l("grandparents"),
    "parent_in_law": _l("parents-in-law"),
    "child": _l("children"),
    "grandchild": _l("grandchildren"),
    "sibling": _l("brothers and sisters"),
    "service": _l("services"),
    "goods": _l("goods"),
    "cash": _l("cash"),
    "dibao": _l("minimum living allowance (dibao)"),
    "tekun": _l("destitute support (tekun)"),
    "near_dibao": _l("near dibao"),
    "meals": _l("meals"),
    "bathing": _l("bathing"),
    "cleaning": _l("cleaning"),
    "emergency": _l("emergency"),
    "medical_company": _l("company to the doctor"),
    "comfort": _l("comfort"),
    "assistance": _l("assistance"),
    "outing": _l("outings"),
    "culture": _l("culture and sport"),
    "health": _l("health information"),
    "legal": _l("legal guidance"),
    "training": _l("training and talks"),
    "fraud_guidance": _l("guidance against fraud"),
    "cooking": _l("cooking"),
    "laundry": _l("laundry"),
    "reading": _l("reading"),
    "shopping": _l("shopping"),
}


def choice_text(code: str) -> str:
    """The name of a choice; an unknown code is its own name."""
    return str(CHOICES.get(code, code))


def source_text(source: str) -> str:
    """Where a value comes from: first values in the reader's language, typed sources as they were typed."""
    return str(_(source)) if source else ""


def value_text(key: str, value: Any) -> str:
    """A value in the reader's language: "20 h", "3 days", "none", "quarter …"."""
    rule = BY_KEY.get(key)
    if rule is None:
        return str(value)
    if rule.zero_is_none and value == 0:
        return str(_("none"))
    return _WORDS.get(rule.measure, _plain)(rule, value)


def _plain(rule: ParameterRule, value: Any) -> str:
    return str(value)


def _steps(rule: ParameterRule, value: Any) -> str:
    return " · ".join(minutes_text(int(step) * 60) for step in value)


def _shares(rule: ParameterRule, value: Any) -> str:
    return " · ".join(f"{choice_text(name)} {share} %" for name, share in value.items())


def _choices(rule: ParameterRule, value: Any) -> str:
    return str(_(", ").join(choice_text(code) for code in value))


def _key_elder(rule: ParameterRule, value: Any) -> str:
    words = _(
        "%(alone)s or older and living alone; or %(poor)s or older, living alone, %(category)s and in need of care",
        alone=value["alone_from_age"],
        poor=value["poor_from_age"],
        category=choice_text(value["poor_category"]),
    )
    return str(words)


def _days(rule: ParameterRule, value: Any) -> str:
    return str(ngettext("%(num)s day", "%(num)s days", int(value)))


def _weeks(rule: ParameterRule, value: Any) -> str:
    return str(ngettext("%(num)s week", "%(num)s weeks", int(value)))


def _months(rule: ParameterRule, value: Any) -> str:
    return str(ngettext("%(num)s month", "%(num)s months", int(value)))


def _years(rule: ParameterRule, value: Any) -> str:
    return str(ngettext("%(num)s year", "%(num)s years", int(value)))


def _age(rule: ParameterRule, value: Any) -> str:
    return str(ngettext("%(num)s year of age", "%(num)s years of age", int(value)))


_WORDS: dict[Measure, Callable[[ParameterRule, Any], str]] = {
    Measure.MINUTES: lambda rule, value: minutes_text(int(value)),
    Measure.HOURS: lambda rule, value: minutes_text(int(value) * 60),
    Measure.DAYS: _days,
    Measure.WEEKS: _weeks,
    Measure.MONTHS: _months,
    Measure.YEARS: _years,
    Measure.AGE: _age,
    Measure.DAY_OF_MONTH: lambda rule, value: _("day %(day)s of the month", day=value),
    Measure.FEN: lambda rule, value: money_text(int(value)),
    Measure.METRES: lambda rule, value: f"{int(value):,} m",
    Measure.TENTHS_MM: lambda rule, value: f"{int(value) / 10:g} mm",
    Measure.YES_NO: lambda rule, value: _("yes") if value else _("no"),
    Measure.CHOICE: lambda rule, value: choice_text(str(value)),
    Measure.CHOICES: _choices,
    Measure.STEPS: _steps,
    Measure.SHARES: _shares,
    Measure.KEY_ELDER: _key_elder,
}
