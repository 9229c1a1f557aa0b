"""What volunteers hear from the registry: imports, merges, moves, people who leave the role or die."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from timebank.core.authority import Actor
from timebank.core.hooks import on
from timebank.exchange.queries import schemes
from timebank.exchange.queries import volunteers as queries
from timebank.exchange.service import apart, requests, welcome
from timebank.exchange.service import volunteers_registry as service
from timebank.exchange.service.volunteers_visits import set_free
from timebank.exchange.words_volunteers import STATES
from timebank.people import queries as people
from timebank.people.links import PersonLink
from timebank.people.rules.import_row import ImportedRow

REGISTRY = Actor.system("registry")


@on("service_codes")
def service_codes() -> list[str]:
    """The codes a spreadsheet may name as skills."""
    return [service.code for service in schemes.service_types()]


@on("person_links")
def person_links(person_id: int, actor: Actor) -> list[PersonLink]:
    """The volunteer's card on the page of a person, or the way to become one."""
    card = queries.card(person_id)
    if card is None:
        person = people.brief(person_id)
        may = person is not None and not person.deceased_on and actor.may("people.write", person.territory_code)
        url = url_for("exchange.register_volunteer", person_id=person_id)
        return [PersonLink(_("Register as a volunteer"), url, sort=30)] if may else []
    if not actor.may("volunteers.read", card.territory_code):
        return []
    url = url_for("exchange.volunteer", person_id=person_id)
    return [PersonLink(_("Volunteer"), url, note=STATES[card.state], sort=30)]


@on("person_imported")
def person_imported(person_id: int, row: ImportedRow) -> bool:
    """Somebody known as a volunteer came from a spreadsheet."""
    return service.take_over(REGISTRY, person_id, row)


@on("person_merged")
def person_merged(kept_id: int, merged_id: int) -> None:
    """Two records were one person."""
    service.merge(REGISTRY, kept_id, merged_id)
    welcome.once(REGISTRY, kept_id, merged_id)
    apart.merged(kept_id)


@on("person_unmerged")
def person_unmerged(kept_id: int, merged_id: int) -> None:
    """They were two after all."""
    service.unmerge(REGISTRY, kept_id, merged_id)
    welcome.again(REGISTRY, kept_id, merged_id)


@on("person_moved")
def person_moved(person_id: int, territory_code: str) -> None:
    """The volunteer's place keeps in step with the person's."""
    service.move_house(person_id, territory_code)


@on("role_taken")
def role_taken(actor: Actor, person_id: int, role: str) -> None:
    """Who becomes a recipient may get hours to begin with."""
    if role == "recipient":
        welcome.welcome_recipient(actor, person_id)


@on("role_left")
def role_left(person_id: int, role: str) -> None:
    """Who leaves the role in the registry stops volunteering."""
    if role == "volunteer":
        service.stop(REGISTRY, person_id, "role left")


@on("person_died")
def person_died(person_id: int, died_on: object) -> None:
    """Nothing is asked of the dead, and nobody goes to them."""
    service.stop(REGISTRY, person_id, "died")
    requests.end_requests_of(REGISTRY, person_id)


@on("volunteer_stopped")
def volunteer_stopped(actor: Actor, person_id: int, reason: str) -> None:
    """Planned visits of somebody who was suspended, barred or left are open again."""
    set_free(actor, person_id, reason)
