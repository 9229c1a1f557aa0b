"""What a refusal of jobs says."""

from flask_babel import lazy_gettext as _l

REFUSALS = {
    "job_unknown": _l("There is no such job."),
    "job_running": _l("This job is running at this moment. Wait until it is done."),
}
