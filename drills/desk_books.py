"""Two desks with scarce goods, eight clerks, members with and without hours; and the judgement afterwards."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_babel import Babel
from sqlalchemy import text

from drills.books import TENANT, app_for, cluster_books, findings
from drills.clients import Journal
from drills.databases import Cluster
from drills.place import Place
from drills.report import Outcome
from tests.factories import redemption as factory
from tests.factories import town
from timebank.core.db import Model, db
from timebank.redemption import service
from timebank.redemption.commands import Delivery, NewDesk
from timebank.redemption.queries.reckoning import reckon, with_desks

CLERKS, SHELVES = 8, 4
POOR_HOURS, SALT_MINUTES, SALT_EACH = 25, 60, 5  # a fifth of 25 hours may go for goods: five bags of salt
PLENTY_HOURS = 5_000
KEY = "ZHJpbGwtZHJpbGwtZHJpbGwtZHJpbGwtZHJpbGwtZHI="  # of a database that lives for a drill
SKUS = ("RICE5", "OIL1", "SALT")


@dataclass(frozen=True)
class Size:
    """How much there is: pieces on each of the four scarce shelves, members with many hours and with few."""

    pieces: int
    rich: int
    poor: int

    @property
    def due(self) -> int:
        """Redemptions that must succeed, no more and no fewer: every scarce piece, and what the poor may have."""
        return SHELVES * self.pieces + self.poor * SALT_EACH

    def asks(self, clerk: int) -> list[tuple[int, int]]:
        """What a clerk enters: (member, article), a piece each; in all a fifth more than there is."""
        chance = random.Random(clerk)
        scarce = SHELVES * self.pieces * 6 // (5 * CLERKS) + 1
        entered = [(chance.randrange(self.rich), number % 2) for number in range(scarce)]
        entered += [(self.rich + poor, 2) for poor in range(self.poor)]
        chance.shuffle(entered)
        return entered


FULL, SHORT = Size(500, 40, 10), Size(8, 5, 1)


def desk_app(url: str) -> Flask:
    """The application as far as a desk needs it."""
    app = app_for(url)
    app.config.update(
        TIMEBANK_INDEX_KEY="drill", TIMEBANK_ENCRYPTION_KEYS=["ZHJpbGwtZHJpbGwtZHJpbGwtZHJpbGwtZHJpbGwtZHI="]
    )
    Babel(app)
    return app


@contextmanager
def inside(url: str) -> Iterator[None]:
    """That application; its connections are closed afterwards."""
    with desk_app(url).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def furnish(url: str, size: Size) -> None:
    """All tables, the town, two desks with their shelves, members with hours."""
    with inside(url):
        Model.metadata.create_all(db.engine)
        town.town()
        shop = factory.shop(rice=size.pieces, oil=size.pieces)
        operator = town.operator()
        salt = factory.stocked(operator, shop.desk, "SALT", "食盐", "Salt", SALT_MINUTES, 500)
        second = service.open_desk(operator, NewDesk("YH2", "尧新", "Yaoxin", town.YAOHUA))
        for item, pieces in ((shop.rice, size.pieces), (shop.oil, size.pieces), (salt, 500)):
            service.receive_goods(operator, Delivery(second, item, pieces))
        for number in range(size.rich + size.poor):
            person = town.person(f"member {number}")
            factory.give_hours(person, 60 * (PLENTY_HOURS if number < size.rich else POOR_HOURS))
        for number in range(CLERKS):
            town.clerk(name=f"clerk {number}")


def sqlite_desks(place: Place, size: Size) -> str:
    """A file with desks in it."""
    template = place.templates / f"desks-{size.pieces}.db"
    if not template.exists():
        draft = place.folder / "draft.db"
        furnish(f"sqlite:///{draft}", size)
        shutil.move(draft, template)
    return f"sqlite:///{shutil.copy(template, place.folder / 'timebank.db')}"


def cluster_desks(place: Place, size: Size) -> Cluster:
    """A running cluster with desks in it."""
    from drills.databases import NAME, copy

    template = place.templates / f"cluster-desks-{size.pieces}"
    if not template.exists():
        draft = cluster_books(place, place.folder / "draft")
        draft.settings["fsync"] = "off"
        draft.start()
        draft.do(f"DROP DATABASE {NAME}", "postgres")
        draft.do(f"CREATE DATABASE {NAME}", "postgres")
        furnish(draft.url, size)
        draft.stop()
        copy(draft.data, template)
        shutil.rmtree(draft.folder)
    cluster = Cluster(place, place.folder / "pg")
    copy(template, cluster.data)
    cluster.start()
    return cluster


# -- the judgement -----------------------------------------------------------------------------------------------------


def judge(url: str, journal: Journal, size: Size, **facts: Any) -> Outcome:
    """Compares shelves, hours and receipts with what the clerks know; a clerk writes the key on the receipt."""
    wrong = findings(url)
    with inside(url):
        wrong += [f"reckoning: {one}" for scheme in with_desks() for one in reckon(scheme, _today()).findings]
        rows = db.session.execute(text(RECEIPTS)).all()
        wrong += [words for words, sql in MUST_BE_NONE if db.session.scalar(text(sql))]
        wrong += _delivered(size)
    outcome = Outcome(journal.fresh(), wrong=wrong, facts={**facts, "receipts": len(rows)})
    found = Counter(row.key for row in rows)
    content = {row.key: (row.person_id, row.desk, row.sku, row.quantity) for row in rows}
    outcome.doubled = sum(times - 1 for times in found.values())
    requests = journal.requests()
    for key, request in requests.items():
        outcome.lost += request.acknowledged and key not in found
        if key in found and content[key] != asked(request.content):
            wrong.append(f"{key} has another content")
    _count(outcome, journal, size, len(rows))
    return outcome


def _count(outcome: Outcome, journal: Journal, size: Size, receipts: int) -> None:
    if unanswered := journal.unanswered():
        outcome.wrong.append(f"{unanswered} requests never got a clear answer")
    if receipts != size.due:
        outcome.wrong.append(f"{receipts} receipts; the shelves and hours are enough for {size.due}")
    outcome.facts["refused"] = sum(bool(one.refused) for one in journal.requests().values())


def asked(content: tuple[int, int, int]) -> tuple[int, str, str, int]:
    """(member, desk, article, pieces) of a clerk's request; its second number is the clerk and the article."""
    person, place, pieces = content
    clerk, article = divmod(place, 10)
    return person, f"YH{clerk % 2 + 1}", SKUS[article], pieces


