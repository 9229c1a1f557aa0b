"""The poster as a PDF for A4 and A3: in large letters, in Chinese, in English or in both, with a code for phones."""

from __future__ import annotations

from collections.abc import Sequence

import pylopdf_fonts_zh_cn
import segno
from flask import current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from timebank.core import clock
from timebank.core.units import clock_text, day_text, minutes_text, weekday_text
from timebank.exchange.queries.posters import Poster, PosterLine
from timebank.exchange.rules.posters import PAPERS

SIZES = {"a4": 1.0, "a3": 1.25}  # A3: letters a quarter larger, and one line more
MARGIN = 15.0  # millimetres on A4
POINT = 0.3528
INK, BLUE, PALE = (20, 32, 43), (11, 94, 126), (235, 243, 247)
FOOT = 62.0  # millimetres on A4: how to answer, and the code


class PosterSheet(FPDF):
    """One sheet; every length is given as on A4."""

    def __init__(self, paper: str, title: str) -> None:
        super().__init__(format=paper.upper())
        self.scale_ = SIZES[paper]
        self.set_title(title)
        self.set_creator("Timebank")
        self.add_font("sans", fname=str(pylopdf_fonts_zh_cn.sans_path()))
        self.set_margin(MARGIN * self.scale_)
        self.set_auto_page_break(False)
        self.add_page()
        self.set_text_color(*INK)

    def say(self, text: str, size: float, *, width: float = 0, least: float = 0.6) -> None:
        """A line in letters of `size` points on A4, smaller (down to `least` of it) where it would not fit."""
        wide = (width or (self.epw / self.scale_)) * self.scale_
        points = size * self.scale_
        self.set_font("sans", size=points)
        if (needed := self.get_string_width(text) + 5 * self.scale_) > wide:
            points *= max(least, wide / needed)
            self.set_font("sans", size=points)
        self.multi_cell(wide, points * POINT * 1.35, text, align="L", new_x=XPos.LEFT, new_y=YPos.NEXT)


def name(poster: Poster, paper: str, language: str) -> str:
    """What the file is called."""
    return f"poster-{poster.place_code}-{poster.made_on.isoformat()}-{paper}-{language}.pdf"


def poster_pdf(poster: Poster, paper: str, language: str) -> bytes:
    """The finished sheet; `paper` a4 or a3, `language` zh, en or both.  Its code leads to "Helping" in the portal."""
    link = current_app.config["TIMEBANK_BASE_URL"].rstrip("/") + url_for("exchange.my_volunteering")
    languages = ("zh", "en") if language == "both" else (language,)
    sheet = PosterSheet(paper, poster.place)
    sheet.set_creation_date(clock.at(poster.made_on, 0))
    _head(sheet, poster, languages)
    shown = poster.lines[: PAPERS[paper]]
    _lines(sheet, shown, languages)
    _foot(sheet, poster, len(poster.lines) - len(shown), languages, link)
    return bytes(sheet.output())


def _head(sheet: PosterSheet, poster: Poster, languages: Sequence[str]) -> None:
    sheet.set_fill_color(*BLUE)
    sheet.rect(0, 0, sheet.w, 46 * sheet.scale_, style="F")
    sheet.set_text_color(255, 255, 255)
    sheet.set_xy(sheet.l_margin, 8 * sheet.scale_)
    titles = [_title(language) for language in languages]
    sheet.say(titles[0], 40)
    if len(titles) > 1:
        sheet.say(titles[1], 20)
    sheet.say(" · ".join([poster.place, *(_bank(language) for language in languages)]), 15)
    sheet.set_text_color(*INK)
    sheet.set_y(51 * sheet.scale_)


def _title(language: str) -> str:
    with force_locale(language):
        return str(_("Your neighbours could use a hand"))


def _bank(language: str) -> str:
    with force_locale(language):
        return str(_("Time bank"))


