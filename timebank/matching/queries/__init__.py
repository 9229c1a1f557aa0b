"""What matching answers."""

from timebank.matching.queries.suggestions import OutLine, Suggestion, Suggestions, VisitHead, suggestions

__all__ = ["OutLine", "Suggestion", "Suggestions", "VisitHead", "suggestions"]
