"""The worked month: the files add up by themselves, and the system says the same after each event, to the minute."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import force_locale

from tests.conftest import findings
from tests.examples import by_hand
from tests.examples.player import CITY, Month
from tests.factories import town
from timebank.core import clock
from timebank.exchange.queries.grants import earned_minutes
from timebank.ledger.queries import books
from timebank.ledger.queries.reading import explanations
from timebank.ledger.queries.statements import Line, lines_between
from timebank.reports.queries.asked import Asked
from timebank.reports.queries.timebank import TimebankReport, timebank

BY_THE_MINUTE = "97 min, counted by the minute: 97 min"
QUARTER = "visit (97 min, rounded to the nearest quarter hour: 90 min)"
QUARTER_UP = "visit (97 min, rounded up to the next quarter hour: 105 min)"
FULL_HOURS = "visit (97 min, full hours only: 60 min)"
TAKEN_BACK = "correction (Taken back. It had been reckoned: 97 min, full hours only: 60 min)"
ABOVE = f"({BY_THE_MINUTE}; At most 1500 h can be saved: 30 min kept, 67 min to the community pot)"
WORDS = {
    "xu": {f"visit ({BY_THE_MINUTE})", QUARTER, QUARTER_UP, FULL_HOURS, TAKEN_BACK},
    "zhang": {"opening", f"visit ({BY_THE_MINUTE})", QUARTER, QUARTER_UP, FULL_HOURS, TAKEN_BACK},
    "wang": {"opening", f"visit {ABOVE}"},
    "li.grant": {"grant", f"visit {ABOVE}", "grant_expiry"},
    "pot": {f"overflow {ABOVE}", "donation"},
    "chen": {"opening", "goods", "goods_return"},
    "zhao": {"opening", "donation"},
}


def test_each_event_moves_as_much_as_it_takes() -> None:
    wrong = [event.no for event in by_hand.events() if sum(change for _, change in event.books)]
    assert not wrong, f"these events do not sum to zero: {wrong}"


def test_nobody_is_ever_below_zero_or_above_the_cap() -> None:
    for event, balance, held in by_hand.totals_after_each():
        for account, minutes in balance.items():
            if account.split(".")[0] in by_hand.people():
                assert minutes - held.get(account, 0) >= 0, (event.no, account)
                assert minutes <= 90_000, (event.no, account)


def test_the_printed_statements_are_the_sum_of_the_events() -> None:
    assert by_hand.STATEMENTS.read_text(encoding="utf-8") == by_hand.statements(), (
        "run: python tests/examples/by_hand.py --write, and check by hand what changed"
    )


def test_every_kind_of_event_is_in_the_month() -> None:
    known = {event.what for event in by_hand.events()}
    assert known >= {
        *("opening", "month", "visit", "request", "helped", "cancelled", "donation", "from the pot", "chooses"),
        *("gift asked", "gift proven", "gift taken back", "gift ran out", "goods", "goods back", "care", "trained"),
        *("suspected", "answered", "annulled", "appealed", "overturned", "reversed", "rounding", "settled up"),
    }


@pytest.fixture
def month(app: Flask) -> Any:
    return Month()


def test_the_system_equals_the_file_after_each_event_to_the_minute(month: Month) -> None:
    names = list(by_hand.lines())
    for event, balance, held in by_hand.totals_after_each():
        month.play(event)
        wanted = {name: (balance.get(name, 0), held.get(name, 0)) for name in names}
        found = month.totals(names)
        different = {name: (wanted[name], found[name]) for name in names if wanted[name] != found[name]}
        assert not different, f"after event {event.no} ({event.what}) file and system differ: {different}"
    _statements_are_the_same(month)
    with time_machine.travel(clock.at(date(2026, 12, 3), 0), tick=False):
        assert not any(books(CITY).sums.values())
        assert not findings()
        # Stars: Wu's annulled visit and Xu's reversed one count nothing, Zhou's that came back does.
        earned = earned_minutes(CITY, [month.id[key] for key in ("wu", "xu", "zhou")])
        report = timebank(town.auditor(), Asked(date(2026, 1, 1), date(2026, 12, 31)))
    assert [earned[month.id[key]] for key in ("wu", "xu", "zhou")] == [97, 651, 60]
    _the_report_is_the_books(report)


def _the_report_is_the_books(report: TimebankReport) -> None:
    """R14: what came in less what went out is what is there; each figure is the sum of the file's lines (R15 too)."""
    hours = report.hours
    came = hours.earned + hours.from_pot + hours.from_relatives + hours.welcomed + hours.opening + hours.granted
    went = hours.spent_on_care + hours.spent_on_goods + hours.donated + hours.given_to_relatives
    went += hours.grant_used + hours.grant_expired
    assert came - went + hours.given_back - hours.taken_back == hours.change
    assert (hours.other, hours.change) == (0, report.liability + report.grants_open)
    people = by_hand.people()
    changes = [
        (event, account, change)
        for event in by_hand.events()
        for account, change in event.books
        if account.split(".")[0] in people
    ]
    assert sum(change for _, _, change in changes) == hours.change

    def by(*what: str) -> int:
        return sum(change for event, _, change in changes if event.what in what)

    assert (hours.opening, hours.welcomed) == (by("opening"), by("trained"))
    assert (hours.from_pot, -hours.donated) == (by("from the pot"), by("donation"))
    assert -hours.spent_on_goods == by("goods", "goods back")
    assert sum(line.goods_minutes for line in report.by_street) == sum(line.minutes for line in report.goods)
    assert sum(line.goods_minutes for line in report.by_street) == hours.spent_on_goods
    assert hours.from_relatives == hours.given_to_relatives > 0
    assert hours.overflow == 67 + 97  # to the pot, and as an honour


def _statements_are_the_same(month: Month) -> None:
    """Line by line for everybody: (day, minutes, balance after it)."""
    for name, lines in by_hand.lines().items():
        if name.startswith("clearing"):  # hours of a credit above the cap pass through it
            continue
        account = month.account(name)
        assert account is not None, name
        printed = [(line.event.date, line.change, line.balance) for line in lines if line.change]
        posted = lines_between(CITY, account, None, None)
        assert [(f"{clock.civil(line.created_at):%Y-%m-%d}", line.amount, line.balance) for line in posted] == printed
        _told_in_words(name, posted)


def _told_in_words(name: str, posted: list[Line]) -> None:
    """What a member reads beside the minutes: what for, and how they were reckoned."""
    with force_locale("en"):
        how = explanations(CITY, [line.transfer_id for line in posted])
    told = {f"{line.purpose} ({how[line.transfer_id]})" if line.transfer_id in how else line.purpose for line in posted}
    assert WORDS.get(name, set()) <= told, name
