"""What jobs say they did, in the reader's language.

A job returns a plain English sentence and the history keeps it as it is, whatever language a process runs in; the
pages translate the sentences known here.  Anything else (the name of an error, say) is shown unchanged.
"""

from __future__ import annotations

import functools
import re

from flask_babel import gettext

from timebank.core.units import fact_text


def N_(text: str) -> str:  # noqa: N802 - the catalogue's own name for it
    """Marks a text for the catalogue."""
    return text


SUMMARIES = (
    N_("%(number)s released"),
    N_("%(number)s baskets expired"),
    N_("%(number)s old tries removed"),
    N_("%(number)s offers ran out"),
    N_("%(number)s visits without helper ran out, %(requests)s requests looked at"),
    N_("%(number)s of %(all)s visits confirmed"),
    N_("%(number)s visits made"),
    N_("%(number)s visits reminded of"),
    N_("%(plans)s plans searched, %(asked)s helpers asked"),
    N_("%(number)s asked instead"),
    N_("%(number)s read"),
    N_("%(number)s erased"),
    N_("%(number)s sent, %(failed)s not sent"),
    N_("%(answers)s kept answers and %(runs)s runs removed"),
    N_(
        "%(number)s grants given (%(given_minutes)s minutes); "
        "%(ended)s ended, %(back_minutes)s minutes went back to the fund."
    ),
)


def summary(text: str) -> str:
    """The sentence of a job in the reader's language; figures named `..._minutes` as hours and minutes."""
    for pattern, template in _patterns():
        if found := pattern.fullmatch(text):
            facts = {name: fact_text(name, int(value)) for name, value in found.groupdict().items()}
            return str(gettext(template, **facts))
    return text


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_as_pattern(template)), template) for template in SUMMARIES)


def _as_pattern(template: str) -> str:
    parts = re.split(r"%\((\w+)\)s", template)
    return "".join(re.escape(part) if n % 2 == 0 else rf"(?P<{part}>\d+)" for n, part in enumerate(parts))
