"""`flask ledger …`: exit codes, and exports that real accounting programs accept."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from beancount.loader import load_file

from tests.factories import ledger
from tests.factories.ledger import CLOCK, TENANT, key
from tests.servers import owner_url
from tests.services.test_ledger_verify import tamper
from timebank.core import clock
from timebank.core.db import db
from timebank.ledger import queries, service
from timebank.ledger.queries.period import Period, accounts
from timebank.ledger.queries.snapshot import snapshot

T = TENANT
BEAN_CHECK = str(Path(sys.executable).with_name("bean-check"))
HLEDGER = shutil.which("hledger")
# On the build server a missing program is a failure, not a test left out.
with_hledger = pytest.mark.skipif(
    HLEDGER is None and not os.environ.get("TIMEBANK_REQUIRE_HLEDGER"), reason="hledger is not installed"
)


@pytest.fixture
def run(app):
    """`run("verify", "--json")` is a finished command."""

    def run(*words: str):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["ledger", *words])

    return run


@pytest.fixture
def books(app):
    """Three days in November with hours and goods; returns the accounts by name."""
    made = {}
    with time_machine.travel(datetime(2026, 11, 20, 1, tzinfo=UTC), tick=False) as now:
        made["elder"], made["volunteer"] = ledger.member(1, 600), ledger.member(2)
        source = service.ensure_account(T, "stock_source", 7, unit="sku:大米")
        made["shelf"] = service.ensure_account(T, "stock", 7, unit="sku:大米")
        ledger.pay(source, made["shelf"], 20, purpose="stock")
        chest = service.ensure_account(T, "fund", 1, unit="fen")
        made["purse"] = service.ensure_account(T, "member", 1, unit="fen")
        ledger.pay(chest, made["purse"], 1250, purpose="opening")
        now.shift(timedelta(days=1))
        ledger.pay(made["elder"], made["volunteer"], 90, purpose="visit", memo='"打扫" 97 -> 90; x | y')
        now.shift(timedelta(days=1))
        undone = ledger.pay(made["elder"], made["volunteer"], 30, purpose="visit")
        service.reverse(T, undone.id, key=key(), reason="wrong", actor=CLOCK)
        hold = ledger.promise(made["elder"], made["volunteer"], 60)
        service.capture(T, hold, amount=45, key=key(), actor=CLOCK)
        ledger.promise(made["elder"], made["volunteer"], 15)
    return made


def bean_check(file: Path) -> str:
    done = subprocess.run([BEAN_CHECK, str(file)], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def hledger(file: Path, *words: str) -> str:
    assert HLEDGER, "hledger is missing: apt-get install hledger"
    done = subprocess.run([HLEDGER, "-f", str(file), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_sound_books_end_with_0_and_bent_ones_with_1(books, run):
    done = run("verify", "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["sound"], answer["findings"]) == (0, True, [])
    assert done.stdout.count("\n") == 1
    tamper("UPDATE ledger_account SET posted = posted + 60 WHERE owner_id = 2")
    done = run("verify", "--json")
    assert done.exit_code == 1
    assert "balance" in {finding["code"] for finding in json.loads(done.stdout)["findings"]}
    plain = run("verify")
    assert plain.exit_code == 1
    assert str(books["volunteer"]) in plain.stdout
    assert run("selfcheck").exit_code == 1


DAYS = [(), ("--from", "2026-11-21"), ("--to", "2026-11-21"), ("--from", "2026-11-21", "--to", "2026-11-21")]


@pytest.mark.parametrize("days", DAYS)
def test_beancount_accepts_the_books(books, run, tmp_path, days):
    out = tmp_path / "books.beancount"
    assert run("export", "--format", "beancount", *days, str(out)).exit_code == 0
    assert bean_check(out) == ""
    assert " balance Assets:Member" in out.read_text()


def test_beancount_notices_a_missing_line(books, run, tmp_path):
    out = tmp_path / "books.beancount"
    run("export", "--format", "beancount", str(out))
    out.write_text(out.read_text().replace("  90 MIN", "  91 MIN").replace("  -90 MIN", "  -91 MIN"))
    assert "Balance failed" in bean_check(out)


@with_hledger
@pytest.mark.parametrize("days", DAYS)
def test_hledger_accepts_the_books(books, run, tmp_path, days):
    out = tmp_path / "books.journal"
    assert run("export", "--format", "hledger", *days, str(out)).exit_code == 0
    hledger(out, "check", "accounts", "commodities")  # and what it always checks: sums and assertions


@with_hledger
def test_hledger_comes_to_our_balances(books, run, tmp_path):
    out = tmp_path / "books.journal"
    run("export", "--format", "hledger", str(out))
    hledger(out, "check")
    rows = csv.reader(hledger(out, "balance", "--flat", "--no-total", "-E", "-O", "csv").splitlines()[1:])
    theirs = {int(name.rsplit(":A", 1)[1]): int(amount.split()[0]) for name, amount in rows}
    assert theirs == ours()
    assert theirs[books["elder"]] == 600 - 90 - 45
    assert theirs[books["purse"]] == 1250


def ours() -> dict[int, int]:
    """What is on every account, with what is not carried to it yet."""
    with snapshot() as connection:
        return {account.id: account.posted for account in accounts(connection, Period())}


@pytest.mark.parametrize("sealed", [False, True])
def test_beancount_comes_to_our_balances_in_every_unit(books, run, tmp_path, sealed):
    if sealed:
        run("seal")
    out = tmp_path / "books.beancount"
    run("export", "--format", "beancount", str(out))
    entries, errors, _ = load_file(str(out))
    assert errors == []
    theirs: dict[str, dict[str, int]] = {}
    for posting in (posting for entry in entries for posting in getattr(entry, "postings", ())):
        units = theirs.setdefault(posting.account, {})
        units[posting.units.currency] = units.get(posting.units.currency, 0) + int(posting.units.number)
    assert {int(name.rsplit(":A", 1)[1]): next(iter(units.values())) for name, units in theirs.items()} == ours()
    assert all(len(units) == 1 for units in theirs.values())
    found = {unit for units in theirs.values() for unit in units}
    assert {"MIN", "FEN"} < found
    assert any(unit.startswith("SKU-") for unit in found)


def test_the_csv_has_a_line_for_each_entry(books, run, tmp_path):
    out = tmp_path / "books.csv"
    assert run("export", "--format", "csv", str(out)).exit_code == 0
    assert out.read_bytes().endswith(b"\n")
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["amount"]) for row in rows if row["unit"] == "min") == 0
    volunteer = [row for row in rows if row["account"] == str(books["volunteer"])]
    assert [row["balance"] for row in volunteer] == ["90", "120", "90", "135"]
    assert [row["seq"] for row in volunteer] == ["1", "2", "3", "4"]
    assert re.fullmatch(r"2026-11-21T09:00:00\+08:00", volunteer[0]["recorded"])


def test_empty_books_can_be_exported_too(run, tmp_path):
    out = tmp_path / "empty.beancount"
    assert run("export", "--format", "beancount", str(out)).exit_code == 0
    assert bean_check(out) == ""


def test_wrong_use_ends_with_2_and_leaves_no_file(books, run, tmp_path):
    out = tmp_path / "books.csv"
    wrong = ("--from", "2026-11-22", "--to", "2026-11-20")
    assert run("export", "--format", "csv", *wrong, str(out)).exit_code == 2
    assert run("export", "--format", "oracle", str(out)).exit_code == 2
    assert run("export", "--format", "csv", str(tmp_path / "no" / "books.csv")).exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_expired_promises_are_freed_from_the_command_line(books, run):
    assert clock.now() > datetime(2020, 1, 1, tzinfo=UTC)
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False):
        assert run("sweep-holds").stdout == "1 released\n"
    assert queries.balance(T, books["elder"]).held == 0


def test_sealing_covers_every_transfer_once(books, run):
    assert run("seal").stdout == f"{T}: 9 sealed\n"
    assert run("seal").stdout == f"{T}: 0 sealed\n"
    assert run("verify").exit_code == 0


@pytest.mark.concurrency
def test_the_bench_measures_both_ways_and_leaves_sound_books(app, run, database_url):
    words = (
        "--database-url",
        owner_url(database_url),
        "--clients",
        "2",
        "--seconds",
        "2",
        "--accounts",
        "20",
        "--json",
    )
    done = run("bench", *words)
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    assert answer["transfers"] > 0
    assert answer["raw_per_second"] > 0
    assert answer["ratio_to_raw"] == pytest.approx(answer["per_second"] / answer["raw_per_second"], rel=0.01)
    assert answer["p50_ms"] <= answer["p99_ms"]
    assert run("verify").exit_code == 0


def test_the_bench_says_when_no_database_answers(run, tmp_path):
    for url in ("nonsense", f"sqlite:///{tmp_path}/missing/books.db"):
        done = run("bench", "--database-url", url, "--clients", "1", "--seconds", "1", "--json")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "No database answers" in done.stderr


def test_the_bench_refuses_real_books(books, run, database_url):
    assert run("bench", "--database-url", database_url, "--clients", "1", "--seconds", "1").exit_code == 2
