"""Menu entries of the exchange."""

from timebank.exchange import menu_visits, menu_volunteers

MENU = [*menu_volunteers.MENU, *menu_visits.MENU]
