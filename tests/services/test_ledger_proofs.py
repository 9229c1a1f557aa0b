"""Proof files: made by `prove`, checked by `check-proof` and by tools that are not ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.factories import ledger
from tests.factories.ledger import TENANT
from tests.services.test_ledger_verify import tamper
from timebank.core.db import db
from timebank.ledger import keys, publishing
from timebank.ledger.queries.proofs import own_proof
from timebank.ledger.rules import proofs, seals
from timebank.ledger.service.sealing import seal

T = TENANT


@pytest.fixture
def run(app):
    """`run("prove", …)` is a finished command."""

    def run(*words: str):
        db.session.commit()
        return app.test_cli_runner().invoke(args=["ledger", *words])

    return run


@pytest.fixture
def proved(run, tmp_path):
    """A visit among others under the second seal: (its id, the proof file, the root, the published seals)."""
    elder, volunteer = ledger.member(1, 600), ledger.member(2)
    db.session.commit()
    seal(T)
    visits = [ledger.pay(elder, volunteer, 10 + one, purpose="visit", memo='"扫地" – 97 → 90\n') for one in range(5)]
    db.session.commit()
    seal(T)
    out = tmp_path / "proof.json"
    done = run("prove", str(visits[2].id), "--out", str(out))
    assert done.exit_code == 0, done.output
    chain = tmp_path / "seals.jsonl"
    shutil.copy(publishing.seals_file(T), chain)
    shutil.copy(keys.keys_file(), tmp_path / "keys.jsonl")
    return str(visits[2].id), out, json.loads(out.read_text())["seal"]["root"], chain


def test_a_proof_holds_against_the_published_root_only(proved, run):
    transfer, out, root, chain = proved
    assert root == json.loads(chain.read_text().splitlines()[1])["root"]
    good = run("check-proof", str(out), root)
    assert good.exit_code == 0
    assert transfer.replace("-", "") in good.stdout
    other = json.loads(chain.read_text().splitlines()[0])["root"]
    bad = run("check-proof", str(out), other)
    assert (bad.exit_code, bad.stdout) == (1, "")
    assert "another root" in bad.stderr
    assert run("check-proof", str(out), "abc").exit_code == 2
    assert run("check-proof", str(out)).exit_code == 2
    assert run("check-proof", str(out.with_name("none.json")), root).exit_code == 2
    assert run("check-proof").exit_code == 2


def test_a_proof_goes_to_the_screen_too_and_waits_for_the_seal(run):
    done = ledger.pay(ledger.member(1, 60), ledger.member(2), 10)
    early = run("prove", str(done.id))
    assert (early.exit_code, early.stdout) == (1, "")
    assert "under no seal yet" in early.stderr
    assert run("seal").exit_code == 0
    assert json.loads(run("prove", str(done.id)).stdout)["format"] == "timebank-proof/1"
    assert run("prove", "00000000-0000-7000-8000-000000000000").exit_code == 2
    assert run("prove", "nonsense").exit_code == 2


def test_a_transfer_that_was_altered_cannot_be_proved(proved, run):
    transfer, out, root, _ = proved
    tamper("UPDATE transfer SET memo = 'nothing' WHERE amount = 12")
    again = out.with_name("again.json")
    assert run("prove", transfer, "--out", str(again)).exit_code == 0
    answer = run("check-proof", str(again), root)
    assert answer.exit_code == 1
    assert "The transfer was altered" in answer.stderr


ALTERED = {
    "the amount": lambda proof: proof["transfer"].update(amount=900),
    "the text": lambda proof: proof.update(text=proof["text"].replace("12", "13")),
    "the leaf": lambda proof: proof.update(leaf="ab" * 32),
    "the place": lambda proof: proof.update(index=3),
    "the path": lambda proof: proof["path"].reverse(),
    "a step less": lambda proof: proof["path"].pop(),
    "the root": lambda proof: proof["seal"].update(root="cd" * 32),
    "the root before": lambda proof: proof["seal"].update(prev_root="cd" * 32),
    "the time": lambda proof: proof["seal"].update(sealed_at="2020-01-01T00:00:00.000000+00:00"),
    "the signature": lambda proof: proof["seal"].update(signature="ef" * 64),
    "the key": lambda proof: proof.update(public_key="MCowBQYDK2VwAyEA" + "A" * 43 + "="),
}


def stand_alone(*words: object, without: str = "") -> subprocess.CompletedProcess[str]:
    """The tool on a Python that sees no library of ours; `without` hides a program."""
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
    env = {"PATH": "/nowhere" if without else os.environ["PATH"]}
    command = [python, "-I", str(ROOT / "tools" / "check_proof.py"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=60)


@pytest.mark.parametrize("what", ALTERED)
def test_both_checkers_notice_what_was_altered(proved, run, what):
    _, out, root, _ = proved
    assert stand_alone(out, root).returncode == 0
    proof = json.loads(out.read_text())
    ALTERED[what](proof)
    out.write_text(json.dumps(proof))
    ours, theirs = run("check-proof", str(out), root), stand_alone(out, root)
    assert (ours.exit_code, theirs.returncode) == (1, 1), (ours.stderr, theirs.stderr)
    assert ours.stderr
    assert theirs.stderr


def test_both_checkers_look_at_the_chain(proved, run):
    _, out, root, chain = proved
    known = chain.with_name("keys.jsonl")
    words = ("--chain", str(chain), "--keys", str(known))
    assert run("check-proof", str(out), *words).exit_code == 0
    assert run("check-proof", str(out), root, *words).exit_code == 0
    assert run("check-proof", *words).exit_code == 0
    assert stand_alone(out, *words).returncode == 0
    lines = chain.read_text().splitlines()
    first = json.loads(lines[0])
    for name, value in (("root", "ab" * 32), ("leaves", 7), ("n", 2), ("key", "00" * 8)):
        chain.write_text("\n".join([json.dumps({**first, name: value}), lines[1]]) + "\n")
        ours, theirs = run("check-proof", *words), stand_alone(*words)
        assert (ours.exit_code, theirs.returncode) == (1, 1), (name, ours.stderr, theirs.stderr)
    chain.write_text(lines[0] + "\n")
    ours, theirs = run("check-proof", str(out), *words), stand_alone(out, *words)
    assert (ours.exit_code, theirs.returncode) == (1, 1)
    chain.write_text("nonsense\n")
    assert (run("check-proof", *words).exit_code, stand_alone(*words).returncode) == (2, 2)


def test_a_later_root_of_the_chain_proves_an_earlier_transfer(proved, run):
    _, out, _, chain = proved
    ledger.pay(ledger.member(1), ledger.member(2), 1)
    db.session.commit()
    seal(T)
    later = json.loads(publishing.seals_file(T).read_text().splitlines()[2])["root"]
    assert run("check-proof", str(out), later).exit_code == 1
    assert run("check-proof", str(out), later, "--chain", str(publishing.seals_file(T))).exit_code == 0
    assert run("check-proof", str(out), later, "--chain", str(chain)).exit_code == 1


def test_checking_needs_no_database(proved, tmp_path):
    _, out, root, _ = proved
    nowhere = {
        "TIMEBANK_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "TIMEBANK_INSTANCE": str(tmp_path / "new"),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "ledger", "check-proof", str(out), root]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, **nowhere}, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_the_stand_alone_tool_uses_openssl_where_there_is_no_library(proved):
    _, out, root, _ = proved
    hidden = stand_alone(out, root, without="openssl")
    assert hidden.returncode == 0
    assert "signed" in stand_alone(out, root).stdout
    source = (ROOT / "tools" / "check_proof.py").read_text()
    assert "timebank." not in source.replace("timebank-", "")


@pytest.mark.skipif(not shutil.which("openssl") or not shutil.which("sha256sum"), reason="a system without them")
def test_the_steps_of_the_description_really_work(proved):
    """Every shell block of docs/proofs.md is run as it stands."""
    _, out, root, _ = proved
    text = (ROOT / "docs" / "proofs.md").read_text()
    blocks = re.findall(r"```sh\n# step.*?```", text, re.DOTALL)
    assert len(blocks) >= 4
    script = "set -eu\n" + "\n".join(block.removeprefix("```sh\n").removesuffix("```") for block in blocks)
    script = script.replace("ROOT_YOU_TRUST", root)
    done = subprocess.run(["sh", "-c", script], cwd=out.parent, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("holds") == len(blocks)
    proof = json.loads(out.read_text())
    proof["path"][0] = "ab" * 32
    out.write_text(json.dumps(proof))
    again = subprocess.run(
        ["sh", "-c", script], cwd=out.parent, capture_output=True, text=True, check=False, timeout=60
    )
    assert "step 1 holds" in again.stdout
    assert "step 3 holds: " not in again.stdout


def test_the_path_in_words_ends_at_the_head(app):
    elder = ledger.member(1, 600)
    made = [ledger.pay(elder, ledger.member(2), 1) for _ in range(7)]
    db.session.commit()
    seal(T)
    for one in made:
        proof = own_proof(T, one.id)
        assert proof is not None
        steps = proofs.steps(proof)
        assert len(steps) == len(proof.steps)
        head = bytes.fromhex(steps[-1].made)
        assert seals.chained(proof.seal.prev_root, head) == proof.seal.root
        proofs.check(proof, proof.seal.root)


def test_the_key_is_changed_from_the_command_line(app, run, proved):
    first = run("new-seal-key")
    assert first.exit_code == 0
    assert first.stdout.strip() in {key.hex() for key in keys.known_keys()}
    app.config["TIMEBANK_SEAL_KEY"] = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
    refused = run("new-seal-key")
    assert refused.exit_code == 2
    assert "TIMEBANK_SEAL_KEY" in refused.stderr
    app.config["TIMEBANK_SEAL_KEY"] = "nonsense"
    assert run("seal").exit_code == 2


def test_a_cut_database_is_told_by_the_command(proved, run):
    tamper("DELETE FROM seal_leaf WHERE n = 2", "DELETE FROM seal WHERE n = 2")
    told = run("seal")
    assert told.exit_code == 1
    assert "was published" in told.stderr


def test_verify_since_a_seal_from_the_command_line(proved, run):
    done = run("verify", "--since-seal", "1", "--json")
    answer = json.loads(done.stdout)
    assert (done.exit_code, answer["sound"], answer["findings"]) == (0, True, [])
    assert run("verify", "--full").exit_code == 0
    assert run("verify", "--full", "--since-seal", "1").exit_code == 2
    assert run("verify", "--since-seal", "77").exit_code == 2
    assert run("verify", "--since-seal", "0").exit_code == 2
    tamper("UPDATE transfer SET memo = 'nothing' WHERE amount = 12")
    bent = run("verify", "--since-seal", "1", "--json")
    assert bent.exit_code == 1
    assert "seal" in {finding["code"] for finding in json.loads(bent.stdout)["findings"]}


def test_a_proof_file_is_written_whole_or_refused(proved, run):
    transfer, out, _, _ = proved
    assert run("prove", transfer, "--out", str(out.parent / "no" / "proof.json")).exit_code == 2
    assert not Path(out.parent / "no").exists()
