"""A desk without a line: what was entered is checked like everything else, once, and what cannot be done is listed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import redemption as desk
from tests.factories import town
from tests.pages.client import CheckingClient
from timebank.access import service as access
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.core.errors import NotFound, Refused
from timebank.ledger import queries as ledger
from timebank.people import queries as people
from timebank.redemption import service
from timebank.redemption.commands import Intention, NewPrice
from timebank.redemption.models import DeskIntention, Redemption, RedemptionState
from timebank.redemption.queries import intentions as queries

SignIn = Callable[[CheckingClient, int], CheckingClient]


@pytest.fixture
def shop(app: Flask) -> desk.Shop:
    town.town()
    return desk.shop()


def number_of(person: int) -> str:
    found = people.brief(person)
    assert found
    return found.member_no


def signed(shop: desk.Shop, person: int, pieces: int = 1, total: int | None = None) -> Intention:
    return Intention(shop.desk, number_of(person), ((shop.rice, pieces),), "signature", total)


def state_of(intention: int) -> tuple[str, str]:
    found = queries.one(town.clerk(), intention)
    return found.state, found.reason


def receipts_made() -> int:
    return int(db.session.scalar(select(func.count()).select_from(Redemption)) or 0)


def test_an_entry_that_arrives_twice_is_one_receipt(shop: desk.Shop, in_english: None) -> None:
    person, clerk = desk.saver(30), town.clerk()
    wanted = signed(shop, person, total=desk.RICE_MINUTES)
    first = service.record_intention(clerk, wanted, key="tablet-1")
    again = service.record_intention(clerk, wanted, key="tablet-1")
    assert (first, receipts_made(), state_of(first)) == (again, 1, ("done", ""))
    db.session.execute(db.metadata.tables["command_record"].delete())  # as the sweep of old keys does
    db.session.commit()
    assert service.record_intention(clerk, wanted, key="tablet-1") == first
    assert service.retry_intention(clerk, first) == first
    assert receipts_made() == 1
    assert ledger.member_balance(desk.TENANT, [person])[person].available == 1800 - desk.RICE_MINUTES


def test_what_stands_in_the_way_is_written_beside_the_entry_and_can_be_tried_again(
    shop: desk.Shop, in_english: None
) -> None:
    person, clerk = desk.saver(500), town.clerk()
    before = clock.today()
    service.set_price(town.operator(), NewPrice(shop.rice, 150, before))
    dearer = service.record_intention(clerk, signed(shop, person, total=desk.RICE_MINUTES), key="tablet-1")
    assert state_of(dearer)[0] == "open"
    assert "The prices have changed" in state_of(dearer)[1]
    nobody = Intention(shop.desk, "T999999", ((shop.rice, 1),), "signature")
    unknown = service.record_intention(clerk, nobody, key="tablet-2")
    assert "T999999" in state_of(unknown)[1]
    service.set_price(town.operator(), NewPrice(shop.rice, desk.RICE_MINUTES, before))
    short = service.record_intention(clerk, signed(shop, person, 21), key="tablet-3")
    assert "Only 20 of" in state_of(short)[1]
    assert receipts_made() == 0
    service.retry_intention(town.clerk(name="second"), dearer)
    assert state_of(dearer) == ("done", state_of(dearer)[1])
    with pytest.raises(Refused, match="intention_closed"):
        service.take_up_intention(clerk, dearer)
    with pytest.raises(Refused, match="intention_member_unknown"):
        service.take_up_intention(clerk, unknown)
    with pytest.raises(Refused, match="redeem_reason_missing"):
        service.drop_intention(clerk, unknown, " ")
    service.drop_intention(clerk, unknown, "Wrong card")
    assert state_of(unknown) == ("dropped", "Wrong card")
    with pytest.raises(NotFound):
        service.retry_intention(town.clerk(town.WULAOCUN), short)


def test_without_a_signature_the_member_is_needed_and_above_the_limit_a_second_clerk(shop: desk.Shop) -> None:
    person, clerk = desk.saver(500), town.clerk()
    later = Intention(shop.desk, number_of(person), ((shop.rice, 1),))
    waits = service.record_intention(clerk, later, key="tablet-1")
    assert state_of(waits)[0] == "open"
    assert service.take_up_intention(clerk, waits) == person
    assert state_of(waits)[0] == "taken_up"
    assert receipts_made() == 0
    large = service.record_intention(clerk, signed(shop, person, 11), key="tablet-2")
    receipt = db.session.get_one(DeskIntention, large).redemption_id
    assert db.session.get_one(Redemption, receipt).state is RedemptionState.WAITING


def test_two_tries_at_once_make_one_receipt(shop: desk.Shop, at_once: Callable[..., list[object]]) -> None:
    person = desk.saver(500)
    service.set_price(town.operator(), NewPrice(shop.rice, 150, clock.today()))
    entry = service.record_intention(town.clerk(), signed(shop, person, total=desk.RICE_MINUTES), key="tablet-1")
    service.set_price(town.operator(), NewPrice(shop.rice, desk.RICE_MINUTES, clock.today()))
    clerks = [town.clerk(name=f"clerk-{number}") for number in range(4)]
    answers = at_once(*(lambda who=who: service.retry_intention(who, entry) for who in clerks))  # type: ignore[misc]
    assert answers == [entry] * 4
    assert receipts_made() == 1


def test_the_page_works_without_a_script_and_answers_a_tablet(
    shop: desk.Shop, client: CheckingClient, sign_in: SignIn
) -> None:
    person = desk.saver(500)
    at_desk = sign_in(client, town.account_of(town.clerk()))
    url = f"/desk/{shop.desk}/offline"
    page = at_desk.get(url).text
    assert "Rapeseed oil" in page
    assert "徐梅" not in page
    key = re.findall(r'name="key" value="([^"]+)"', page)[0]
    empty = at_desk.post(url, data={"key": key, "member": number_of(person), "how": "later"})
    assert empty.status_code == 422
    assert "The basket is empty" in empty.text
    data = {"key": key, "member": number_of(person), "how": "later", f"pieces_{shop.rice}": "2", "at": "9" * 40}
    answer = at_desk.post(url, data=data)
    listed = at_desk.get(answer.location).text
    assert "徐梅" in listed
    assert "2 × Rice 5 kg" in listed
    assert "The member confirms with the PIN" in listed
    assert "1 entry made without a line waits" in at_desk.get(f"/desk/{shop.desk}").text
    taken = at_desk.post("/intentions/1/basket", data={"key": "take-up-1"})
    assert "Total: 4 h" in at_desk.get(taken.location).text

    card = access.issue_card(Actor.system("tests"), person)
    tablet = {"key": "tablet-key-2", "member": card, "how": "signature", "lines": f"{shop.rice}:1", "total": "120"}
    said = at_desk.post(url, data=tablet, headers={"Accept": "application/json"})
    assert (said.status_code, said.get_json()["state"]) == (200, "done")
    assert "YH1-" in said.get_json()["words"]
    large = {**tablet, "key": "tablet-key-5", "lines": f"{shop.oil}:14", "total": ""}
    waits = at_desk.post(url, data=large, headers={"Accept": "application/json"})
    assert "waits for a second clerk: hand nothing out yet" in waits.get_json()["words"]
    assert "Waits for a second clerk" in at_desk.get(f"/desk/{shop.desk}/intentions").text
    odd = at_desk.post(
        url, data={**tablet, "key": "tablet-key-3", "lines": "x"}, headers={"Accept": "application/json"}
    )
    assert (odd.status_code, "empty" in odd.get_json()["words"]) == (422, True)
    nobody = at_desk.post(
        url, data={**tablet, "key": "tablet-4", "member": "?"}, headers={"Accept": "application/json"}
    )
    assert nobody.get_json()["state"] == "open"
    dropped = at_desk.post("/intentions/4/drop", data={"key": "drop-1", "reason": "Nobody"})
    assert dropped.status_code == 303
    script = at_desk.get("/desk/worker.js")
    assert script.mimetype == "text/javascript"
