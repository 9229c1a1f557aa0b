"""Cases about untrue hours in words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.exchange.rules.annulments import CaseState, Source

STATES: dict[CaseState, Any] = {
    CaseState.SUSPECTED: _l("suspected"),
    CaseState.FROZEN: _l("waits for the volunteer's answer"),
    CaseState.HEARD: _l("heard, waits for a decision"),
    CaseState.UPHELD: _l("hours annulled"),
    CaseState.DISMISSED: _l("dismissed, hours free again"),
    CaseState.APPEALED: _l("appeal waits for another person"),
    CaseState.CONFIRMED: _l("annulled, confirmed after the appeal"),
    CaseState.OVERTURNED: _l("overturned, hours given back"),
}
STYLES: dict[CaseState, str] = {
    CaseState.SUSPECTED: "wait",
    CaseState.FROZEN: "wait",
    CaseState.HEARD: "info",
    CaseState.UPHELD: "bad",
    CaseState.DISMISSED: "good",
    CaseState.APPEALED: "wait",
    CaseState.CONFIRMED: "bad",
    CaseState.OVERTURNED: "good",
}
SOURCES: dict[Source, Any] = {
    Source.COMPLAINT: _l("somebody complained"),
    Source.RULE: _l("the figures are odd"),
    Source.AUDIT: _l("found in an audit"),
}
ACTIONS: dict[str, Any] = {
    "suspected.annulment": _l("Hours suspected"),
    "frozen.annulment": _l("Suspect hours put on hold"),
    "heard.annulment": _l("Volunteer heard"),
    "upheld.annulment": _l("Hours annulled"),
    "dismissed.annulment": _l("Suspicion dismissed"),
    "appealed.annulment": _l("Annulment appealed"),
    "confirmed.annulment": _l("Annulment confirmed after the appeal"),
    "overturned.annulment": _l("Annulment overturned"),
    "reinstate.visit": _l("Credit of a visit given back"),
}
