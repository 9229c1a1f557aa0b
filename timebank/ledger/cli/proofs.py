"""Commands about seals and proofs.  Exit codes: 0 done or it holds, 1 it does not hold, 2 wrong use or unreadable."""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any, NoReturn

import click
from flask_babel import force_locale

from timebank.core.texts import refusal_text
from timebank.ledger import keys as seal_keys
from timebank.ledger.cli.group import ledger
from timebank.ledger.publishing import SealsDisagree
from timebank.ledger.queries.proofs import proof_of, tenant_of
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.rules import proofs
from timebank.ledger.rules.proofs import Disproved, Unreadable
from timebank.ledger.rules.seals import SealFacts
from timebank.ledger.service import sealing

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _fail(words: object, status: int) -> NoReturn:
    click.echo(str(words), err=True)
    sys.exit(status)


@ledger.command()
@click.option("--all", "everything", is_flag=True, help="Look at every transfer, not only from the last hour on.")
def seal(everything: bool) -> None:
    """Puts the transfers written since under new seals, for each city, and publishes them."""
    try:
        sealed = sealing.seal_all(everything=everything)
    except SealsDisagree as error:
        with force_locale("en"):
            _fail(refusal_text(error), 1)
    except ValueError as error:
        _fail(error, 2)
    for tenant, total in sealed.items():
        click.echo(f"{tenant}: {total} sealed")


@ledger.command("new-seal-key")
def new_seal_key() -> None:
    """Replaces the key that signs seals; the old one vouches for the new one and then is gone."""
    try:
        made = seal_keys.new_key()
    except seal_keys.KeyIsGiven:
        _fail(
            "The key is given by TIMEBANK_SEAL_KEY: put another one there; its public part is published by itself.", 2
        )
    except ValueError as error:
        _fail(error, 2)
    click.echo(made.id.hex())


@ledger.command()
@click.argument("transfer", type=click.UUID)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of the screen."
)
def prove(transfer: uuid.UUID, out: Path | None) -> None:
    """Writes the proof that TRANSFER stands under a published root."""
    with snapshot() as connection:
        tenant = tenant_of(connection, transfer)
        proof = proof_of(connection, tenant, transfer) if tenant is not None else None
    if tenant is None:
        _fail(f"There is no transfer {transfer}.", 2)
    if proof is None:
        _fail("The transfer is under no seal yet. Run “flask ledger seal” and ask again.", 1)
    text = json.dumps(proofs.document(proof), ensure_ascii=False, indent=2) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        _fail(f"{out} cannot be written: {error.strerror}", 2)
    click.echo(f"seal {proof.seal.n} of {tenant}, root {proof.seal.root.hex()}", err=True)


@ledger.command("check-proof", with_appcontext=False)
@click.argument("file", type=FILE, required=False)
@click.argument("root", required=False)
@click.option("--chain", type=FILE, help="A published file of seals: is each one chained to the one before it?")
@click.option("--keys", "keys_file", type=FILE, help="The published keys (keys.jsonl): is each seal signed by one?")
def check_proof(file: Path | None, root: str | None, chain: Path | None, keys_file: Path | None) -> None:
    """Checks the proof FILE against ROOT, or against the published seals of --chain.  No database, no secrets."""
    if (file is None and chain is None) or (file is not None and root is None and chain is None):
        raise click.UsageError("Give a proof and the root you trust, or a published file with --chain.")
    try:
        said = _checked(file, root, chain, keys_file)
    except Unreadable as error:
        _fail(f"Nothing can be said: {error}.", 2)
    except Disproved as error:
        _fail(error, 1)
    for words in said:
        click.echo(words)


def _checked(file: Path | None, root: str | None, chain: Path | None, keys_file: Path | None) -> list[str]:
    said = []
    known = proofs.read_keys(_lines(keys_file)) if keys_file else None
    seals = proofs.read_chain(_lines(chain)) if chain else []
    if seals:
        proofs.check_chain(seals, known)
        said.append(_chained(seals, signed=known is not None))
    if file is None:
        return said
    proof = proofs.read(_json(file))
    if seals:
        proofs.check_in_chain(proof, seals)
    trusted = proofs.read_root(root) if root else proof.seal.root
    later = next((seal for seal in seals if seal.root == trusted and seal.n >= proof.seal.n), None)
    proofs.check(proof, proof.seal.root if later else trusted)
    if known is not None:
        proofs.check_chain([proof.seal], known)
    said.append(f"The transfer {proof.transfer['id']} stands under seal {proof.seal.n} of {proof.seal.tenant}.")
    return said


def _chained(seals: list[SealFacts], *, signed: bool) -> str:
    first, last = seals[0], seals[-1]
    more = "each is signed by a published key" if signed else "signatures were not looked at (give --keys)"
    return f"Seals {first.n} to {last.n} of {first.tenant} follow one another; {more}. Last root: {last.root.hex()}"


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read") from error


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Unreadable(f"{path} is no proof file") from error
