"""Which pieces are handed out first, and which come back where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Have:
    """Pieces of a batch that nobody is promised, and the last day on which they are handed out."""

    batch_id: int
    free: int
    expires_on: date | None = None

    def expired(self, today: date) -> bool:
        """Past its day: not handed out any more (on the day itself it still is)."""
        return self.expires_on is not None and self.expires_on < today


@dataclass(frozen=True, slots=True)
class Taken:
    """Pieces that a line of a receipt took from a batch, and how many of them came back."""

    take_id: int
    pieces: int
    returned: int
    expires_on: date | None = None

    @property
    def left(self) -> int:
        return self.pieces - self.returned


def first_out(batches: Iterable[Have]) -> list[Have]:
    """The batches in the order in which they are handed out: the first to expire first, then the oldest."""
    return sorted(batches, key=lambda one: (one.expires_on or date.max, one.batch_id))


def free(batches: Iterable[Have], today: date) -> int:
    """Pieces that may be handed out today."""
    return sum(one.free for one in batches if not one.expired(today))


def pick(batches: Iterable[Have], pieces: int, today: date) -> list[tuple[int, int]] | None:
    """(batch, pieces) for so many pieces out of what has not expired; None when there are not enough."""
    return draw([one for one in batches if not one.expired(today)], pieces)


def draw(batches: Iterable[Have], pieces: int) -> list[tuple[int, int]] | None:
    """The same out of all of them (what a count misses was taken, expired or not)."""
    taken: list[tuple[int, int]] = []
    for one in first_out(batches):
        count = min(pieces, max(0, one.free))
        if count:
            taken.append((one.batch_id, count))
            pieces -= count
    return None if pieces else taken


def give_back(takes: Iterable[Taken], pieces: int) -> list[tuple[int, int]]:
    """(take, pieces) for what comes back: to the batch that keeps longest first."""
    back: list[tuple[int, int]] = []
    for one in sorted(takes, key=lambda one: (one.expires_on or date.max, one.take_id), reverse=True):
        count = min(pieces, one.left)
        if count:
            back.append((one.take_id, count))
            pieces -= count
    return back
