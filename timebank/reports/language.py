"""Which of the two names of a thing the reader reads."""

from __future__ import annotations

from flask_babel import get_locale


def in_english() -> bool:
    """The reader reads English; Chinese otherwise, also outside a request."""
    locale = get_locale()
    return locale is not None and locale.language == "en"
