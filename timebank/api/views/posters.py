"""The poster of open requests for a wall."""

from __future__ import annotations

from flask import Response

from timebank.api.routing import read, read_file
from timebank.api.schemas.posters import Poster, PosterPaper
from timebank.core.web import actor, download
from timebank.exchange import files_posters as files
from timebank.exchange.queries import posters as queries

OF = "/territories/<place>/poster"


@read(OF, Poster, permission=queries.PERMISSION)
def get_poster(place: str) -> queries.Poster:
    """Open requests of a street or community as kinds of help, places and times, without anything about anybody."""
    return queries.poster(actor(), place)


@read_file(f"{OF}.pdf", "application/pdf", permission=queries.PERMISSION, query=PosterPaper)
def get_poster_file(place: str, query: PosterPaper) -> Response:
    """The poster to print, on A4 or A3, in one language or both."""
    found = queries.poster(actor(), place)
    content = files.poster_pdf(found, query.paper, query.language)
    return download(content, files.name(found, query.paper, query.language), "application/pdf")
