"""What matching answers."""

from timebank.matching.queries.outside import OutFilter, OutLine, Outside, outside
from timebank.matching.queries.series import SeriesDay, SeriesFit
from timebank.matching.queries.suggestions import Suggestion, Suggestions, VisitHead, suggestions

__all__ = [
    "OutFilter",
    "OutLine",
    "Outside",
    "SeriesDay",
    "SeriesFit",
    "Suggestion",
    "Suggestions",
    "VisitHead",
    "outside",
    "suggestions",
]
