"""Words of partner organisations."""

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.exchange.rules.partners import SettlementState

SETTLEMENTS: dict[str, Any] = {
    SettlementState.WAITING: _l("Waits for a second person"),
    SettlementState.DONE: _l("Settled"),
    SettlementState.DECLINED: _l("Not agreed"),
}
BADGES: dict[str, str] = {SettlementState.WAITING: "wait", SettlementState.DONE: "good"}
