"""Care packages by pages alone: offered, bought at the desk with a PIN, looked at by the member in Chinese, stopped."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from tests.conftest import new_client
from tests.factories import redemption as desk
from tests.factories import town
from tests.pages.client import CheckingClient
from tests.pages.test_redemption_pages import hidden
from timebank.core import clock

FORM = re.compile(r'<form[^>]*method="post"(?:(?!</form>).)*name="(?:name_zh|package_id)".*?</form>', re.DOTALL)
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
STROKES = "M10 10L20 30L40 20L60 45L80 12"

SignIn = Callable[[CheckingClient, int], CheckingClient]


def form_of(html: str) -> dict[str, str]:
    """The hidden fields of the form of a package, or of buying one."""
    found = FORM.search(html)
    assert found
    return dict(HIDDEN.findall(found[0]))


def test_a_package_is_offered_bought_looked_at_and_stopped(
    app: Flask, client: CheckingClient, zh_client: CheckingClient, sign_in: SignIn
) -> None:
    town.town()
    shop, person = desk.shop(), desk.saver(30)
    clerk = sign_in(client, town.account_of(town.clerk()))
    offer = {
        "name_zh": "四次打扫",
        "name_en": "Four cleanings",
        "service_code": "cleaning",
        "territory_code": town.YAOHUA,
    }
    fields = form_of(clerk.get("/packages/new").text)
    refused = clerk.post("/packages/new", data={**fields, **offer, "visits": "1", "minutes": "60"})
    assert "A package has 2 to 60 visits." in refused.text
    fields = form_of(refused.text)
    assert clerk.post("/packages/new", data={**fields, **offer, "visits": "4", "minutes": "1:00"}).status_code == 303
    assert "4 h" in clerk.get("/packages").text

    url = f"/desk/{shop.desk}/member/{person}/package"
    page = clerk.get(url).text
    assert "Four cleanings: 4 × 1 h" in page
    when = {"first_day": (clock.today() + timedelta(days=1)).isoformat(), "earliest_minute": "9:00"}
    wanted = {**form_of(page), **when, "package_id": "1", "weekdays": ["1", "3"], "latest_minute": "10:00"}
    wrong = clerk.post(url, data={**wanted, "how": "pin", "pin": ""})
    assert wrong.status_code == 422
    bought = clerk.post(url, data={**wanted, "key": form_of(wrong.text)["key"], "how": "pad", "signature": STROKES})
    assert bought.status_code == 303, bought.text
    page = clerk.get(bought.location).text
    assert "not approved the request yet" in page
    assert f'd="{STROKES}"' in page, "the desk prints it"

    sign_in(zh_client, town.account_of(town.member(person)))
    assert "已完成0次，共4次，冻结4小时" in zh_client.get("/my/packages").text
    page = zh_client.get(f"{bought.location}?own=1").text
    assert "四次打扫" in page
    assert "已在服务台屏幕上签字：徐梅" in page
    neighbour = sign_in(new_client(app), town.account_of(town.member(town.person("李秀兰"))))
    assert neighbour.get(bought.location).status_code == 404

    stop = "/packages/1/stop"
    assert clerk.post(stop, data=hidden(clerk.get("/packages").text, stop)).status_code == 303
    assert "not sold any more" in clerk.get("/packages").text
    assert "This desk sells no packages." in clerk.get(url).text
