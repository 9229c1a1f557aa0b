"""Words for codes of requests, visits and hours, and the reckoning of a credit in sentences (domain.md F1, F2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from timebank.core.units import clock_text, minutes_text, weekday_text
from timebank.exchange.rules.apart import AskedBy
from timebank.exchange.rules.requests import Funding, OfferState, RequestState
from timebank.exchange.rules.visits import VisitState

VISIT_STATES: dict[str, Any] = {
    VisitState.OPEN: _l("Looking for a helper"),
    VisitState.OFFERED: _l("Helper asked"),
    VisitState.WITH_PARTNER: _l("A partner comes"),
    VisitState.SCHEDULED: _l("Planned"),
    VisitState.IN_PROGRESS: _l("Going on now"),
    VisitState.SECOND_REVIEW: _l("Second review"),
    VisitState.AWAITING_CONFIRMATION: _l("Waits for confirmation"),
    VisitState.DISPUTED: _l("Disputed"),
    VisitState.CREDITED: _l("Credited"),
    VisitState.CANCELLED: _l("Cancelled"),
    VisitState.NO_SHOW: _l("Somebody was not there"),
    VisitState.EXPIRED: _l("No helper found"),
    VisitState.VOIDED: _l("Void"),
}
VISIT_BADGES: dict[str, str] = {
    VisitState.OPEN: "wait",
    VisitState.OFFERED: "wait",
    VisitState.WITH_PARTNER: "info",
    VisitState.SCHEDULED: "info",
    VisitState.IN_PROGRESS: "info",
    VisitState.SECOND_REVIEW: "wait",
    VisitState.AWAITING_CONFIRMATION: "wait",
    VisitState.DISPUTED: "bad",
    VisitState.CREDITED: "good",
    VisitState.NO_SHOW: "bad",
}
REQUEST_STATES: dict[str, Any] = {
    RequestState.DRAFT: _l("Draft"),
    RequestState.UNDER_REVIEW: _l("Waits for approval"),
    RequestState.PUBLISHED: _l("Approved"),
    RequestState.REFUSED: _l("Refused"),
    RequestState.CANCELLED: _l("Cancelled"),
    RequestState.EXPIRED: _l("No helper found"),
    RequestState.CLOSED: _l("Done"),
}
REQUEST_BADGES: dict[str, str] = {
    RequestState.UNDER_REVIEW: "wait",
    RequestState.PUBLISHED: "good",
    RequestState.REFUSED: "bad",
    RequestState.EXPIRED: "bad",
}
OFFER_STATES: dict[str, Any] = {
    OfferState.OFFERED: _l("Asked"),
    OfferState.ACCEPTED: _l("Accepted"),
    OfferState.DECLINED: _l("Declined"),
    OfferState.EXPIRED: _l("No answer in time"),
    OfferState.WITHDRAWN: _l("Taken back"),
}
FUNDINGS: dict[str, Any] = {
    Funding.OWN: _l("The recipient's own hours"),
    Funding.GRANT: _l("The recipient's grant"),
    Funding.POT: _l("The community pot"),
    Funding.ISSUED: _l("Nobody: free community help"),
}
OWN_FUNDINGS: dict[str, Any] = {Funding.OWN: _l("Saved hours"), Funding.GRANT: _l("Hours granted by the city")}
CONFIRMED: dict[str, Any] = {
    "pin": _l("by the recipient's PIN"),
    "signature": _l("by signature"),
    "portal": _l("by the recipient"),
    "call": _l("by a call of the coordinator"),
    "strip": _l("by the code of the strip the recipient gave away"),
    "auto": _l("by itself, as nobody objected"),
    "settled": _l("by settling the dispute"),
    "review": _l("by the second review"),
    "partner": _l("by a signature on the partner's sheet"),
}
NEXT_AS_HELPER: dict[Any, Any] = {
    VisitState.SCHEDULED: _l("When you are at the door, begin the visit here. The clock then runs."),
    VisitState.IN_PROGRESS: _l("When you leave, say that the visit is over. The recipient then confirms."),
    VisitState.AWAITING_CONFIRMATION: _l("The recipient now confirms; then the hours are yours."),
    VisitState.SECOND_REVIEW: _l("A second person reads what was written down. You need not do anything."),
    VisitState.DISPUTED: _l("A coordinator will call both of you and settle it."),
    VisitState.CREDITED: _l("The hours are on your account. Thank you!"),
}
NEXT_AS_RECIPIENT: dict[Any, Any] = {
    VisitState.OPEN: _l("We are looking for somebody. You need not do anything."),
    VisitState.OFFERED: _l("Somebody was asked and will answer soon. You need not do anything."),
    VisitState.WITH_PARTNER: _l("A partner organisation sends somebody. You need not do anything."),
    VisitState.SCHEDULED: _l("The helper comes at this time. Confirm afterwards how long it was."),
    VisitState.IN_PROGRESS: _l("The helper is there now."),
    VisitState.AWAITING_CONFIRMATION: _l("Please confirm, or say what was otherwise."),
    VisitState.SECOND_REVIEW: _l("A second person reads what was written down. You need not do anything."),
    VisitState.DISPUTED: _l("A coordinator will call both of you and settle it."),
}
CHECKED_IN: dict[str, Any] = {
    "button": _l("button"),
    "code": _l("code of the recipient's card"),
    "phone": _l("coordinator on the phone"),
    "landline": _l("telephone, with the code of the day"),
    "sheet": _l("week's sheet"),
    "manual": _l("written down afterwards"),
    "partner": _l("sheet of the partner organisation"),
}
CHANNELS: dict[str, Any] = {"telephone": _l("by telephone"), "paper": _l("from paper")}
HAPPENED: dict[str, Any] = {
    "yes": _l("Yes"),
    "volunteer": _l("Helper did not come"),
    "recipient": _l("Nobody was there"),
}
ASKED_BY: dict[str, Any] = {
    AskedBy.HELPER: _l("the helper"),
    AskedBy.RECIPIENT: _l("the recipient"),
    AskedBy.COORDINATOR: _l("a coordinator"),
}
SEXES: dict[str, Any] = {"F": _l("A woman"), "M": _l("A man")}
SPEECH: dict[str, Any] = {
    "zh": _l("Mandarin"),
    "zh-nanjing": _l("Nanjing dialect"),
    "en": _l("English"),
    "sign": _l("Sign language"),
}
ROUNDINGS: dict[str, Any] = {
    "minute": _l("%(before)s min, counted by the minute: %(after)s min"),
    "quarter_nearest": _l("%(before)s min, rounded to the nearest quarter hour: %(after)s min"),
    "quarter_up": _l("%(before)s min, rounded up to the next quarter hour: %(after)s min"),
    "hour_floor": _l("%(before)s min, full hours only: %(after)s min"),
}
STEPS: dict[str, Any] = {
    "too_short": _l("%(before)s min: visits below %(limit)s min are not credited"),
    "weight": _l("%(before)s min, weight %(weight)s: %(after)s min"),
    "longest": _l("%(before)s min, at most %(limit)s min for this kind of help: %(after)s min"),
    "day": _l("%(before)s min, of which %(limit)s min are left that day: %(after)s min"),
    "month": _l("%(before)s min, of which %(limit)s min are left that month: %(after)s min"),
    "paid_for": _l("%(before)s min, of which %(limit)s min were on hold for this visit: %(after)s min"),
}


def explain(explained: dict[str, Any]) -> list[str]:
    """The reckoning in sentences: "97 min, rounded to the nearest quarter hour: 90 min", then what the cap took."""
    sentences = [_step(step) for step in explained.get("steps", ())]
    if explained.get("break"):
        sentences.insert(0, _("A break of %(minutes)s was taken off.", minutes=minutes_text(explained["break"])))
    if explained.get("overflow"):
        facts = {"cap": minutes_text(explained["cap"]), "kept": explained["kept"], "over": explained["overflow"]}
        if explained.get("overflow_to") == "pot":
            sentences.append(
                _("At most %(cap)s can be saved: %(kept)s min kept, %(over)s min to the community pot", **facts)
            )
        else:
            sentences.append(
                _("At most %(cap)s can be saved: %(kept)s min kept, %(over)s min counted as honour", **facts)
            )
    return sentences


def explain_transfer(explained: dict[str, Any], reversal: bool) -> str:
    """The reckoning on one line of a statement; for a reversal, what is taken back and how it had been reckoned."""
    reckoned = "; ".join(explain(explained))
    return str(_("Taken back. It had been reckoned: %(reckoning)s", reckoning=reckoned)) if reversal else reckoned


def _step(step: dict[str, Any]) -> str:
    facts = {"before": step["before"], "after": step["after"], "limit": step.get("limit")}
    if step["rule"] == "rounding":
        return str(ROUNDINGS[step["how"]]) % facts
    facts["weight"] = f"{(step.get('limit') or 0) / 1000:g}"
    return str(STEPS[step["rule"]]) % facts


def asked_by(who: AskedBy) -> str:
    """Whose wish it was that two people are kept apart."""
    return str(ASKED_BY[who])


def own_next(part: str, state: Any, credited: int | None = None) -> str:
    """What happens next with a visit, for the helper or for whoever is helped; empty when nothing does."""
    if part == "helper" and state is VisitState.CREDITED and not credited:
        return str(_("Thank you! This visit gives no hours; why stands below."))
    return str((NEXT_AS_HELPER if part == "helper" else NEXT_AS_RECIPIENT).get(state, ""))


def weekdays(digits: Iterable[str]) -> str:
    """ "135" -> "Tue, Thu, Sat" / "周二、周四、周六"."""
    return str(_(", ")).join(weekday_text(int(digit)) for digit in digits)


def when(weekday_digits: str, first_day: date, last_day: date | None, earliest: int, latest: int) -> str:
    """ "Tue, starting between 09:00 and 10:00, from 2026-11-24" in the reader's language."""
    times = {"earliest": clock_text(earliest), "latest": clock_text(latest), "first": first_day.isoformat()}
    if not weekday_digits:
        if earliest == latest:
            return str(_("%(first)s at %(earliest)s", **times))
        return str(_("%(first)s, starting between %(earliest)s and %(latest)s", **times))
    facts = {**times, "days": weekdays(weekday_digits), "last": last_day.isoformat() if last_day else ""}
    if last_day is None:
        return str(_("every %(days)s from %(first)s, starting between %(earliest)s and %(latest)s", **facts))
    return str(_("every %(days)s from %(first)s to %(last)s, starting between %(earliest)s and %(latest)s", **facts))


def feed_words() -> dict[str, str]:
    """Templates of the calendar feed (filled by `queries.calendar.feed`)."""
    return {
        "name": str(_("Time bank")),
        "helping": str(_l("%(service)s for %(other)s")),
        "helped": str(_l("%(service)s: %(other)s comes")),
    }
