"""Who gets which page of jobs."""

from tests.architecture.cases import Case

MANAGERS = dict.fromkeys(("admin", "street_admin", "other_admin"), 404)
READERS = dict.fromkeys(("operator", "auditor", "admin", "street_admin", "other_admin"), 200)

ACCESS_CASES = [
    Case("jobs.index", statuses=READERS),
    Case("jobs.job", lambda _: {"name": "sweep"}, READERS),
    Case("jobs.job", lambda _: {"name": "no_such_job"}, dict.fromkeys(READERS, 404)),
    Case(
        "jobs.run_now",
        lambda _: {"name": "no_such_job"},
        dict.fromkeys(("admin", "street_admin", "other_admin"), 404),
        method="POST",
    ),
]