def _today() -> Any:
    from timebank.core import clock

    return clock.today()


def _delivered(size: Size) -> Iterator[str]:
    """What is on each shelf and what was handed out from it are what came in."""
    for row in db.session.execute(text(SHELVES_SQL)):
        came = 500 if row.sku == "SALT" else size.pieces
        if row.left_there < 0 or row.left_there + row.handed != came:
            yield f"{row.code} {row.sku}: {row.left_there} left and {row.handed} handed out of {came}"


RECEIPTS = """
SELECT r.confirm_note AS key, r.person_id, d.code AS desk, i.sku, l.quantity
FROM redemption r JOIN desk d ON d.id = r.desk_id
JOIN redemption_line l ON l.redemption_id = r.id JOIN goods_item i ON i.id = l.item_id ORDER BY r.id"""

SHELVES_SQL = """
SELECT d.code, i.sku,
  (SELECT coalesce(sum(a.posted), 0) FROM goods_batch b JOIN ledger_account a ON a.id = b.account_id
   WHERE b.desk_id = s.desk_id AND b.item_id = s.item_id) AS left_there,
  (SELECT coalesce(sum(l.quantity), 0) FROM redemption_line l JOIN redemption r ON r.id = l.redemption_id
   WHERE r.desk_id = s.desk_id AND l.item_id = s.item_id) AS handed
FROM desk_stock s JOIN desk d ON d.id = s.desk_id JOIN goods_item i ON i.id = s.item_id"""

PAID = "SELECT coalesce(sum(quantity * price_minutes), 0) FROM redemption_line"
SINK = """SELECT coalesce(sum(a.posted), 0) + (SELECT coalesce(sum(d.amount), 0) FROM daybook d
  JOIN ledger_account b ON b.id = d.account_id WHERE b.kind = 'sink' AND b.unit = 'min')
  FROM ledger_account a WHERE a.kind = 'sink' AND a.unit = 'min'"""
MUST_BE_NONE = (
    (
        "an account of hours or pieces was below zero",
        """SELECT count(*) FROM entry e JOIN ledger_account a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
           WHERE a.kind IN ('member', 'batch', 'stock') AND (e.balance < 0 OR a.posted < 0 OR a.held <> 0)""",
    ),
    ("hours paid are not in the sink", f"SELECT ({SINK}) - ({PAID})"),
    (
        "a member's hours are not what was given less what was paid",
        """SELECT count(*) FROM ledger_account a WHERE a.kind = 'member' AND a.posted <>
           (SELECT coalesce(sum(t.amount), 0) FROM transfer t WHERE t.credit_id = a.id AND t.purpose = 'opening')
           - (SELECT coalesce(sum(r.total_minutes), 0) FROM redemption r WHERE r.person_id = a.owner_id)""",
    ),
    (
        "a receipt number is missing or there twice",
        """SELECT count(*) FROM desk d WHERE d.last_receipt <>
           (SELECT count(DISTINCT r.receipt_no) FROM redemption r WHERE r.desk_id = d.id)""",
    ),
    (
        "a receipt has no audit or no notice",
        """SELECT (SELECT count(*) FROM redemption) * 2
           - (SELECT count(*) FROM audit_event WHERE action = 'redeem.goods')
           - (SELECT count(*) FROM notice WHERE kind = 'goods_redeemed')""",
    ),
)
assert TENANT == factory.TENANT
