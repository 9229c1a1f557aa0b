"""What other domains put on the page of a person: a line with a way to more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PersonLink:
    """An entry of the person's page, answered by `@on("person_links")` functions `(person_id, actor)`.

    `text` says what is behind the link, `note` how things stand; answer only what the actor may see, with at most two
    statements.  `sort`: small numbers first.
    """

    text: Any
    url: str
    note: Any = ""
    sort: int = 100
