"""Pages of assistance."""

from timebank.assistance.views import cases, health, plans  # noqa: F401 - their routes
from timebank.assistance.views.blueprint import bp

__all__ = ["bp"]
