"""The review queue: may these two be one person?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from timebank.api.routing import read, write
from timebank.api.schemas.people_relations import MergeBody, PairFile, PairsPage, PairsQuery
from timebank.core.errors import NotFound
from timebank.core.web import actor
from timebank.people import service
from timebank.people.queries import duplicates, profile
from timebank.people.queries.search import hits_of

REVIEW = "people.review"
PAIR = "/people/duplicates/<int:pair_id>"


@read("/people/duplicates", PairsPage, permission=REVIEW, query=PairsQuery)
def list_duplicates(query: PairsQuery) -> dict[str, Any]:
    """Pairs of people who may be one, of the territories one may decide for."""
    page = duplicates.list_pairs(actor(), query.state, query.after, query.limit)
    hits = hits_of(actor(), [one for pair in page.items for one in (pair.first_id, pair.second_id)])
    items = [asdict(pair) | {"first": hits[pair.first_id], "second": hits[pair.second_id]} for pair in page.items]
    return {"items": items, "next": page.next}


@read(PAIR, PairFile, permission=REVIEW)
def get_duplicate(pair_id: int) -> dict[str, Any]:
    """Both people side by side, what is sensitive masked."""
    pair = duplicates.pair(actor(), pair_id)
    if pair is None:
        raise NotFound("person")
    people = [profile.detail(actor(), one) for one in (pair.first_id, pair.second_id)]
    return asdict(pair) | {"people": people}


@write(f"{PAIR}/different", permission=REVIEW)
def decide_different(pair_id: int, key: str) -> dict[str, Any]:
    """They are two people; the pair is not asked about again."""
    return {"id": service.decide_different(actor(), pair_id, key=key)}


@write(f"{PAIR}/reopening", permission=REVIEW)
def reopen_duplicate(pair_id: int, key: str) -> dict[str, Any]:
    """The decision that they are two people is taken back."""
    return {"id": service.reopen_pair(actor(), pair_id, key=key)}


@write("/people/merges", body=MergeBody, permission=REVIEW, status=201)
def merge_people(body: MergeBody, key: str) -> dict[str, Any]:
    """Two rows are one person, also when the two were never in the queue; answers with the merge."""
    return {"id": service.merge_people(actor(), body.kept_id, body.merged_id, key=key)}


@write("/people/merges/<int:merge_id>/undo", permission=REVIEW)
def undo_merge(merge_id: int, key: str) -> dict[str, Any]:
    """They were two people after all; answers with the restored person."""
    return {"id": service.undo_merge(actor(), merge_id, key=key)}
