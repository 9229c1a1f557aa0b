"""The words the registry uses for a person."""

from __future__ import annotations

import enum


class Sex(enum.StrEnum):
    FEMALE = "F"
    MALE = "M"


class SelfCare(enum.StrEnum):
    """Six items failed: 0 able, 1-3 partial, 4-6 full loss (domain.md B6, F15)."""

    ABLE = "able"
    PARTIAL = "partial"
    FULL_LOSS = "full_loss"


class PersonRole(enum.StrEnum):
    VOLUNTEER = "volunteer"
    RECIPIENT = "recipient"
    CLIENT = "client"


class AgentKind(enum.StrEnum):
    GUARDIAN = "guardian"
    AGENT = "agent"  # acts for an adult who asked for it (a daughter)


class DuplicateState(enum.StrEnum):
    OPEN = "open"
    MERGED = "merged"
    DIFFERENT = "different"


class LegalBasis(enum.StrEnum):
    """Why personal data may be used (domain.md B11: PIPL art. 13, 34)."""

    CONSENT = "consent"
    STATUTORY_DUTY = "statutory_duty"
    EMERGENCY = "emergency"


GUARDED_BELOW = 14  # years; data of younger children need a guardian's consent (domain.md B11, C8.19)
ADULT_FROM = 18  # years; a guardian of somebody else must be an adult (Civil Code art. 17, 27)


class Wrong(ValueError):
    """A value that cannot be used.  `code` names the reason; its sentence stands in `texts.py`; `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


COPIES = "sharing:agents"  # purpose of a consent: chosen agents get copies of what the person is sent
