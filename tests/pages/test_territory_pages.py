"""Places by clicking."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories.people import registered
from tests.factories.town import YAOHUA, YAOXIN, account_of, admin, broker, town
from tests.pages.client import CheckingClient
from timebank.territory import queries
from timebank.territory.models import Duty


@pytest.fixture(autouse=True)
def _town(app: Flask) -> None:
    town()


def test_places_are_browsed_and_searched(client: CheckingClient, sign_in: Callable[..., CheckingClient]) -> None:
    sign_in(client, account_of(broker()))
    assert "江苏省" in client.get("/places").get_data(as_text=True)
    assert "尧新社区" in client.get("/places?q=尧新").get_data(as_text=True)
    assert "There is no such place" in client.get("/places?q=nowhere").get_data(as_text=True)
    page = client.get(f"/places/{YAOHUA}").get_data(as_text=True)
    assert "尧化社区居委会" in page
    assert "New grid" not in client.get(f"/places/{YAOXIN}").get_data(as_text=True)


def test_an_administrator_divides_locates_and_names_who_answers(
    client: CheckingClient, sign_in: Callable[..., CheckingClient]
) -> None:
    registered("许梅")
    sign_in(client, account_of(admin()))
    page = f"/places/{YAOXIN}"
    assert client.post(f"{page}/grids/new", data={"name": "第一网格"}).status_code == 303
    assert "第一网格" in client.get(page).get_data(as_text=True)
    assert client.post(f"{page}001/name", data={"name": "东网格"}).status_code == 303
    assert client.post(f"{page}/point", data={"lat": "320", "lon": "118.9"}).status_code == 422
    assert client.post(f"{page}/point", data={"lat": "32.2", "lon": "118.9"}).status_code == 303
    duty = {"duty": "grid_worker", "person_id": "xumei", "phone": "025-85412345", "starts_on": "2026-01-01"}
    assert client.post(f"{page}/duties/new", data={**duty, "person_id": "nobody"}).status_code == 422
    assert client.post(f"{page}/duties/new", data=duty).status_code == 303
    assert "许梅" in client.get(page).get_data(as_text=True)
    held = queries.duties_of(YAOXIN)[0]
    assert held.duty == Duty.GRID_WORKER
    assert client.post(f"{page}/duties/{held.id}/end").status_code == 303
    assert queries.duties_of(YAOXIN)[0].ends_on is not None
