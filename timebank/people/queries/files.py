"""Files of the registry: the list of people, and an empty spreadsheet to fill in."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.csvfile import csv_bytes
from timebank.people import labels
from timebank.people.queries.search import PeopleFilter, PersonHit, list_people
from timebank.people.rules.headings import CHINESE

MOST_ROWS = 20_000


def people_csv(actor: Actor, wanted: PeopleFilter) -> bytes:
    """The list of people as a CSV file in the reader's language; phones masked as on the page."""
    header = [
        _("Member number"),
        _("Name"),
        _("Sex"),
        _("Birth date"),
        _("Community"),
        _("Address"),
        _("Phone"),
        _("Roles"),
    ]
    return csv_bytes(header, [_cells(hit) for hit in list_people(actor, wanted, limit=MOST_ROWS).items])


def _cells(hit: PersonHit) -> tuple[str, ...]:
    return (
        hit.member_no,
        hit.name,
        str(labels.of(labels.SEX, hit.sex)),
        hit.birth_date.isoformat() if hit.birth_date else "",
        hit.place,
        hit.address,
        hit.phone_masked,
        "; ".join(str(labels.of(labels.ROLE, role)) for role in hit.roles),
    )


def template_csv() -> bytes:
    """An empty spreadsheet with the headings, in the reader's language."""
    locale = get_locale()
    chinese = locale is not None and locale.language == "zh"
    return csv_bytes(list(CHINESE.values() if chinese else CHINESE), [])
