"""Who sees seals (everybody) and the proof of a transfer (those concerned, and those who may read it)."""

from __future__ import annotations

from typing import Any

from tests.architecture.cases import VISITORS, Case, Facts
from tests.factories import ledger
from timebank.core.db import db
from timebank.ledger.service.sealing import seal


def _sealed(facts: Facts) -> dict[str, Any]:
    elder = ledger.member(facts["person"], 600)
    pot = ledger.service.ensure_account(ledger.TENANT, "pot", 1)
    done = ledger.pay(elder, pot, 60, purpose="donation")
    db.session.commit()
    seal(ledger.TENANT)
    return {"transfer": done.id}


def _tenant(_facts: Facts) -> dict[str, Any]:
    return {"tenant": ledger.TENANT}


def _seal(_facts: Facts) -> dict[str, Any]:
    return {"tenant": ledger.TENANT, "n": 1}


def _no_seal(_facts: Facts) -> dict[str, Any]:
    return {"tenant": ledger.TENANT, "n": 99}


def _transfer(facts: Facts) -> dict[str, Any]:
    return {"tenant": ledger.TENANT, "transfer_id": facts["transfer"]}


EVERYBODY = dict.fromkeys(VISITORS, 200)
NOBODY = dict.fromkeys(VISITORS, 404)
CONCERNED = dict.fromkeys(("owner", "broker", "operator", "auditor"), 200)

ACCESS_CASES = [
    Case("ledger.seals", statuses=EVERYBODY, make=_sealed),
    Case("ledger.seals", statuses=EVERYBODY),
    Case("ledger.seals_json", statuses=EVERYBODY, make=_sealed),
    Case("ledger.seal_keys", statuses=EVERYBODY, make=_sealed),
    Case("ledger.seals_file", _tenant, EVERYBODY, make=_sealed),
    Case("ledger.seals_file", _tenant, NOBODY),
    Case("ledger.seal", _seal, EVERYBODY, make=_sealed),
    Case("ledger.seal_json", _seal, EVERYBODY, make=_sealed),
    Case("ledger.seal", _no_seal, NOBODY, make=_sealed),
    Case("ledger.proof", _transfer, CONCERNED, others=404, make=_sealed),
    Case("ledger.proof_file", _transfer, CONCERNED, others=404, make=_sealed),
]
