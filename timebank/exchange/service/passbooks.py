"""Paper passbooks: beginning a booklet, printing what is new into it, printing the last page again after a jam."""

from __future__ import annotations

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import Refused
from timebank.exchange.models.passbooks import Passbook, PassbookPrint, PrintKind
from timebank.exchange.queries import passbooks as queries
from timebank.exchange.queries import schemes
from timebank.exchange.rules.passbooks import BookletReason, Layout, StartBooklet, room
from timebank.ledger import queries as books
from timebank.ledger.queries.statements import lines_after


@command
def start_booklet(actor: Actor, start: StartBooklet, *, key: str | None = None) -> int:
    """Begins a booklet ("passbooks.print"); an earlier one of the account ends.  Answers with the booklet's id.

    Nothing is skipped: the new booklet goes on after the last line that was printed into the old one.
    Raises `Refused`: passbook_no_hours, passbook_has_one, passbook_has_none, passbook_layout, passbook_up_to_date.
    """
    person = queries.person_for(actor, start.person_id)
    tenant, account = queries.account_of(person)
    if account is None:
        raise Refused("passbook_no_hours")
    old = _in_use(tenant, account)
    _check_reason(start, old)
    balance = books.balance(tenant, account)
    opening = (balance.seq, balance.posted) if old is None and start.from_now else _brought_forward(old)
    if old is not None:
        old.ended_at = clock.now()
        db.session.flush()
    layout = _layout(person.territory_code)
    booklet = Passbook(
        person_id=person.id,
        territory_code=person.territory_code,
        tenant_id=tenant,
        account_id=account,
        number=old.number + 1 if old else 1,
        reason=start.reason,
        opening_seq=opening[0],
        opening_balance=opening[1],
        printed_seq=opening[0],
        started_by=actor.account_id,
        **{name: getattr(layout, name) for name in Layout.__slots__},
    )
    db.session.add(booklet)
    db.session.flush()
    audit.record(
        actor, "start.passbook", "person", person.id, person.territory_code, number=booklet.number, reason=start.reason
    )
    return booklet.id


def _check_reason(start: StartBooklet, old: Passbook | None) -> None:
    if (start.reason is BookletReason.FIRST) != (old is None):
        raise Refused("passbook_has_one" if old is not None else "passbook_has_none", field="reason")


def _brought_forward(old: Passbook | None) -> tuple[int, int]:
    """The last line that was printed, and the balance after it."""
    if old is None:
        return 0, 0
    if old.printed_seq == old.opening_seq:
        return old.opening_seq, old.opening_balance
    (last,) = lines_after(old.tenant_id, old.account_id, old.printed_seq - 1, 1)
    return last.seq, last.balance


def _layout(territory_code: str) -> Layout:
    values = schemes.parameters(schemes.scheme_for(territory_code).id, clock.today())
    layout = Layout(*(values.number(f"tb.passbook_{name}") for name in Layout.__slots__))
    if not layout.fits():
        raise Refused("passbook_layout")
    return layout


@command
def print_lines(actor: Actor, person_id: int, *, key: str | None = None) -> int:
    """Prints what is new, up to the end of the page the booklet is open at; answers with the print.

    The lines and their place are kept in the same transaction: the print can be fetched again and says the same, and
    the next one begins behind it.  Raises `Refused`: passbook_has_none, passbook_up_to_date, passbook_full.
    """
    booklet = _booklet_for_print(actor, person_id)
    space = room(queries.layout_of(booklet), booklet.printed_rows)
    if not space:
        raise Refused("passbook_full")
    brought = booklet.printed_rows == 0 and booklet.opening_seq > 0
    after = booklet.printed_seq
    lines = lines_after(booklet.tenant_id, booklet.account_id, after, space - brought) if space > brought else []
    if not lines and not brought:
        raise Refused("passbook_up_to_date")
    made = PassbookPrint(
        passbook_id=booklet.id,
        first_row=booklet.printed_rows,
        rows=len(lines) + brought,
        after_seq=after,
        last_seq=lines[-1].seq if lines else after,
        balance=lines[-1].balance if lines else booklet.opening_balance,
        printed_by=actor.account_id,
        printer_name=actor.name[:80],
    )
    booklet.printed_rows += made.rows
    booklet.printed_seq = made.last_seq
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "print.passbook", "person", person_id, booklet.territory_code, **_facts(made))
    return made.id


@command
def print_again(actor: Actor, person_id: int, reason: str, *, key: str | None = None) -> int:
    """Prints the last print of the booklet once more on the same rows (paper jam); answers with the new print.

    Raises `Refused`: jam_reason_missing, passbook_has_none, passbook_nothing_printed.
    """
    booklet = _booklet_for_print(actor, person_id)
    if not reason.strip():
        raise Refused("jam_reason_missing", field="reason")
    last = db.session.scalar(
        select(PassbookPrint).where(PassbookPrint.passbook_id == booklet.id).order_by(PassbookPrint.id.desc()).limit(1)
    )
    if last is None:
        raise Refused("passbook_nothing_printed")
    made = PassbookPrint(
        passbook_id=booklet.id,
        kind=PrintKind.AGAIN,
        **{name: getattr(last, name) for name in ("first_row", "rows", "after_seq", "last_seq", "balance")},
        reason=reason.strip()[:200],
        printed_by=actor.account_id,
        printer_name=actor.name[:80],
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "print_again.passbook", "person", person_id, booklet.territory_code, **_facts(made))
    return made.id


def _in_use(tenant: int, account: int) -> Passbook | None:
    """The booklet in use, its row locked: two desks do not print the same lines."""
    of_account = (Passbook.tenant_id == tenant, Passbook.account_id == account, Passbook.ended_at.is_(None))
    return db.session.scalar(select(Passbook).where(*of_account).with_for_update())


def _booklet_for_print(actor: Actor, person_id: int) -> Passbook:
    tenant, account = queries.account_of(queries.person_for(actor, person_id))
    booklet = _in_use(tenant, account) if account is not None else None
    if booklet is None:
        raise Refused("passbook_has_none")
    return booklet


def _facts(made: PassbookPrint) -> dict[str, object]:
    return {"print": made.id, "last_seq": made.last_seq, "rows": made.rows, "reason": made.reason}
