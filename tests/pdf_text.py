"""Reads a PDF of ours as a program would: which fonts it embeds, and what stands on its pages."""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
CODE = re.compile(r"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>")
SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\)", re.DOTALL)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _objects(pdf: bytes) -> dict[int, bytes]:
    return {int(number): body for number, body in OBJECT.findall(pdf)}


def _stream(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]


def embedded_fonts(pdf: bytes) -> list[int]:
    """The size in bytes of each font program in the file."""
    objects = _objects(pdf)
    numbers = {int(number) for number in re.findall(rb"/FontFile[23]? (\d+) 0 R", pdf)}
    return [len(_stream(objects[number])) for number in sorted(numbers)]


def fonts_without_program(pdf: bytes) -> int:
    """How many fonts the reader's machine would have to bring."""
    return (
        len(re.findall(rb"/FontDescriptor\b", pdf))
        - len(re.findall(rb"/Type /FontDescriptor", pdf))
        - len(embedded_fonts(pdf))
    )


def pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order it was written."""
    objects = _objects(pdf)
    words = _unicode(objects)
    found = []
    for body in objects.values():
        if re.search(rb"/Type /Page\b", body):
            (content,) = re.findall(rb"/Contents (\d+) 0 R", body)
            found.append(_text(_stream(objects[int(content)]), words))
    return found


def _unicode(objects: dict[int, bytes]) -> dict[bytes, str]:
    """What each two-byte code means (the ToUnicode table)."""
    known: dict[bytes, str] = {}
    for number in {int(one) for body in objects.values() for one in re.findall(rb"/ToUnicode (\d+) 0 R", body)}:
        table = _stream(objects[number]).decode("latin-1")
        known |= {bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be") for code, text in CODE.findall(table)}
    return known


def _text(content: bytes, words: dict[bytes, str]) -> str:
    lines = []
    for shown in SHOWN.findall(content):
        raw = re.sub(rb"\\(.)", lambda one: ESCAPES.get(one[1], one[1]), shown, flags=re.DOTALL)
        lines.append("".join(words.get(raw[at : at + 2], "\ufffd") for at in range(0, len(raw), 2)))
    return "\n".join(lines)
