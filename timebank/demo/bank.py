"""The time bank begins: rules, schemes, and the hours carried over from paper passbooks."""

from __future__ import annotations

from timebank.demo.town import NANJING, SYSTEM, Town
from timebank.exchange.queries import schemes as scheme_queries
from timebank.exchange.service import schemes
from timebank.ledger import service as ledger

MEMO = "纸质存折结转 / carried over from the paper passbook"
HOUR = 60


def found(town: Town) -> None:
    """Parameters, the catalogue of services, the schemes of Nanjing and of Yaohua street."""
    schemes.install_defaults()
    schemes.install_known_schemes(SYSTEM)


def carry_over(town: Town) -> None:
    """Opening balances: many elders have saved hours when they were younger, and so have the volunteers."""
    rng, cast = town.rng, town.cast
    saved = {cast["zhang"].id: 60, cast["wang"].id: 52, cast["zhangli"].id: 30}
    for one in town.residents:
        if one.kind in ("elder", "couple") and one.in_nanjing and rng.random() < 0.62:
            saved[one.id] = rng.randint(16, 70)
    rich = [one for one in town.helpers.values() if one.resident.code.startswith("320113001")]
    for helper in town.helpers.values():
        if helper.resident.id != cast["xumei"].id and rng.random() < 0.6:
            saved[helper.resident.id] = rng.randint(8, 90)
    town.saver = rich[-1].resident.id
    saved[town.saver] = 140
    for person_id, hours in saved.items():
        _open(person_id, hours * HOUR)
    for scheme in scheme_queries.schemes():
        pot = ledger.ensure_account(NANJING, "pot", scheme.id)
        _post(scheme.id, pot, town.many(220, 40) * HOUR, f"opening:pot:{scheme.id}")


def _open(person_id: int, minutes: int) -> None:
    city = scheme_queries.schemes()[0].id
    member = ledger.ensure_account(NANJING, "member", person_id)
    _post(city, member, minutes, f"opening:{person_id}")


def _post(scheme_id: int, credit: int, minutes: int, key: str) -> None:
    issued = ledger.ensure_account(NANJING, "issued", scheme_id, floor=None)
    ledger.post(NANJING, issued, credit, minutes, key=key, purpose="opening", memo=MEMO, actor=SYSTEM)
