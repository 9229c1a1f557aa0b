"""Paper passbooks: for the desk and the coordinator."""

from __future__ import annotations

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.web import actor, commanded, permit, press, pressed_key, reasoned, submit
from timebank.exchange import words_passbooks as words
from timebank.exchange.forms.passbooks import AgainForm, FirstBookletForm, NextBookletForm
from timebank.exchange.queries import passbooks as queries
from timebank.exchange.service import passbooks
from timebank.exchange.views import bp


def _page(person_id: int) -> str:
    return url_for("exchange.passbook", person_id=person_id)


def _sheet(print_id: int) -> str:
    return url_for("exchange.passbook_print", print_id=print_id)


@bp.route("/people/<int:person_id>/passbook")
@permit("passbooks.print")
def passbook(person_id: int) -> str:
    """The booklet in use, what is new since the last print, and the prints that were made."""
    return render_template("exchange/passbooks/passbook.html", page=queries.passbook(actor(), person_id), words=words)


@bp.route("/people/<int:person_id>/passbook/booklet", methods=["GET", "POST"])
@permit("passbooks.print")
def new_booklet(person_id: int) -> BaseResponse:
    """The first booklet, or another one because this one is full, lost or spoilt."""
    page = queries.passbook(actor(), person_id)
    form = NextBookletForm() if page.booklet else FirstBookletForm()
    return submit(
        form,
        commanded(form, passbooks.start_booklet, person_id),
        done=_page(person_id),
        said=_("A new booklet has begun. Write its number on the cover."),
        template="exchange/passbooks/booklet.html",
        page=page,
    )


@bp.route("/people/<int:person_id>/passbook/print", methods=["POST"])
@permit("passbooks.print")
def print_passbook(person_id: int) -> BaseResponse:
    """What is new, up to the end of the page; then the sheet to put on paper."""
    return press(lambda: passbooks.print_lines(actor(), person_id, key=pressed_key()), done=_sheet)


@bp.route("/people/<int:person_id>/passbook/again", methods=["GET", "POST"])
@permit("passbooks.print")
def print_passbook_again(person_id: int) -> BaseResponse:
    """The last print once more, with a reason."""
    form = AgainForm()
    page = queries.passbook(actor(), person_id)
    act = reasoned(form, passbooks.print_again, person_id)
    return submit(form, act, done=_sheet, template="exchange/passbooks/again.html", page=page)


@bp.route("/passbook-prints/<int:print_id>")
@permit("passbooks.print")
def passbook_print(print_id: int) -> str:
    """The lines at their rows, ready for the printer; fetched again it is the same sheet."""
    sheet = queries.sheet(actor(), print_id)
    return render_template("exchange/passbooks/sheet.html", sheet=sheet, cells=words.cells(sheet), words=words)


@bp.route("/passbook-prints/<int:print_id>/sheet.css")
@permit("passbooks.print")
def passbook_css(print_id: int) -> Response:
    """Where the rows of this print stand on the page of this booklet."""
    return Response(words.sheet_css(queries.sheet(actor(), print_id)), mimetype="text/css")
