"""Paper and telephone: sheets of a week in large print, the grid they are typed back in, the call from a landline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from timebank.core import clock
from timebank.core.units import meeting_text
from timebank.core.web import LARGEST_ID, actor, new_key, page_url, permit, press, pressed_key, submit
from timebank.exchange import words_visits as words
from timebank.exchange.forms.requests import day_or_none
from timebank.exchange.forms.slips import FIELDS, LandlineForm, SlipRow, note_refusal, read_row, slip_rows
from timebank.exchange.queries import slips as queries
from timebank.exchange.queries.calendar import monday_of
from timebank.exchange.queries.finding import one_person
from timebank.exchange.queries.slips import SheetFilter
from timebank.exchange.rules.visits import VisitState
from timebank.exchange.service import slips, telephone
from timebank.exchange.views import bp
from timebank.exchange.views.requests import places_of

PARTS = ("recipient", "helper")


def _chosen() -> SheetFilter:
    args = request.args
    person = args.get("person", "")
    return SheetFilter(
        monday=monday_of(day_or_none(args.get("week")) or clock.today()),
        part=args["part"] if args.get("part") in PARTS else PARTS[0],
        territory=args.get("territory", ""),
        text=args.get("q", ""),
        person_id=int(person) if person.isdecimal() and int(person) <= LARGEST_ID else None,
    )


def _week(chosen: SheetFilter) -> dict[str, object]:
    return {
        "chosen": chosen,
        "before": chosen.monday - timedelta(days=7),
        "after": chosen.monday + timedelta(days=7),
        "places": places_of(queries.PERMISSION),
        "words": words,
    }


@bp.route("/sheets")
@permit("visits.confirm")
def week_sheets() -> str:
    """Whose sheets there are; the codes are only on the sheets themselves."""
    chosen = _chosen()
    return render_template("exchange/slips/index.html", found=queries.sheets(actor(), chosen), **_week(chosen))


@bp.route("/sheets/print")
@permit("visits.confirm")
def print_sheets() -> str:
    chosen = _chosen()
    return render_template(
        "exchange/slips/sheets.html",
        found=slips.print_sheets(actor(), chosen),
        chosen=chosen,
        sunday=chosen.monday + timedelta(days=6),
        in_language=_in_language,
    )


def _in_language(language: str, caller: Callable[[], str]) -> str:
    """A part of a page in another language than the page's (`{% call in_language("zh") %}`)."""
    with force_locale(language):
        return caller()


@bp.route("/sheets/<int:person_id>/renew", methods=["POST"])
@permit("visits.confirm")
def renew_codes(person_id: int) -> Response:
    return press(
        lambda: slips.renew_codes(actor(), person_id, key=pressed_key()),
        done=url_for("exchange.week_sheets"),
        said=_("The old codes no longer work. Print a new sheet and take it to the recipient."),
    )


# -- typed back --------------------------------------------------------------------------------------------------------


@bp.route("/slips", methods=["GET", "POST"])
@permit("visits.confirm")
def slip_grid() -> Response:
    """The week's visits as a grid: good rows go in, the others stay with what was typed and the reason."""
    if request.method == "GET":
        return _grid({}, 200)
    rows = slip_rows(request.form)
    filled = {number: row for number, row in rows.items() if row.filled}
    read = [slip for row in filled.values() if (slip := read_row(row)) is not None]
    answer = slips.enter_slips(actor(), read, key=pressed_key())
    for number, error in answer.wrong.items():
        note_refusal(filled[number], error)
    _say(list(answer.done.values()))
    for one in answer.strays:
        flash(_stray(one), "note")
    left = {number: row for number, row in rows.items() if number not in answer.done}
    if any(row.wrong for row in left.values()):
        return _grid(left, 422)
    return redirect(page_url(), 303)


def _grid(typed: dict[int, SlipRow], status: int) -> Response:
    chosen = _chosen()
    rows = queries.grid(actor(), chosen, after=request.args.get("after"))
    cells = {row.line.id for row in rows.items if row.open}
    page = render_template(
        "exchange/slips/grid.html",
        page=rows,
        typed=typed,
        gone=[row for number, row in typed.items() if row.filled and number not in cells],
        fields=FIELDS,
        key=new_key(),
        **_week(chosen),
    )
    return make_response(page, status)


def _say(done: list[VisitState]) -> None:
    """What was saved, by what becomes of it."""
    credited, looked_at = done.count(VisitState.CREDITED), done.count(VisitState.SECOND_REVIEW)
    others = len(done) - credited - looked_at
    if credited:
        flash(ngettext("%(num)s visit is credited.", "%(num)s visits are credited.", credited), "done")
    if looked_at:
        flash(
            ngettext(
                "%(num)s visit without the right code waits for a colleague's review.",
                "%(num)s visits without the right code wait for a colleague's review.",
                looked_at,
            ),
            "note",
        )
    if others:
        flash(ngettext("%(num)s visit is written down.", "%(num)s visits are written down.", others), "done")


def _stray(one: queries.Stray) -> str:
    """Whose strip it was that lay on the wrong pile."""
    text: str = _(
        "%(name)s, %(when)s: the code typed here is on the strip of the visit to %(other)s, %(other_when)s."
        " Look at both strips again.",
        name=one.recipient,
        when=meeting_text(one.starts_at),
        other=one.of_recipient,
        other_when=meeting_text(one.of_starts_at),
    )
    return text


# -- the telephone -----------------------------------------------------------------------------------------------------


@bp.route("/calls/landline", methods=["GET", "POST"])
@permit("visits.write")
def landline() -> Response:
    """The helper reads the day's code; one search, one press."""
    form = LandlineForm()
    return submit(
        form,
        lambda: _call(form),
        done=lambda visit_id: url_for("exchange.visit_page", visit_id=visit_id),
        said=_("Written down, with the time and that it came by telephone."),
        template="exchange/slips/landline.html",
    )


def _call(form: LandlineForm) -> int:
    person = one_person(actor(), form.recipient.data or "", permission="visits.write", field="recipient")
    return telephone.note_call(actor(), form.told(person), key=form.key.data)
