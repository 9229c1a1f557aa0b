"""Pages of partner organisations, and what does the same in the API."""

COVERED = {
    "exchange.partners": "list_partners",
    "exchange.partner": "get_partner",
    "exchange.new_partner": "add_partner",
    "exchange.edit_partner": "change_partner",
    "exchange.end_partner": "end_partner",
    "exchange.settle_partner": "settle_partner",
    "exchange.agree_settlement": "agree_settlement",
    "exchange.decline_settlement": "decline_settlement",
    "exchange.give_visit_to_partner": "give_visit_to_partner",
    "exchange.take_visit_from_partner": "take_visit_from_partner",
    "exchange.note_partner_care": "note_partner_care",
    "exchange.partner_calls": "list_partner_calls",
    "exchange.call_partner": "call_partner",
    "exchange.partner_statement": "get_partner",
}
EXCEPTIONS: dict[str, str] = {}
