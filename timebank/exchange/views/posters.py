"""The poster for the wall: open requests without anything about anybody."""

from __future__ import annotations

from flask import Response, render_template, request

from timebank.core.web import actor, download, permit
from timebank.exchange import files_posters as files
from timebank.exchange.queries import posters as queries
from timebank.exchange.rules.posters import PAPERS
from timebank.exchange.views import bp


@bp.route("/poster")
@permit("requests.read")
def poster() -> str:
    """For which place, what would stand on it, and the files to print."""
    places = queries.places(actor())
    chosen = request.args.get("place") or next(iter(places), "")
    return render_template(
        "exchange/posters/poster.html",
        places=places,
        chosen=chosen,
        found=queries.poster(actor(), chosen) if chosen else None,
        files=files,
        papers=PAPERS,
    )


@bp.route("/poster/<place>/<any(a4,a3):paper>-<any(zh,en,both):language>.pdf")
@permit("requests.read")
def poster_file(place: str, paper: str, language: str) -> Response:
    """The poster to print."""
    found = queries.poster(actor(), place)
    return download(files.poster_pdf(found, paper, language), files.name(found, paper, language), "application/pdf")
