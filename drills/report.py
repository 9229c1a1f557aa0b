"""What a drill is made of, and how it is told: a line per round, JSON lines in a folder, a table at the end."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drills.place import Place

SHIPPED = "as shipped"


@dataclass
class Outcome:
    """What one round came to.  `wrong` says in words what must not be: anything in it fails the round."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Something acknowledged is lost, something is there twice, or something else is wrong."""
        return bool(self.lost or self.doubled or self.wrong)


@dataclass(frozen=True)
class Case:
    """One set-up of a drill.  `play(place, rounds)` yields an outcome for each round.

    `weak` says what is wrong with the set-up on purpose: one of its rounds must fail.  `rounds` is how many are played
    when nobody asks for a number; a weak case ends at its first failure.
    """

    database: str
    play: Callable[[Place, int], Iterator[Outcome]]
    weak: str = ""
    rounds: int = 1
    how: str = ""  # where there is more than one way
    needs_root: bool = False

    @property
    def setup(self) -> str:
        """How it is set up, in words."""
        words = f"control: {self.weak}" if self.weak else SHIPPED
        return f"{words} ({self.how})" if self.how else words


@dataclass
class Result:
    """All rounds of one case."""

    drill: str
    case: Case
    outcomes: list[Outcome] = field(default_factory=list)
    trouble: str = ""  # why it could not be played to its end

    @property
    def behaved(self) -> bool:
        """As shipped no round fails; a control fails."""
        if self.trouble or not self.outcomes:
            return False
        return any(one.failed for one in self.outcomes) == bool(self.case.weak)

    def sum(self, name: str) -> int:
        """A figure over all rounds."""
        return sum(getattr(one, name) for one in self.outcomes)


def play(drill: str, case: Case, place: Place, rounds: int | None, tell: Callable[[str], None]) -> Result:
    """Plays a case; whatever it raises becomes its trouble."""
    result = Result(drill, case)
    started = time.monotonic()
    wanted = case.rounds if case.weak else rounds or case.rounds  # a control gets as many chances as it needs
    try:
        for outcome in case.play(place, wanted):
            outcome.facts["seconds"] = round(time.monotonic() - started, 2)
            started = time.monotonic()
            result.outcomes.append(outcome)
            tell(_line(result, outcome))
            if case.weak and outcome.failed:
                break
    except Exception as error:
        result.trouble = f"{type(error).__name__}: {error}"
        tell(f"{drill} | {case.database} | {case.setup} | could not be played: {result.trouble}")
    return result


def _line(result: Result, outcome: Outcome) -> str:
    number = len(result.outcomes)
    facts = " ".join(f"{name}={value}" for name, value in outcome.facts.items() if not isinstance(value, list))
    words = "; ".join(" ".join(one.split()) for one in outcome.wrong[:3])
    return (
        f"{result.drill} | {result.case.database} | {result.case.setup} | round {number}: "
        f"{outcome.acknowledged} acknowledged, {outcome.lost} lost, {outcome.doubled} doubled"
        f"{' | ' + words if words else ''} | {facts}"
    )


def write(results: list[Result], folder: Path) -> None:
    """One JSON object for each round, in a file for each drill."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in {result.drill for result in results}:
        lines = [
            json.dumps(
                {
                    "drill": name,
                    "database": result.case.database,
                    "setup": result.case.setup,
                    "round": number,
                    "failed": outcome.failed,
                    **dataclasses.asdict(outcome),
                },
                ensure_ascii=False,
                default=str,
            )
            for result in results
            if result.drill == name
            for number, outcome in enumerate(result.outcomes, 1)
        ]
        (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def table(results: list[Result]) -> str:
    """The summary in Markdown."""
    head = "| drill | database | set-up | rounds | acknowledged | lost | doubled | failed rounds | behaved |"
    lines = [head, "|---|---|---|---|---|---|---|---|---|"]
    for result in results:
        figures = (len(result.outcomes), *(result.sum(name) for name in ("acknowledged", "lost", "doubled", "failed")))
        cells = (result.drill, result.case.database, result.case.setup, *figures, "yes" if result.behaved else "**NO**")
        lines.append(f"| {' | '.join(str(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"
