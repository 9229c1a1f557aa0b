"""Words for the codes of the registry, in the reader's language."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from timebank.core.texts import ACTIONS

SEX: dict[str, Any] = {"F": _l("Woman"), "M": _l("Man")}
ROLE: dict[str, Any] = {
    "volunteer": _l("Volunteer"),
    "recipient": _l("Receives help"),
    "client": _l("Client of assistance"),
}
SELF_CARE: dict[str, Any] = {
    "able": _l("Manages alone"),
    "partial": _l("Needs some care"),
    "full_loss": _l("Needs full care"),
}
AGENT_KIND: dict[str, Any] = {"guardian": _l("Guardian"), "agent": _l("Agent")}
BASIS: dict[str, Any] = {
    "consent": _l("Consent"),
    "statutory_duty": _l("Statutory duty"),
    "emergency": _l("Emergency"),
}
PURPOSE: dict[str, Any] = {
    "timebank": _l("Time bank: offers, visits, hours"),
    "assistance": _l("Assistance: application, visits, care"),
    "health": _l("Health facts, as far as a visit needs them"),
    "sharing:helpers": _l("Passing on address and door note to helpers"),
    "sharing:agents": _l("Copies of sheets, receipts and messages to chosen agents"),
    "sharing:charity": _l("Passing on data to a charity"),
    "sharing:hospital": _l("Passing on data to a hospital"),
}
LANGUAGE: dict[str, Any] = {"zh": _l("Chinese"), "en": _l("English"), "zh-nanjing": _l("Nanjing dialect")}
LIKENESS: dict[str, Any] = {
    "same_id_other_name": _l("Same ID number, other name"),
    "same_name_and_birth_date": _l("Same name and birth date"),
    "same_name_and_phone": _l("Same or similar name, same phone"),
    "same_name_and_address": _l("Same name and address"),
    "same_phone_and_birth_date": _l("Same phone and birth date"),
    "sounds_alike_and_same_birth_date": _l("Name sounds alike, same birth date"),
    "found_by_hand": _l("Found by hand"),
}
PAIR_STATE: dict[str, Any] = {
    "open": _l("Waiting"),
    "merged": _l("Merged"),
    "different": _l("Different people"),
}
RUN_STATE: dict[str, Any] = {
    "waiting": _l("Waiting"),
    "running": _l("Being read"),
    "done": _l("Done"),
    "failed": _l("Failed"),
    "to_check": _l("Waiting for the check"),
    "checking": _l("Being checked"),
    "checked": _l("Checked; nothing was taken in"),
}
COUNT: dict[str, Any] = {
    "read": _l("Rows read"),
    "created": _l("New people"),
    "updated": _l("Changed"),
    "unchanged": _l("Unchanged"),
    "to_review": _l("New, but perhaps registered already"),
    "rejected": _l("Sent back with a reason"),
}
FIELD: dict[str, Any] = {
    "id_number": _l("ID number"),
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "self_care": _l("Self-care"),
    "name": _l("Name"),
    "sex": _l("Sex"),
    "birth_date": _l("Birth date"),
    "territory_code": _l("Community"),
    "address": _l("Address"),
    "letters": _l("Address and letters"),
    "lat": _l("Latitude"),
    "lon": _l("Longitude"),
    "languages": _l("Languages"),
    "reads": _l("Language of messages"),
    "lives_alone": _l("Lives alone"),
    "door_note": _l("Note for the door"),
    "safety_note": _l("Safety note"),
    "note": _l("Note"),
    "case": _l("Assistance case"),
    "health": _l("Health file"),
}
LOOK: dict[str, Any] = {
    "letters_printed": _l("Printing letters, pile no."),
    "case_work": _l("Working on the case"),
    "supervise": _l("Supervising or approving the plan"),
    "stand_in": _l("Standing in for the case worker"),
    "asked": _l("The person asked me"),
    "verify": _l("Verifying what was reported"),
    "audit": _l("Audit"),
    "other": _l("Another reason"),
}
ACTION: dict[str, Any] = {
    "register.person": _l("Was registered"),
    "import.person": _l("Came from a spreadsheet"),
    "change.person": _l("Details changed"),
    "give.role": _l("Role given"),
    "leave.role": _l("Role left"),
    "record.death": _l("Day of death noted"),
    "set.household": _l("Moved into a household"),
    "leave.household": _l("Left the household"),
    "add.agent": _l("Guardian or agent added"),
    "end.agent": _l("Guardian or agent ended"),
    "give.consent": _l("Consent written down"),
    "withdraw.consent": _l("Consent withdrawn"),
    "merge.people": _l("Merged"),
    "undo.merge": _l("Merge undone"),
    "set.self_care": _l("Level of self-care set"),
}
RELATIONS = (
    ("head", _l("Head of the household")),
    ("spouse", _l("Husband or wife")),
    ("child", _l("Son or daughter")),
    ("parent", _l("Father or mother")),
    ("grandchild", _l("Grandchild")),
    ("grandparent", _l("Grandparent")),
    ("sibling", _l("Brother or sister")),
    ("relative", _l("Other relative")),
    ("other", _l("Somebody else")),
)
RELATION: dict[str, Any] = dict(RELATIONS)


def deed(code: str) -> str:
    """What was done, also by other domains (each domain's `action_texts.py`)."""
    return str(ACTIONS.get(code, code))


def look(kept: str) -> str:
    """What somebody needed it for: a code, own words, or a code and own words after a colon."""
    code, colon, own = kept.partition(": ")
    return f"{of(LOOK, code)}{colon}{own}"


def of(table: dict[str, Any], code: object) -> Any:
    """The words for a code; a code without words (an older one) stands for itself, nothing for nothing."""
    return table.get(str(code), str(code)) if code else ""
