"""Hours: balances and statements for their owners and coordinators, the journal for the auditor."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from timebank.api.cursors import number
from timebank.api.routing import read, write
from timebank.api.schemas.base import Named, PageQuery
from timebank.api.schemas.ledger import (
    AccountLine,
    Accounts,
    Journal,
    JournalQuery,
    ProofFile,
    Reversal,
    Statement,
    StatementLine,
    TransferFile,
)
from timebank.core.errors import NotFound, Refused
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor
from timebank.ledger.queries import details
from timebank.ledger.queries.journal import JournalFilter, JournalLine, journal
from timebank.ledger.queries.proofs import own_proof, provable
from timebank.ledger.queries.reading import NamedAccount, accounts_of_person, explanations, readable_account
from timebank.ledger.queries.sealed import places
from timebank.ledger.queries.statements import Line, statement
from timebank.ledger.rules.proofs import document
from timebank.ledger.service import reverse_by_hand
from timebank.people import queries as people

ACCOUNT = "/ledger/<int:tenant>/accounts/<int(max=9223372036854775807):account_id>"
TRANSFER = "/ledger/<int:tenant>/transfers/<uuid:transfer_id>"


@read("/people/<int:person_id>/accounts", Accounts, permission=SIGNED_IN)
def list_accounts(person_id: int) -> dict[str, Any]:
    """The accounts of a person with their balances: one's own, a ward's, or of somebody of one's territories."""
    return {"items": accounts_of_person(actor(), person_id)}


@read(ACCOUNT, AccountLine, permission=SIGNED_IN)
def get_account(tenant: int, account_id: int) -> NamedAccount:
    """One account with its balance."""
    return readable_account(actor(), tenant, account_id)


@read(f"{ACCOUNT}/statement", Statement, permission=SIGNED_IN, query=PageQuery)
def get_statement(tenant: int, account_id: int, query: PageQuery) -> dict[str, Any]:
    """The entries of an account, newest first, each with the balance after it."""
    unit = readable_account(actor(), tenant, account_id).info.unit
    page = statement(tenant, account_id, number(query.after), query.limit)
    words = explanations(tenant, (line.transfer_id for line in page.items))
    return {"items": [_line(line, words, unit) for line in page.items], "next": page.next}


def _line(line: Line, words: Mapping[uuid.UUID, str], unit: str) -> dict[str, Any]:
    named = {name: getattr(line, name) for name in StatementLine.model_fields if name not in ("explained", "unit")}
    return {**named, "unit": unit, "explained": words.get(line.transfer_id, "")}


@read("/ledger/<int:tenant>/journal", Journal, permission="ledger.audit", query=JournalQuery)
def get_journal(tenant: int, query: JournalQuery) -> Page[JournalLine]:
    """Every transfer of a city that one may audit, newest first."""
    return journal(actor(), journal_filter(tenant, query), _transfer(query.after), query.limit)


def journal_filter(tenant: int, query: JournalQuery) -> JournalFilter:
    """The filter of the address."""
    return JournalFilter(
        tenant,
        from_day=query.from_day,
        to_day=query.to_day,
        purpose=query.purpose,
        kind=query.kind,
        actor=query.by,
        account_id=query.account_id,
        person_ids=tuple(people.ids_of(query.person_id)) if query.person_id else None,
        group=query.group,
    )


def _transfer(after: str | None) -> str | None:
    try:
        return str(uuid.UUID(after)) if after else None
    except ValueError:
        raise NotFound("no_such_transfer") from None


@read(TRANSFER, TransferFile, permission="ledger.read")
def get_transfer(tenant: int, transfer_id: uuid.UUID) -> dict[str, Any]:
    """One transfer with the steps before and after it, and the seal over it."""
    found = details.detail(actor(), tenant, transfer_id)
    named = {name: getattr(found, name) for name in TransferFile.model_fields if name != "proof"}
    return {**named, "proof": places(tenant, [transfer_id]).get(transfer_id)}


@read(f"{TRANSFER}/proof", ProofFile, permission=SIGNED_IN)
def get_proof(tenant: int, transfer_id: uuid.UUID) -> dict[str, Any]:
    """The proof of a transfer of one's own account, or of one that one may read; refused while it is not sealed."""
    provable(actor(), tenant, transfer_id)
    proof = own_proof(tenant, transfer_id)
    if proof is None:
        raise Refused("not_sealed")
    return document(proof)


@write(f"{TRANSFER}/reversal", body=Reversal, answer=Named, permission="ledger.reverse")
def reverse_transfer(tenant: int, transfer_id: uuid.UUID, body: Reversal, key: str) -> dict[str, Any]:
    """Takes a transfer back by opposite entries; nothing is ever changed or deleted."""
    return {"id": reverse_by_hand(actor(), tenant, str(transfer_id), body.reason, body.whole, key=key)}
