"""Tables of assistance."""

from timebank.assistance.models.cases import AssistanceCase, CaseEvent
from timebank.assistance.models.health import CategoryStatus, HealthFile
from timebank.assistance.models.plans import CaseNeed, HomeVisit, PlanLine

__all__ = ["AssistanceCase", "CaseEvent", "CaseNeed", "CategoryStatus", "HealthFile", "HomeVisit", "PlanLine"]
