"""Whatever is asked of the ledger in whatever order, it answers as a ledger of ten lines in memory would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories.ledger import CLOCK, key
from timebank.core import clock
from timebank.core.db import db
from timebank.ledger import queries, service
from timebank.ledger.errors import LedgerError
from timebank.ledger.queries.snapshot import snapshot
from timebank.ledger.queries.verify import verify
from timebank.ledger.service.sealing import seal

_tenants = count(5000)
PLACES = st.integers(0, 3)
AMOUNTS = st.integers(1, 120)
NUMBERS = st.integers(0, 50)


@dataclass
class Simple:
    """An account in memory."""

    floor: int | None = 0
    ceiling: int | None = None
    posted: int = 0
    held: int = 0
    lines: list[int] = field(default_factory=list)

    def can_give(self, amount: int) -> bool:
        return self.floor is None or self.posted - self.held - amount >= self.floor

    def can_take(self, amount: int) -> bool:
        return self.ceiling is None or self.posted + amount <= self.ceiling

    def move(self, amount: int) -> None:
        self.posted += amount
        self.lines.append(self.posted)


class Ledger(RuleBasedStateMachine):
    """The real ledger beside the simple one."""

    @initialize()
    def open(self) -> None:
        self.tenant = next(_tenants)
        self.simple = [Simple(None), Simple(), Simple(-60), Simple(0, 200)]
        limits: list[tuple[str, dict[str, Any]]] = [
            ("fund", {}),
            ("member", {}),
            ("group", {"floor": -60}),
            ("pot", {"ceiling": 200}),
        ]
        self.ids = [service.ensure_account(self.tenant, kind, 1, **limit) for kind, limit in limits]
        self.moves: list[tuple[Any, int, int, int, str]] = []  # receipt, debit, credit, amount, kind
        self.holds: list[tuple[Any, int, int, int]] = []
        self.uncarried = 0  # postings since the last seal: those of the fund wait in the daybook

    def _ask(self, expected: str | None, act: Any) -> Any:
        """The real ledger refuses with the code the simple one expects, or answers."""
        if expected is None:
            return act()
        with pytest.raises(LedgerError) as refused:
            act()
        assert refused.value.code == expected
        return None

    def _move_code(self, debit: int, credit: int, amount: int) -> str | None:
        if debit == credit:
            return "same_account"
        if not self.simple[debit].can_give(amount):
            return "insufficient_time"
        return None if self.simple[credit].can_take(amount) else "over_ceiling"

    @rule(debit=PLACES, credit=PLACES, amount=AMOUNTS)
    def post(self, debit: int, credit: int, amount: int) -> None:
        facts: dict[str, Any] = {"key": key(), "purpose": "transfer", "actor": CLOCK}
        pair = (self.ids[debit], self.ids[credit])
        made = self._ask(
            self._move_code(debit, credit, amount), lambda: service.post(self.tenant, *pair, amount, **facts)
        )
        if made:
            self._moved(made, debit, credit, amount, "post")
            again = service.post(self.tenant, *pair, amount, **facts)
            assert (again.id, again.replayed) == (made.id, True)

    def _moved(self, made: Any, debit: int, credit: int, amount: int, kind: str) -> None:
        self.simple[debit].move(-amount)
        self.simple[credit].move(amount)
        self.uncarried += 1
        self.moves.append((made, debit, credit, amount, kind))

    @rule(debit=PLACES, credit=PLACES, amount=AMOUNTS)
    def hold(self, debit: int, credit: int, amount: int) -> None:
        expected = "same_account" if debit == credit else None
        if expected is None and not self.simple[debit].can_give(amount):
            expected = "insufficient_time"
        until = clock.now() + timedelta(days=1)
        made = self._ask(
            expected,
            lambda: service.hold(
                *(self.tenant, self.ids[debit], self.ids[credit], amount),
                key=key(),
                purpose="visit",
                expires_at=until,
                actor=CLOCK,
            ),
        )
        if made:
            self.simple[debit].held += amount
            self.holds.append((made, debit, credit, amount))

    @rule(number=NUMBERS, share=st.integers(1, 150))
    def capture(self, number: int, share: int) -> None:
        if not self.holds:
            return
        place = number % len(self.holds)
        made, debit, credit, amount = self.holds[place]
        taken = max(1, amount * share // 100)
        expected = "ref_mismatch" if taken > amount else None
        if expected is None and not self.simple[credit].can_take(taken):
            expected = "over_ceiling"
        captured = self._ask(
            expected, lambda: service.capture(self.tenant, made.id, amount=taken, key=key(), actor=CLOCK)
        )
        if captured:
            del self.holds[place]
            self.simple[debit].held -= amount
            self._moved(captured, debit, credit, taken, "capture")
            self._ask("already_resolved", lambda: service.capture(self.tenant, made.id, key=key(), actor=CLOCK))

    @rule(number=NUMBERS)
    def release(self, number: int) -> None:
        if not self.holds:
            return
        made, debit, _, amount = self.holds.pop(number % len(self.holds))
        service.release(self.tenant, made.id, key=key(), reason="x", actor=CLOCK)
        self.simple[debit].held -= amount
        self._ask("already_resolved", lambda: service.release(self.tenant, made.id, key=key(), reason="x", actor=CLOCK))

    @rule(number=NUMBERS)
    def reverse(self, number: int) -> None:
        if not self.moves:
            return
        place = number % len(self.moves)
        made, debit, credit, amount, _ = self.moves[place]
        undone = self._ask(
            self._move_code(credit, debit, amount),
            lambda: service.reverse(self.tenant, made.id, key=key(), reason="x", actor=CLOCK),
        )
        if undone:
            del self.moves[place]
            self._moved(undone, credit, debit, amount, "reverse")

    @rule()
    def carry_and_seal(self) -> None:
        seal(self.tenant)
        self.uncarried = 0

    @invariant()
    def the_balances_agree(self) -> None:
        found = queries.balances(self.tenant, self.ids)
        for number, simple in zip(self.ids, self.simple, strict=True):
            seen = found[number]
            assert (seen.posted, seen.held) == (simple.posted, simple.held)
            waiting = len(simple.lines) - seen.seq
            assert waiting == 0 or (number == self.ids[0] and 0 < waiting <= self.uncarried)
        assert not any(queries.books(self.tenant).sums.values())

    def teardown(self) -> None:
        """At the end every line of every statement agrees too."""
        for number, simple in zip(self.ids, self.simple, strict=True):
            lines = queries.statement(self.tenant, number, limit=1000).items
            assert [line.balance for line in reversed(lines)] == simple.lines
        db.session.rollback()


@pytest.mark.usefixtures("app")
def test_the_ledger_does_what_a_simple_one_does():
    few = settings(
        max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(Ledger, settings=few)
    with snapshot() as connection:
        verdict = verify(connection)
    assert verdict.sound, verdict.findings
