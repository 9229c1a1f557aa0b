"""Reasons in words: "next building, 80 m · free Tue 8–10 · trained · 2 visits this week"."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from timebank.core.units import clock_text, day_text, minutes_text, weekday_text
from timebank.matching.queries.series import SeriesDay
from timebank.matching.rules.model import Broken, Need, Stretch, Why

Facts = Mapping[str, Any]
Names = Mapping[str, str]  # services by code


def _(text: str, **facts: object) -> str:
    return str(gettext(text, **facts))


RULES = {
    "not_active": _l("not active yet, or paused"),
    "no_skill": _l("does not offer this help"),
    "not_trained": _l("has no training for it"),
    "not_insured": _l("has no valid insurance"),
    "self_care_too_heavy": _l("needs training for so much care"),
    "sex_wish": _l("a woman or a man was asked for"),
    "language_wish": _l("does not speak the language asked for"),
    "same_household": _l("lives in the same household"),
    "oneself": _l("is the one who needs help"),
    "too_far": _l("lives too far away"),
    "away": _l("is away that day"),
    "not_free": _l("is not free then"),
    "overlaps": _l("is promised elsewhere then"),
    "weekly_cap": _l("has enough to do that week"),
    "daily_cap": _l("has reached the limit of the day"),
    "monthly_cap": _l("has reached the limit of the month"),
    "blocked": _l("the two are kept apart"),
    "most_visits": _l("has as many visits as a day may have"),
    "pinned_elsewhere": _l("the visit is pinned to somebody else"),
}
KILOMETRE = 1000
LANGUAGES = {
    "zh": _l("Standard Chinese"),
    "zh-nanjing": _l("Nanjing dialect"),
    "yue": _l("Cantonese"),
    "en": _l("English"),
    "sign": _l("sign language"),
}


REMEDIES = {  # what would bring in those whom a rule keeps out first
    "not_active": _l("Would come in question once they are active again."),
    "no_skill": _l("Could be asked whether they would offer it."),
    "not_trained": _l("A training would bring them in."),
    "not_insured": _l("An insurance would bring them in."),
    "self_care_too_heavy": _l("A training would bring them in."),
    "too_far": _l("Those who live a little further could be asked to walk further this once."),
    "away": _l("Another day would suit them."),
    "not_free": _l("Another time would suit them."),
    "overlaps": _l("Another time would suit them."),
    "weekly_cap": _l("Could be asked to do more this week."),
    "daily_cap": _l("Another day would suit them."),
    "monthly_cap": _l("Next month would suit them."),
}


def remedy_text(rule: str) -> str:
    """What would bring in those whom this rule keeps out, in a sentence; "" where nothing would."""
    return str(REMEDIES.get(rule, ""))


def rule_text(rule: str) -> str:
    """A rule in a few words, for counts."""
    return str(RULES.get(rule, rule))


def reason(why: Why, day: date, names: Names) -> str:
    """A reason for a helper in words."""
    return _REASONS[why.code](why.facts, day, names)


def reasons(found: Iterable[Why], day: date, names: Names) -> list[str]:
    """All reasons for a helper, in order."""
    return [reason(why, day, names) for why in found]


def clock_of(seconds: int) -> str:
    """Seconds from midnight as "8:00"."""
    return clock_text(seconds // 60)


def _stretch(start: int, end: int) -> str:
    return f"{clock_of(start)}–{clock_of(end)}"


def _free(facts: Facts, day: date, _names: Names) -> str:
    return _(
        "free %(weekday)s %(hours)s",
        weekday=weekday_text(day.weekday()),
        hours=_stretch(int(facts["start"]), int(facts["end"])),
    )


def _free_between(facts: Facts, day: date, names: Names) -> str:
    """Free then, and what lies before and after, with the way on foot."""
    parts = [_free(facts, day, names)]
    if "before" in facts:
        until, way = clock_of(int(facts["before"])), _on_foot(facts["there"])
        parts.append(_("comes from a visit until %(until)s, %(way)s on foot", until=until, way=way))
    if "after" in facts:
        begins, way = clock_of(int(facts["after"])), _on_foot(facts["onwards"])
        parts.append(_("goes on to a visit at %(begins)s, %(way)s on foot", begins=begins, way=way))
    return _(", ").join(parts)


def way_text(metres: float) -> str:
    """A way in metres, from a kilometre on in kilometres: 640 -> "640 m", 1950 -> "1.95 km", 27618 -> "28 km"."""
    if metres < KILOMETRE:
        return _("%(metres)s m", metres=round(metres))
    return _("%(km)s km", km=f"{round(metres / KILOMETRE, 2 if metres < 10 * KILOMETRE else 0):g}")


def _on_foot(seconds: int) -> str:
    return str(minutes_text(math.ceil(seconds / 60)))


def _load(facts: Facts, _day: date, _names: Names) -> str:
    visits = int(facts["visits"])
    if visits:
        return str(ngettext("%(num)s visit this week", "%(num)s visits this week", visits))
    if facts["month_minutes"]:
        return _("%(hours)s this month, nothing this week", hours=minutes_text(int(facts["month_minutes"])))
    return _("nothing to do yet this month")


def _before(facts: Facts, _day: date, _names: Names) -> str:
    return str(ngettext("was there %(num)s time before", "was there %(num)s times before", int(facts["visits"])))


_REASONS: Mapping[str, Callable[[Facts, date, Names], str]] = {
    "same_building": lambda facts, _day, _names: _("same building"),
    "next_building": lambda facts, _day, _names: _("next building, %(way)s", way=way_text(facts["metres"])),
    "near": lambda facts, _day, _names: _("%(way)s on foot", way=way_text(facts["metres"])),
    "distance_unknown": lambda facts, _day, _names: _("distance not known"),
    "free": _free_between,
    "on_the_way": lambda facts, day, names: _("%(free)s, on the way", free=_free_between(facts, day, names)),
    "sex_wished": lambda facts, _day, _names: (
        _("a woman, as asked for") if facts["sex"] == "F" else _("a man, as asked for")
    ),
    "language_wished": lambda facts, _day, _names: _("speaks %(language)s", language=_language(facts)),
    "trained": lambda facts, _day, _names: _("trained"),
    "visited_before": _before,
    "rated": lambda facts, _day, _names: _("rated %(rating)s of 5", rating=f"{facts['rating']:.1f}"),
    "near_home": lambda facts, _day, _names: _("close enough to somebody cared for at home"),
    "load": _load,
}


def broken(found: Broken, names: Names) -> str:
    """Why a helper is out, with what would bring them in."""
    text = _BROKEN[found.rule](found.facts, names) if found.rule in _BROKEN else rule_text(found.rule)
    return remedied(text, found, names)


def remedied(text: str, found: Broken, names: Names) -> str:
    """Why a helper is out, in words of one's own, with what would bring them in."""
    if found.remedy is None:
        return text
    remedy = _REMEDIES[found.remedy.code](found.remedy.facts, names)
    return _("%(out)s – %(remedy)s", out=text, remedy=remedy)


