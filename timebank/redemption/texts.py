"""What the desk refuses, and why, in words.  Rules name a code; here stands ``redeem_<code>``."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from timebank.core.errors import TimebankError
from timebank.core.texts import REFUSALS as ALL
from timebank.core.texts import refusal_text
from timebank.core.units import fact_text
from timebank.redemption.rules.allowance import Reason

REFUSALS = {
    "no_goal": _l("Your time bank gives no places in care homes for hours."),
    "redeem_insufficient_time": _l(
        "%(available_minutes)s are available, but the basket needs %(needed_minutes)s. Take something out of it."
    ),
    "redeem_nothing_available": _l("There are no hours available. Hours on hold for visits cannot be redeemed."),
    "redeem_all_available": _l("All hours available, %(available_minutes)s, may be redeemed."),
    "redeem_share": _l(
        "%(percent)s %% of the %(earned_minutes)s earned are %(limit_minutes)s; "
        "%(used_minutes)s are used, %(left_minutes)s are left."
    ),
    "redeem_over_share": _l(
        "The basket needs %(needed_minutes)s. Of the hours earned, %(percent)s %% (%(limit_minutes)s) may go for this; "
        "%(used_minutes)s are used, so %(left_minutes)s are left. Take something out of the basket."
    ),
    "redeem_share_used": _l(
        "%(percent)s %% of the %(earned_minutes)s earned may go for this, %(limit_minutes)s in all; they are used up."
    ),
    "redeem_below_threshold": _l(
        "Redeeming begins when %(threshold_minutes)s have been earned. "
        "%(earned_minutes)s are earned so far; %(missing_minutes)s are missing."
    ),
    "redeem_deceased": _l(
        "This member died on %(died_on)s, so nothing is redeemed from the account any more, by an agent neither. "
        "Heirs turn to the operator of the time bank; if the note is wrong, the coordinator takes it back."
    ),
    "redeem_too_young": _l(
        "In this time bank hours are redeemed from the age of %(min_age)s; the member is %(age)s. "
        "Hours may be given to a relative."
    ),
    "redeem_age_unknown": _l(
        "In this time bank hours are redeemed from the age of %(min_age)s, and the date of birth is not known. "
        "Ask the coordinator to enter it."
    ),
    "redeem_not_exchange_day": _l("Goods are handed out on fixed days; the next one is %(next_day)s."),
    "redeem_limit_day": _l(
        "One person gets at most %(most)s of “%(item)s” a day; %(taken)s were taken today. "
        "%(left)s are left until %(next_day)s."
    ),
    "redeem_limit_week": _l(
        "One person gets at most %(most)s of “%(item)s” a week; %(taken)s were taken this week. "
        "%(left)s are left until %(next_day)s."
    ),
    "redeem_limit_month": _l(
        "One person gets at most %(most)s of “%(item)s” a month; %(taken)s were taken this month. "
        "%(left)s are left until %(next_day)s."
    ),
    "redeem_limit_year": _l(
        "One person gets at most %(most)s of “%(item)s” a year; %(taken)s were taken this year. "
        "%(left)s are left until %(next_day)s."
    ),
    "redeem_cash_disabled": _l("Hours are not exchanged for money."),
    "redeem_basket_empty": _l("The basket is empty. Scan or type an article first."),
    "redeem_quantity_odd": _l("Take between 1 and %(most)s pieces of an article."),
    "redeem_out_of_stock": _l(
        "Only %(left)s of “%(item)s” are on the shelf, and %(asked)s are asked for. Take fewer, or count the shelf."
    ),
    "redeem_no_price": _l("“%(item)s” has no price today. Ask the operator to set one."),
    "redeem_not_here": _l("“%(item)s” is not handed out at this desk."),
    "redeem_price_changed": _l(
        "The prices have changed while the basket was open: it costs %(now_minutes)s now. "
        "Tell the member, then confirm again."
    ),
    "redeem_same_again": _l(
        "The same was handed out to this member already: receipt %(receipt)s of %(at)s. "
        "If it is meant once more, say so below; if the line had dropped, all is done."
    ),
    "redeem_care_again": _l(
        "The same help on the same day was entered for this member already: request %(number)s of %(at)s. "
        "If it is meant once more, say so below; if the line had dropped, all is done."
    ),
    "intention_member_unknown": _l(
        "“%(member)s” is no card and no member number of this city. Find the member by name and enter the goods anew."
    ),
    "intention_person_needed": _l("The member confirms with the PIN. Put it in the basket when the member is there."),
    "intention_closed": _l("This is settled already."),
    "intention_how_odd": _l("Choose whether the member signed on paper or confirms later."),
    "redeem_item_unknown": _l(
        "No article has the number or name “%(text)s”. Scan it again or choose it from the list."
    ),
    "redeem_item_several": _l("Several articles match “%(text)s”. Choose one from the list."),
    "redeem_desk_closed": _l("This desk is closed. Choose another one."),
    "redeem_person_unknown": _l("There is no such member in this city's time bank."),
    "redeem_oneself": _l("Nobody serves themself at the desk. Ask a colleague."),
    "redeem_note_missing": _l("Write down who came for the member, and why."),
    "package_unknown": _l("There is no such package here."),
    "package_visits_odd": _l("A package has %(fewest)s to %(most)s visits."),
    "package_minutes_odd": _l("A visit of this help takes at most %(most_minutes)s."),
    "package_days_missing": _l("Choose at least one day of the week."),
    "companion_name_missing": _l("Write down who came for the member."),
    "companion_relation_missing": _l("Choose who the companion is to the member."),
    "companion_consent_missing": _l("Choose how the member agreed. Without it nothing is handed out: call the member."),
    "companion_no_agent": _l(
        "%(name)s is not registered as a guardian or agent of the member. Call the member, or ask for a signed paper."
    ),
    "redeem_confirm_odd": _l("Choose how the member confirms: by PIN, by signature, or through a companion."),
    "redeem_signature_missing": _l("Let the member sign in the box, or choose another way."),
    "redeem_pin_not_typed": _l("Let the member type the PIN, or open “Without PIN”."),
    "redeem_no_account": _l("This member has no hours yet."),
    "redeem_not_waiting": _l("This basket no longer waits for a second clerk."),
    "redeem_second_is_first": _l("Another clerk must confirm this. You put the basket together yourself."),
    "redeem_hold_gone": _l(
        "The time for the second clerk has run out; the hours are free again. Put the basket together anew."
    ),
    "redeem_expired_meanwhile": _l(
        "Something in this basket is past its last day of use by now. Cancel it and put the basket together anew."
    ),
    "redeem_not_returnable": _l("Nothing of this receipt can be taken back."),
    "redeem_return_empty": _l("Say how many pieces come back."),
    "redeem_return_odd": _l("This receipt has no such line."),
    "redeem_return_too_many": _l("Pieces entered: %(asked)s; pieces that can still come back: %(left)s."),
    "redeem_return_too_late": _l("Goods of this receipt could be taken back until %(last_day)s."),
    "redeem_reason_missing": _l("Write down the reason."),
    "receipt_not_true": _l("This is not a receipt of this time bank"),
    "desk_day_closed": _l(
        "This day is closed at this desk: two people have signed it. What is wrong is put right tomorrow."
    ),
    "day_end_waiting": _l("Baskets that still wait for a second clerk: %(number)s. Finish or cancel them first."),
    "day_end_missing": _l("“%(item)s” is not counted. Count it; enter 0 when none is there."),
    "day_end_reason": _l("“%(item)s” differs from the books by %(difference)s. Write down why."),
    "day_end_receipts": _l("Receipts counted: %(counted)s; the books have %(expected)s. Write down why in the note."),
    "day_end_nothing": _l("Nobody has counted today. One clerk counts first, another signs."),
    "day_end_oneself": _l("Another clerk signs. You counted yourself."),
    "day_end_no_clerk": _l("This person does not serve at a desk. A clerk signs."),
    "day_end_moved": _l("Something has moved since the count. Count again, then sign."),
    "desk_code_taken": _l("Another desk has this code. Choose another one."),
    "desk_unknown": _l("There is no such desk."),
    "goods_sku_taken": _l("Another article has this number. Choose another one."),
    "goods_sku_odd": _l("An article number has up to 32 letters, digits or hyphens."),
    "goods_picture_large": _l("The picture is too large: at most %(most)s MB and 50 million points."),
    "goods_picture_unreadable": _l("This file is no picture that can be read. Choose a JPEG, PNG or WebP file."),
    "goods_unknown": _l("There is no such article."),
    "goods_price_odd": _l("A price is between 1 minute and %(most_minutes)s."),
    "goods_price_past": _l("A new price holds from today or later; receipts of the past keep theirs."),
    "goods_pieces_odd": _l("Enter between 1 and %(most)s pieces."),
    "goods_source_odd": _l("Choose where the goods come from: donation, purchase or charity supermarket."),
    "goods_expired_already": _l("This day is over. Goods that have expired do not come to the shelf."),
    "goods_reason_missing": _l("Write down the reason."),
    "goods_batch_short": _l("Pieces of this delivery that can be taken: at most %(left)s."),
    "goods_minimum_odd": _l("Enter between 0 and %(most)s pieces."),
    "goods_limit_odd": _l("Enter between 0 and %(most)s pieces, and choose a day, a week, a month or a year."),
    "goods_limit_past": _l("A limit holds from today or later."),
    "goods_same_desk": _l("Choose another desk of this city."),
    "goods_not_there": _l("This article is not handed out at that desk."),
    "goods_arrived_already": _l("This has been received already."),
    "goods_arrival_reason": _l("What arrived differs from what was sent by %(difference)s. Write down why."),
    "goods_count_odd": _l("Enter the number of pieces on the shelf, 0 or more."),
    "goods_count_reason": _l("The shelf differs from the books by %(difference)s. Write down why."),
    "goods_count_held": _l("Pieces that wait for a second clerk: %(held)s. Finish or cancel those baskets first."),
}


def in_both(error: TimebankError) -> tuple[str, str]:
    """The sentence of a refusal in Chinese and in English, for what is read later by somebody else."""
    with force_locale("zh"):
        chinese = refusal_text(error)
    with force_locale("en"):
        return chinese, refusal_text(error)


def explain(reason: Reason) -> str:
    """The sentence of a rule, its facts filled in."""
    text = ALL.get(f"redeem_{reason.code}") or REFUSALS[f"redeem_{reason.code}"]
    facts = {name: fact_text(name, value) for name, value in reason.facts.items()}
    return str(text) % facts if facts else str(text)
