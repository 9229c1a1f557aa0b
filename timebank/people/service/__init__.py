"""Changes of the registry, in users' words.  The only writer of its tables."""

from timebank.people.service.commands import Joining, NewAgent, NewConsent, NewPerson, PersonChange
from timebank.people.service.likely import LikelyPerson, likely_people
from timebank.people.service.merges import decide_different, merge_people, reopen_pair, undo_merge
from timebank.people.service.persons import (
    change_own_details,
    choose_reading,
    record_death,
    register_person,
    reveal,
    update_person,
)
from timebank.people.service.relations import (
    add_agent,
    end_agent,
    give_consent,
    leave_household,
    set_household,
    withdraw_consent,
)
from timebank.people.service.roles import give_role, leave_role

__all__ = [
    "Joining",
    "LikelyPerson",
    "NewAgent",
    "NewConsent",
    "NewPerson",
    "PersonChange",
    "add_agent",
    "change_own_details",
    "choose_reading",
    "decide_different",
    "end_agent",
    "give_consent",
    "give_role",
    "leave_household",
    "leave_role",
    "likely_people",
    "merge_people",
    "record_death",
    "register_person",
    "reopen_pair",
    "reveal",
    "set_household",
    "undo_merge",
    "update_person",
    "withdraw_consent",
]
