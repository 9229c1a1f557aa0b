"""Ages in full years by the civil calendar."""

from __future__ import annotations

from datetime import date

from timebank.people.rules.codes import ADULT_FROM, GUARDED_BELOW


def age_on(born: date, on: date) -> int:
    """Full years on the day; somebody born on 29 February has the birthday on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def needs_guardian_consent(born: date | None, on: date) -> bool:
    """Younger than 14: personal data need a guardian's consent (domain.md B11, C8.19)."""
    return born is not None and age_on(born, on) < GUARDED_BELOW


def is_adult(born: date | None, on: date) -> bool:
    """18 or older; an unknown birth date counts as adult (old registers often lack it)."""
    return born is None or age_on(born, on) >= ADULT_FROM
