"""Words of the ledger: refusals, kinds of accounts and transfers, purposes."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.core.units import minutes_text, money_text
from timebank.ledger.rules.kinds import FEN, MINUTES, OF_PERSONS, AccountKind
from timebank.ledger.rules.months import first_day

_CHINESE = re.compile("[\u4e00-\u9fff]")

REFUSALS = {
    "insufficient_time": _l(
        "%(available_minutes)s are available, but %(needed_minutes)s are needed. Choose less, or free what is on hold."
    ),
    "over_ceiling": _l("The account that receives would go over its upper limit. Send less, or raise the limit first."),
    "account_frozen": _l("One of the two accounts is frozen. Ask the operator of the time bank to open it again."),
    "account_closed": _l("One of the two accounts is closed. Choose another account."),
    "unit_mismatch": _l(
        "The two accounts count in different units; hours cannot become pieces. Choose another account."
    ),
    "already_resolved": _l("This was already taken, freed or reversed. Open the page again to see how it stands."),
    "ref_mismatch": _l("This cannot be done with that transfer. Open it again and check its kind and amount."),
    "no_such_account": _l("There is no such account in this time bank. Choose another one."),
    "no_such_transfer": _l("There is no such transfer in this time bank. Open the journal and choose it there."),
    "same_account": _l("Hours cannot go from an account to itself. Choose two different accounts."),
    "amount_not_positive": _l("The amount must be at least one whole minute. Please correct it."),
    "account_not_empty": _l("The account is not empty. Bring it to zero and free what is on hold before closing it."),
    "limit_broken": _l("The balance lies outside the new limit. Choose another limit."),
    "limit_stale": _l("Somebody changed the limits in the meantime. Open the page again."),
    "append_only": _l("Entries of the ledger are never changed or deleted. Reverse the transfer instead."),
    "only_by_transfer": _l("A balance changes only by a transfer. Post or reverse one instead."),
    "reason_missing": _l("Please write why; the reason stays in the books."),
    "too_many_rows": _l("That is more than %(limit)s lines. Choose fewer days."),
    "nothing_to_reverse": _l(
        "Nothing of this event can be reversed any more. Open the page again to see how it stands."
    ),
    "no_such_seal": _l("There is no such seal. Open the list of seals and choose it there."),
    "not_sealed": _l("The transfer is under no seal yet. Open the page again in a minute."),
    "seals_disagree": _l(
        "Seal %(seal)s of %(tenant)s was published, and the database does not hold it as it was published: it was"
        " altered, cut short or restored to an earlier state. Nothing is sealed until this is cleared up; the"
        " description of operations says how."
    ),
    "insufficient_money": _l("%(available_fen)s is available, but %(needed_fen)s is needed. Choose a smaller amount."),
    "insufficient_pieces": _l("Pieces there: %(available)s, needed: %(needed)s. Choose fewer."),
    "month_closed": _l(
        "The month in which it happened is closed. Post it with a day of the open month, and write in the reason when"
        " it happened."
    ),
    "already_closed": _l("This month is closed already. Open the list of months again."),
    "second_person_needed": _l(
        "It happened in a month that is closed, so another person must agree. Open the transfer in the journal and ask"
        " for its reversal there."
    ),
    "batched_without_limits": _l(
        "Everybody pays from or into this account, so it has no limits. Leave both empty; you can freeze it instead."
    ),
    "bad_month": _l("Write a month as year and month, for example 2026-10."),
    "month_not_over": _l("This month is not over yet. Close it when its last day has passed."),
    "nothing_to_close": _l("No month can be closed now. Wait until the current month is over."),
    "not_the_next_month": _l("Months are closed one after the other. Close %(next)s first."),
    "points_open": _l("Points still open: %(points)s. Settle them, or confirm that you close the month all the same."),
    "no_such_closing": _l("This month is not closed. Choose one from the list of months."),
    "no_such_reversal": _l("There is no such request, or you may not see it. Open the list of reversals."),
    "no_second_needed": _l("The month is still open. Reverse the transfer at once; nobody else has to agree."),
    "reversal_asked": _l("Somebody has asked for this reversal already. Open the list of reversals to see it."),
    "reversal_decided": _l("This request was decided already. Open the list of reversals to see how."),
    "second_is_the_same": _l("You asked for this reversal yourself. Another person must agree."),
    "note_missing": _l("Please write why you decline; the one who asked reads it."),
    "asker_gone": _l(
        "%(name)s may not reverse transfers any more, so the request cannot be agreed to. Decline it; somebody else can"
        " ask again."
    ),
    "bad_amount": _l("Write the amount as hours and minutes (1:30), as yuan (12.50) or as whole pieces."),
    "bad_day": _l("Write a day as year-month-day, for example 2026-11-22."),
}

KINDS: dict[str, Any] = {
    AccountKind.MEMBER: _l("own hours"),
    AccountKind.GRANT: _l("granted hours"),
    AccountKind.GROUP: _l("hours of a group"),
    AccountKind.FUND: _l("grant fund"),
    AccountKind.POT: _l("community pot"),
    AccountKind.ISSUED: _l("hours issued"),
    AccountKind.SINK: _l("hours paid for goods"),
    AccountKind.FORFEITED: _l("forfeited hours"),
    AccountKind.CLEARING: _l("clearing"),
    AccountKind.PARTNER: _l("hours of a partner organisation"),
    AccountKind.STOCK: _l("pieces on the shelf"),
    AccountKind.BATCH: _l("pieces on the shelf"),
    AccountKind.STOCK_SOURCE: _l("pieces delivered"),
}

PIECES: dict[str, Any] = {**KINDS, AccountKind.ISSUED: _l("pieces handed out")}
MONEY: dict[str, Any] = {
    **KINDS,
    AccountKind.MEMBER: _l("own money"),
    AccountKind.GROUP: _l("money of a group"),
    AccountKind.FUND: _l("fund"),
    AccountKind.ISSUED: _l("money paid out"),
    AccountKind.SINK: _l("money paid for goods"),
}

STEPS: dict[str, Any] = {
    "post": _l("posted"),
    "hold": _l("put on hold"),
    "capture": _l("taken from hold"),
    "release": _l("freed"),
    "reverse": _l("reversal"),
}

PURPOSES: dict[str, Any] = {
    "visit": _l("Help given or received"),
    "overflow": _l("Above the storage limit"),
    "grant": _l("Monthly grant"),
    "grant_expiry": _l("Unused grant returned"),
    "donation": _l("Donation"),
    "pot": _l("From the community pot"),
    "goods": _l("Goods from the service desk"),
    "goods_return": _l("Goods brought back"),
    "stock": _l("Stock"),
    "transfer": _l("Hours passed on"),
    "welcome": _l("Hours to begin with"),
    "annulment": _l("Hours in question"),
    "netting": _l("Netting between time banks"),
    "partner": _l("Settled with a partner organisation"),
    "correction": _l("Correction"),
    "opening": _l("Opening balance"),
    "merge": _l("Two records of one person joined"),
}


MEMOS: dict[str, Any] = {"expired": _l("its time was over"), "merge": _l("The records were parted again")}

STATES: dict[str, Any] = {"open": _l("in use"), "frozen": _l("frozen"), "closed": _l("closed")}


def kind_name(kind: AccountKind, unit: str = MINUTES) -> str:
    """A kind of account in words, which differ for hours, money and pieces."""
    return str({MINUTES: KINDS, FEN: MONEY}.get(unit, PIECES)[kind])


def account_name(kind: AccountKind, words: str, owner_id: int, unit: str = MINUTES) -> str:
    """ "张桂英", "张桂英 (granted hours)", "Grant fund of Nanjing time bank", "Community pot no. 2"."""
    words_of_kind = kind_name(kind, unit)
    if not words:
        return str(_("%(kind)s no. %(number)s", kind=words_of_kind.capitalize(), number=owner_id))
    if kind is AccountKind.MEMBER:
        return words
    if kind in OF_PERSONS:
        return str(_("%(name)s (%(kind)s)", name=words, kind=words_of_kind))
    return str(_("%(kind)s of %(name)s", kind=words_of_kind.capitalize(), name=words))


def purpose(code: str) -> str:
    """A purpose in words; one that no table knows is shown as it is."""
    return str(PURPOSES.get(code, code))


def step(kind: str) -> str:
    """A kind of transfer in words."""
    return str(STEPS.get(kind, kind))


def memo(words: str) -> str:
    """A memo; those of the ledger itself are translated, and of one in two languages the reader's part is shown."""
    chinese, between, english = words.partition(" / ")
    if between and _CHINESE.search(chinese) and not _CHINESE.search(english):
        return chinese if str(get_locale()).startswith("zh") else english
    return str(MEMOS.get(words, words))


