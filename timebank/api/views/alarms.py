"""Visits that nobody has begun: who looks, and what had happened."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.alarms import AlarmFile, AlarmPhones, AlarmsPage, AlarmsQuery, CloseAlarmBody, VisitAlarms
from timebank.api.schemas.base import Command
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor
from timebank.exchange.queries import alarms as queries
from timebank.exchange.queries import visits
from timebank.exchange.rules.alarms import CloseAlarm
from timebank.exchange.service import alarms


@read("/alarms", AlarmsPage, permission="alarms.read", query=AlarmsQuery)
def list_alarms(query: AlarmsQuery) -> Page[queries.AlarmLine]:
    """Alarms of one's territories."""
    return queries.alarms(actor(), query.state, after=query.after, limit=query.limit)


@read("/visits/<int:visit_id>/alarms", VisitAlarms, permission="visits.read")
def list_visit_alarms(visit_id: int) -> dict[str, Any]:
    """The alarms about one visit, open and closed; what is outside one's territories is not found."""
    return {"items": queries.of_visit(actor(), visits.visit(actor(), visit_id).line.id)}


@read("/alarms/<int:alarm_id>", AlarmFile, permission=SIGNED_IN)
def get_alarm(alarm_id: int) -> queries.AlarmDetail:
    """One alarm, for one's territories and for whoever was asked by name."""
    return queries.alarm(actor(), alarm_id)


@read("/alarms/<int:alarm_id>/phones", AlarmPhones, permission=SIGNED_IN)
def get_alarm_phones(alarm_id: int) -> queries.AlarmPhones:
    """The telephone numbers of both sides, while the alarm is open; the look is written down."""
    return alarms.show_phones(actor(), alarm_id)


@write("/alarms/<int:alarm_id>/close", body=CloseAlarmBody, permission=SIGNED_IN)
def close_alarm(alarm_id: int, body: Command[CloseAlarm], key: str) -> dict[str, Any]:
    """Says what happened; it stands in the history of the visit from then on."""
    return {"id": alarms.close_alarm(actor(), body.command(alarm_id=alarm_id), key=key)}
