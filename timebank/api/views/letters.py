"""Letters on paper: the queue of a street, its piles, and who wants letters."""

from __future__ import annotations

from typing import Any

from flask import Response

from timebank.api.routing import read, read_file, write
from timebank.api.schemas.base import Command, PageQuery
from timebank.api.schemas.letters import (
    LetterReason,
    LetterRuns,
    LettersQuery,
    LetterWishBody,
    PersonLetters,
    PrintBody,
    QueuedLetters,
    StreetQueues,
)
from timebank.core.paging import Page
from timebank.core.web import SIGNED_IN, actor, download
from timebank.notices import files
from timebank.notices.queries import letters as queries
from timebank.notices.queries import wishes as wish_queries
from timebank.notices.rules import WishForLetters
from timebank.notices.service import letters, wishes

PILE = "/letter-piles/<int:run_id>"


@read("/letters", QueuedLetters, permission=queries.PERMISSION, query=LettersQuery)
def list_letters(query: LettersQuery) -> Page[queries.QueuedLetter]:
    """The letters that wait in one's territories."""
    return queries.queued(actor(), query.street, after=query.after, limit=query.limit)


@read("/letters/streets", StreetQueues, permission=queries.PERMISSION)
def count_letters() -> dict[str, Any]:
    """How many letters wait, street by street."""
    return {"items": queries.streets(actor())}


@write("/letters/<int:letter_id>/drop", body=LetterReason, permission=queries.PERMISSION)
def drop_letter(letter_id: int, body: LetterReason, key: str) -> dict[str, Any]:
    """A letter that need not be sent."""
    return {"id": letters.drop_letter(actor(), letter_id, body.reason, key=key)}


@write("/letter-piles", body=PrintBody, permission=queries.PERMISSION, status=201)
def print_letters(body: PrintBody, key: str) -> dict[str, Any]:
    """Takes the letters of a place as one pile (at most 200); get_letter_pile is its file."""
    return {"id": letters.print_letters(actor(), body.street, body.large, key=key)}


@read("/letter-piles", LetterRuns, permission=queries.PERMISSION, query=PageQuery)
def list_letter_piles(query: PageQuery) -> Page[queries.RunLine]:
    """The piles that were printed."""
    return queries.runs(actor(), after=query.after, limit=query.limit)


@read_file(f"{PILE}/letters.pdf", "application/pdf", permission=queries.PERMISSION)
def get_letter_pile(run_id: int) -> Response:
    """The pile as a PDF with embedded fonts."""
    return download(files.letters_pdf(letters.open_pile(actor(), run_id)), f"letters-{run_id}.pdf", "application/pdf")


@write(f"{PILE}/posted", permission=queries.PERMISSION)
def post_letters(run_id: int, key: str) -> dict[str, Any]:
    """The pile has left the house."""
    return {"id": letters.mark_posted(actor(), run_id, key=key)}


@write(f"{PILE}/again", body=LetterReason, permission=queries.PERMISSION)
def print_letters_again(run_id: int, body: LetterReason, key: str) -> dict[str, Any]:
    """The pile was spoilt before it was posted: its letters wait again."""
    return {"id": letters.print_once_more(actor(), run_id, body.reason, key=key)}


@read("/people/<int:person_id>/letters", PersonLetters, permission=queries.PERMISSION)
def get_letter_wish(person_id: int) -> wish_queries.PersonLetters:
    """How somebody wants to be told, and who said so."""
    return wish_queries.wish_of(actor(), person_id)


@write("/people/<int:person_id>/letters", body=LetterWishBody, permission=queries.PERMISSION, method="PUT")
def set_letter_wish(person_id: int, body: Command[WishForLetters], key: str) -> dict[str, Any]:
    """How somebody wants to be told."""
    return {"id": wishes.wish(actor(), body.command(person_id=person_id), key=key)}


@read("/my/letters/<int:person_id>", PersonLetters, permission=SIGNED_IN)
def get_own_letter_wish(person_id: int) -> wish_queries.PersonLetters:
    """How one wants to be told oneself, or somebody one acts for."""
    return wish_queries.own_wish(actor(), person_id)


@write("/my/letters/<int:person_id>", body=LetterWishBody, permission=SIGNED_IN, method="PUT")
def set_own_letter_wish(person_id: int, body: Command[WishForLetters], key: str) -> dict[str, Any]:
    """How one wants to be told oneself, or somebody one acts for."""
    own = wish_queries.own_wish(actor(), person_id)
    return {"id": wishes.wish(actor(), body.command(person_id=own.person_id), key=key)}
