"""Who acts, and what they may do where.  Pure: no database, no request.

A territory is its published code ("3201" city, "320113" district, "320113001" street, "320113001007" community,
"320113001007003" grid); a code contains every code that starts with it, and "" contains everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from timebank.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held for a territory; `permissions` were looked up when the actor signed in."""

    role: str
    territory: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or job) on whose behalf something is done."""

    account_id: int | None = None
    person_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    wards: frozenset[int] = field(default_factory=frozenset)  # persons this one may act for (guardian, agent)
    channel: str = "web"
    everything: bool = False

    @classmethod
    def system(cls, name: str, channel: str = "job") -> Actor:
        """The clock, a command line or a migration: may do everything, and is named in the audit."""
        return cls(name=name, channel=channel, everything=True)

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    def is_self(self, person_id: int | None) -> bool:
        """Is this the actor, or somebody the actor is guardian or agent of?"""
        return person_id is not None and (person_id == self.person_id or person_id in self.wards)

    def has(self, permission: str) -> bool:
        """Holds the permission for at least one territory."""
        return self.everything or any(permission in grant.permissions for grant in self.grants)

    def may(self, permission: str, territory: str) -> bool:
        """Holds the permission for this territory."""
        return self.everything or any(
            permission in grant.permissions and territory.startswith(grant.territory) for grant in self.grants
        )

    def require(self, permission: str, territory: str) -> None:
        """Raises `NotAllowed` unless the permission is held for the territory."""
        if not self.may(permission, territory):
            raise NotAllowed(permission)

    def require_for(self, person_id: int, permission: str, territory: str) -> None:
        """As `require`, but the person themself, a guardian and an agent always may."""
        if not self.is_self(person_id):
            self.require(permission, territory)

    def scopes(self, permission: str) -> tuple[str, ...]:
        """The territories for which the permission is held; use with `db.in_scope`."""
        if self.everything:
            return ("",)
        return _outermost(grant.territory for grant in self.grants if permission in grant.permissions)


def _outermost(codes: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for code in sorted(set(codes)):
        if not kept or not code.startswith(kept[-1]):
            kept.append(code)
    return tuple(kept)


NOBODY = Actor()
