"""Pages of access: signing in, one's own account, registration, accounts of others, cards, who saw what."""

from timebank.access.views import accounts, cards, log, my, register, sign_in
from timebank.access.views.base import bp

__all__ = ["accounts", "bp", "cards", "log", "my", "register", "sign_in"]
