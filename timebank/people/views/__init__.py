"""Pages of the registry."""

from timebank.people.views import imports, my, people, relations, review
from timebank.people.views.base import bp

__all__ = ["bp", "imports", "my", "people", "relations", "review"]
