"""Partner organisations: lists, one with its statement, who can give a visit, what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask_babel import get_locale
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from timebank.core import clock
from timebank.core.authority import Actor
from timebank.core.db import db, in_scope
from timebank.core.errors import NotFound
from timebank.exchange.models.partners import Partner, PartnerCare, PartnerSettlement, PartnerVisit
from timebank.exchange.models.visits import Visit, VisitState
from timebank.exchange.queries import schemes
from timebank.exchange.queries.partners_told import Told, to_come_and_over, told
from timebank.exchange.queries.visits import VisitLine, lines
from timebank.exchange.rules.partners import SettlementState, Wanted, due, works
from timebank.ledger import queries as books
from timebank.ledger.models import Transfer
from timebank.ledger.queries import AccountInfo
from timebank.ledger.queries.closings import closings
from timebank.ledger.queries.statements import Line, lines_between
from timebank.ledger.rules import months
from timebank.ledger.rules.kinds import MOVING
from timebank.territory import queries as territory

KIND, PERMISSION, PURPOSE = "partner", "partners.read", "partner"


@dataclass(frozen=True, slots=True)
class PartnerInfo:
    """A partner with the kinds of help it gives (codes); days are civil, the last one included."""

    id: int
    name_zh: str
    name_en: str
    registered_no: str
    contact: str
    phone: str
    territory_code: str
    scheme_id: int
    services: tuple[str, ...]
    from_day: date
    until_day: date | None

    @property
    def name(self) -> str:
        return self.name_en if _in_english() else self.name_zh

    @property
    def ended(self) -> bool:
        return self.until_day is not None and self.until_day < clock.today()


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """What was settled, or waits for a second person; minutes."""

    id: int
    month: str
    minutes: int
    invoice_no: str
    reason: str
    state: SettlementState
    asked_by: int | None
    asked_name: str
    asked_at: datetime
    decided_name: str
    decided_at: datetime | None
    answer: str


@dataclass(frozen=True, slots=True)
class PartnerDetail:
    """A partner with its account: `balance_minutes` now; of one month the lines and the visits that are `over`; visits
    to come, what it was told about them, settlements.
    """

    info: PartnerInfo
    place: str
    care: tuple[str, ...]  # kinds of help in words
    balance_minutes: int
    month: str
    statement: list[Line]
    visits: list[VisitLine]
    over: list[VisitLine]
    told: list[Told]
    settlements: list[SettlementLine]
    to_settle: tuple[tuple[str, int], ...]  # the newest closed month that is not settled, and its minutes


_NAME = {True: Partner.name_en, False: Partner.name_zh}


def _in_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def names(partner_ids: Iterable[int]) -> dict[int, str]:
    """Names in the reader's language, one statement; none for nothing."""
    wanted = set(partner_ids)
    if not wanted:
        return {}
    rows = db.session.execute(select(Partner.id, _NAME[_in_english()]).where(Partner.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def by_numbers(partner_ids: Iterable[int]) -> dict[int, PartnerInfo]:
    """The partners with these numbers (whoever asks has been let see them); no statement for nothing."""
    wanted = set(partner_ids)
    return {one.id: one for one in _infos(Partner.id.in_(wanted))} if wanted else {}


def partners(actor: Actor) -> list[PartnerInfo]:
    """Those of the actor's territories, the ones that still work first."""
    found = _infos(in_scope(Partner.territory_code, actor.scopes(PERMISSION)))
    return sorted(found, key=lambda one: (one.ended, one.id))


def _infos(condition: ColumnElement[bool]) -> list[PartnerInfo]:
    rows = db.session.scalars(select(Partner).where(condition).order_by(Partner.id)).all()
    cares: dict[int, list[str]] = defaultdict(list)
    wanted = select(PartnerCare).where(PartnerCare.partner_id.in_([row.id for row in rows]))
    for care in db.session.scalars(wanted.order_by(PartnerCare.service_code)):
        cares[care.partner_id].append(care.service_code)
    return [
        PartnerInfo(
            *(row.id, row.name_zh, row.name_en, row.registered_no, row.contact, row.phone),
            *(row.territory_code, row.scheme_id, tuple(cares[row.id]), row.from_day, row.until_day),
        )
        for row in rows
    ]


def readable(actor: Actor, partner_id: int, permission: str = PERMISSION) -> PartnerInfo:
    """One partner of the actor's territories; raises `NotFound("no_such_partner")`."""
    found = next(iter(_infos(Partner.id == partner_id)), None)
    if found is None or not actor.may(permission, found.territory_code):
        raise NotFound("no_such_partner")
    return found


def partner(actor: Actor, partner_id: int, month: str = "") -> PartnerDetail:
    """One partner with the statement of a month ("2026-11", this one when empty); raises NotFound, bad_month.

    Why visits were moved or taken back tells of the recipients: only who may read the visits there gets the reasons.
    """
    info = readable(actor, partner_id)
    shown = month or months.of_day(clock.today())
    tenant = schemes.scheme(info.scheme_id).tenant
    own = _own(tenant, info.id)
    listed = lines(to_come_and_over(info.id, shown))
    names_of = schemes.service_names(set(info.services))
    return PartnerDetail(
        info,
        territory.path_names([info.territory_code]).get(info.territory_code, ""),
        tuple(names_of[code] for code in info.services),
        own.balance.posted if own else 0,
        shown,
        lines_between(tenant, own.id, months.starts_at(shown), months.ends_at(shown)) if own else [],
        [line for line in listed if line.state is VisitState.WITH_PARTNER],
        [line for line in listed if line.state is not VisitState.WITH_PARTNER],
        _what_was_told(actor, info),
        settlements(info.id),
        _to_settle(info, tenant, own),
    )


def _what_was_told(actor: Actor, info: PartnerInfo) -> list[Told]:
    every = told(info.id)
    return every if actor.may("visits.read", info.territory_code) else [replace(one, reason="") for one in every]


def open_visits(partner_id: int) -> list[Visit]:
    """The visits that are with the partner and not yet confirmed, by time; at most 200."""
    wanted = select(Visit).join(PartnerVisit, PartnerVisit.visit_id == Visit.id)
    here = (PartnerVisit.partner_id == partner_id, Visit.state == VisitState.WITH_PARTNER)
    return list(db.session.scalars(wanted.where(*here).order_by(Visit.starts_at, Visit.id).limit(200)))


def settlements(partner_id: int) -> list[SettlementLine]:
    """The newest first, at most 36."""
    wanted = select(PartnerSettlement).where(PartnerSettlement.partner_id == partner_id)
    return [
        SettlementLine(
            *(row.id, row.month, row.minutes, row.invoice_no, row.reason, row.state, row.asked_by, row.asked_name),
            *(row.asked_at, row.decided_name, row.decided_at, row.answer),
        )
        for row in db.session.scalars(wanted.order_by(PartnerSettlement.id.desc()).limit(36))
    ]


def settlement(actor: Actor, settlement_id: int) -> tuple[PartnerInfo, SettlementLine]:
    """One settlement for who may settle there; raises `NotFound("no_such_settlement")`."""
    row = db.session.get(PartnerSettlement, settlement_id)
    found = next(iter(_infos(Partner.id == row.partner_id)), None) if row else None
    if row is None or found is None or not actor.may("partners.settle", found.territory_code):
        raise NotFound("no_such_settlement")
    return found, next(one for one in settlements(row.partner_id) if one.id == settlement_id)


def to_settle(info: PartnerInfo) -> tuple[tuple[str, int], ...]:
    """The newest closed month of the partner's city and the minutes due until its end; empty where nothing is."""
    tenant = schemes.scheme(info.scheme_id).tenant
    return _to_settle(info, tenant, _own(tenant, info.id))


def _to_settle(info: PartnerInfo, tenant: int, own: AccountInfo | None) -> tuple[tuple[str, int], ...]:
    newest = next(iter(closings(tenant)), None)
    minutes = _due(info.id, own, newest.month) if newest and own else 0
    return ((newest.month, minutes),) if newest and minutes else ()


def _own(tenant: int, partner_id: int) -> AccountInfo | None:
    account = books.account_of(tenant, KIND, partner_id)
    return books.account(tenant, account) if account else None


def due_until(partner_id: int, tenant: int, month: str) -> int:
    """Minutes earned until the end of the month, less what was settled; two statements and the balance."""
    own = _own(tenant, partner_id)
    return _due(partner_id, own, month) if own else 0


def _due(partner_id: int, own: AccountInfo, month: str) -> int:
    account = own.id
    signed = case(
        (Transfer.credit_id == account, Transfer.amount),
        (Transfer.purpose != PURPOSE, -Transfer.amount),
        else_=literal(0),
    )
    earned = db.session.scalar(
        select(func.coalesce(func.sum(signed), 0)).where(
            Transfer.tenant_id == own.tenant,
            or_(Transfer.credit_id == account, Transfer.debit_id == account),
            Transfer.kind.in_([kind.value for kind in MOVING]),
            Transfer.created_at < months.ends_at(month),
        )
    )
    done = and_(PartnerSettlement.partner_id == partner_id, PartnerSettlement.state == SettlementState.DONE)
    settled = db.session.scalar(select(func.coalesce(func.sum(PartnerSettlement.minutes), 0)).where(done))
    return due(int(earned or 0), int(settled or 0), own.balance.available)


def who_can(visit: Visit, day: date | None = None) -> list[PartnerInfo]:
    """The partners that may give a visit: its place, its kind of help, its day (or another one)."""
    wanted = Wanted(visit.territory_code, visit.service_code, day or clock.civil(visit.starts_at).date())
    around = [visit.territory_code[:length] for length in range(2, len(visit.territory_code) + 1)]
    return [
        one
        for one in _infos(Partner.territory_code.in_(around))
        if works(one.territory_code, (one.from_day, one.until_day), one.services, wanted)
    ]


def for_visit(visit_id: int) -> list[PartnerInfo]:
    """The same by the visit's number (whoever asks has been let see it)."""
    return who_can(db.session.get_one(Visit, visit_id))


def of_visit(visit_id: int) -> tuple[PartnerInfo, str] | None:
    """Which partner gives or gave a visit, and who signed; None: none."""
    row = db.session.get(PartnerVisit, visit_id)
    return (_infos(Partner.id == row.partner_id)[0], row.signed_by) if row else None
