"""Reads of the registry.  Whoever was merged into somebody is found through that somebody, everywhere."""

from timebank.people.queries.briefs import (
    PersonBrief,
    brief,
    briefs,
    email_of,
    ids_of,
    is_actor,
    phone_of,
    resolve,
    resolve_all,
)
from timebank.people.queries.merges import came_with, merged_at
from timebank.people.queries.relations import (
    AgentInfo,
    HouseholdLine,
    acts_for,
    agents_of,
    copies_for,
    dependants_at_home,
    household_ids,
    household_of,
    may_agree,
    wards_of,
)
from timebank.people.queries.search import PeopleFilter, PersonHit, count_people, list_people, search

__all__ = [
    "AgentInfo",
    "HouseholdLine",
    "PeopleFilter",
    "PersonBrief",
    "PersonHit",
    "acts_for",
    "agents_of",
    "brief",
    "briefs",
    "came_with",
    "copies_for",
    "count_people",
    "dependants_at_home",
    "email_of",
    "household_ids",
    "household_of",
    "ids_of",
    "is_actor",
    "list_people",
    "may_agree",
    "merged_at",
    "phone_of",
    "resolve",
    "resolve_all",
    "search",
    "wards_of",
]
