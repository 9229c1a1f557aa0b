"""Menu entries of requests, visits and hours."""

from timebank.core.web import MenuItem

MENU: list[MenuItem] = []
