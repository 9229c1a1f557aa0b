"""A plan of funds, materials and services (N07: 'funds + materials + services')."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass


class LineKind(enum.StrEnum):
    CASH = "cash"
    IN_KIND = "in_kind"
    SERVICE = "service"


class LineState(enum.StrEnum):
    PLANNED = "planned"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class NeedKind(enum.StrEnum):
    MONEY = "money"
    FOOD = "food"
    MEDICINE = "medicine"
    CARE = "care"
    HOUSING = "housing"
    WORK = "work"
    SCHOOL = "school"
    EQUIPMENT = "equipment"
    COMPANY = "company"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the rules see it.  `measure`: fen, pieces or minutes, by kind."""

    kind: LineKind
    state: LineState
    need_id: int | None
    measure: int | None


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which of the three ways a plan uses, and which needs nothing in it answers."""

    kinds: frozenset[LineKind]
    needs_without_line: tuple[int, ...]
    planned: int
    delivered: int

    @property
    def three_ways(self) -> bool:
        """Funds, materials and services together (report R16)."""
        return len(self.kinds) == len(LineKind)


def completeness(lines: Iterable[Line], open_needs: Iterable[int]) -> Completeness:
    """What the lines that were not cancelled cover."""
    kept = [line for line in lines if line.state is not LineState.CANCELLED]
    answered = {line.need_id for line in kept}
    return Completeness(
        kinds=frozenset(line.kind for line in kept),
        needs_without_line=tuple(need for need in open_needs if need not in answered),
        planned=sum(line.state is LineState.PLANNED for line in kept),
        delivered=sum(line.state is LineState.DELIVERED for line in kept),
    )


def refuse_plan(plan: Completeness) -> str | None:
    """A plan goes to approval when it promises something and answers every open need."""
    if not plan.kinds:
        return "plan_empty"
    if plan.needs_without_line:
        return "needs_without_line"
    return None


def refuse_line(kind: LineKind, amount_fen: int | None, quantity: int | None, minutes: int | None) -> str | None:
    """Cash has an amount, goods a quantity, a service its minutes; and only that one."""
    measures = {LineKind.CASH: amount_fen, LineKind.IN_KIND: quantity, LineKind.SERVICE: minutes}
    own = measures.pop(kind)
    if own is None or own <= 0:
        return f"line_needs_{kind.value}"
    if any(other is not None for other in measures.values()):
        return "line_has_other_measure"
    return None
