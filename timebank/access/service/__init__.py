"""The verbs of access."""

from timebank.access.service.accounts import (
    NewAccount,
    choose_language,
    close_account,
    create_account,
    create_administrator,
    end_role,
    end_sessions,
    grant_role,
    reopen_account,
    reset_password,
    set_password,
)
from timebank.access.service.cards import issue_card, withdraw_card
from timebank.access.service.log import note_export
from timebank.access.service.opening import GivenPassword, neighbour, open_account, open_account_of
from timebank.access.service.pins import check_pin, set_pin
from timebank.access.service.registration import Newcomer, register_oneself
from timebank.access.service.sign_in import sign_in
from timebank.access.service.tokens import NewToken, issue_token, make_token, withdraw_token

__all__ = [
    "GivenPassword",
    "NewAccount",
    "NewToken",
    "Newcomer",
    "check_pin",
    "choose_language",
    "close_account",
    "create_account",
    "create_administrator",
    "end_role",
    "end_sessions",
    "grant_role",
    "issue_card",
    "issue_token",
    "make_token",
    "neighbour",
    "note_export",
    "open_account",
    "open_account_of",
    "register_oneself",
    "reopen_account",
    "reset_password",
    "set_password",
    "set_pin",
    "sign_in",
    "withdraw_card",
    "withdraw_token",
]
