"""Who gets which page of access."""

from typing import Any

from tests.architecture.cases import Case, Facts
from tests.factories.town import broker
from timebank.access import service
from timebank.access.service import NewAccount
from timebank.core.authority import Actor


def _person(facts: Facts) -> dict[str, Any]:
    return {"person_id": facts["person"]}


def _card(facts: Facts) -> dict[str, Any]:
    return {"code": service.issue_card(broker(), facts["person"])}


def _account(_facts: Facts) -> dict[str, Any]:
    new = NewAccount("wang.lili", "王丽丽", territory_code="320113001")
    return {"account": service.create_account(Actor.system("test"), new)}


def _account_id(facts: Facts) -> dict[str, Any]:
    return {"account_id": facts["account"]}


AT_THE_DESK = {"broker": 200, "clerk": 200, "operator": 200, "other_broker": 404, "other_clerk": 404}
PRESSED = {who: 303 if status == 200 else status for who, status in AT_THE_DESK.items()}
ADMINS = {"admin": 200, "street_admin": 200, "other_admin": 404}
READERS = {"auditor": 200, "admin": 200, "street_admin": 200, "other_admin": 200}

ACCESS_CASES = [
    Case("access.sign_in", statuses={"stranger": 200}, others=302),
    Case("access.register", statuses={"stranger": 200}, others=302),
    Case("access.register_in", lambda _: {"code": "320113001007"}, {"stranger": 200}, others=200),
    Case("access.my_account", others=200),
    Case("access.change_password", others=200),
    Case("access.new_token", others=200),
    Case("access.change_pin", statuses={"owner": 200, "neighbour": 200}, others=404),
    Case("access.my_card", statuses={"owner": 200}, others=404, make=_card),
    Case("access.my_card_picture", statuses={"owner": 200}, others=404, make=_card),
    Case("access.person", _person, AT_THE_DESK),
    Case("access.card", _person, AT_THE_DESK, make=_card),
    Case("access.card_picture", _person, AT_THE_DESK, make=_card),
    Case("access.set_pin", _person, AT_THE_DESK),
    Case("access.issue_card", _person, PRESSED, method="POST"),
    Case("access.withdraw_card", _person, PRESSED, method="POST", make=_card),
    Case("access.accounts", statuses={"admin": 200, "street_admin": 200, "other_admin": 200}),
    Case("access.new_account", statuses={"admin": 200, "street_admin": 200, "other_admin": 200}),
    Case("access.account", _account_id, ADMINS, make=_account),
    Case("access.new_role", _account_id, ADMINS, make=_account),
    Case("access.close_account", _account_id, ADMINS, make=_account),
    Case("access.reset_password", _account_id, ADMINS, method="POST", make=_account),
    Case("access.log", statuses=READERS),
    Case("access.log_reads", statuses=READERS),
    Case("access.log_csv", statuses=READERS),
    Case("access.log_reads_csv", statuses=READERS),
]
