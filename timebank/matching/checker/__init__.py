"""The independent check of a plan: every rule of formats.md §3 restated from the text, and the objective recomputed.

It shares no code with the planner or the rules of suggestions, on purpose: two people who make the same slip are rarer
than one.  It reads the documents (JSON as dicts), never the planner's objects.
"""

from timebank.matching.checker.check import Verdict, Violation, check

__all__ = ["Verdict", "Violation", "check"]
