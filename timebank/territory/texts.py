"""What the territory says when it refuses, in words that tell what to do."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

REFUSALS: dict[str, Any] = {
    "territory": _l("There is no such place, or you may not see it."),
    "duty": _l("There is no such duty."),
    "divisions_unreadable": _l(
        "%(file)s, row %(row)s cannot be used (%(why)s). Nothing was changed; the folder must hold the five published "
        "files provinces.csv, cities.csv, areas.csv, streets.csv and villages.csv with the columns code and name."
    ),
    "bad_division_code": _l("“%(given)s” is no division code: 2, 4, 6, 9, 12 or (grids) 15 digits."),
    "parent_missing": _l("The place %(given)s lies in %(parent)s, which is not known. Add that first."),
    "not_a_community": _l("Only a community is divided into grids."),
    "name_missing_place": _l("Write the name of the place."),
    "grids_full": _l("This community has 999 grids already."),
    "published_name": _l("The published name of a place is not changed here; it comes with the division files."),
    "bad_point": _l("These coordinates are not a place in China. Write latitude and longitude in degrees, or neither."),
    "duty_ends_before_start": _l("The last day lies before the first day."),
    "nobody_fits": _l("Nobody you may find is called “%(given)s” or has this number. Register the person first."),
    "several_people_fit": _l("Several people fit “%(given)s”: %(names)s. Write the member number."),
    "has_duty": _l("This person has this duty here already at that time."),
}
