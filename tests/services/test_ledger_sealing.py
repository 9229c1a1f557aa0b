"""Seals: nothing is left out, what is published and what is in the database agree, and two sealers do not quarrel."""

from __future__ import annotations

import json
import stat
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import func, select

from tests.factories import ledger
from tests.factories.ledger import CLOCK, TENANT, key
from tests.services.test_ledger_verify import tamper
from timebank.core import clock
from timebank.core.db import db
from timebank.ledger import keys, publishing, service
from timebank.ledger.models import SealLeaf, Transfer
from timebank.ledger.queries.sealed import horizon, seals_after, unsealed
from timebank.ledger.queries.since import verify_since
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import verify, verify_side_by_side
from timebank.ledger.rules import proofs
from timebank.ledger.service import sealing
from timebank.ledger.service.sealing import seal

T = TENANT


@pytest.fixture
def pair(app):
    """Two members with hours."""
    found = ledger.member(1, 600), ledger.member(2, 60)
    db.session.commit()
    return found


def published() -> list[str]:
    return publishing.seals_file(T).read_text().splitlines()


def waiting() -> int:
    with snapshot() as connection:
        return len(unsealed(connection, T, None))


def sound() -> None:
    db.session.commit()
    with snapshot() as connection:
        assert not verify(connection).findings


def found(since: int | None = None) -> set[str]:
    """What `verify` says, without what it says about the guards that the test took away."""
    db.session.commit()
    with snapshot() as connection:
        verdict = verify(connection) if since is None else verify_since(connection, T, since)
    return {f"{finding.code}: {finding.detail}" for finding in verdict.findings if finding.code != "ddl"}


# -- sealing -----------------------------------------------------------------------------------------------------------


def test_more_than_a_thousand_wait_and_all_are_sealed(pair, monkeypatch):
    monkeypatch.setattr(sealing, "AT_MOST", 10)
    service.post_many(T, [service.Post(*pair, 1, "visit")] * 33, key=key(), actor=CLOCK)
    assert seal(T) == 35
    with snapshot() as connection:
        assert [one.leaves for one in seals_after(connection, T)] == [10, 10, 10, 5]
    assert (seal(T), waiting()) == (0, 0)
    sound()


def test_the_minutes_look_reads_one_hour_and_the_daily_pass_everything(pair):
    assert seal(T) > 0
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=3), tick=False):
        ledger.pay(*pair, 5)  # a clock that went wrong
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=50), tick=False):
        ledger.pay(*pair, 5)  # a posting that took long to commit
    assert seal(T) == 1
    assert waiting() == 1
    assert seal(T, everything=True) == 1
    sound()


def test_a_transfer_dated_ahead_does_not_hide_the_ones_of_now(pair):
    with clock.pretend(datetime.now(UTC) + timedelta(days=400)):
        ledger.pay(*pair, 5)
    seal(T)
    ledger.pay(*pair, 5)
    with snapshot() as connection:
        start = horizon(connection, T)
    assert start is not None
    assert start.int >> 80 < datetime.now(UTC).timestamp() * 1000
    assert seal(T) == 1


def test_looking_for_what_waits_uses_the_primary_key(pair):
    seal(T)
    with snapshot() as connection:
        if connection.dialect.name == "sqlite":
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT id FROM transfer t WHERE tenant_id = 1 AND id > 'a' AND NOT EXISTS (SELECT 1"
                " FROM seal_leaf l WHERE l.tenant_id = t.tenant_id AND l.transfer_id = t.id) ORDER BY id LIMIT 1000"
            ).all()
            words = " ".join(str(row[3]) for row in plan)
            assert "SEARCH t USING" in words
            assert "id>?" in words
            assert "SCAN" not in words.replace("SCALAR", "")


def test_the_clocks_jobs_seal(app, pair):
    from timebank.ledger.clockwork import JOBS

    jobs = {job.name: job for job in JOBS}
    assert jobs["seal"].every_minutes == 1
    assert jobs["seal"].function() == "2 sealed"
    assert jobs["seal_late"].function() == "0 sealed"


# -- publishing --------------------------------------------------------------------------------------------------------


