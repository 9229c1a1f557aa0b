"""Hard rules: each keeps a helper out by name, and says what would bring the helper in (domain.md C3.2, C8.3, C8.4)."""

from __future__ import annotations

import math
from collections.abc import Callable

from timebank.matching.rules import timing
from timebank.matching.rules.model import Broken, Helper, Need, Travel, Why

LEVELS = ("able", "partial", "full_loss")
Rule = Callable[[Helper, Need, Travel], Broken | None]


def not_active(helper: Helper, _need: Need, _travel: Travel) -> Broken | None:
    """Only active volunteers are asked (C3.1)."""
    return None if helper.active else Broken("not_active")


def oneself(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """Nobody earns hours by helping themself (C8.4)."""
    return Broken("oneself") if helper.id == need.recipient_id else None


def same_household(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """Nor by helping whom they live with (C8.4, X)."""
    return Broken("same_household") if need.recipient_id in helper.household else None


def blocked(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """One of the two asked not to meet again."""
    return Broken("blocked") if need.recipient_id in helper.blocked else None


def no_skill(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """The helper offers this kind of help."""
    if need.service in helper.skills:
        return None
    return Broken("no_skill", {"service": need.service}, Why("would_offer", {"service": need.service}))


def not_trained(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """Skilled work needs its training (L3 art. 16)."""
    if not need.needs_training or helper.skills.get(need.service):
        return None
    return Broken("not_trained", {"service": need.service}, Why("needs_training", {"service": need.service}))


def not_insured(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """Risky work needs an insurance that is valid that day (L3 art. 17)."""
    if not need.needs_insurance or (helper.insured_until and helper.insured_until >= need.day):
        return None
    return Broken("not_insured", {"until": helper.insured_until}, Why("needs_insurance", {"day": need.day}))


def self_care_too_heavy(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """Somebody who cannot look after themself is left to trained helpers (N17, C3.2)."""
    heavy = LEVELS.index(need.self_care) > LEVELS.index(need.max_self_care_loss)
    if not heavy or helper.skills.get(need.service):
        return None
    return Broken("self_care_too_heavy", {}, Why("needs_training", {"service": need.service}))


def sex_wish(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """The recipient asked for a woman or for a man (or the service asks for the same sex)."""
    if need.helper_sex is None or helper.sex == need.helper_sex:
        return None
    return Broken("sex_wish", {"sex": need.helper_sex})


def language_wish(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """The recipient needs somebody who speaks a language."""
    if need.language is None or need.language in helper.languages:
        return None
    return Broken("language_wish", {"language": need.language})


def too_far(helper: Helper, need: Need, travel: Travel) -> Broken | None:
    """No further than the helper will walk, and near home where a dependant waits (N17, N18)."""
    if helper.home is None or need.place is None:
        return None
    metres = travel.walk_m(helper.home, need.place)
    walk = math.ceil(metres)
    if helper.caregiver_at_home and metres > min(helper.max_distance_m, need.limits.caregiver_max_m):
        limit = min(helper.max_distance_m, need.limits.caregiver_max_m)
        return Broken("too_far", {"metres": walk, "limit": limit, "caregiver": True})
    if metres <= helper.max_distance_m:
        return None
    # tb.ask_further_m: a little further can be asked of somebody, from the other end of the city cannot
    asked = metres <= helper.max_distance_m + need.limits.ask_further_m
    remedy = Why("would_walk", {"metres": walk}) if asked else None
    return Broken("too_far", {"metres": walk, "limit": helper.max_distance_m}, remedy)


def away(helper: Helper, _need: Need, _travel: Travel) -> Broken | None:
    """The helper said to be away that day."""
    return Broken("away", {}, Why("another_day")) if helper.away else None


def not_free(helper: Helper, need: Need, travel: Travel) -> Broken | None:
    """Free at a start in the window for the whole visit."""
    if helper.away or timing.free_start(helper, need, travel):
        return None
    return Broken("not_free", {"free": helper.free}, _other_time(helper, need, travel))


def overlaps(helper: Helper, need: Need, travel: Travel) -> Broken | None:
    """Free, and not promised elsewhere (the way there counts; C8.3)."""
    if not timing.free_start(helper, need, travel) or timing.best_start(helper, need, travel):
        return None
    first = min(helper.busy, key=lambda stop: stop.start)
    facts = {"start": first.start, "end": first.end}
    return Broken("overlaps", facts, _other_time(helper, need, travel))


def _other_time(helper: Helper, need: Need, travel: Travel) -> Why | None:
    start = timing.other_start(helper, need, travel)
    return Why("free_at", {"start": start.at}) if start else None


def weekly_cap(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """The helper gives no more minutes a week than they said."""
    return _cap("weekly_cap", helper.week_minutes, need.minutes, helper.max_week_minutes)


def daily_cap(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """tb.daily_cap_minutes."""
    return _cap("daily_cap", helper.day_minutes, need.minutes, need.limits.daily_cap_minutes)


def monthly_cap(helper: Helper, need: Need, _travel: Travel) -> Broken | None:
    """tb.monthly_cap_minutes."""
    return _cap("monthly_cap", helper.month_minutes, need.minutes, need.limits.monthly_cap_minutes)


def _cap(rule: str, so_far: int, minutes: int, cap: int | None) -> Broken | None:
    if cap is None or so_far + minutes <= cap:
        return None
    return Broken(rule, {"planned_minutes": so_far, "cap_minutes": cap})


# What holds on any day, and what only the calendar of the day tells: a whole town is sieved by the first, for nothing
# but a person's own facts is needed there.
STANDING: tuple[Rule, ...] = (
    not_active,
    oneself,
    same_household,
    blocked,
    no_skill,
    not_trained,
    not_insured,
    self_care_too_heavy,
    sex_wish,
    language_wish,
    too_far,
)
CAPS: tuple[Rule, ...] = (weekly_cap, daily_cap, monthly_cap)
OF_THE_DAY: tuple[Rule, ...] = (away, not_free, overlaps, *CAPS)
RULES = STANDING + OF_THE_DAY
WHATEVER_THE_HOUR = STANDING + CAPS


def broken_rules(helper: Helper, need: Need, travel: Travel) -> tuple[Broken, ...]:
    """Every rule that keeps the helper out, in the order of RULES; nothing means suitable."""
    return tuple(found for rule in RULES if (found := rule(helper, need, travel)) is not None)


def first_broken(helper: Helper, need: Need, travel: Travel, rules: tuple[Rule, ...] = RULES) -> Broken | None:
    """The first of the rules that keeps the helper out: one reason for each helper, so that counts add up."""
    return next((found for rule in rules if (found := rule(helper, need, travel)) is not None), None)


def fits(helper: Helper, need: Need, travel: Travel) -> bool:
    """Does no rule keep the helper out?  As `not broken_rules(…)`, without looking for what would bring them in."""
    return fitting_start(helper, need, travel) is not None


def fitting_start(helper: Helper, need: Need, travel: Travel) -> timing.Start | None:
    """The best start of a helper whom no rule keeps out; None for the others."""
    if helper.away:
        return None
    for rule in WHATEVER_THE_HOUR:
        if rule(helper, need, travel) is not None:
            return None
    if helper.busy and travel.commute and timing.free_start(helper, need, travel) is None:
        return None  # `not_free`: between two promises the way from home would not count
    return timing.best_start(helper, need, travel)
