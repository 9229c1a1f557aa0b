"""Words for alarms."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.exchange.queries.alarms import AlarmLine, AlarmOfVisit, AlarmStepLine
from timebank.exchange.rules.alarms import AlarmLevel, AlarmStepKind, Happened, Moot

HAPPENED: dict[str, Any] = {
    Happened.FORGOT: _l("The helper was there in time and forgot to check in"),
    Happened.CAME_LATE: _l("The helper came late"),
    Happened.HELPER_ABSENT: _l("The helper did not come"),
    Happened.RECIPIENT_ABSENT: _l("The recipient was not at home"),
    Happened.NOT_WANTED: _l("The recipient did not want the visit that day"),
    Happened.EMERGENCY: _l("An emergency; help was called"),
    Happened.OTHER: _l("Something else"),
}
CLOSED: dict[str, Any] = {
    **HAPPENED,
    Moot.CANCELLED: _l("The visit was cancelled"),
    Moot.MOVED: _l("The visit got another time"),
    Moot.FREED: _l("Another helper is looked for"),
    Moot.NO_SHOW: _l("It was written down who was not there"),
}
LEVELS: dict[str, Any] = {
    AlarmLevel.COMMUNITY: _l("grid or community"),
    AlarmLevel.STREET: _l("street"),
    AlarmLevel.DISTRICT: _l("district"),
    AlarmLevel.NOBODY: _l("nobody named"),
}


def step_text(step: AlarmStepLine) -> str:
    """ "Raised: 王芳 (尧新社区) was asked to look"."""
    if step.kind is AlarmStepKind.CLOSED:
        return str(_("Alarm closed"))
    if not step.responder:
        return str(_("Raised; nobody is named for this place, so everybody with the right was told"))
    facts = {"name": step.responder, "place": step.place}
    if step.kind is AlarmStepKind.RAISED:
        return str(_("Raised: %(name)s (%(place)s) was asked to look", **facts))
    return str(_("Nobody answered: %(name)s (%(place)s) was asked to look", **facts))


def state_text(line: AlarmLine | AlarmOfVisit) -> str:
    """What the alarm waits for, in a word or two."""
    if line.closed_at is not None:
        return str(CLOSED.get(line.closed_how, line.closed_how))
    return str(_("Begun; a word is missing")) if line.begun_at else str(_("Nobody has checked in"))