def test_each_seal_is_published_signed_and_chained(pair):
    for _ in range(3):
        ledger.pay(*pair, 1)
        seal(T)
    chain = proofs.read_chain(published())
    proofs.check_chain(chain, keys.known_keys())
    with snapshot() as connection:
        assert chain == list(seals_after(connection, T))
    assert [one.n for one in chain] == [1, 2, 3]
    assert all(len(one.signature) == 64 for one in chain)


def test_what_a_crash_left_unpublished_is_published_by_the_next_seal(pair):
    seal(T)
    ledger.pay(*pair, 1)
    seal(T)
    path = publishing.seals_file(T)
    whole = path.read_text()
    for rest in ("", whole.splitlines()[0] + "\n", whole[:-30], whole.splitlines()[0] + "\n" + '{"form'):
        path.write_text(rest)
        assert found()
        assert seal(T) == 0
        assert path.read_text() == whole
        assert not found()


def test_a_crash_between_the_database_and_the_file_is_made_good(pair, monkeypatch):
    def cut_off(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        keys.signing_key()
        patch.setattr(publishing.Book, "append", lambda _, seals: cut_off() if list(seals) else None)
        with pytest.raises(OSError, match="no space"):
            seal(T)
    assert (waiting(), published()) == (0, [])
    assert seal(T) == 0
    assert len(published()) == 1
    sound()


def test_a_database_that_was_cut_short_is_noticed_and_not_sealed_on(pair):
    for _ in range(3):
        ledger.pay(*pair, 1)
        seal(T)
    tamper("DELETE FROM seal_leaf WHERE n = 3", "DELETE FROM seal WHERE n = 3")
    assert found() == {"seal: seal 3: was published, and the database does not hold it: it was cut short"}
    with pytest.raises(publishing.SealsDisagree):
        seal(T)
    assert len(published()) == 3


def test_a_published_file_that_cannot_be_read_is_named(pair):
    seal(T)
    publishing.seals_file(T).write_text("nonsense\n")
    assert any("cannot be read" in words for words in found())
    keys.keys_file().write_text("nonsense\n")
    assert any("public keys cannot be read" in words for words in found())


def test_verify_waits_for_a_seal_that_is_being_published(app, pair, at_once):
    """A seal made while `verify` looks is no finding."""
    ledger.pay(*pair, 1)

    def look():
        return [verify_side_by_side().findings for _ in range(12)]

    def work():
        for _ in range(12):
            ledger.pay(*pair, 1)
            seal(T)

    looked, worked = at_once(look, work)
    assert worked is None
    assert not any(looked), looked


# -- keys --------------------------------------------------------------------------------------------------------------


def test_the_key_is_made_once_and_only_the_owner_reads_it(app, pair):
    seal(T)
    path = Path(app.config["TIMEBANK_SEAL_KEY_FILE"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    ledger.pay(*pair, 1)
    seal(T)
    assert path.read_bytes() == before
    assert len(keys.known_keys()) == 1


def test_old_seals_hold_after_the_key_was_changed(app, pair):
    seal(T)
    made = keys.new_key()
    ledger.pay(*pair, 1)
    seal(T)
    known = keys.known_keys()
    chain = proofs.read_chain(published())
    assert [one.key_id for one in chain] == list(known)
    assert known[made.id].by == chain[0].key_id
    proofs.check_chain(chain, known)
    sound()


def test_a_replaced_key_signs_no_more(app, pair):
    path = Path(app.config["TIMEBANK_SEAL_KEY_FILE"])
    seal(T)
    stolen = path.read_bytes()
    keys.new_key()
    path.write_bytes(stolen)
    ledger.pay(*pair, 1)
    seal(T)
    assert not found()  # a sealer that ran while the key was changed
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1), tick=False):
        ledger.pay(*pair, 1)
        seal(T)
    assert any("which was replaced before" in words for words in found())


def test_a_key_from_the_environment_is_used_and_published(app, pair):
    app.config["TIMEBANK_SEAL_KEY"] = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="  # 32 times "k"
    seal(T)
    assert not Path(app.config["TIMEBANK_SEAL_KEY_FILE"]).exists()
    sound()
    with pytest.raises(keys.KeyIsGiven):
        keys.new_key()


def test_seals_of_the_first_version_are_published_unsigned_and_hold(pair, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "_signed", lambda facts, _key: facts)
        seal(T)
    publishing.seals_file(T).unlink()
    assert not found()  # nothing signed, nothing to be published
    ledger.pay(*pair, 1)
    seal(T)
    assert [bool(one.signature) for one in proofs.read_chain(published())] == [False, True]
    assert not found()


# -- tampering ---------------------------------------------------------------------------------------------------------


def digest_of(number: str) -> str:
    return f"'\\x{number * 32}'::bytea" if db.engine.dialect.name == "postgresql" else f"x'{number * 32}'"


PLANTED = {
    "a transfer raised": ("UPDATE transfer SET amount = 900 WHERE memo = 'new'", "altered after it was sealed"),
    "a memo altered": ("UPDATE transfer SET memo = 'other' WHERE memo = 'new'", "altered after it was sealed"),
    "a sum and its entries raised": (
        "UPDATE entry SET amount = amount * 2, balance = balance + amount WHERE amount IN (7, -7)",
        "altered after it was sealed",
    ),
    "a leaf altered": ("UPDATE seal_leaf SET leaf = <digest> WHERE n = 3 AND idx = 0", "do not make its root"),
    "a leaf taken away": ("DELETE FROM seal_leaf WHERE n = 3 AND idx = 0", "do not make its root"),
    "a root altered": ("UPDATE seal SET root = <digest> WHERE n = 3", "do not make its root"),
    "a signature altered": ("UPDATE seal SET signature = <digest> WHERE n = 3", "never published"),
    "a time altered": (
        "UPDATE seal SET sealed_at = '2025-01-01 00:00:00.000000' WHERE n = 3",
        "signature does not fit",
    ),
    "the last seal taken away": ("DELETE FROM seal WHERE n = 3", "does not hold it"),
}


@pytest.fixture
def three_seals(pair):
    """Under seal 1 the opening, under seal 2 a visit, under seal 3 the new ones; one waits."""
    seal(T)
    ledger.pay(*pair, 9, memo="old")
    ledger.pay(ledger.member(3, 30), ledger.member(4), 3)
    seal(T)
    ledger.pay(*pair, 7, memo="new")
    ledger.promise(*pair, 5)
    seal(T)
    ledger.pay(*pair, 2, memo="waiting")
    db.session.commit()
    return pair


@pytest.mark.parametrize("since", [None, 2], ids=["full", "since"])
@pytest.mark.parametrize("what", PLANTED)
def test_tampering_after_a_seal_is_found(three_seals, what, since):
    statement, words = PLANTED[what]
    assert not found(since)
    tamper(statement.replace("<digest>", digest_of("ab")))
    told = found(since)
    assert any(words in one for one in told), told


def test_a_published_file_that_was_cut_is_found(three_seals):
    path = publishing.seals_file(T)
    path.write_text("\n".join(published()[:2]) + "\n")
    for since in (None, 2):
        assert found(since) == {"seal: seal 3: is not in the published file, or what follows it there was cut off"}
    path.unlink()
    assert any("is not in the published file" in words for words in found())


def test_a_seal_that_somebody_made_anew_is_found(three_seals):
    """Who owns database and key can make a sound new chain; the published file tells the old one."""
    lines = [json.loads(line) for line in published()]
    tamper("DELETE FROM seal_leaf WHERE n >= 2", "DELETE FROM seal WHERE n >= 2")
    old = publishing.seals_file(T).read_text()
    publishing.seals_file(T).unlink()
    seal(T, everything=True)
    assert json.loads(published()[1])["root"] != lines[1]["root"]
    publishing.seals_file(T).write_text(old)
    assert any("is not the one that was published" in words for words in found())


SINCE_ONLY = {
    "an old balance altered that a new one rests on": (
        "UPDATE entry SET balance = balance + 1 WHERE amount IN (9, -9)",
        "altered after it was sealed",
    ),
    "an old leaf altered with it": (
        "UPDATE seal_leaf SET leaf = <digest> WHERE n = 2",
        "do not make its published root",
    ),
    "a balance nobody moved": ("UPDATE ledger_account SET posted = posted + 60 WHERE owner_id = 3", "come to"),
    "an entry taken away": ("DELETE FROM entry WHERE amount = 9", "missing"),
    "a waiting transfer raised": (
        "UPDATE transfer SET amount = 200 WHERE memo = 'waiting'",
        "lacks|asks for|asked for",
    ),
    "a waiting entry taken away": ("DELETE FROM entry WHERE amount = 2", "lacks an entry"),
    "a hold forgotten": ("UPDATE ledger_account SET held = 0", "on hold"),
    "an entry for nobody": (
        "UPDATE entry SET account_id = (SELECT id FROM ledger_account WHERE owner_id = 4) , seq = 2 WHERE amount = 7",
        "asks for",
    ),
}


@pytest.mark.parametrize("what", SINCE_ONLY)
def test_what_new_balances_rest_on_is_looked_at(three_seals, what):
    statement, words = SINCE_ONLY[what]
    tamper(statement.replace("<digest>", digest_of("ab")))
    told = found(2)
    assert any(word in one for one in told for word in words.split("|")), told


def test_what_stands_before_the_trusted_seal_is_not_read_again(three_seals):
    """The opening of an account that moved since: only its last entry before the seal counts."""
    tamper("UPDATE transfer SET memo = 'other' WHERE purpose = 'opening' AND amount = 600")
    assert found(1)  # the balances after seal 1 rest on the opening
    assert not found(2)
    assert found()


def test_a_balance_must_not_rest_on_a_transfer_under_no_seal(three_seals):
    with time_machine.travel(datetime.now(UTC) - timedelta(hours=5), tick=False):
        ledger.pay(*three_seals, 1)
    assert any("dated back" in words for words in found(2))
    seal(T, everything=True)
    assert not found(2)


def test_since_a_seal_that_was_never_published_nothing_can_be_said(three_seals):
    with snapshot() as connection, pytest.raises(proofs.Unreadable):
        verify_since(connection, T, 99)


# -- several at once ---------------------------------------------------------------------------------------------------


@pytest.mark.concurrency
def test_two_sealers_and_posters_at_once(app, pair, at_once):
    ends = time.monotonic() + 4

    def post() -> int:
        posted = 0
        while time.monotonic() < ends:
            ledger.pay(*pair, 1) if posted % 2 else ledger.pay(pair[1], pair[0], 1)
            posted += 1
        return posted

    def sealer() -> int:
        sealed = 0
        while time.monotonic() < ends:
            sealed += seal(T)
        return sealed

    *posted, one, other = at_once(post, post, sealer, sealer)
    assert all(isinstance(count, int) for count in (*posted, one, other)), (posted, one, other)
    rest = seal(T)
    db.session.rollback()
    assert one + other + rest == sum(posted) + 2
    assert db.session.scalar(select(func.count()).select_from(SealLeaf)) == sum(posted) + 2
    assert db.session.scalar(select(func.count()).select_from(Transfer)) == sum(posted) + 2
    proofs.check_chain(proofs.read_chain(published()), keys.known_keys())


@pytest.mark.concurrency
def test_sealers_of_two_machines_do_not_quarrel(app, pair, at_once, tmp_path_factory, monkeypatch):
    """Each has a folder of its own, so only the database keeps them apart; the second folder catches up."""
    folders = [tmp_path_factory.mktemp("machine") for _ in range(2)]
    keys.signing_key()
    monkeypatch.setattr(sealing, "AT_MOST", 5)
    service.post_many(T, [service.Post(*pair, 1, "visit")] * 60, key=key(), actor=CLOCK)
    turn = iter(folders)
    seats: dict[int, Path] = {}

    def own_folder() -> Path:
        import threading

        return seats.setdefault(threading.get_ident(), next(turn))

    monkeypatch.setattr(publishing, "folder", own_folder)
    answers = at_once(lambda: seal(T), lambda: seal(T))
    assert all(isinstance(answer, int) or type(answer).__name__ == "SealsDisagree" for answer in answers), answers
    monkeypatch.undo()
    seal(T)
    assert waiting() == 0
    proofs.check_chain(proofs.read_chain(published()), keys.known_keys())
