"""Paper passbooks: what is new since the last print, at the right row of the booklet."""

from __future__ import annotations

from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.base import Command
from timebank.api.schemas.passbooks import PassbookFile, PassbookSheet, PrintReason, StartBookletBody
from timebank.core.web import actor
from timebank.exchange.queries import passbooks as queries
from timebank.exchange.rules.passbooks import StartBooklet
from timebank.exchange.service import passbooks

OF = "/people/<int:person_id>/passbook"


@read(OF, PassbookFile, permission=queries.PERMISSION)
def get_passbook(person_id: int) -> queries.PassbookPage:
    """The booklet in use and the latest prints."""
    return queries.passbook(actor(), person_id)


@write(f"{OF}/booklets", body=StartBookletBody, permission=queries.PERMISSION, status=201)
def start_booklet(person_id: int, body: Command[StartBooklet], key: str) -> dict[str, Any]:
    """Begins a booklet; a later one goes on after the last line that was printed."""
    return {"id": passbooks.start_booklet(actor(), body.command(person_id=person_id), key=key)}


@write(f"{OF}/prints", permission=queries.PERMISSION, status=201)
def print_passbook(person_id: int, key: str) -> dict[str, Any]:
    """Prints what is new, up to the end of the page; get_passbook_print has the lines."""
    return {"id": passbooks.print_lines(actor(), person_id, key=key)}


@write(f"{OF}/prints/again", body=PrintReason, permission=queries.PERMISSION, status=201)
def print_passbook_again(person_id: int, body: PrintReason, key: str) -> dict[str, Any]:
    """The last print once more on the same rows, with a reason."""
    return {"id": passbooks.print_again(actor(), person_id, body.reason, key=key)}


@read("/passbook-prints/<int:print_id>", PassbookSheet, permission=queries.PERMISSION)
def get_passbook_print(print_id: int) -> queries.PrintSheet:
    """The lines of a print and their place: the same however often it is asked for."""
    return queries.sheet(actor(), print_id)
