"""Somebody came for the member: who, how they belong together, how the member agreed, why (domain.md C3.4)."""

from __future__ import annotations

import enum

from timebank.core.errors import Refused


class Relation(enum.StrEnum):
    """How the companion and the member belong together."""

    SPOUSE = "spouse"
    CHILD = "child"
    RELATIVE = "relative"
    GUARDIAN = "guardian"
    NEIGHBOUR = "neighbour"
    CARER = "carer"
    STAFF = "staff"  # of the community or of a partner organisation


class Consent(enum.StrEnum):
    """How the member agreed: on the telephone just now, on a signed paper, or by naming an agent for good."""

    PHONE = "phone"
    PAPER = "paper"
    AGENT = "agent"


def check_companion(name: str, relation: str, consent: str, reason: str, agents: frozenset[str]) -> None:
    """Nothing may be left open.  `agents`: names of the member's registered guardians and agents.

    Raises `Refused`: companion_name_missing, companion_relation_missing, companion_consent_missing,
    redeem_note_missing, companion_no_agent.
    """
    if not name.strip():
        raise Refused("companion_name_missing", field="companion")
    if relation not in set(Relation):
        raise Refused("companion_relation_missing", field="relation")
    if consent not in set(Consent):
        raise Refused("companion_consent_missing", field="consent")
    if not reason.strip():
        raise Refused("redeem_note_missing", field="note")
    if consent == Consent.AGENT and name.strip() not in agents:
        raise Refused("companion_no_agent", field="consent", name=name.strip())
