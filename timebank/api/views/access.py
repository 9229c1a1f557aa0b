"""Accounts and the roles they hold, for administrators; the log, for auditors."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Response

from timebank.access import queries, service, words
from timebank.access.queries import directory, log, log_files
from timebank.access.service import NewAccount
from timebank.api.cursors import number
from timebank.api.routing import read, read_file, write
from timebank.api.schemas.access import (
    AccountFile,
    AccountsPage,
    AccountsQuery,
    EventsPage,
    GivenPassword,
    LogQuery,
    LogWanted,
    NewAccountBody,
    NewRole,
    ReadsPage,
)
from timebank.api.schemas.base import Done, Reason
from timebank.core import clock
from timebank.core.csvfile import csv_bytes
from timebank.core.errors import NotFound
from timebank.core.paging import Page
from timebank.core.web import actor, download
from timebank.people import queries as people
from timebank.territory import queries as territory

MANAGE, AUDIT = "accounts.manage", "audit.read"
ONE = "/accounts/<int:account_id>"


def _administered(account_id: int) -> queries.AccountInfo:
    found = directory.administered(actor(), account_id)
    if found is None:
        raise NotFound("access_account_unknown")
    return found


@read("/accounts", AccountsPage, permission=MANAGE, query=AccountsQuery)
def list_account_holders(query: AccountsQuery) -> dict[str, Any]:
    """The accounts that sign in, of one's territories."""
    role = query.role.value if query.role else ""
    page = directory.list_accounts(actor(), text=query.text, role=role, after=query.after or "", limit=query.limit)
    places = territory.path_names({code for line in page.items for _role, code in line.roles if code})
    items = [
        {
            "account": line.account,
            "roles": [
                {"role": each, "territory_code": code, "place": places.get(code, code)} for each, code in line.roles
            ],
        }
        for line in page.items
    ]
    return {"items": items, "next": page.next}


@write("/accounts", body=NewAccountBody, answer=GivenPassword, permission=MANAGE, status=201)
def create_account(body: NewAccountBody, key: str) -> service.GivenPassword:
    """Makes an account with a one-time password."""
    new = NewAccount(body.sign_in_name, body.display_name, language=body.language, territory_code=body.territory_code)
    return service.open_account(actor(), new, body.member_no, key=key)


@read(ONE, AccountFile, permission=MANAGE)
def get_account_file(account_id: int) -> dict[str, Any]:
    """One account: its roles now and before."""
    account = _administered(account_id)
    grants = queries.grants_of(account_id)
    places = territory.path_names({grant.territory_code for grant in grants if grant.territory_code})
    granters = queries.names_of_accounts(grant.granted_by for grant in grants)
    person = people.brief(account.person_id) if account.person_id else None
    return {
        "account": account,
        "member_no": person.member_no if person else "",
        "grants": [
            asdict(grant)
            | {
                "place": places.get(grant.territory_code, grant.territory_code),
                "granted_by": granters.get(grant.granted_by or 0, ""),
                "held_today": grant.is_held(clock.today()),
            }
            for grant in grants
        ],
    }


@write(f"{ONE}/roles", body=NewRole, permission=MANAGE, status=201)
def grant_account_role(account_id: int, body: NewRole, key: str) -> dict[str, Any]:
    """Gives a role; nobody gives one to themself, nor for more than the territory they administer."""
    found = _administered(account_id)
    granted = service.grant_role(
        actor(), found.id, body.role, body.territory_code, body.starts_on, body.ends_on, body.reason, key=key
    )
    return {"id": granted}


@write("/account-roles/<int:grant_id>/end", body=Reason, permission=MANAGE)
def end_account_role(grant_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Ends a role today; answers with the account."""
    return {"id": service.end_role(actor(), grant_id, body.reason, key=key)}


@write(f"{ONE}/password", answer=GivenPassword, permission=MANAGE)
def reset_password(account_id: int, key: str) -> dict[str, Any]:
    """Gives a one-time password; every session of the account ends."""
    found = _administered(account_id)
    password = service.reset_password(actor(), found.id, key=key)
    return {"account_id": found.id, "sign_in_name": found.sign_in_name, "password": password}


@write(f"{ONE}/closure", body=Reason, answer=Done, permission=MANAGE)
def close_account(account_id: int, body: Reason, key: str) -> dict[str, Any]:
    """Closes an account: nobody signs in with it, its sessions and tokens end."""
    service.close_account(actor(), _administered(account_id).id, body.reason, key=key)
    return {"done": True}


@write(f"{ONE}/reopening", answer=Done, permission=MANAGE)
def reopen_account(account_id: int, key: str) -> dict[str, Any]:
    """Opens a closed account again."""
    service.reopen_account(actor(), _administered(account_id).id, "", key=key)
    return {"done": True}


def _wanted(query: LogWanted) -> log.LogFilter:
    return log.log_filter(query.day_from, query.day_to, query.who, query.action, query.subject, query.member_no)


def _after(query: LogQuery) -> str:
    return str(number(query.after) or "")


@read("/log", EventsPage, permission=AUDIT, query=LogQuery)
def list_log(query: LogQuery) -> dict[str, Any]:
    """What was done in one's territories."""
    page = log.events(actor(), _wanted(query), _after(query), query.limit)
    items = [
        asdict(line) | {"words": words.action(line.action), "facts": words.facts(line.detail)} for line in page.items
    ]
    return {"items": items, "next": page.next}


@read("/log/looks", ReadsPage, permission=AUDIT, query=LogQuery)
def list_log_looks(query: LogQuery) -> Page[log.ReadLine]:
    """Who saw whose sensitive data in one's territories, and why."""
    return log.reads(actor(), _wanted(query), _after(query), query.limit)


@read_file("/log/file", "text/csv", permission=AUDIT, query=LogWanted)
def export_log(query: LogWanted) -> Response:
    """What was done, as a file (at most 50,000 lines); that it left the house is written down."""
    return _file(log_files.events_table(actor(), _wanted(query)), "log.csv")


@read_file("/log/looks/file", "text/csv", permission=AUDIT, query=LogWanted)
def export_log_looks(query: LogWanted) -> Response:
    """Who saw whose sensitive data, as a file (at most 50,000 lines); that it left the house is written down."""
    return _file(log_files.reads_table(actor(), _wanted(query)), "reads.csv")


def _file(table: log_files.Table, name: str) -> Response:
    header, rows = table
    service.note_export(actor(), name, len(rows))
    return download(csv_bytes(header, rows), name)
