"""`flask match …`: plan, check and suggest on files (formats.md §2 and §3)."""

from timebank.matching.cli.group import match
from timebank.matching.cli.plans import check, plan
from timebank.matching.cli.suggestions import suggest

commands = [match]

__all__ = ["check", "commands", "match", "plan", "suggest"]
