"""What pages and the API ask of the desk: plain data, minutes and pieces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How the member agreed: by PIN, by signing on the screen or on paper, or through a companion who came for them.

    ``signature``: the strokes on the screen, as SVG path data.
    Of the companion: the name, how the two belong together (`rules.companions.Relation`), how the member agreed
    (`Consent`); ``note`` is the reason.
    """

    how: str = "pin"
    pin: str = ""
    note: str = ""
    companion: str = ""
    relation: str = ""
    consent: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class RedeemCommand:
    """Goods for hours.  ``lines``: (item id, pieces); ``total_minutes``: what the clerk and the member saw.

    ``again``: the clerk knows that the same was handed out just now, and means it.
    """

    person_id: int
    desk_id: int
    lines: tuple[tuple[int, int], ...]
    confirmation: Confirmation
    total_minutes: int | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Intention:
    """Goods entered without a line: a card or member number, (item id, pieces), and the minutes the tablet showed.

    ``how``: "later" (the member confirms when the line is back) or "signature" (signed on paper).
    """

    desk_id: int
    member: str
    lines: tuple[tuple[int, int], ...]
    how: str = "later"
    total_minutes: int | None = None
    recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReturnCommand:
    """Goods that come back.  ``pieces``: (line id, pieces); faulty goods do not go back on the shelf."""

    redemption_id: int
    pieces: tuple[tuple[int, int], ...]
    reason: str
    to_shelf: bool = True


@dataclass(frozen=True, slots=True)
class CareCommand:
    """Care for hours: a request paid from the member's own account.  Minutes of the day, minutes of the visit.

    ``again``: the clerk knows that the same was entered just now, and means it.
    """

    person_id: int
    desk_id: int
    service_code: str
    first_day: date
    earliest_minute: int
    latest_minute: int
    minutes: int
    confirmation: Confirmation
    weekly: bool = False
    note: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class BuyPackage:
    """A care package for a member: from which day, on which days of the week ("02"), from … until which minutes.

    ``again``: the clerk knows that the same was entered just now, and means it.
    """

    person_id: int
    desk_id: int
    package_id: int
    first_day: date
    weekdays: str
    earliest_minute: int
    latest_minute: int
    confirmation: Confirmation
    note: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class NewDesk:
    """A service point; ``code`` stands in front of its receipt numbers."""

    code: str
    name_zh: str
    name_en: str
    territory_code: str
    address: str = ""
    hours_zh: str = ""
    hours_en: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class NewItem:
    """An article and its first price in minutes."""

    sku: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    price_minutes: int
    territory_code: str
    source: str = ""
    low_stock: int = 5


@dataclass(frozen=True, slots=True)
class ItemChange:
    """What may change about an article; its price has days of its own."""

    item_id: int
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    source: str = ""
    low_stock: int = 5
    active: bool = True


@dataclass(frozen=True, slots=True)
class NewPicture:
    """An uploaded picture of an article, and what it shows in words for whoever does not see it."""

    item_id: int
    upload: bytes
    alt_zh: str = ""
    alt_en: str = ""


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price in minutes from a day on."""

    item_id: int
    minutes: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods that came in together.  ``expires_on``: the last day on which they are handed out."""

    desk_id: int
    item_id: int
    pieces: int
    source: str = ""
    note: str = ""
    source_kind: str = "donation"
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class StockCount:
    """Pieces found on the shelf."""

    desk_id: int
    item_id: int
    counted: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Pieces of a batch that are thrown away: expired, broken, gone off."""

    desk_id: int
    batch_id: int
    pieces: int
    reason: str


@dataclass(frozen=True, slots=True)
class Minimum:
    """So many pieces of an article, or fewer, are too few at a desk; None: as the article says."""

    desk_id: int
    item_id: int
    pieces: int | None


@dataclass(frozen=True, slots=True)
class NewLimit:
    """At most so many pieces for one person in a period ("day", "week", "month", "year"); 0 ends the limit."""

    item_id: int
    pieces: int
    period: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Sending:
    """Pieces for another desk."""

    desk_id: int
    item_id: int
    to_desk_id: int
    pieces: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What was sent has arrived: so many pieces; why, when they are more or fewer."""

    shelf_transfer_id: int
    pieces: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DayEnd:
    """What one clerk found at the end of the day: (item id, pieces), (item id, why it differs), receipts on paper."""

    desk_id: int
    counted: tuple[tuple[int, int], ...]
    receipts: int
    reasons: tuple[tuple[int, str], ...] = ()
    note: str = ""
