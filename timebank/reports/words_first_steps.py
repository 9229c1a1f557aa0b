"""The first steps of a new installation in words, and the page on which each is done."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from timebank.core.authority import Actor
from timebank.reports.queries.first_steps import Step

TEXTS: dict[Step, Any] = {
    Step.PLACES: _l("Read in the places"),
    Step.SCHEME: _l("Open a time bank for the city or a street"),
    Step.OPERATOR: _l("Make an account for the platform operator"),
    Step.COORDINATOR: _l("Make accounts for the coordinators of the streets"),
    Step.PEOPLE: _l("Import the people from a spreadsheet, or register them one by one"),
    Step.DESK: _l("Open a service desk"),
}
HINTS: dict[Step, Any] = {
    Step.PLACES: _l(
        "Somebody with access to the server runs “flask territory import FOLDER” with the published division files."
    ),
    Step.PEOPLE: _l("A coordinator does this, in the menu under “People”."),
    Step.DESK: _l("The platform operator does this. It is needed only where hours are redeemed for goods."),
}
PAGES: dict[Step, tuple[str, str]] = {  # endpoint, and the permission that opens it
    Step.PLACES: ("territory.index", "territory.manage"),
    Step.SCHEME: ("exchange.new_scheme", "schemes.manage"),
    Step.OPERATOR: ("access.new_account", "accounts.manage"),
    Step.COORDINATOR: ("access.new_account", "accounts.manage"),
    Step.PEOPLE: ("people.upload", "people.import"),
    Step.DESK: ("redemption.new_desk", "goods.manage"),
}


def page_of(actor: Actor, step: Step) -> str:
    """The address of the page on which the step is done; empty for who may not open it."""
    endpoint, permission = PAGES[step]
    return url_for(endpoint) if actor.has(permission) else ""
