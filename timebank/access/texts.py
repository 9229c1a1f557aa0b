"""What a refusal of access says."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REFUSALS = {
    "sign_in_wrong": _l(
        "The name or the password is not right. Check both, or ask your coordinator for a new password."
    ),
    "sign_in_wait": _l("There were too many wrong tries. Please try again after %(until)s."),
    "old_password_wrong": _l("This is not your present password. Type it as you do when you sign in."),
    "sign_in_name_form": _l("A sign-in name has 3 to 64 letters or digits; . _ - and @ may stand between them."),
    "sign_in_name_number": _l("A sign-in name must not be a number only. Put at least one letter in it."),
    "sign_in_name_taken": _l("Somebody already signs in with this name. Choose another one."),
    "account_exists": _l("This person already has an account. Reset its password instead."),
    "access_account_unknown": _l("There is no such account."),
    "own_account": _l("You cannot do this with your own account. Ask another administrator."),
    "password_short": _l("A password needs at least 8 characters. A short sentence is easy to keep in mind."),
    "password_long": _l("A password has at most 200 characters."),
    "password_easy": _l("Everybody would guess this password. Choose another one."),
    "pin_form": _l("A PIN has 4 to 6 digits."),
    "pin_easy": _l("This PIN is too easy (such as 1234 or 0000). Choose other digits."),
    "pin_birth_date": _l("The PIN must not be the birth date. Choose other digits."),
    "pin_missing": _l("This person has no PIN yet. Set one, or let them confirm by signature or by a call."),
    "wrong_pin": _l("The PIN is not right. Tries left: %(left)s."),
    "pin_locked": _l("The PIN was wrong five times and is locked until %(until)s. Wait, or set a new PIN in person."),
    "wrong_visit_code": _l(
        "This is not the code on the recipient's card for this visit. Tries left: %(left)s. "
        "Look again, or use the button."
    ),
    "visit_code_locked": _l(
        "The code was wrong too often and is locked until %(until)s. Use the button, or call your coordinator, "
        "who can unlock it or check you in."
    ),
    "access_role_unknown": _l("Choose one of the roles in the list."),
    "access_role_dates": _l("The last day must not be before the first day."),
    "access_role_held": _l("This account already holds this role for this territory at that time."),
    "access_grant_unknown": _l("There is no such role; it may have ended already."),
    "access_reason_missing": _l("Write down why: it stands in the record."),
    "token_days": _l("A token works for 1 to 366 days."),
    "token_unknown": _l("There is no such token; it may have been withdrawn already."),
    "person_known": _l(
        "We may already know you. Please come to the service desk or call your coordinator: "
        "they will set up your account."
    ),
    "access_member_unknown": _l("Nobody has this member number. Look for the person by name first."),
    "access_person_unknown": _l("There is no such person, or you may not see them."),
    "access_no_card": _l("There is no card yet. The coordinator or the service desk prints one."),
    "access_territory_unknown": _l("There is no territory with this code."),
    "access_place_unknown": _l("There is no such community. Look for yours by its name."),
    "registration_wait": _l("Too many people registered from here. Please try again after %(until)s."),
}
