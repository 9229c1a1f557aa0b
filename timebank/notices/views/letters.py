"""Pages of letters on paper: the queue of a street, its piles, and how somebody wants to be written to."""

from __future__ import annotations

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from timebank.core.errors import NotFound
from timebank.core.web import actor, download, permit, press, pressed_key, reasoned, submit
from timebank.notices import files
from timebank.notices.forms import LetterReasonForm
from timebank.notices.queries import letters as queries
from timebank.notices.service import letters
from timebank.notices.views import bp


@bp.get("/letters")
@permit("letters.print")
def letter_queue() -> str:
    """What waits, street by street, and the piles that were printed."""
    street = request.args.get("street", "")
    return render_template(
        "notices/letters.html",
        streets=queries.streets(actor()),
        page=queries.queued(actor(), street, after=request.args.get("after")),
        street=street,
    )


@bp.get("/letters/piles")
@permit("letters.print")
def letter_piles() -> str:
    """The piles that were printed, the newest first."""
    page = queries.runs(actor(), after=request.args.get("after"))
    return render_template("notices/piles.html", page=page)


@bp.post("/letters/print/<street>")
@permit("letters.print")
def print_letters(street: str) -> BaseResponse:
    """The letters of a street as one pile."""
    large = request.form.get("large") == "1"
    return press(
        lambda: letters.print_letters(actor(), street, large, key=pressed_key()),
        done=url_for("notices.letter_piles"),
        said=_("Printed as one pile. Open the file, print it, and mark it as posted."),
    )


@bp.get("/letters/piles/<int:run_id>.pdf")
@permit("letters.print")
def letter_file(run_id: int) -> Response:
    """The pile as a PDF; after a paper jam the same again."""
    pile = letters.open_pile(actor(), run_id)
    name = f"letters-{pile.territory_code}-{pile.printed_on.isoformat()}-{pile.id}.pdf"
    return download(files.letters_pdf(pile), name, "application/pdf")


@bp.post("/letters/piles/<int:run_id>/posted")
@permit("letters.print")
def letters_posted(run_id: int) -> BaseResponse:
    """The pile has left the house."""
    return press(
        lambda: letters.mark_posted(actor(), run_id, key=pressed_key()),
        done=url_for("notices.letter_piles"),
        said=_("Marked as posted."),
    )


@bp.route("/letters/piles/<int:run_id>/again", methods=["GET", "POST"])
@permit("letters.print")
def letters_again(run_id: int) -> BaseResponse:
    """A pile that was spoilt: its letters wait again."""
    form = LetterReasonForm()
    return submit(
        form,
        reasoned(form, letters.print_once_more, run_id),
        done=url_for("notices.letter_queue"),
        said=_("The letters wait in the queue again."),
        template="notices/letter_reason.html",
        heading=_("Print a pile once more"),
        lead=_("Its letters go back into the queue and are printed with the next pile."),
        back=url_for("notices.letter_piles"),
        pile=queries.pile(actor(), run_id),
    )


@bp.route("/letters/<int:letter_id>/drop", methods=["GET", "POST"])
@permit("letters.print")
def drop_letter(letter_id: int) -> BaseResponse:
    """A letter that need not be sent."""
    found = queries.letter(actor(), letter_id)
    if found is None:
        raise NotFound("no_such_letter")
    form = LetterReasonForm()
    return submit(
        form,
        reasoned(form, letters.drop_letter, letter_id),
        done=url_for("notices.letter_queue"),
        said=_("Taken out of the queue."),
        template="notices/letter_reason.html",
        heading=_("Do not send a letter"),
        lead=f"{found.addressee}: {found.subject}",
        back=url_for("notices.letter_queue"),
    )
