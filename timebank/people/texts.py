"""What the registry says when it refuses, in words that tell what to do."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

VALUE_TEXTS: dict[str, Any] = {
    "name_missing": _l("The name is missing. Write the full name."),
    "name_long": _l("The name is longer than 64 characters. Write it shorter."),
    "text_long": _l("The text in “%(column)s” is too long: at most %(most)s characters."),
    "id_mangled": _l(
        "Excel has rounded this ID number (like 3.20113E+17); its last digits are lost. "
        "Format the column as text and type the number again."
    ),
    "id_rounded": _l(
        "This ID number ends in 000 and its check character is wrong: Excel has probably replaced the last digits. "
        "Format the column as text and type the number again."
    ),
    "id_length": _l(
        "An ID number has 18 characters (or 15 digits); this one has %(length)s. Compare it with the card."
    ),
    "id_characters": _l("An ID number has digits only, the last one may be X. Compare it with the card."),
    "id_birth_date": _l("The birth date inside this ID number does not exist. Compare the number with the card."),
    "id_checksum": _l("This ID number has a wrong digit: its check character does not fit. Compare it with the card."),
    "phone_invalid": _l(
        "This is no complete phone number. Write a mobile number (11 digits) or a landline with its area code."
    ),
    "phone_mangled": _l("Excel has rounded this phone number. Format the column as text and type the number again."),
    "email_invalid": _l("This is no complete e-mail address."),
    "sex_unknown": _l("Write F for a woman or M for a man."),
    "sex_contradicts_id": _l("The sex does not fit the ID number. One of them is wrong."),
    "birth_date_invalid": _l("This date does not exist. Write it as year-month-day, for example 1948-05-17."),
    "birth_date_future": _l("The birth date lies in the future. Write it as year-month-day."),
    "birth_date_contradicts_id": _l("The birth date does not fit the ID number. One of them is wrong."),
    "territory_missing": _l("The community code is missing. Write the 12 digits of the community."),
    "territory_unknown": _l(
        "There is no community with the code %(given)s. Write the 12 digits of the published code."
    ),
    "territory_mangled": _l(
        "Excel has rounded this community code to %(given)s; its last digits are lost. Format the column as text"
        " (right click on it, Format Cells, Number, Text) and enter the 12 digits again."
    ),
    "territory_not_yours": _l("This community lies outside the area you work for. Leave the row to those who do."),
    "point_invalid": _l(
        "These coordinates are not a place in China. Write latitude and longitude in degrees, or neither."
    ),
    "role_unknown": _l("The role “%(given)s” is not known. Write volunteer, recipient or client."),
    "role_missing": _l("Choose at least one role."),
    "skill_unknown": _l("There is no service with the code “%(given)s” in the catalogue."),
    "availability_invalid": _l("“%(part)s” is no weekly time. Write it like TUE 08:00-10:00, between 00:00 and 24:00."),
    "distance_invalid": _l("The walking distance must be a whole number of metres from 0 to 50000."),
    "language_invalid": _l("“%(given)s” is no language code. Write codes like zh or en."),
    "self_care_unknown": _l("Self-care must be able, partial or full_loss."),
    "yes_or_no": _l("Write yes or no in “%(column)s”."),
    "guardian_unknown": _l("There is no person with the member number %(given)s to be the guardian."),
    "guardian_oneself": _l("Nobody is their own guardian."),
    "guardian_minor": _l("A guardian must be at least 18 years old."),
    "guardian_needed": _l("A child under 14 needs the consent of a guardian. Name the guardian."),
    "member_no_invalid": _l("A member number has at most 32 letters, digits and dashes."),
    "member_no_twice": _l("The member number stands already in row %(row)s of this file."),
    "id_twice": _l("The ID number stands already in row %(row)s of this file."),
    "row_twice": _l("The same person stands already in row %(row)s of this file."),
    "member_no_other_person": _l(
        "The member number belongs to somebody with another ID number. Correct the number, or leave it empty."
    ),
    "member_no_other_name": _l(
        "The member number belongs to somebody with another name, birth date and phone. Correct the number."
    ),
    "two_people": _l(
        "The member number and the ID number belong to two different people in the registry. Look at both first."
    ),
    "columns_many": _l("The row has more columns than the heading. Look for a comma inside a text without quotes."),
}

ROW_HEADINGS = (_l("row"), _l("reason"))

REFUSALS: dict[str, Any] = VALUE_TEXTS | {
    "person": _l("There is no such person, or you may not see them."),
    "same_id_number": _l(
        "This ID number is already registered: %(name)s, member number %(member_no)s. Open that person."
    ),
    "same_id_elsewhere": _l(
        "This ID number is already registered in another area. Ask the platform operator to have the person moved."
    ),
    "likely_duplicates": _l(
        "%(count)s registered people may be the same person. Look at them; "
        "if nobody is, write here how you know and save again."
    ),
    "stale_form": _l("Somebody else changed this person meanwhile. Open the page again and repeat your change."),
    "member_no_taken": _l("This member number belongs to somebody else. Choose another or leave it empty."),
    "person_merged": _l("This person was merged into another one. Work with that one."),
    "person_deceased": _l("This person has died; nothing new can be arranged."),
    "death_before_birth": _l("The day of death lies before the birth date."),
    "death_in_future": _l("The day of death lies in the future."),
    "role_not_held": _l("The person does not have this role."),
    "role_held": _l("The person has this role already."),
    "household_already": _l("Both live in one household already."),
    "no_household": _l("The person is in no household."),
    "left_before_joined": _l("The last day lies before the first day."),
    "with_oneself": _l("Choose another person than this one."),
    "agent_twice": _l("This person is guardian or agent already."),
    "agent_circle": _l("Two people cannot be guardian of each other."),
    "agent_ends_before_start": _l("The last day lies before the first day."),
    "consent_giver": _l("Only the person, a guardian or an agent can give consent."),
    "copies_giver": _l(
        "Only the person or a guardian can agree to copies for an agent, and no agent writes it down for themself."
    ),
    "consent_withdrawn": _l("This consent was withdrawn already."),
    "two_id_numbers": _l(
        "Both have an ID number, and they differ. Correct the wrong one first, or decide that they "
        "are different people."
    ),
    "pair_decided": _l("Somebody has decided about these two already."),
    "merge_undone": _l("This merge was undone already."),
    "merge_not_last": _l("The kept person was merged again later. Undo the later merge first."),
    "both_changed": _l("The ID number of the merged person is used by somebody else now. Correct that first."),
    "nobody_found": _l("Nobody in your area is called “%(given)s” or has this number."),
    "several_found": _l("%(count)s people in your area fit “%(given)s”. Write the member number."),
    "purpose_missing": _l("Write what you need to see this for. It is kept, and the person can read it."),
    "file_unreadable": _l(
        "This file cannot be read as a table. Save it as CSV (UTF-8 or GB18030) or as an Excel "
        "workbook and send it again."
    ),
    "file_empty": _l("The file has no rows."),
    "headings_missing": _l("The first row must name the columns; these are missing: %(missing)s."),
    "headings_twice": _l("A column stands there twice: %(twice)s."),
    "import_not_found": _l("There is no such import, or you may not see it."),
    "import_failed": _l("The file could not be read to its end. What was read is kept; send the same file again."),
    "import_not_done": _l("The file is still being read. Wait until it is done."),
}
