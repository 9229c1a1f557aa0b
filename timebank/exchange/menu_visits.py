"""Menu entries of requests, visits and hours."""

from flask_babel import lazy_gettext as _l

from timebank.core.web import MenuItem

MENU: list[MenuItem] = [
    MenuItem(endpoint="exchange.request_list", text=_l("Requests"), permission="requests.read", sort=10),
    MenuItem(endpoint="exchange.visit_list", text=_l("All visits"), permission="visits.read", sort=12),
    MenuItem(endpoint="exchange.alarm_list", text=_l("Alarms"), permission="alarms.read", sort=14),
    MenuItem(endpoint="exchange.staff_calendar", text=_l("Calendar"), permission="visits.read", sort=11),
    MenuItem(endpoint="exchange.hours_review", text=_l("Hours worked"), permission="hours.review", sort=13),
    MenuItem(endpoint="exchange.week_sheets", text=_l("Paper and telephone"), permission="visits.confirm", sort=15),
    MenuItem(endpoint="exchange.my_visits", text=_l("My visits"), sort=10, face="portal"),
    MenuItem(endpoint="exchange.my_help", text=_l("Help for me"), sort=11, face="portal"),
]
