"""Menu entries of schemes and volunteers."""

from timebank.core.web import MenuItem

MENU: list[MenuItem] = []