def amount(value: int, unit: str = MINUTES) -> str:
    """90 -> "1 h 30 min"; fen as "¥12.50"; pieces with the article's number: "2 × RICE5"."""
    if unit == MINUTES:
        return minutes_text(value)
    return money_text(value) if unit == FEN else f"{value} × {unit.removeprefix('sku:')}"


def figure(value: int, unit: str = MINUTES) -> int | str:
    """An amount for a table: whole minutes or pieces, and fen as yuan: "12.50"."""
    if unit != FEN:
        return value
    return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"


def figure_unit(unit: str) -> str:
    """What a `figure` counts: "min", "yuan", or the article."""
    return "yuan" if unit == FEN else unit


def decision(code: str | None) -> tuple[str, str]:
    """How a request was decided, and the kind of its badge."""
    if code is None:
        return str(_("waits for agreement")), "wait"
    if code == "withdrawn":
        return str(_("taken back")), "plain"
    return (str(_("agreed")), "good") if code == "agreed" else (str(_("declined")), "bad")


def unit_name(unit: str) -> str:
    """What is counted: hours, money, or an article by its number."""
    if unit == MINUTES:
        return str(_("Hours"))
    return str(_("Money")) if unit == FEN else str(_("Article %(code)s", code=unit.removeprefix("sku:")))


def month(code: str) -> str:
    """ "2026-10" -> "October 2026" or "2026年10月"."""
    chinese = str(get_locale()).startswith("zh")
    return str(format_date(first_day(code), "y年M月" if chinese else "MMMM y"))
