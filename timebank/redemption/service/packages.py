"""Care packages: the catalogue, and buying one for one price (domain.md C3.4, T11).

The whole price goes on hold when the package is bought.  As soon as the coordinator approves the request, the hold
becomes one for each visit, in the same transaction; each is paid when the visit was made, what is cancelled is free.
"""

from __future__ import annotations

import contextlib
import dataclasses

from sqlalchemy import select

from timebank.core import audit, clock
from timebank.core.authority import Actor
from timebank.core.command import command
from timebank.core.db import db
from timebank.core.errors import NotFound
from timebank.exchange.queries import schemes
from timebank.exchange.rules.requests import NewRequest
from timebank.exchange.service import payment
from timebank.ledger import service as ledger
from timebank.ledger.errors import HoldResolved
from timebank.redemption.commands import BuyPackage
from timebank.redemption.models import CarePackage, ConfirmedHow, PackagePurchase
from timebank.redemption.queries.desks import DeskInfo, desk
from timebank.redemption.rules.packages import NewPackage, check, last_day
from timebank.redemption.service.care import allowed, enter
from timebank.redemption.service.redeem import agreed, companion_facts, confirm

OWN = "own"


@command
def add_package(actor: Actor, new: NewPackage, *, key: str | None = None) -> int:
    """A package that desks of the place offer from now on ("goods.manage" there); answers with its number.

    Raises `Refused`: package_visits_odd, package_minutes_odd; `NotFound("no_such_service")`.
    """
    actor.require("goods.manage", new.territory_code)
    check(new, schemes.service_type(new.service_code).max_minutes)
    row = CarePackage(**dataclasses.asdict(new))
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "add.package", "care_package", row.id, row.territory_code, visits=row.visits)
    return row.id


@command
def stop_package(actor: Actor, package_id: int, *, key: str | None = None) -> int:
    """Nobody buys it any more; what was bought goes on.  Raises `NotFound("package_unknown")`."""
    row = db.session.get(CarePackage, package_id, with_for_update=True)
    if row is None or not actor.may("goods.manage", row.territory_code):
        raise NotFound("package_unknown")
    row.active = False
    audit.record(actor, "stop.package", "care_package", row.id, row.territory_code)
    return row.id


def buy_package(actor: Actor, wanted: BuyPackage, *, key: str | None = None) -> int:
    """Enters the request for all visits and puts the whole price on hold; answers with the purchase.

    Raises `Refused`: wrong_pin and so on (counted), companion_*, package_days_missing, redeem_* (share, threshold, age,
    hours), redeem_care_again, what the exchange and the ledger refuse; `NotFound("package_unknown")`.
    """
    confirm(wanted.confirmation, wanted.person_id)
    without_pin = dataclasses.replace(wanted.confirmation, pin="")
    return _buy(actor, dataclasses.replace(wanted, confirmation=without_pin), key=key)


@command
def _buy(actor: Actor, wanted: BuyPackage, *, key: str | None = None) -> int:
    where = desk(wanted.desk_id)
    actor.require("desk.serve", where.territory_code)
    package = _offered(where, wanted.package_id)
    parameters = schemes.parameters(where.scheme_id, clock.today())
    each = payment.price(package.minutes, schemes.service_type(package.service_code), parameters)
    card = allowed(where, wanted.person_id, each * package.visits)
    person_id = card.person.id
    request_id = enter(actor, card, _request(person_id, package, wanted), again=wanted.again)
    row = PackagePurchase(
        package_id=package.id,
        person_id=person_id,
        desk_id=where.id,
        territory_code=where.territory_code,
        request_id=request_id,
        visits=package.visits,
        total_minutes=each * package.visits,
        confirmed_how=ConfirmedHow(wanted.confirmation.how),
        clerk_name=actor.name[:80],
    )
    db.session.add(row)
    db.session.flush()
    _hold(actor, row, package, wanted)
    agreed(wanted.confirmation, request_id=request_id)
    facts = {"package": package.id, "minutes": row.total_minutes, "how": wanted.confirmation.how}
    facts |= companion_facts(wanted.confirmation)
    audit.record(actor, "buy.package", "package_purchase", row.id, row.territory_code, **facts)
    return row.id


def _offered(where: DeskInfo, package_id: int) -> CarePackage:
    row = db.session.get(CarePackage, package_id)
    if row is None or not row.active or not where.territory_code.startswith(row.territory_code):
        raise NotFound("package_unknown")
    return row


def _request(person_id: int, package: CarePackage, wanted: BuyPackage) -> NewRequest:
    return NewRequest(
        recipient_id=person_id,
        service_code=package.service_code,
        first_day=wanted.first_day,
        earliest_minute=wanted.earliest_minute,
        latest_minute=wanted.latest_minute,
        minutes=package.minutes,
        weekdays=wanted.weekdays,
        last_day=last_day(wanted.first_day, wanted.weekdays, package.visits),
        note=wanted.note,
    )


def _hold(actor: Actor, row: PackagePurchase, package: CarePackage, wanted: BuyPackage) -> None:
    """The whole price, until the first day is over: a request that nobody decides by then frees it by itself."""
    scheme = schemes.scheme(schemes.scheme_for(row.territory_code).id)
    payer = payment.payer(scheme.id, row.person_id, OWN)
    row.hold_id = ledger.hold(
        payer.tenant,
        payer.account,
        payer.clearing,
        row.total_minutes,
        key=f"package:{row.id}:hold",
        expires_at=clock.at(wanted.first_day, 1440),
        purpose="visit",
        memo=f"{package.name_zh} / {package.name_en}",
        actor=actor,
    ).id


def free_whole(actor: Actor, request_id: int) -> None:
    """The request of a package is decided: the hold of the whole price is freed (its visits take their own now)."""
    row = db.session.scalar(select(PackagePurchase).where(PackagePurchase.request_id == request_id).with_for_update())
    if row is None or row.hold_id is None:
        return
    tenant = desk(row.desk_id).tenant
    with contextlib.suppress(HoldResolved):  # it ran out: free is free
        ledger.release(tenant, row.hold_id, key=f"package:{row.id}:release", reason="visit by visit", actor=actor)
    row.hold_id = None
