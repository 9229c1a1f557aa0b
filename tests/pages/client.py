"""A test client that looks at every page it fetches, so that no page test needs to ask for the ordinary virtues.

Checked: strict HTML5, the language is named, one `h1` with which the title starts, no id twice, every field labelled,
references between elements lead somewhere, headings stand where the numbers below them stand, and nothing inline that
the content security policy would block.
"""

from __future__ import annotations

import contextvars
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

XHTML = "{http://www.w3.org/1999/xhtml}"
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
CELLS = {f"{XHTML}td", f"{XHTML}th"}
DATA_SCRIPTS = {"application/json", "application/ld+json"}
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage")


class CheckingClient(FlaskClient):
    """`client.get(url)` fails the test when the page is not sound."""

    language = "en"

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Fetches as a browser would: in a context of its own, seeing what the test committed, and checks the page."""
        from timebank.core.db import db

        db.session.commit()
        headers = kwargs.setdefault("headers", {})
        if isinstance(headers, dict):
            headers.setdefault("Accept-Language", self.language)
        response = contextvars.Context().run(super().open, *args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in range(300, 400) and response.data:
            check_page(response.get_data(as_text=True), fragment="HX-Request" in headers)
        return response


def check_page(html: str, *, fragment: bool = False) -> None:
    """Raises AssertionError naming what is wrong with the page (a fragment has no title and no heading)."""
    page = _parse(html, fragment=fragment)
    elements = [element for element in page.iter() if isinstance(element.tag, str)]
    _check_ids(elements)
    _check_labels(elements)
    _check_nothing_inline(elements)
    _check_columns(elements)
    if not fragment:
        _check_headings(page)


def _parse(html: str, *, fragment: bool) -> Element:
    parser = html5lib.HTMLParser(strict=True)
    try:
        parsed: Element = parser.parseFragment(html) if fragment else parser.parse(html)
    except html5lib.html5parser.ParseError as error:
        (line, column), what, facts = parser.errors[-1]
        near = html.splitlines()[max(0, line - 2) : line + 1]
        raise AssertionError(f"not HTML5: {what} {facts} at {line}:{column}\n" + "\n".join(near)) from error
    return parsed


def _check_ids(elements: list[Element]) -> None:
    ids = Counter(element.get("id") for element in elements if element.get("id") is not None)
    assert not (twice := [name for name, times in ids.items() if times > 1]), f"ids used twice: {twice}"
    assert "" not in ids, "an empty id"
    for element in elements:
        for attribute in REFERENCES:
            for name in (element.get(attribute) or "").split():
                assert name in ids, f'{attribute}="{name}" leads nowhere'
        if element.tag == f"{XHTML}label" and element.get("for"):
            assert element.get("for") in ids, f'<label for="{element.get("for")}"> leads nowhere'


def _check_labels(elements: list[Element]) -> None:
    labelled = {element.get("for") for element in elements if element.tag == f"{XHTML}label"}
    wrapped = {id(inner) for element in elements if element.tag == f"{XHTML}label" for inner in element.iter()}
    for element in elements:
        if not _is_field(element) or id(element) in wrapped:
            continue
        named = element.get("aria-label") or element.get("aria-labelledby") or element.get("id") in labelled
        assert named, f"a field without a label: {element.tag.removeprefix(XHTML)} {element.attrib}"


def _is_field(element: Element) -> bool:
    if element.tag == f"{XHTML}input":
        return element.get("type", "text") not in UNLABELLED
    return element.tag in {f"{XHTML}select", f"{XHTML}textarea"}


def _check_nothing_inline(elements: list[Element]) -> None:
    for element in elements:
        tag = element.tag.removeprefix(XHTML)
        assert tag != "style", "an inline <style>"
        if tag == "script":
            assert element.get("src") or element.get("type") in DATA_SCRIPTS, "an inline <script>"
        for attribute in element.attrib:
            assert attribute != "style", f"an inline style on <{tag}>"
            assert not attribute.startswith("on"), f"an inline handler {attribute} on <{tag}>"


def _check_columns(elements: list[Element]) -> None:
    for table in (element for element in elements if element.tag == f"{XHTML}table"):
        rows = [[cell for cell in row if cell.tag in CELLS] for row in table.iter(f"{XHTML}tr")]
        rows = [row for row in rows if row and not any(cell.get("colspan") for cell in row)]
        heads = rows[0] if rows else []
        if not all(head.get("scope") == "col" for head in heads):
            continue
        for row in rows[1:2]:
            for head, cell in zip(heads, row, strict=False):
                same = ("number" in (one.get("class") or "").split() for one in (head, cell))
                assert len(set(same)) == 1, f"the heading {_text(head)!r} does not stand as its column does"


def _check_headings(page: Element) -> None:
    assert page.get("lang"), "<html> without lang"
    headings = [_text(element) for element in page.iter(f"{XHTML}h1")]
    assert len(headings) == 1, f"one h1 expected: {headings}"
    title = " ".join(_text(element) for element in _head(page).iter(f"{XHTML}title"))
    assert headings[0], "an empty h1"
    assert title.startswith(headings[0]), f"the title {title!r} does not start with the h1 {headings[0]!r}"


def _head(page: Element) -> Element:
    head = page.find(f"{XHTML}head")
    assert head is not None
    return head


def _text(element: Element) -> str:
    return " ".join("".join(_texts(element)).split())


def _texts(element: Element) -> Iterator[str]:
    yield from element.itertext()
