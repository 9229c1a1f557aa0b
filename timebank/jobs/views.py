"""Pages of jobs."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core.errors import NotFound
from timebank.core.web import actor, permit, press, pressed_key
from timebank.jobs import queries, service
from timebank.jobs.words import summary
from timebank.ledger.roles import owns_the_books

bp = Blueprint("jobs", __name__)


@bp.get("/jobs")
@permit("jobs.read")
def index() -> Response:
    """Every job: when it ran last, how it went, when it runs next."""
    lines = queries.lines()
    warn = {"late": any(line.late for line in lines), "owning": owns_the_books(), "forgets": queries.server_forgets()}
    return make_response(render_template("jobs/index.html", lines=lines, warn=warn, summary=summary))


@bp.get("/jobs/<name>")
@permit("jobs.read")
def job(name: str) -> Response:
    """The runs of one job."""
    line = queries.line(name)
    if line is None:
        raise NotFound("job_unknown")
    page = queries.history(name, request.args.get("after", ""))
    return make_response(render_template("jobs/job.html", line=line, page=page, summary=summary))


@bp.post("/jobs/<name>/run")
@permit("jobs.manage")
def run_now(name: str) -> Response:
    """Starts a job in the background."""

    def start() -> None:
        service.run_in_background(actor(), name, key=pressed_key())

    return press(
        start,
        done=url_for("jobs.job", name=name),
        said=_("The job has started. Open this page again to see how it went."),
    )
