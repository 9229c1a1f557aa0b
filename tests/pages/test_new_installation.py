"""A new installation, before and after its places are there: nothing breaks, and a spreadsheet's skills are known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories import town
from tests.factories.town import account_of, staff
from tests.pages.client import CheckingClient
from timebank.access import queries as access
from timebank.access.rules.roles import Role
from timebank.core.db import db
from timebank.exchange.models.catalogue import Scheme
from timebank.exchange.models.volunteers import Volunteer, VolunteerSkill

FILES = {
    "provinces.csv": "code,name\n32,江苏省\n",
    "cities.csv": "code,name,provinceCode\n3201,南京市,32\n",
    "areas.csv": "code,name,cityCode,provinceCode\n320113,栖霞区,3201,32\n",
    "streets.csv": "code,name,areaCode,provinceCode,cityCode\n320113001,尧化街道,320113,32,3201\n",
    "villages.csv": "code,name,streetCode,provinceCode,cityCode,areaCode\n"
    "320113001007,尧新社区居委会,320113001,32,3201,320113\n",
}
PEOPLE = (
    "member_no,name,sex,birth_date,phone,community_code,address,roles,skills,availability\n"
    "V1,王秀兰,F,1960-01-02,13800138000,320113001007,3幢1室,volunteer,cleaning;laundry,TUE 08:00-10:00\n"
    "V2,李建国,M,1961-01-02,13800138001,320113001007,3幢2室,volunteer,juggling,TUE 08:00-10:00\n"
)


def test_a_spreadsheet_is_read_on_a_new_installation(app: Flask, tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE, encoding="utf-8")
    runner = app.test_cli_runner()
    assert runner.invoke(args=["territory", "import", str(tmp_path)]).exit_code == 0
    said = runner.invoke(args=["people", "import", str(people), "--json"])
    assert said.exit_code == 0
    assert json.loads(said.stdout) == {
        "read": 2,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "rejected": 1,
        "to_review": 0,
    }
    assert db.session.scalar(select(func.count()).select_from(Volunteer)) == 1
    skills = db.session.scalars(select(VolunteerSkill.service_code)).all()
    assert sorted(skills) == ["cleaning", "laundry"]
    assert runner.invoke(args=["territory", "import", str(tmp_path)]).exit_code == 0
    assert db.session.scalar(select(func.count()).select_from(Scheme)) == 2, "nothing is set up twice"


def test_the_first_administrator_is_made_on_the_command_line(app: Flask, client: CheckingClient) -> None:
    runner = app.test_cli_runner()
    command = ["access", "create-admin", "chief", "--password-stdin"]
    assert runner.invoke(args=command, input="12345678\n").exit_code == 2
    assert runner.invoke(args=command, input="").exit_code == 2
    assert runner.invoke(args=command, input="a quiet river\n").exit_code == 0
    again = runner.invoke(args=command, input="a quiet river\n")
    assert again.exit_code == 2
    assert "Traceback" not in again.stderr
    answer = client.post("/sign-in", data={"name": "chief", "password": "a quiet river"})
    assert answer.status_code == 303
    assert client.get("/accounts").status_code == 200
    (account,) = access.accounts_with("accounts.manage", "")
    assert access.actor_of(account.id).may("accounts.manage", "320113001007")  # type: ignore[union-attr]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PLATFORM_OPERATOR, Role.DESK_CLERK, Role.AUDITOR])
def test_no_page_breaks_while_there_is_no_place_and_no_scheme(
    app: Flask, client: CheckingClient, sign_in: Callable[..., CheckingClient], role: Role
) -> None:
    sign_in(client, account_of(staff(role, "")))
    for rule in list(app.url_map.iter_rules()):
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.rule.startswith("/api"):
            assert client.get(rule.rule).status_code in (200, 302, 303, 403, 404, 422), rule.rule


def test_a_new_administrator_reads_the_first_steps_and_they_tick_off(
    app: Flask, client: CheckingClient, sign_in: Callable[..., CheckingClient], statements: Callable[..., Any]
) -> None:
    chief = account_of(staff(Role.ADMINISTRATOR, ""))
    sign_in(client, chief)
    with statements(20):
        page = client.get("/").text
    assert "First steps" in page
    assert "Nothing waits for you" not in page
    assert page.count(">done<") == 0
    assert page.count(">open<") == 6
    for address in ("/places", "/schemes/new", "/accounts/new"):
        assert f'href="{address}"' in page
    assert "/people/imports" not in page, "an administrator does not see people"
    town.town()
    staff(Role.PLATFORM_OPERATOR, "")
    assert client.get("/").text.count(">done<") == 3, "places, time bank, operator"
    town.person("张桂英")
    staff(Role.BROKER, town.YAOHUA)
    assert "First steps" not in client.get("/").text, "not every time bank has a desk"


def test_nobody_else_is_told_of_first_steps(
    app: Flask, client: CheckingClient, sign_in: Callable[..., CheckingClient]
) -> None:
    sign_in(client, account_of(staff(Role.PLATFORM_OPERATOR, "")))
    assert "First steps" not in client.get("/").text
