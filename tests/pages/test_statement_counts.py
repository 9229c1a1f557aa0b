"""No page of the story takes more than 20 statements: every sign-in of the demo town follows every kind of link."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from tests.conftest import DATABASES, new_client
from timebank.access.models import Account
from timebank.core.db import db
from timebank.demo import build, cast

AT_MOST = 20
SAMPLES = 2  # pages of one kind that each sign-in looks at
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
ELSEWHERE = ("/static/", "/bootstrap/", "/lib/", "/api/")


@pytest.fixture(params=DATABASES[:1])
def database_url(request: pytest.FixtureRequest, databases: Callable[[str], Any]) -> Iterator[str]:
    """Both engines get the same statements: one is enough to count them."""
    with databases(request.param).fresh() as url:
        yield url


@pytest.fixture
def demo_town(app: Flask) -> Flask:
    build.build(0.1, seed=7)
    return app


def test_no_page_takes_more_than_twenty_statements(demo_town: Flask, sign_in: Any, statements: Any) -> None:
    seen: dict[str, int] = {}
    for one in cast.SIGN_INS:
        account_id = db.session.scalar(select(Account.id).where(Account.sign_in_name == one.name))
        for endpoint, (number, path) in _walk(
            demo_town, sign_in(new_client(demo_town), account_id), statements
        ).items():
            seen[f"{endpoint} ({one.name}, {path})"] = number
    assert len({name.partition(" ")[0] for name in seen}) > 100  # the walk has reached the product
    too_many = [f"{number} statements: {name}" for name, number in seen.items() if number > AT_MOST]
    assert not too_many, "\n".join(too_many)


def _walk(app: Flask, client: FlaskClient, statements: Any) -> dict[str, tuple[int, str]]:
    """Follows links from the first page; gives for each kind of page the highest number of statements and where."""
    waiting, met = deque(["/"]), {"/"}
    visits: Counter[str] = Counter()
    worst: dict[str, tuple[int, str]] = {}
    while waiting:
        path = waiting.popleft()
        endpoint = _endpoint(app, path)
        if endpoint is None or visits[endpoint] >= SAMPLES:
            continue
        visits[endpoint] += 1
        with statements() as sent:
            answer = client.get(path, headers={"HX-Request": "true"} if endpoint == "matching.suggestions" else {})
        assert answer.status_code < 404 or answer.status_code == 422, f"{path}: {answer.status_code}"
        worst[endpoint] = max(worst.get(endpoint, (0, "")), (len(sent), path))
        for link in _links(answer):
            if link not in met:
                met.add(link)
                waiting.append(link)
    return worst


def _links(answer: Any) -> list[str]:
    if answer.status_code in range(300, 400):
        return [answer.headers["Location"].removeprefix("http://timebank.test")]
    if answer.mimetype != "text/html":
        return []
    found = [link.replace("&amp;", "&") for link in LINK.findall(answer.get_data(as_text=True))]
    return [link for link in found if not link.startswith(ELSEWHERE)]


def _endpoint(app: Flask, path: str) -> str | None:
    try:
        return str(app.url_map.bind("timebank.test").match(path.partition("?")[0])[0])
    except HTTPException:
        return None
