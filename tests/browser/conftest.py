"""Tests that look through Chromium at a running server.  The test and the server share one application.

Without Chromium these tests are skipped, and `TIMEBANK_REQUIRE_BROWSER=1` (as on the build server) makes that an error.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect, sync_playwright
from werkzeug.serving import make_server

from tests.conftest import DATABASES, new_client

PHONE, DESK = 390, 1280
EVERYWHERE = [
    (PHONE, "zh"),
    (DESK, "en"),
]  # axe has a page at each width and in each language; `look` tries both widths
ENGINES = DATABASES
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
    """Debian's Chromium (best the one that knows no windows: it takes half the time), or that in $TIMEBANK_CHROMIUM."""
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    named = (os.environ.get("TIMEBANK_CHROMIUM"), *known)
    binary = next(filter(None, (shutil.which(name) for name in named if name)), None)
    if binary is None:
        if os.environ.get("TIMEBANK_REQUIRE_BROWSER"):
            pytest.fail("No Chromium on this machine.")
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=binary, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(params=ENGINES[:1])
def database_url(request: pytest.FixtureRequest, databases: Callable[[str], Any]) -> Iterator[str]:
    """One engine is enough for looking at pages: page tests have compared both, and the story asks for each."""
    with databases(request.param).fresh() as url:
        yield url


class Answers:
    """The application for the server of a test, which counts the answers under way.

    With `TIMEBANK_TEST_LATE=0.5` the second half of every page comes half a second late, as on a loaded machine: that
    brings to light what a test does not wait for.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.late = float(os.environ.get("TIMEBANK_TEST_LATE", "0"))
        self._under_way = 0
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        self._count(1)
        try:
            answer: Any = self.app(environ, start_response)
            try:
                yield from answer if not self.late else self._halves(b"".join(answer))
            finally:
                getattr(answer, "close", bool)()
        finally:
            self._count(-1)

    def _halves(self, page: bytes) -> Iterator[bytes]:
        half = max(page.find(b"<main"), 0) or len(page) // 2
        yield page[:half]
        time.sleep(self.late)
        yield page[half:]

    def _count(self, change: int) -> None:
        with self._changed:
            self._under_way += change
            self._changed.notify_all()

    def finish(self) -> None:
        """Waits until the last answer has been given, so that none reaches into the database of the next test."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._under_way, 60), "an answer is still under way"


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of a server that answers while the test runs."""
    answers = Answers(app)
    server = make_server("127.0.0.1", 0, answers, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(30)
    server.server_close()
    answers.finish()


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
        size: ViewportSize = {"width": width, "height": 844 if width < 768 else 900}
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


def go(link_or_button: Locator, *, times: int = 1) -> None:
    """Clicks what leads to another page, and waits until that has come whole.

    A click alone may return before its navigation has begun (a double click always does): what follows would then look at
    the old page, at half of the new one, or call off the form that is being sent.
    """
    with link_or_button.page.expect_navigation():
        link_or_button.click(click_count=times)


Look = Callable[[Page], None]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
VIOLATIONS = "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)"


@pytest.fixture(scope="session")
def look() -> Look:
    """`look(page)`: axe finds nothing, and nothing has to be scrolled sideways on a phone nor at a desk."""
    axe = Axe()

    def look(page: Page) -> None:
        page.wait_for_load_state()  # half a page has no landmarks, and no styles
        page.evaluate(axe.axe_script)
        found = page.evaluate(VIOLATIONS)
        assert not found, f"{page.url}\n" + "\n".join(_told(each) for each in found)
        _fits(page)

    return look


def _fits(page: Page) -> None:
    """On the page's own screen, and on the other one."""
    own = page.viewport_size
    assert own is not None
    other: ViewportSize = {"width": PHONE + DESK - own["width"], "height": own["height"]}
    for size in (own, other):
        if size != page.viewport_size:
            page.set_viewport_size(size)
        sideways = page.evaluate(SIDEWAYS)
        assert sideways <= 0, f"{page.url} is {sideways} px wider than a screen of {size['width']} px"
    page.set_viewport_size(own)


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']}: {places}"
