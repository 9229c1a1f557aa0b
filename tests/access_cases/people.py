"""Who gets which page of people."""

import base64
from typing import Any

from tests.architecture.cases import Case, Facts
from tests.factories.people import SYSTEM, registered, row, sheet
from tests.factories.town import broker
from timebank.people import service
from timebank.people.queries import duplicates
from timebank.people.service.imports import start_import


def _person(facts: Facts) -> dict[str, Any]:
    return {"person_id": facts["person"]}


def _phone(facts: Facts) -> dict[str, Any]:
    return {"person_id": facts["person"], "field": "phone"}


def _pair(_facts: Facts) -> dict[str, Any]:
    registered(phone="13849235197")
    registered(phone="13849235197")
    return {"pair": duplicates.list_pairs(SYSTEM).items[0].id}


def _pair_id(facts: Facts) -> dict[str, Any]:
    return {"pair_id": facts["pair"]}


def _merged(facts: Facts) -> dict[str, Any]:
    return {"merge": service.merge_people(SYSTEM, facts["person"], facts["neighbour"])}


def _run(_facts: Facts) -> dict[str, Any]:
    content = base64.b64encode(sheet(row(1))).decode()
    return {"run": start_import(broker(), "people.csv", content)}


def _run_id(facts: Facts) -> dict[str, Any]:
    return {"run_id": facts["run"]}


STREET = ("broker", "social_worker")
OTHER_STREET = ("other_broker", "other_social_worker")
LISTS = dict.fromkeys((*STREET, *OTHER_STREET, "operator", "auditor"), 200)
READERS = dict.fromkeys((*STREET, "operator", "auditor"), 200) | dict.fromkeys(OTHER_STREET, 404)
WRITERS = dict.fromkeys((*STREET, "operator"), 200) | dict.fromkeys(OTHER_STREET, 404)
PRESSED = dict.fromkeys((*STREET, "operator"), 303) | dict.fromkeys(OTHER_STREET, 404)
IMPORTERS = {"broker": 200, "operator": 200, "other_broker": 200}
OWN_IMPORT = {"broker": 200, "operator": 200, "other_broker": 404}
REVIEWERS = {"broker": 200, "operator": 200, "other_broker": 404}
DECIDERS = {"broker": 303, "operator": 303, "other_broker": 404}

ACCESS_CASES = [
    Case("people.index", statuses=LISTS),
    Case("people.find", lambda _: {"q": "zgy"}, LISTS),
    Case("people.export", statuses=LISTS),
    Case("people.new_person", statuses=dict.fromkeys((*STREET, *OTHER_STREET, "operator"), 200)),
    Case("people.person", _person, READERS),
    Case("people.history", _person, READERS),
    Case("people.edit", _person, WRITERS),
    Case("people.death", _person, WRITERS),
    Case("people.reveal", _phone, READERS),
    Case("people.household", _person, WRITERS),
    Case("people.new_agent", _person, WRITERS),
    Case("people.new_consent", _person, WRITERS),
    Case("people.give_role", _person, PRESSED, method="POST", form=lambda _: {"role": "volunteer"}),
    Case("people.leave_role", _person, PRESSED, method="POST", form=lambda _: {"role": "recipient"}),
    Case("people.take_death_back", _person, PRESSED, method="POST"),
    Case("people.upload", statuses=IMPORTERS),
    Case("people.import_template", statuses=IMPORTERS),
    Case("people.import_run", _run_id, OWN_IMPORT, make=_run),
    Case("people.import_progress", _run_id, {"broker": 302, "operator": 302, "other_broker": 404}, make=_run),
    Case("people.import_rejects", _run_id, OWN_IMPORT, make=_run),
    Case("people.review", statuses={"broker": 200, "operator": 200, "other_broker": 200}),
    Case("people.pair", _pair_id, REVIEWERS, make=_pair),
    Case("people.merge", _pair_id, DECIDERS, method="POST", make=_pair),
    Case("people.different", _pair_id, DECIDERS, method="POST", make=_pair),
    Case("people.undo_merge", lambda facts: {"merge_id": facts["merge"]}, DECIDERS, method="POST", make=_merged),
    Case("people.my_details", statuses={"owner": 200, "neighbour": 200}, others=302),
    Case("people.my_details", lambda facts: {"for": facts["person"]}, {"owner": 200}, others=404),
    Case("people.my_seen", statuses={"owner": 200, "neighbour": 200}, others=302),
]
