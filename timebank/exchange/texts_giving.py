"""Refusals of gifts, the pot and what lies above the cap."""

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "no_such_gift": _l("There is no such gift, or you may not see it."),
    "gift_receiver_unknown": _l(
        "Nobody in this city has this member number and this name. Both stand on the member card; copy them from it."
    ),
    "gift_to_oneself": _l("This is your own number. Write the number of the relative."),
    "giving_deceased": _l("One of the two has died, so no hours pass on. Heirs turn to the operator of the time bank."),
    "gift_group": _l("Hours of a group can only be given to the community pot."),
    "gift_relation": _l("In this time bank hours do not pass on to this relative. Choose a relation from the list."),
    "gift_age_unknown": _l(
        "Relatives receive hours from the age of %(min_age)s, and this birth date is not known. "
        "Ask the service point to add it first."
    ),
    "gift_too_young": _l("Relatives receive hours from the age of %(min_age)s; this relative is younger."),
    "gift_minutes": _l("Give at least one minute."),
    "gift_too_large": _l("You have %(available_minutes)s free. Give that or less."),
    "gift_above_cap": _l("The relative's account has room for %(room_minutes)s. Give that or less."),
    "gift_own": _l("This gift concerns you. A colleague must look at it."),
    "gift_same_person": _l("You typed this gift in. A colleague must look at its proof."),
    "gift_decided": _l("Somebody has decided on this gift already. Open the page again to read how."),
    "gift_lapsed": _l("Nobody looked at the proof in time, so the hours are free again. Ask once more if you like."),
    "proof_needed": _l("Say which paper it was, for example its number or who showed it."),
    "pot_own": _l("Nobody gives themself hours from the pot. Ask a colleague."),
    "pot_not_recipient": _l("The pot is for people who receive help. Add this to the person's page first."),
    "pot_minutes": _l("Give at least one minute."),
    "pot_empty": _l("The pot has %(available_minutes)s free. Give that or less."),
    "pot_above_cap": _l("The account has room for %(room_minutes)s. Give that or less."),
    "pot_key_elders_first": _l(
        "%(waiting)s key elders have no hours left, and they come first. Give to them, or tick the box and say why."
    ),
    "overflow_choice": _l("Choose one of the ways offered."),
}