def _far(facts: Facts, _names: Names) -> str:
    if facts.get("caregiver"):
        return _(
            "%(way)s away, but must stay within %(limit)s of somebody cared for at home",
            way=way_text(facts["metres"]),
            limit=way_text(facts["limit"]),
        )
    return _("%(way)s away, walks up to %(limit)s", way=way_text(facts["metres"]), limit=way_text(facts["limit"]))


def _not_free(facts: Facts, _names: Names) -> str:
    free: Iterable[Stretch] = facts["free"]
    hours = _(", ").join(_stretch(one.start, one.end) for one in free)
    return _("free only %(hours)s", hours=hours) if hours else _("not free that day")


def _language(facts: Facts) -> str:
    return str(LANGUAGES.get(facts["language"], facts["language"]))


def _sex(facts: Facts, _names: Names) -> str:
    return _("a woman was asked for") if facts["sex"] == "F" else _("a man was asked for")


def wishes(need: Need, usual: str | None = None) -> list[str]:
    """What the recipient asks of whoever comes, and the name of who usually does."""
    found = []
    if need.helper_sex:
        found.append(_sex({"sex": need.helper_sex}, {}))
    if need.language:
        found.append(_("speaks %(language)s", language=_language({"language": need.language})))
    if usual:
        found.append(_("%(name)s usually comes", name=usual))
    return found


def _insured(facts: Facts, _names: Names) -> str:
    until = facts["until"]
    return _("insurance ended on %(day)s", day=day_text(until)) if until else _("has no insurance")


_WEEK = _l("%(planned)s planned this week, gives up to %(cap)s")
_DAY = _l("%(planned)s planned that day, the limit is %(cap)s")
_MONTH = _l("%(planned)s this month, the limit is %(cap)s")

_BROKEN: Mapping[str, Callable[[Facts, Names], str]] = {
    "no_skill": lambda facts, names: _(
        "does not offer “%(service)s”", service=names.get(facts["service"], facts["service"])
    ),
    "not_trained": lambda facts, names: _(
        "has no training for “%(service)s”", service=names.get(facts["service"], facts["service"])
    ),
    "not_insured": _insured,
    "sex_wish": _sex,
    "language_wish": lambda facts, _names: _("does not speak %(language)s", language=_language(facts)),
    "too_far": _far,
    "not_free": _not_free,
    "overlaps": lambda facts, _names: _("promised elsewhere %(hours)s", hours=_stretch(facts["start"], facts["end"])),
    "weekly_cap": lambda facts, _names: str(_WEEK) % _caps(facts),
    "daily_cap": lambda facts, _names: str(_DAY) % _caps(facts),
    "monthly_cap": lambda facts, _names: str(_MONTH) % _caps(facts),
}


def _caps(facts: Facts) -> dict[str, str]:
    return {
        "planned": minutes_text(int(facts["planned_minutes"])),
        "cap": minutes_text(int(facts["cap_minutes"])),
    }


_REMEDIES: Mapping[str, Callable[[Facts, Names], str]] = {
    "would_offer": lambda facts, _names: _("could be asked to offer it"),
    "needs_training": lambda _facts, _names: _("could be trained for it"),
    "needs_insurance": lambda facts, _names: _("needs insurance on %(day)s", day=day_text(facts["day"])),
    "would_walk": lambda facts, _names: _("could be asked to walk %(way)s", way=way_text(facts["metres"])),
    "another_day": lambda facts, _names: _("could come another day"),
    "free_at": lambda facts, _names: _("would be free at %(time)s", time=clock_of(facts["start"])),
}


def missed(one: SeriesDay, names: Names) -> str:
    """A visit of a series that a helper cannot do, and why: "2026-12-01: is away that day"."""
    why = broken(one.broken, names) if one.broken else ""
    return _("%(day)s: %(why)s", day=day_text(one.starts_at), why=why)
