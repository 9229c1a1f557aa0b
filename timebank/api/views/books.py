"""The books for auditors, what is on hold, and the ledger's files."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.api.routing import read, read_file
from timebank.api.schemas.books import BooksNow, FileQuery, Holds, JournalFileQuery, Tenants
from timebank.api.views.ledger import ACCOUNT, journal_filter
from timebank.core import clock
from timebank.core.errors import NotFound, Refused
from timebank.core.web import SIGNED_IN, actor, download
from timebank.ledger import files, queries
from timebank.ledger.queries.reading import explanations, readable_account
from timebank.ledger.queries.statements import lines_between, open_holds

KINDS = {"csv": "text/csv", "pdf": "application/pdf"}


@read("/ledger/tenants", Tenants, permission="ledger.audit")
def list_tenants() -> dict[str, Any]:
    """The cities whose books one may look at."""
    return {"items": queries.tenants(actor())}


@read("/ledger/<int:tenant>/books", BooksNow, permission="ledger.audit")
def get_books(tenant: int) -> queries.Books:
    """The trial balance and what is owed to members."""
    return queries.books(_mine(tenant))


def _mine(tenant: int) -> int:
    if tenant not in queries.tenants(actor()):
        raise NotFound("no_such_account")
    return tenant


@read(f"{ACCOUNT}/holds", Holds, permission=SIGNED_IN)
def list_holds(tenant: int, account_id: int) -> dict[str, Any]:
    """What is on hold on an account."""
    one = readable_account(actor(), tenant, account_id)
    return {"items": open_holds(one.info.tenant, [one.info.id])}


@read_file(f"{ACCOUNT}/statement/file", *KINDS.values(), permission=SIGNED_IN, query=FileQuery)
def export_statement(tenant: int, account_id: int, query: FileQuery) -> Response:
    """The statement as a file, oldest line first."""
    one = readable_account(actor(), tenant, account_id)
    start = clock.at(query.from_day, 0) if query.from_day else None
    end = clock.at(query.to_day, 24 * 60) if query.to_day else None
    lines = lines_between(tenant, account_id, start, end)
    explained = explanations(tenant, (line.transfer_id for line in lines))
    name = f"statement-{account_id}-{clock.today().isoformat()}.{query.form}"
    return download(files.statement_file(query.form, one, lines, explained), name, KINDS[query.form])


@read_file("/ledger/<int:tenant>/journal/file", *KINDS.values(), permission="ledger.audit", query=JournalFileQuery)
def export_journal(tenant: int, query: JournalFileQuery) -> Response:
    """The journal as a file; a filter that finds too much is refused (`too_many_rows`)."""
    limit = files.LIMITS[query.form]
    page = queries.journal(actor(), journal_filter(_mine(tenant), query), limit=limit)
    if page.next:
        raise Refused("too_many_rows", limit=limit)
    return download(files.journal_file(query.form, page.items), f"journal.{query.form}", KINDS[query.form])
