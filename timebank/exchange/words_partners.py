"""Words of partner organisations."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.core.units import meeting_text
from timebank.exchange.queries.partners import PartnerInfo
from timebank.exchange.queries.visits import VisitLine
from timebank.exchange.rules.partners import SettlementState

SETTLEMENTS: dict[str, Any] = {
    SettlementState.WAITING: _l("Waits for a second person"),
    SettlementState.DONE: _l("Settled"),
    SettlementState.DECLINED: _l("Not agreed"),
}
BADGES: dict[str, str] = {SettlementState.WAITING: "wait", SettlementState.DONE: "good"}


def call(given: tuple[PartnerInfo, str] | None) -> str:
    """Who answers at the partner that has a visit (`queries.partners.of_visit`), and under which number."""
    if given is None:
        return ""
    facts = {"name": given[0].name, "contact": given[0].contact, "phone": given[0].phone}
    return str(_("Call %(name)s: %(contact)s, %(phone)s", **facts))


def visit(line: VisitLine) -> str:
    """A visit on a list to choose from: when, what, for whom."""
    return " · ".join((meeting_text(line.starts_at), line.service, line.recipient))
