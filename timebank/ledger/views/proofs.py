"""For everybody: the published seals.  For those concerned: the proof of a transfer."""

from __future__ import annotations

import json
import uuid
from datetime import date
from typing import Any

import segno
from flask import Response, current_app, jsonify, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.errors import NotFound, Refused
from timebank.core.web import actor, download, public, signed_in
from timebank.ledger import keys, publishing
from timebank.ledger.queries.proofs import own_proof, provable
from timebank.ledger.queries.sealed import one_seal, seals_page, tenants_with_seals
from timebank.ledger.rules import proofs
from timebank.ledger.rules.proofs import Disproved, Proof
from timebank.ledger.views.blueprint import bp
from timebank.territory import queries as territory

SHOWN_AS_TEXT = "application/jsonl"


def _day() -> date | None:
    text = request.args.get("day", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("bad_day", field="day") from None


def _tenant(tenants: list[int]) -> int | None:
    wanted = request.args.get("tenant", type=int)
    if wanted is not None and wanted not in tenants:
        raise NotFound("no_such_seal")
    return wanted if wanted is not None else next(iter(tenants), None)


def _asked() -> tuple[list[int], int | None, Any]:
    """The cities, the one asked for, and its page of seals."""
    tenants = tenants_with_seals()
    tenant = _tenant(tenants)
    before = request.args.get("before", type=int)
    return tenants, tenant, seals_page(tenant, _day(), before) if tenant is not None else None


@bp.get("/ledger/seals")
@public
def seals() -> str:
    """The seals of a city, newest first, all or those of a day."""
    tenants, tenant, page = _asked()
    names = territory.names(str(one) for one in tenants)
    return render_template(
        "ledger/seals.html",
        tenants=[(one, names[str(one)]) for one in tenants],
        tenant=tenant,
        city=names.get(str(tenant), ""),
        page=page,
        day=_day(),
        keys=list(keys.known_keys().values()),
    )


@bp.get("/ledger/seals.json")
@public
def seals_json() -> Response:
    """The same for programs: `items` as in the published file, `next` to be sent as `before`."""
    tenants, tenant, page = _asked()
    items = [seal.published() for seal in page.items] if page else []
    return jsonify({"tenants": tenants, "tenant": tenant, "items": items, "next": page.next if page else None})


@bp.get("/ledger/<int:tenant>/seals/<int:n>")
@public
def seal(tenant: int, n: int) -> str:
    """One seal with all digits, and whether the published file says the same."""
    found = one_seal(tenant, n)
    key = keys.known_keys().get(found.key_id)
    return render_template(
        "ledger/seal.html",
        seal=found,
        city=territory.names([str(tenant)])[str(tenant)],
        published=publishing.published_one(tenant, n) == found,
        key=key,
        line=json.dumps(found.published()),
    )


@bp.get("/ledger/<int:tenant>/seals/<int:n>.json")
@public
def seal_json(tenant: int, n: int) -> Response:
    """One seal for programs, with its public key."""
    found = one_seal(tenant, n)
    key = keys.known_keys().get(found.key_id)
    return jsonify({**found.published(), "public_key": key.text if key else ""})


@bp.get("/ledger/<int:tenant>/seals.jsonl")
@public
def seals_file(tenant: int) -> BaseResponse:
    """The published file itself, to keep and to compare with a later one."""
    path = publishing.seals_file(tenant)
    if not path.exists():
        raise NotFound("no_such_seal")
    answer = Response(publishing.content(path), mimetype=SHOWN_AS_TEXT)
    answer.headers.set("Content-Disposition", "attachment", filename=f"seals-{tenant}.jsonl")
    return answer


@bp.get("/ledger/seals/keys.jsonl")
@public
def seal_keys() -> BaseResponse:
    """The public keys, oldest first."""
    lines = "".join(json.dumps(key.published()) + "\n" for key in keys.known_keys().values())
    return download(lines.encode(), "keys.jsonl", SHOWN_AS_TEXT)


# -- the proof of one transfer -----------------------------------------------------------------------------------------


@bp.get("/ledger/<int:tenant>/transfers/<uuid:transfer_id>/proof")
@signed_in
def proof(tenant: int, transfer_id: uuid.UUID) -> str:
    """Checks the proof of a transfer and says in words how it leads to the published root."""
    line = provable(actor(), tenant, transfer_id)
    found = own_proof(tenant, transfer_id)
    where = url_for("ledger.proof", tenant=tenant, transfer_id=transfer_id, _external=False)
    return render_template(
        "ledger/proof.html",
        line=line,
        proof=found,
        wrong=_wrong(found) if found else "",
        steps=proofs.steps(found) if found else [],
        qr=_qr(current_app.config["TIMEBANK_BASE_URL"].rstrip("/") + where),
        may_open=actor().has("ledger.read"),
    )


def _wrong(found: Proof) -> str:
    """What does not hold, or nothing.  The root that counts is the published one."""
    published = publishing.published_one(found.seal.tenant, found.seal.n)
    try:
        proofs.check(found, published.root if published else b"")
    except Disproved as error:
        return str(error)
    return ""


def _qr(text: str) -> Markup:
    """A QR code as SVG without inline styles (segno draws only rectangles from a matrix, so it is safe)."""
    return Markup(segno.make(text, error="m").svg_inline(scale=3, omitsize=False))  # noqa: S704 - drawn by us


@bp.get("/ledger/<int:tenant>/transfers/<uuid:transfer_id>/proof.json")
@signed_in
def proof_file(tenant: int, transfer_id: uuid.UUID) -> Response:
    """The proof file.  Raises Refused("not_sealed")."""
    provable(actor(), tenant, transfer_id)
    found = own_proof(tenant, transfer_id)
    if found is None:
        raise Refused("not_sealed")
    content = json.dumps(proofs.document(found), ensure_ascii=False, indent=2) + "\n"
    return download(content.encode(), f"proof-{transfer_id}.json", "application/json")