def _lines(sheet: PosterSheet, lines: Sequence[PosterLine], languages: Sequence[str]) -> None:
    height = 25.5 * sheet.scale_
    for number, line in enumerate(lines):
        top = sheet.get_y()
        if number % 2 == 0:
            sheet.set_fill_color(*PALE)
            sheet.rect(sheet.l_margin - 4, top, sheet.epw + 8, height, style="F")
        sheet.set_xy(sheet.l_margin, top + 1.5 * sheet.scale_)
        names = {"zh": line.service_zh, "en": line.service_en}
        sheet.say(" ".join(names[language] for language in languages), 25)
        for language in languages:
            sheet.say(when(line, language), 17 if len(languages) == 1 else 11.5)
        sheet.set_xy(sheet.l_margin, top + height)
    if not lines:
        for words in [_nothing(language) for language in languages]:
            sheet.say(words, 20)


def _nothing(language: str) -> str:
    with force_locale(language):
        return str(_("Nobody waits at present. Join us all the same: somebody will need you soon."))


def when(line: PosterLine, language: str) -> str:
    """ "Tue 2026-11-24, start 09:00-10:00, 2 h · 尧新社区 · 2 times"."""
    with force_locale(language):
        begins = clock_text(line.earliest)
        if line.latest != line.earliest:
            begins = _("%(earliest)s–%(latest)s", earliest=begins, latest=clock_text(line.latest))
        facts = {"weekday": weekday_text(line.day.weekday()), "day": day_text(line.day), "begins": begins}
        said = [_("%(weekday)s %(day)s, start %(begins)s", **facts), minutes_text(line.minutes), line.community]
        if line.visits > 1:
            said.append(_("%(number)s helpers wanted", number=line.visits))
        return " · ".join(str(part) for part in said)


def _foot(sheet: PosterSheet, poster: Poster, more: int, languages: Sequence[str], link: str) -> None:
    scale = sheet.scale_
    top = sheet.h - FOOT * scale
    side = 46 * scale
    _code(sheet, link, sheet.w - sheet.r_margin - side, top + 6 * scale, side)
    sheet.set_draw_color(*BLUE)
    sheet.set_line_width(0.8 * scale)
    sheet.line(sheet.l_margin, top + 2 * scale, sheet.w - sheet.r_margin, top + 2 * scale)
    sheet.set_xy(sheet.l_margin, top + 6 * scale)
    width = sheet.epw / scale - 52
    for number, language in enumerate(languages):
        with force_locale(language):
            said = _answer(poster, more) if len(languages) == 1 else _shortly(poster, more, last=number > 0)
            for words, size in said:
                sheet.set_x(sheet.l_margin)
                sheet.say(words, size, width=width)


def _answer(poster: Poster, more: int) -> list[tuple[str, float]]:
    """How to answer, each line with its size."""
    said = [(str(_("You have an hour?")), 22.0), (_call(poster), 26.0)]
    said.append((str(_("or scan the code with your phone.")), 14.0))
    said.append((str(_("What you give is saved as time, for when you need help yourself.")), 12.0))
    return said + _more(more, 12.0) + [(_as_of(poster), 9.0)]


def _shortly(poster: Poster, more: int, *, last: bool) -> list[tuple[str, float]]:
    """The same where two languages share the room."""
    said = [(str(_("You have an hour?")), 13.0), (_call(poster), 16.0)]
    said.append((str(_("or scan the code with your phone.")), 9.0))
    return said + _more(more, 8.0) + ([(_as_of(poster), 6.5)] if last else [])


def _call(poster: Poster) -> str:
    return str(_("Call %(phone)s", phone=poster.phone) if poster.phone else _("Come to the service point"))


def _more(more: int, size: float) -> list[tuple[str, float]]:
    return [(str(_("%(number)s more wishes wait; ask us.", number=more)), size)] if more > 0 else []


def _as_of(poster: Poster) -> str:
    return str(_("As of %(day)s", day=day_text(poster.made_on)))


def _code(sheet: PosterSheet, link: str, left: float, top: float, side: float) -> None:
    """A QR code drawn as squares, sharp at any size."""
    matrix = [list(row) for row in segno.make(link, error="m").matrix]
    square = side / len(matrix)
    sheet.set_fill_color(*INK)
    for number, row in enumerate(matrix):
        for place, dark in enumerate(row):
            if dark:
                sheet.rect(left + place * square, top + number * square, square * 1.02, square * 1.02, style="F")
