"""Tests that look through Chromium at a running server.  The test and the server share one application.

Without Chromium these tests are skipped, and `TIMEBANK_REQUIRE_BROWSER=1` (as on the build server) makes that an error.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import DATABASES, new_client

PHONE, DESK = 390, 1280
expect.set_options(timeout=30_000)
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one in $TIMEBANK_CHROMIUM."""
    named = (os.environ.get("TIMEBANK_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    binary = next(filter(None, (shutil.which(name) for name in named if name)), None)
    if binary is None:
        if os.environ.get("TIMEBANK_REQUIRE_BROWSER"):
            pytest.fail("No Chromium on this machine.")
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=binary, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(params=DATABASES[:1])
def database_url(request: pytest.FixtureRequest, databases: Callable[[str], Any]) -> Iterator[str]:
    """One engine is enough here: page tests have compared both."""
    with databases(request.param).fresh() as url:
        yield url


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of a server that answers while the test runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(30)
    server.server_close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, app: Flask, site: str) -> Iterator[OpenPage]:
    """`open_page("/path", account=3, width=PHONE, language="zh")`: a page in a browser of its own.

    At the end of the test nothing may have gone wrong in any of them: no script error, nothing blocked by the policy.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(path: str = "/", *, account: int | None = None, width: int = DESK, language: str = "en") -> Page:
        locale = {"en": "en-GB", "zh": "zh-CN"}[language]
        size = {"width": width, "height": 844 if width < 768 else 900}
        context = browser.new_context(
            base_url=site, locale=locale, viewport=size, has_touch=width < 768, timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(60_000)  # a busy machine is no fault of a page
        contexts.append(context)
        if account is not None:
            context.add_cookies([_cookie(app, account, site)])
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("console", lambda message: _note(message, wrong))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, "\n".join(wrong)


def _note(message: Any, wrong: list[str]) -> None:
    """The browser's own complaints; answers like 422 (a form shown again) are no mistakes of a page."""
    if message.type == "error" and "Failed to load resource" not in message.text:
        wrong.append(f"console: {message.text}")


def _cookie(app: Flask, account: int, site: str) -> Any:
    """The session cookie that the sign-in page would have set."""
    from timebank.access.queries import session_values

    client = new_client(app)
    with client.session_transaction() as session:
        session.update(session_values(account))
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"], domain="timebank.test")
    assert cookie is not None
    return {"name": cookie.key, "value": cookie.value, "url": site, "httpOnly": True, "sameSite": "Lax"}


Look = Callable[[Page], None]


@pytest.fixture(scope="session")
def look() -> Look:
    """`look(page)`: axe finds nothing and nothing has to be scrolled sideways."""
    axe = Axe()

    def look(page: Page) -> None:
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{page.url} is {sideways} px wider than the screen"
        found = axe.run(page).response["violations"]
        assert not found, f"{page.url}\n" + "\n".join(_told(each) for each in found)

    return look


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']}: {places}"
