"""Plans in words: states, reasons why nobody comes, what has become of an offer, rules that a change would break."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from timebank.core.texts import refusal_text
from timebank.core.units import clock_text
from timebank.matching import words
from timebank.matching.queries.board_shapes import Stop
from timebank.matching.queries.pairs import PairAnswer
from timebank.matching.queries.plans import PlanLine, Recruits
from timebank.matching.rules.model import Broken
from timebank.matching.rules.plans import PlanState, Unserved
from timebank.matching.service.accepting import unpacked

STATES: dict[str, Any] = {
    PlanState.WAITING: _l("waits to begin"),
    PlanState.RUNNING: _l("is being searched"),
    PlanState.DONE: _l("ready"),
    PlanState.STOPPED: _l("stopped, with the best found so far"),
    PlanState.FAILED: _l("without result"),
}
BADGES: dict[str, str] = {
    PlanState.WAITING: "wait",
    PlanState.RUNNING: "wait",
    PlanState.DONE: "good",
    PlanState.STOPPED: "info",
    PlanState.FAILED: "bad",
}
ERRORS: dict[str, Any] = {
    "plan_failed": _l("The search broke off. Nothing was changed; please start it again."),
    "plan_worker_gone": _l("The process that searched has ended. Nothing was changed; please start it again."),
    "plan_called_off": _l("The plan was called off before the search began."),
}
STAGES: dict[str, Any] = {
    "": _l("Reading who waits and who is free …"),
    "greedy": _l("A first good plan …"),
    "columns": _l("Making it better, and proving how good it is …"),
    "whole": _l("The last step: putting the best days together …"),
}
REASONS: dict[str, Any] = {
    Unserved.NO_SKILL: _l("no helper offers this"),
    Unserved.NONE_NEAR: _l("nobody who offers this lives near enough"),
    Unserved.NONE_FREE: _l("nobody near is free then"),
    Unserved.NONE_SUITABLE: _l("those near may not do it (training, insurance, wishes)"),
    Unserved.BLOCKED: _l("those who could are kept apart from them"),
    Unserved.ALL_TAKEN: _l("those who could are with others then"),
    Unserved.WOULD_COST_MORE: _l("it would cost others more than it brings"),
    Unserved.TAKEN_OUT: _l("taken out by hand"),
    Unserved.ALL_SAID_NO: _l("everybody who could come was asked"),
}
STOPS: dict[str, Any] = {
    "planned": _l("proposed"),
    "kept": _l("promised, stays so"),
    "promised": _l("promised"),
    "accepted": _l("will be asked"),
    "offered": _l("asked, no answer yet"),
    "scheduled": _l("said yes"),
    "declined": _l("said no"),
    "expired": _l("did not answer"),
    "withdrawn": _l("offer taken back"),
    "refused": _l("could not be asked"),
    "partner": _l("a partner comes"),
    "gone": _l("settled otherwise since"),
}
STOP_BADGES = {
    "planned": "plain",
    "kept": "info",
    "promised": "info",
    "accepted": "wait",
    "offered": "wait",
    "scheduled": "good",
    "declined": "bad",
    "expired": "bad",
    "withdrawn": "plain",
    "refused": "bad",
    "partner": "info",
    "gone": "plain",
}


def _(text: str, **facts: object) -> str:
    return str(gettext(text, **facts))


def error(line: PlanLine) -> str:
    """Why a plan has no result."""
    return str(ERRORS.get(line.error, ERRORS["plan_failed"]))


def stage(line: PlanLine) -> str:
    """What the search is doing."""
    return str(STAGES.get(line.stage, STAGES[""]))


def proof(line: PlanLine) -> str:
    """How good the plan is at least, in words."""
    gap = line.gap
    if gap is None and line.based_on_id is not None:
        return _("Made again with the fewest changes; how much better a wholly new plan would be was not computed.")
    if gap is None:
        return _("How good it is was not proven in the time given.")
    if gap == 0:
        return _("No better plan exists: that is proven.")
    return _("Proven: no plan is more than %(percent)s better.", percent=f"{gap / 10:.1f} %")


def refusal(stop: Stop) -> str:
    """Why a helper could not be asked."""
    return refusal_text(unpacked(stop.refusal)) if stop.refusal else ""


def conflicts(answer: PairAnswer, names: Mapping[str, str]) -> list[str]:
    """Each hard rule that a change would break, with what would help."""
    return [broken(one, names) for one in answer.broken]


def broken(one: Broken, names: Mapping[str, str]) -> str:
    """A rule that stands in the way; those of plans have words of their own."""
    if one.rule == "outside_window":
        facts = {name: words.clock_of(int(str(one.facts[name]))) for name in ("start", "end")}
        return _("the recipient asked for a start between %(start)s and %(end)s", **facts)
    if one.rule == "other_start":
        begins = words.clock_of(int(str(one.facts["start"])))
        return _("several helpers go there together, and the others begin at %(start)s", start=begins)
    if one.rule == "no_quarter":
        return _("visits of a plan start at a full quarter of an hour")
    if one.rule == "too_soon":
        return _("this time has gone by")
    if one.rule == "overlaps":  # of a plan nothing is promised yet
        hours = "–".join(words.clock_of(int(str(one.facts[name]))) for name in ("start", "end"))
        return words.remedied(_("has another visit %(hours)s", hours=hours), one, names)
    return words.broken(one, names)


def recruits(line: Recruits, names: Mapping[str, str]) -> str:
    """A line of the recruiting list."""
    return str(
        ngettext(
            "%(num)s more volunteer for “%(service)s” near %(place)s would serve %(served)s of %(waiting)s who wait",
            "%(num)s more volunteers for “%(service)s” near %(place)s would serve %(served)s of %(waiting)s who wait",
            line.helpers,
            service=names.get(line.service, line.service),
            place=line.place_name or line.place,
            served=line.served,
            waiting=line.waiting,
        )
    )


def free_text(free: Iterable[tuple[int, int]]) -> str:
    """Free stretches as "08:00–10:00, 14:00–16:30"."""
    return _(", ").join(f"{clock_text(start)}–{clock_text(end)}" for start, end in free)
