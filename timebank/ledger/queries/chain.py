"""Do the seals hold?  Leaves, trees, the chain of roots, signatures, and what was published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise, zip_longest
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, and_, select, text

from timebank.ledger import keys, publishing
from timebank.ledger.queries.sealed import LEAVES, SEALS, TRANSFERS, facts, sealed_tenants, seals_after
from timebank.ledger.rules import proofs, seals, signing
from timebank.ledger.rules.seals import SealFacts
from timebank.ledger.rules.signing import PublicKey

AT_ONCE = 5000
TREES = "SELECT n, idx, leaf FROM seal_leaf WHERE tenant_id = :tenant AND n > :n ORDER BY n, idx"
TREE = "SELECT n, idx, leaf FROM seal_leaf WHERE tenant_id = :tenant AND n = :n ORDER BY idx"
OVERLAP = timedelta(minutes=10)  # a sealer that runs while the key is changed finishes with the old one


@dataclass(frozen=True, slots=True)
class Broken:
    """A seal that does not hold, and why.  `n` 0: the published file or the keys as a whole."""

    tenant: int | None
    n: int
    words: str


def broken_seals(connection: Connection) -> Iterator[Broken]:
    """Every seal that its leaves, the seal before it, its signature or the published file do not bear out."""
    for tenant in sorted({*sealed_tenants(connection), *publishing.published_tenants()}):
        yield from broken_since(connection, tenant, 0)
    yield from _leaves_of_nothing(connection)


def broken_since(connection: Connection, tenant: int, after: int) -> Iterator[Broken]:
    """The same for the seals of a city after number `after`, which must itself be the one that was published."""
    known = _keys()
    if isinstance(known, Broken):
        yield known
        known = {}
    yield from _chain(connection, tenant, after, known)
    yield from _trees(connection, tenant, after)
    try:
        yield from _compared(connection, tenant, after)
    except ValueError as error:
        yield Broken(tenant, 0, f"the published seals cannot be read: {error}")


def _keys() -> dict[bytes, PublicKey] | Broken:
    try:
        return keys.known_keys()
    except ValueError as error:
        return Broken(None, 0, f"the public keys cannot be read: {error}")


def _chain(connection: Connection, tenant: int, after: int, known: dict[bytes, PublicKey]) -> Iterator[Broken]:
    ends = _ends(list(known.values()))
    before: SealFacts | None = None
    for seal in seals_after(connection, tenant, max(after - 1, 0)):
        if after and seal.n == after:
            before = seal
            continue
        if seal.n != (before.n if before else after) + 1:
            yield Broken(tenant, seal.n, "a seal before it is missing")
        if seal.prev_root != (before.root if before else seals.EMPTY):
            yield Broken(tenant, seal.n, "does not follow the seal before it")
        yield from (Broken(tenant, seal.n, words) for words in _unsigned(seal, before, known, ends))
        before = seal


def _ends(known: Sequence[PublicKey]) -> dict[bytes, datetime]:
    """When each key was followed by another one."""
    return {key.id: following.since for key, following in pairwise(known)}


def _unsigned(
    seal: SealFacts, before: SealFacts | None, known: Mapping[bytes, PublicKey], ends: Mapping[bytes, datetime]
) -> Iterator[str]:
    if not seal.signature:
        if before is not None and before.signature:
            yield "is not signed although the one before it is"
        return
    key = known.get(seal.key_id)
    if key is None:
        yield f"is signed by a key that was never published: {seal.key_id.hex()}"
    elif not signing.sealed_by(seal, key.der):
        yield "its signature does not fit"
    elif key.id in ends and seal.sealed_at > ends[key.id] + OVERLAP:
        yield f"is signed by the key {key.id.hex()}, which was replaced before"


def _trees(connection: Connection, tenant: int, after: int) -> Iterator[Broken]:
    """Rebuilds each tree from the kept leaves; both are read in the order of the seals, one beside the other."""
    with connection.execute(
        text(TREES), {"tenant": tenant, "n": after}, execution_options={"yield_per": AT_ONCE}
    ) as all_:
        there = ((n, list(rows)) for n, rows in groupby(all_, itemgetter(0)))
        found = next(there, None)
        for seal in seals_after(connection, tenant, after):
            while found and found[0] < seal.n:
                yield Broken(tenant, found[0], "has leaves but is missing itself")
                found = next(there, None)
            kept: list[Any] = found[1] if found and found[0] == seal.n else []
            if not _holds(seal, kept):
                yield Broken(tenant, seal.n, "its leaves do not make its root")
            if kept:
                found = next(there, None)
        if found:
            yield Broken(tenant, found[0], "has leaves but is missing itself")


def _holds(seal: SealFacts, kept: list[Any]) -> bool:
    """Rows of (number of the seal, place, leaf), in the order of the places."""
    if [place for _, place, _ in kept] != list(range(seal.leaves)):
        return False
    return seals.root(seal.prev_root, [leaf for _, _, leaf in kept]) == seal.root


def _leaves_of_nothing(connection: Connection) -> Iterator[Broken]:
    columns = LEAVES.c
    transfer = and_(TRANSFERS.c.tenant_id == columns.tenant_id, TRANSFERS.c.id == columns.transfer_id)
    question = (
        select(columns.tenant_id, columns.n, columns.transfer_id)
        .outerjoin(TRANSFERS, transfer)
        .where(TRANSFERS.c.id.is_(None))
    )
    for row in connection.execute(question):
        yield Broken(row.tenant_id, row.n, f"the transfer {row.transfer_id} was taken away after it was sealed")


# -- published outside the database ------------------------------------------------------------------------------------


def _compared(connection: Connection, tenant: int, after: int) -> Iterator[Broken]:
    """The published seals and those of the database, side by side; `after` itself is compared, too."""
    ours = seals_after(connection, tenant, max(after - 1, 0))
    newest = connection.scalar(select(SEALS.c.n).where(SEALS.c.tenant_id == tenant).order_by(SEALS.c.n.desc()).limit(1))
    # What was sealed after this connection began to look is none of its business.
    theirs = (seal for seal in publishing.published(tenant) if seal.n >= after)
    expected = max(after, 1)
    for mine, published in zip_longest(ours, theirs):
        if published is None:
            if mine.signature:
                yield Broken(tenant, mine.n, "is not in the published file, or what follows it there was cut off")
                return
        elif published.n != expected or published.tenant != tenant:
            yield Broken(tenant, published.n, f"stands in the published file where seal {expected} must stand")
            return
        elif mine is None:
            if not _made_since(connection, tenant, newest or 0, published):
                yield Broken(tenant, published.n, "was published, and the database does not hold it: it was cut short")
                return
        elif mine != published:
            yield Broken(tenant, mine.n, "is not the one that was published")
        expected += 1


def _made_since(connection: Connection, tenant: int, newest: int, published: SealFacts) -> bool:
    """Was the seal made while we looked?  A connection of its own sees what is there now."""
    with connection.engine.connect() as fresh:
        row = fresh.execute(select(SEALS).where(SEALS.c.tenant_id == tenant, SEALS.c.n == published.n)).first()
    return row is not None and published.n > newest and facts(row) == published


def published_up_to(tenant: int, n: int) -> list[SealFacts]:
    """The seals 1 to `n` as they were published, chained and signed.  Raises proofs.Disproved, proofs.Unreadable."""
    chain = [seal for seal in publishing.published(tenant) if seal.n <= n]
    if not chain or chain[-1].n != n:
        raise proofs.Unreadable(f"seal {n} of {tenant} was not published")
    proofs.check_chain(chain, keys.known_keys())
    return chain


def standing_under(connection: Connection, tenant: int, chain: Sequence[SealFacts], wanted: Iterable[int]) -> set[int]:
    """Which of the seals with these numbers have the leaves that their published roots ask for?"""
    published = {seal.n: seal for seal in chain}
    found = set()
    for n in sorted(set(wanted) & published.keys()):
        kept = connection.execute(text(TREE), {"tenant": tenant, "n": n}).all()
        if _holds(published[n], list(kept)):
            found.add(n)
    return found
