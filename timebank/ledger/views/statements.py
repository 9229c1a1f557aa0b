"""Statements: one's own hours, a member's, any account's; on the page and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from timebank.core import clock
from timebank.core.errors import NotFound, Refused
from timebank.core.paging import Page
from timebank.core.web import actor, download, permit, signed_in
from timebank.ledger import files
from timebank.ledger.queries.reading import NamedAccount, accounts_of_person, explanations, readable_account
from timebank.ledger.queries.sealed import places
from timebank.ledger.queries.statements import Line, lines_between, open_holds, statement
from timebank.ledger.rules.kinds import AccountKind
from timebank.ledger.views.blueprint import bp
from timebank.people import queries as people


def _page(account: NamedAccount) -> Page[Line]:
    before = request.args.get("before", type=int)
    return statement(account.info.tenant, account.info.id, before=before, limit=25)


def _chosen(accounts: list[NamedAccount]) -> NamedAccount | None:
    """The account the address names, else one's own hours, else the first."""
    wanted = request.args.get("account", type=int)
    named = next((one for one in accounts if one.info.id == wanted), None)
    own = next((one for one in accounts if one.info.kind is AccountKind.MEMBER), None)
    return named or own or (accounts[0] if accounts else None)


def _show(template: str, accounts: list[NamedAccount], **context: object) -> str:
    account = _chosen(accounts)
    if account is None:
        return render_template(
            template, account=None, accounts=[], page=None, holds=[], explained={}, places={}, **context
        )
    page = _page(account)
    return render_template(
        template,
        account=account,
        accounts=accounts,
        page=page,
        holds=open_holds(account.info.tenant, [account.info.id]),
        explained=explanations(account.info.tenant, (line.transfer_id for line in page.items)),
        places=places(account.info.tenant, (line.transfer_id for line in page.items)),
        **context,
    )


@bp.get("/my/hours")
@signed_in
def my_hours() -> str:
    """One's own hours; with `person`, those of somebody one acts for."""
    who = actor()
    person_id = request.args.get("person", type=int) or who.person_id
    if person_id is None or not who.is_self(person_id):
        raise NotFound("no_such_person")
    wards = people.briefs(who.wards).values()
    return _show(
        "ledger/my_hours.html",
        accounts_of_person(who, person_id),
        person_id=person_id,
        wards=sorted({one.id: one for one in wards}.values(), key=lambda one: one.id),
    )


@bp.get("/people/<int:person_id>/hours")
@permit("ledger.read")
def person_hours(person_id: int) -> str:
    """A member's statement, for coordinators of the area."""
    accounts = accounts_of_person(actor(), person_id)
    return _show("ledger/statement.html", accounts, person=people.brief(person_id))


@bp.get("/ledger/<int:tenant>/accounts/<int(max=9223372036854775807):account_id>")
@permit("ledger.read")
def account(tenant: int, account_id: int) -> str:
    """The statement of any account in the actor's territories."""
    one = readable_account(actor(), tenant, account_id)
    return _show("ledger/statement.html", [one], person=None)


@dataclass(frozen=True, slots=True)
class Days:
    """The civil days of a file, both included."""

    first: date | None
    last: date | None


def days_asked() -> Days:
    """`from_day` and `to_day` of the address.  Raises Refused("bad_day")."""
    return Days(_day("from_day"), _day("to_day"))


def _day(name: str) -> date | None:
    text = request.args.get(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("bad_day", field=name) from None


@bp.get("/ledger/<int:tenant>/accounts/<int(max=9223372036854775807):account_id>/statement.<any(csv,pdf):form>")
@signed_in
def statement_file(tenant: int, account_id: int, form: str) -> BaseResponse:
    """The statement as a file to keep: for the owner, their agent, and who may read the account."""
    one = readable_account(actor(), tenant, account_id)
    days = days_asked()
    lines = lines_between(
        tenant,
        account_id,
        clock.at(days.first, 0) if days.first else None,
        clock.at(days.last, 24 * 60) if days.last else None,
    )
    explained = explanations(tenant, (line.transfer_id for line in lines))
    return _file(f"statement-{account_id}", form, files.statement_file(form, one, lines, explained))


def _file(name: str, form: str, content: bytes) -> Response:
    mimetype = "text/csv" if form == "csv" else "application/pdf"
    return download(content, f"{name}-{clock.today().isoformat()}.{form}", mimetype)
