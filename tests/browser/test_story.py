"""The story of the time bank, from the spreadsheet to the receipt, by clicking; in both languages, on phone and desk.

Once on a phone in Chinese, once at a desk in English, each time on another database.  Every page on the way is looked at by
axe and must not scroll sideways.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, ENGINES, PHONE, Look, OpenPage, go
from tests.factories import people, redemption, town
from timebank.access import service as access
from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db
from timebank.people.models import DuplicatePair, Person

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine o'clock in Nanjing
TUESDAY = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)  # eight o'clock
SYSTEM = Actor.system("story")
PHONE_OF_XU = "13851234567"
SECRET = "plum-blossom-7"
PIN = "2580"

TOLD = [(ENGINES[0], "zh", PHONE), (ENGINES[-1], "en", DESK)]  # each engine, each language, each width

Clock = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """`at(moment)` sets the clock of the application; it goes on from there."""
    real = clock.now

    def set_to(moment: datetime) -> None:
        shift = moment - real()
        monkeypatch.setattr(clock, "now", lambda: real() + shift)

    return set_to


class Walk:
    """A person with a browser: opens pages, fills fields by their names, presses what stands on the page."""

    def __init__(self, page: Page, look: Look) -> None:
        self.page, self.look = page, look

    def open(self, path: str) -> Walk:
        self.page.goto(path)
        self.look(self.page)
        return self

    def follow(self, address: str) -> Walk:
        """Clicks the first link whose address contains the pattern."""
        links = self.page.locator("main a[href]:visible").all()
        go(next(link for link in links if re.search(address, link.get_attribute("href") or "")))
        self.look(self.page)
        return self

    def fill(self, **fields: str) -> Walk:
        for name, value in fields.items():
            self.page.locator(f'main [name="{name}"]').first.fill(value)
        return self

    def choose(self, **fields: str) -> Walk:
        """Radio buttons and boxes by value, selects by option value."""
        for name, value in fields.items():
            select = self.page.locator(f'main select[name="{name}"]')
            if select.count():
                select.select_option(value)
            else:
                self.page.locator(f'main input[name="{name}"][value="{value}"]').check()
        return self

    def send(self, within: str = "form.form-page") -> Walk:
        """Sends a form and looks at what comes."""
        go(self.page.locator(f"main {within} button[type=submit]:visible").first)
        wrong = self.page.locator(".error-summary")
        assert not wrong.count(), wrong.first.inner_text()
        self.look(self.page)
        return self

    def press(self, action: str) -> Walk:
        """Presses the button of the one-button form that goes to an address containing the text."""
        self.page.once("dialog", lambda dialog: dialog.accept())
        return self.send(f'form[action*="{action}"]')

    def sees(self, text: str) -> Walk:
        expect(self.page.locator("main")).to_contain_text(text)
        return self

    def sees_not(self, text: str) -> Walk:
        expect(self.page.locator("body")).not_to_contain_text(text)
        return self


def spreadsheet(folder: Path) -> Path:
    """120 people, three wrong rows, and one who is likely to be in the registry twice."""
    rows = [people.row(number, name=f"王秀{'英兰梅芳'[number % 4]}") for number in range(1, 121)]
    rows[10]["id_number"] = "3.20113E+17"
    rows[20]["phone"] = "12345"
    rows[30]["community_code"] = "999999999999"
    rows[40] |= {
        "name": "张福生",
        "id_number": people.id_number(date(1945, 3, 2), 31),
        "phone": "",
        "member_no": "H88888",
        "lives_alone": "yes",
    }
    rows[41] |= {
        "name": "张福生",
        "id_number": "",
        "birth_date": "1945-03-02",
        "sex": "M",
        "member_no": "H99999",
        "lives_alone": "yes",
    }
    file = folder / "people.csv"
    file.write_bytes(people.sheet(*rows, encoding="gb18030"))
    return file


@pytest.mark.parametrize(("database_url", "language", "width"), TOLD, indirect=["database_url"])
def test_the_whole_story(
    app: Flask, open_page: OpenPage, look: Look, at: Clock, tmp_path: Path, language: str, width: int
) -> None:
    at(MONDAY)
    app.config["TIMEBANK_IMPORT_THREAD"] = True
    town.town()
    staff = {
        name: town.account_of(actor)
        for name, actor in {
            "broker": town.broker(),
            "operator": town.operator(),
            "clerk": town.clerk(),
            "auditor": town.auditor(),
            "social": town.social_worker(),
        }.items()
    }

    def walk(who: str) -> Walk:
        return Walk(open_page("/", account=staff[who], width=width, language=language), look)

    import_and_review(walk("broker"), spreadsheet(tmp_path))
    zhang = person_id("张福生")

    phone = Walk(open_page("/sign-in", width=PHONE, language=language), look)
    register_on_the_phone(phone)
    xu = person_id("徐梅")
    review_and_train(walk, xu)

    grant_hours(walk("operator"), zhang)
    request_help(walk("broker"), zhang)
    offer_to(walk("broker"), xu)
    accept(phone)

    at(TUESDAY)
    access.set_pin(SYSTEM, zhang, PIN)
    visit_and_confirm(phone, at)
    phone.open("/my/hours").sees("1小时30分" if language == "zh" else "1 h 30 min")

    at(TUESDAY + timedelta(hours=4))
    log_afterwards(phone, walk("broker"), zhang)
    redemption.give_hours(xu, 30 * 60)
    access.set_pin(SYSTEM, xu, PIN)
    redeem(walk("clerk"), redemption.shop(), xu)
    audit(walk("auditor"))
    open_a_case(walk("social"), xu)
    walk("broker").open(f"/people/{xu}").sees_not("/cases/")
    assert app.test_cli_runner().invoke(args=["ledger", "verify"]).exit_code == 0


def person_id(name: str) -> int:
    db.session.rollback()
    return int(
        db.session.query(Person.id)
        .filter(Person.name == name, Person.merged_into_id.is_(None))
        .order_by(Person.id)
        .first()[0]
    )


def import_and_review(broker: Walk, file: Path) -> None:
    """Step 1: good rows in, wrong rows back; likely duplicates are merged and parted again."""
    broker.open("/people/imports")
    for _ in range(2):  # the second time nothing changes
        broker.page.locator("main input[type=file]").set_input_files(file)
        go(broker.page.locator("main form.form-page button[type=submit]"))
        expect(broker.page.locator('a[href$="rejected.csv"]')).to_be_visible(timeout=120_000)
        broker.look(broker.page)
        broker.open("/people/imports")
    broker.open("/people/review")
    db.session.rollback()
    pair = db.session.query(DuplicatePair.id).first()[0]
    broker.follow(f"/people/review/{pair}").press("/merge")
    broker.open(f"/people/{person_id('张福生')}").press("/undo")
    broker.open("/people/review").follow(f"/people/review/{pair}").press("/merge")


def register_on_the_phone(phone: Walk) -> None:
    """Step 2: skills, weekly free hours, how far, a dependant at home."""
    phone.follow("/register").fill(q="尧新").send("form.search-form").follow(f"/register/{town.YAOXIN}")
    phone.fill(name="徐梅", phone=PHONE_OF_XU, id_number=people.id_number(date(1994, 4, 9), 26), password=SECRET)
    phone.page.locator("main input[name=consent]").check()
    phone.send()
    phone.choose(skills="cleaning", max_distance_m="1000")
    phone.page.locator("main input[name=caregiver_at_home]").check()
    phone.page.locator("main fieldset.week-day").nth(1).locator("input").first.check()
    phone.fill(exact="TUE 07:30-11:00")
    phone.page.locator("main input[name=agreed]").check()
    phone.send()


def review_and_train(walk: Callable[[str], Walk], xu: int) -> None:
    """Two different people review; training is written down."""
    walk("broker").open("/volunteers/waiting").press(f"/volunteers/{xu}/review")
    operator = walk("operator").open("/volunteers/waiting").press(f"/volunteers/{xu}/approve")
    operator.open(f"/volunteers/{xu}/training").send()


def grant_hours(operator: Walk, zhang: int) -> None:
    """Step 3, before: an old man who lives alone gets hours from the fund."""
    operator.open("/grants").press("/grants/run").sees("张福生")


def request_help(broker: Walk, zhang: int) -> None:
    """Step 3: the coordinator writes down cleaning on Tuesday mornings; the price goes on hold."""
    broker.open("/requests/new").fill(q="zfs").send("form.search-form").follow(f"/requests/new/{zhang}")
    broker.choose(service_code="cleaning", kind="weekly", weekdays="1", funding="grant")
    broker.fill(
        first_day="2026-11-24", last_day="2026-11-24", earliest_minute="08:00", latest_minute="09:00", minutes="90"
    )
    broker.send().follow("/approve").send()


def offer_to(broker: Walk, xu: int) -> None:
    """Step 4: the page ranks helpers at once, with reasons in words; one is asked."""
    broker.open("/requests").follow(r"/requests/\d+$")
    helpers = broker.page.locator("#helpers")
    expect(helpers).to_contain_text("徐梅")
    broker.look(broker.page)
    broker.press("/offer")


def accept(phone: Walk) -> None:
    """The helper says yes on her phone, and sees the visit in her calendar."""
    phone.open("/my/visits").follow("/my/offers/").press("/answer")
    phone.open("/my/calendar").sees("41幢1单元101室").sees_not("张福生")


def visit_and_confirm(phone: Walk, at: Clock) -> None:
    """Step 5: she begins and ends with a button; he confirms with his PIN on her phone."""
    phone.open("/my/visits").press("/begin")
    at(TUESDAY + timedelta(minutes=91))
    phone.open("/my/visits").follow("/end").send()
    phone.follow("/confirm/pin").fill(pin="0000")
    go(phone.page.locator("main form.form-page button[type=submit]"))
    expect(phone.page.locator(".error-summary")).to_be_visible()
    phone.look(phone.page)
    phone.fill(pin=PIN).send()


def log_afterwards(phone: Walk, broker: Walk, zhang: int) -> None:
    """She writes hours down herself, on one screen; a second person looks at them."""
    phone.open("/my/hours/log").choose(recipient_id=str(zhang), service_code="cleaning")
    phone.fill(day="2026-11-23", from_minute="14:00", to_minute="14:45").send()
    broker.open("/hours/review").follow(r"/hours/review/\d+").choose(decision="approve", funding="grant").send()
    broker.sees_not("14:00")


def redeem(clerk: Walk, shop: redemption.Shop, xu: int) -> None:
    """Step 6: found by initials, rice and oil, her PIN, one receipt."""
    clerk.open(f"/desk/{shop.desk}").fill(q="xm").send("form.search-form")
    assert clerk.page.url.endswith(f"/member/{xu}"), "one member found opens at once"
    for article in ("RICE5", "2*OIL1"):
        clerk.page.locator("#code").fill(article)
        clerk.send("form.search-form[action*=basket]")
    clerk.fill(pin=PIN).send().sees("Rice")
    clerk.open(f"/desk/{shop.desk}/stock").sees("19")


def audit(auditor: Walk) -> None:
    """Step 7: every posting with who and why; the books sum to zero."""
    auditor.open("/ledger/journal").follow(r"/ledger/\d+/transfers/").open("/ledger/books")


def open_a_case(social: Walk, xu: int) -> None:
    """Step 8: a case of the same person, with a need, a visit and a plan."""
    social.open("/cases/new").fill(q="徐梅").send("form.search-form").follow(f"person_id={xu}")
    social.choose(kind="child").fill(summary="女儿患病，需要照料。").send()
    social.follow("/needs/new").choose(kind="money").fill(words="药费太高。").send()
    social.follow("/visits/new").fill(day="2026-11-24", starts="09:00", ends="09:40", findings="母女在家。").send()
    for kind, amount in (("cash", {"amount": "1240"}), ("service", {"minutes": "2:00"})):
        social.follow("/lines/new").choose(kind=kind).fill(
            programme="残疾儿童补贴", provider="尧化街道", due_on="2026-12-31"
        )
        social.fill(**amount).send()
    social.press("/propose")
