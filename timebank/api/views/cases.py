"""Assistance cases, for those who work on them."""

from __future__ import annotations

from timebank.api.cursors import number
from timebank.api.routing import read
from timebank.api.schemas.cases import CaseFileFacts, CasesPage, CasesQuery, Purpose
from timebank.assistance.queries import cases, file
from timebank.assistance.service import cases as service
from timebank.core.paging import Page
from timebank.core.web import actor


@read("/cases", CasesPage, permission="cases.read", query=CasesQuery)
def list_cases(query: CasesQuery) -> Page[cases.CaseRow]:
    """Cases of the territories one may read."""
    kind = query.kind.value if query.kind else ""
    urgency = query.urgency.value if query.urgency else ""
    filters = cases.Filters(query.text, query.state, kind, urgency, query.mine, query.overdue)
    return cases.page(actor(), filters, number(query.after), query.limit)


@read("/cases/<int:case_id>", CaseFileFacts, permission="cases.read", query=Purpose)
def get_case(case_id: int, query: Purpose) -> file.CaseFile:
    """The file of a case.  The look is written down with its purpose."""
    service.open_file(actor(), case_id, query.purpose)
    return file.file(actor(), case_id)
