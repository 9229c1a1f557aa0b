"""Letters as a PDF: one sheet for each addressee, the address where the envelope has its window.

The font is embedded (only the characters that are used), so any printer and any phone shows Chinese and English.
"""

from __future__ import annotations

from datetime import date

import pylopdf_fonts_zh_cn
from flask_babel import force_locale
from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from timebank.core import clock
from timebank.core.units import day_text
from timebank.notices.queries.letters import Pile, Sheet
from timebank.notices.rules import Window

LEFT, RIGHT, BOTTOM = 25.0, 20.0, 20.0  # millimetres
FOLDS = (99.0, 198.0)  # A4 in three for a long envelope
SMALL = 7.5  # points
PLAIN, LARGE = 12.0, 18.0
POINT = 0.3528  # millimetres
INK = (20, 32, 43)


class Letters(FPDF):
    """The sheets of a pile."""

    def __init__(self, pile: Pile) -> None:
        super().__init__(format="A4")
        self.pile = pile
        self.set_title(f"{pile.sender} {pile.printed_on.isoformat()}")
        self.set_creator("Timebank")
        self.set_creation_date(clock.at(pile.printed_on, 0))  # the same pile is the same file
        self.add_font("sans", fname=str(pylopdf_fonts_zh_cn.sans_path()))
        self.set_margins(LEFT, 20, RIGHT)
        self.set_auto_page_break(True, margin=BOTTOM)
        self.size_of_body = PLAIN

    def say(self, text: str, size: float, *, width: float = 0, align: str = "L", after: float = 0) -> None:
        """A paragraph; `after` in lines of this size."""
        self.set_font("sans", size=size)
        height = size * POINT * 1.5
        self.multi_cell(width, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(after * height)


def letters_pdf(pile: Pile) -> bytes:
    """The finished file; sheets in the order of the pile."""
    pdf = Letters(pile)
    for sheet in pile.sheets:
        with force_locale(sheet.language):
            _sheet(pdf, pile, sheet)
    return bytes(pdf.output())


def _sheet(pdf: Letters, pile: Pile, sheet: Sheet) -> None:
    size = LARGE if sheet.large else PLAIN
    pdf.add_page()
    pdf.set_text_color(*INK)
    _folds(pdf)
    _address(pdf, pile, sheet)
    pdf.set_y(max(pile.window.top + pile.window.height + 8, FOLDS[0] - 6))
    pdf.say(_date(pile.printed_on), size, align="R", after=0.6)
    if sheet.about:
        pdf.say(_("Copy: this message is for %(name)s", name=sheet.about), size * 1.15, after=0.15)
        pdf.say(_("This is a copy of what we wrote to %(name)s.", name=sheet.about), size, after=0.6)
    pdf.say(_("Dear %(name)s,", name=sheet.name), size, after=0.5)
    for _told, message in sheet.messages:
        pdf.say(message.subject, size * 1.15, after=0.15)
        if message.body:
            pdf.say(message.body, size, after=0.7)
    if pile.phone:
        pdf.say(_("If anything is unclear, or you would like to answer, call %(phone)s.", phone=pile.phone), size)
    else:
        pdf.say(_("If anything is unclear, or you would like to answer, come to the service point."), size)
    pdf.ln(size * POINT)
    pdf.say(_("Your time bank, %(sender)s", sender=pile.sender), size)


def _date(day: date) -> str:
    return day_text(day)


def _address(pdf: Letters, pile: Pile, sheet: Sheet) -> None:
    """The sender in one small line, below it where the letter goes, all inside the window."""
    window: Window = pile.window
    pdf.set_xy(window.left, window.top)
    pdf.set_font("sans", size=SMALL)
    pdf.cell(window.width, SMALL * POINT * 1.6, _fitting(pdf, f"{pile.sender} {pile.phone}".strip(), window.width))
    lines = [sheet.name, sheet.address, sheet.place]
    if sheet.language == "zh":
        lines = [sheet.place, sheet.address, _("%(name)s (addressee)", name=sheet.name)]
    size = PLAIN if sheet.large else PLAIN - 1
    top = window.top + SMALL * POINT * 2
    pdf.set_font("sans", size=size)
    for line in lines:
        pdf.set_xy(window.left, top)
        pdf.multi_cell(window.width, size * POINT * 1.35, line, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)
        top = pdf.get_y() + 0.5
    pdf.set_x(LEFT)


def _fitting(pdf: Letters, text: str, width: float) -> str:
    """As much of a line as fits."""
    while text and pdf.get_string_width(text) > width - 2:
        text = text[:-1]
    return text


def _folds(pdf: Letters) -> None:
    """Two short marks at the edge, where the sheet is folded."""
    pdf.set_draw_color(150)
    for height in FOLDS:
        pdf.line(0, height, 4, height)
