"""Nothing of the API's exchange, assistance, desk, books, jobs and reports is left untried or open to everybody."""

from __future__ import annotations

from tests.pages import (
    test_api_cases,
    test_api_desk,
    test_api_office,
    test_api_paper,
    test_api_schemes,
    test_api_visits,
    test_api_volunteers,
    test_exchange_annulment_pages,
    test_exchange_giving_pages,
    test_exchange_honours,
    test_exchange_netting,
    test_exchange_partners,
    test_goods_pictures,
)
from timebank.api.routing import OPERATIONS
from timebank.api.views import bp
from timebank.core.web import SIGNED_IN

STEPS = [
    *test_api_cases.STEPS,
    *test_api_desk.STOCK,
    *test_api_desk.COUNTER,
    *test_api_desk.LARGE,
    *test_api_desk.OFFLINE,
    *test_api_office.LEDGER,
    *test_api_office.REPORTS,
    *test_api_office.SEALS,
    *test_api_paper.ALARMS,
    *test_api_paper.PASSBOOKS,
    *test_api_paper.LETTERS,
    *test_api_paper.POSTERS,
    *test_api_schemes.SCHEMES,
    *test_api_schemes.GRANTS,
    *test_api_visits.FROM_REQUEST_TO_CREDIT,
    *test_api_visits.NOT_THERE,
    *test_api_visits.HOURS,
    *test_api_visits.PAPER,
    *test_api_volunteers.STEPS,
    *test_exchange_giving_pages.GIVING,
    *test_goods_pictures.PICTURES,
    *test_exchange_netting.NETTING,
    *test_exchange_partners.PARTNERS,
    *test_exchange_honours.HONOURS,
    *test_exchange_annulment_pages.HEARING,
]
TAGS = {
    *("alarms", "intentions", "passbooks", "pictures", "letters", "posters"),
    "annulments",
    "giving",
    "honours",
    *("netting", "partners"),
    *("apart", "books", "calendar", "case_work", "cases", "counter", "goods", "grants", "health", "hours", "ledger"),
    *("matching", "redemption", "reports", "requests", "schemes", "seals", "services", "slips"),
    *("visits", "volunteers"),
}
TOLD = {"check_receipt", "leave", "redeem_for_care", "reverse_transfer"}  # by stories of their own
FOR_EVERYBODY = {"get_scheme", "get_service", "list_parameters", "list_schemes", "list_services"}
PUBLISHED = {"get_seal", "list_seal_tenants", "list_seals"}
OWN = ("/my/",)  # one's own things, whoever asks: nothing to refuse


def test_every_operation_is_walked() -> None:
    assert bp.name == "api"
    known = {operation.name for operation in OPERATIONS if operation.tag in TAGS}
    walked = {step.name for step in STEPS} | TOLD
    assert not known - walked, sorted(known - walked)


def test_every_operation_is_refused_to_somebody_or_shows_others_nothing() -> None:
    visitors: dict[str, set[str]] = {}
    for step in STEPS:
        visitors.setdefault(step.name, set()).update({step.who, *step.no})
    refused = {step.name for step in STEPS if step.no}
    open_to_all = [
        operation.name
        for operation in OPERATIONS
        if operation.name in visitors
        and operation.name not in refused | FOR_EVERYBODY | PUBLISHED
        and not (operation.permission == SIGNED_IN and operation.rule.startswith(OWN))
        and len(visitors[operation.name]) < 2
    ]
    assert not open_to_all, open_to_all
