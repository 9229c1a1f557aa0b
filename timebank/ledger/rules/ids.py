"""Identifiers made by the application, so that no sequence has to be shared between districts."""

from __future__ import annotations

import itertools
import random
import uuid
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ACCOUNTS_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
_turn = itertools.count()
_random = random.SystemRandom()


def uuid7(moment: datetime) -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): sorts by `moment`, then by the order of making in this process."""
    millis, micros = divmod((moment - _EPOCH) // timedelta(microseconds=1), 1000)
    tail = (next(_turn) & 0xFFFF) << 46 | _random.getrandbits(46)
    return uuid.UUID(int=millis << 80 | 0x7 << 76 | micros << 66 | 0b10 << 62 | tail)


def account_id(moment: datetime) -> int:
    """A number for a new account: milliseconds and 11 random bits, below 2**53 so that JavaScript can read it."""
    return ((moment - _ACCOUNTS_SINCE) // timedelta(milliseconds=1)) << 11 | _random.getrandbits(11)
