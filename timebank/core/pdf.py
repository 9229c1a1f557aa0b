"""Documents on paper: Chinese and English text with an embedded font."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pylopdf_fonts_zh_cn
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

INK = (20, 32, 43)
TINT = (243, 246, 248)


class Document(FPDF):
    """An A4 (or other) document with a title, facts and tables; pages are numbered."""

    def __init__(self, title: str, *, paper: str | tuple[float, float] = "A4", size: float = 10) -> None:
        super().__init__(format=paper)
        self.set_title(title)
        self.set_creator("Timebank")
        self.add_font("sans", fname=str(pylopdf_fonts_zh_cn.sans_path()))
        self.base_size = size
        self.set_margin(15)
        self.set_auto_page_break(True, margin=18)
        self.add_page()
        self.set_text_color(*INK)
        self.line_of(title, size * 1.6)
        self.ln(2)

    def footer(self) -> None:
        """Page n of m at the foot."""
        self.set_y(-14)
        self.set_font("sans", size=8)
        self.cell(0, 6, f"{self.page_no()} / {{nb}}", align="R")

    def line_of(self, text: str, size: float | None = None) -> None:
        """A paragraph."""
        self.set_font("sans", size=size or self.base_size)
        self.multi_cell(0, (size or self.base_size) * 0.55, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def facts_of(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Name and value, a line each."""
        for name, value in pairs:
            self.line_of(f"{name}: {value}")
        self.ln(2)

    def table_of(
        self, heads: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[float], right: Sequence[int] = ()
    ) -> None:
        """A table; `widths` are relative, `right` the columns set flush right; the head repeats on each page."""
        self.set_font("sans", size=self.base_size * 0.9)
        align = ["RIGHT" if column in right else "LEFT" for column in range(len(heads))]
        style = FontFace(fill_color=TINT, emphasis="")
        with self.table(
            col_widths=tuple(widths), text_align=tuple(align), headings_style=style, borders_layout="HORIZONTAL_LINES"
        ) as table:
            table.row(list(heads))
            for row in rows:
                table.row([str(value) for value in row])

    def content(self) -> bytes:
        """The finished file."""
        return bytes(self.output())
