"""For auditors and operators: the journal, one transfer with its reversal, the books."""

from __future__ import annotations

import uuid

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.errors import NotFound, Refused
from timebank.core.paging import Page
from timebank.core.texts import refusal_text
from timebank.core.web import actor, download, permit, submit
from timebank.ledger import files, queries, service
from timebank.ledger.forms import JournalForm, ReverseForm
from timebank.ledger.queries import reversals
from timebank.ledger.queries.details import is_reversible
from timebank.ledger.queries.journal import JournalFilter, JournalLine
from timebank.ledger.queries.owners import readable
from timebank.ledger.queries.sealed import places
from timebank.ledger.service import second
from timebank.ledger.service.by_hand import elsewhere, may_reverse
from timebank.ledger.views.blueprint import bp
from timebank.people import queries as people

FILTERS = ("tenant", "from_day", "to_day", "who", "person", "actor", "purpose", "kind", "account", "group")


def _tenant() -> int:
    """The city the address names, among those whose books the actor may see.  Raises NotFound."""
    allowed = queries.tenants(actor())
    wanted = request.args.get("tenant", type=int) or (allowed[0] if allowed else None)
    if wanted is None or wanted not in allowed:
        raise NotFound("no_such_account")
    return wanted


def _filter(form: JournalForm, tenant: int) -> JournalFilter:
    account = (form.account.data or "").strip()
    return JournalFilter(
        tenant,
        form.from_day.data,
        form.to_day.data,
        form.purpose.data or "",
        form.kind.data or "",
        (form.actor.data or "").strip(),
        int(account) if account.isdecimal() and len(account) < 19 else None,
        _people(),
        _group(),
    )


def _people() -> tuple[int, ...] | None:
    """The people meant: by number (a link), or found by what was typed."""
    number = request.args.get("person", type=int)
    if number is not None:
        return tuple(people.ids_of(number))
    typed = request.args.get("who", "").strip()
    if not typed:
        return None
    hits = people.search(actor(), typed, permission="people.read")
    return tuple(one for hit in hits for one in people.ids_of(hit.id))[:60]


def _group() -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args["group"])
    except (KeyError, ValueError):
        return None


def _after() -> str | None:
    try:
        return str(uuid.UUID(request.args["after"]))
    except (KeyError, ValueError):
        return None


@bp.get("/ledger/journal")
@permit("ledger.audit")
def journal() -> str:
    """Every posting: who did it, when, why."""
    form = JournalForm(request.args)
    page: Page[JournalLine] = Page(())
    tenants = queries.tenants(actor())
    if tenants and form.validate():
        page = queries.journal(actor(), _filter(form, _tenant()), after=_after())
    asked = {name: value for name, value in request.args.items() if name in FILTERS}
    return render_template("ledger/journal.html", form=form, page=page, tenants=tenants, asked=asked)


@bp.get("/ledger/journal.<any(csv,pdf):form>")
@permit("ledger.audit")
def journal_file(form: str) -> BaseResponse:
    """The same as a file; the filter of the page goes with it."""
    asked = JournalForm(request.args)
    if not asked.validate():
        raise Refused("bad_day")
    limit = files.LIMITS[form]
    page = queries.journal(actor(), _filter(asked, _tenant()), limit=limit)
    if page.next:
        raise Refused("too_many_rows", limit=limit)
    mimetype = "text/csv" if form == "csv" else "application/pdf"
    return download(files.journal_file(form, page.items), f"journal.{form}", mimetype)


@bp.route("/ledger/<int:tenant>/transfers/<uuid:transfer_id>", methods=["GET", "POST"])
@permit("ledger.read")
def transfer(tenant: int, transfer_id: uuid.UUID) -> BaseResponse:
    """One transfer: both sides, who, why, its chain; and its reversal for those who may."""
    who = actor()
    detail = queries.detail(who, tenant, transfer_id)
    form = ReverseForm()
    steps = detail.reversible
    several = len(steps) > 1 and is_reversible(detail.line)
    closed = reversals.needs_second(detail, several)
    owner = elsewhere(steps if several else [detail.line])
    waiting = reversals.of_transfer(tenant, [detail.line.id, *(step.id for step in steps)]) if closed else None

    def act() -> str:
        whole = several and bool(form.whole.data)
        given = (who, tenant, str(transfer_id), form.reason.data or "", whole)
        if reversals.needs_second(detail, whole):
            return url_for("ledger.reversal", request_id=second.ask_reversal(*given, key=form.key.data))
        made = service.reverse_by_hand(*given, key=form.key.data)
        return url_for("ledger.transfer", tenant=tenant, transfer_id=made)

    return submit(
        form,
        act,
        done=lambda url: url,
        said=_("Asked for. Another person must agree.") if closed else _("Reversed. The books keep both entries."),
        template="ledger/transfer.html",
        detail=detail,
        readable=readable(who, detail.line.debit, detail.line.credit),
        several=several,
        may_reverse=may_reverse(who, detail),
        elsewhere=refusal_text(Refused(owner)) if owner else "",
        closed=closed,
        waiting=waiting,
        undoing="undo" in request.args or request.method == "POST",
        place=places(tenant, [transfer_id]).get(transfer_id),
    )


@bp.get("/ledger/books")
@permit("ledger.audit")
def books() -> str:
    """The trial balance and what is owed to members."""
    tenants = queries.tenants(actor())
    found = queries.books(_tenant()) if tenants else None
    return render_template("ledger/books.html", books=found, tenants=tenants)
