"""Pages of notices and letters.  One blueprint; each module adds its own pages to it."""

from flask import Blueprint

bp = Blueprint("notices", __name__)

from timebank.notices.views import letters, outbox, wishes  # noqa: E402 - they join the blueprint above

__all__ = ["bp", "letters", "outbox", "wishes"]
