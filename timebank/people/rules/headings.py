"""The columns of a people spreadsheet and how their headings may be written (formats.md §1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from timebank.people.rules.codes import Wrong

CHINESE = {
    "member_no": "会员号",
    "name": "姓名",
    "id_number": "身份证号",
    "sex": "性别",
    "birth_date": "出生日期",
    "phone": "手机",
    "community_code": "社区代码",
    "address": "地址",
    "lat": "纬度",
    "lon": "经度",
    "roles": "身份",
    "skills": "技能",
    "availability": "可服务时间",
    "max_distance_m": "最远步行距离",
    "languages": "语言",
    "self_care": "自理能力",
    "lives_alone": "独居",
    "guardian_member_no": "监护人会员号",
    "note": "备注",
}
COLUMNS = tuple(CHINESE)
REQUIRED = ("name", "community_code")
ALSO = {
    "身份证号码": "id_number",
    "身份证": "id_number",
    "公民身份号码": "id_number",
    "手机号": "phone",
    "手机号码": "phone",
    "电话": "phone",
    "联系电话": "phone",
    "住址": "address",
    "家庭住址": "address",
    "会员编号": "member_no",
    "社区编码": "community_code",
    "监护人": "guardian_member_no",
}
_KNOWN = {name: name for name in COLUMNS} | {text: name for name, text in CHINESE.items()} | ALSO


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its headings understood: `places` says in which column each known field stands."""

    header: tuple[str, ...]
    places: dict[str, int]
    rows: tuple[tuple[int, tuple[str, ...]], ...]  # (number of the row in the file, cells)

    def cells(self, row: Sequence[str]) -> dict[str, str]:
        """The known fields of a row; a missing cell is empty."""
        return {name: row[place] if place < len(row) else "" for name, place in self.places.items()}


def _heading(text: str) -> str | None:
    plain = unicodedata.normalize("NFKC", text).strip().strip("*\ufeff").strip()
    return _KNOWN.get(plain.lower().replace(" ", "_"))


def sheet(records: Sequence[tuple[int, Sequence[str]]]) -> Sheet:
    """Understands the first record as the headings.  Columns nobody knows are carried along and not read.

    Raises `Wrong("file_empty" | "headings_missing" | "headings_twice")`.
    """
    if not records:
        raise Wrong("file_empty")
    header = tuple(records[0][1])
    named = [(name, place) for place, text in enumerate(header) if (name := _heading(text))]
    names = [name for name, _ in named]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Wrong("headings_twice", twice=", ".join(twice))
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise Wrong("headings_missing", missing=", ".join(f"{name} ({CHINESE[name]})" for name in missing))
    return Sheet(header, dict(named), tuple((number, tuple(row)) for number, row in records[1:]))
