"""One row of a people spreadsheet: every cell read and checked, every fault named (formats.md §1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from timebank.people.rules import availability, contact, id_number, phones
from timebank.people.rules.availability import WeeklySlot
from timebank.people.rules.codes import PersonRole, SelfCare, Sex, Wrong
from timebank.territory.rules import valid_point

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row was not taken: a code with a sentence in `texts.py`, the column, the facts of the sentence."""

    code: str
    column: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    """A row that can be read.  None or empty: the cell was empty, and what is known already stays."""

    number: int
    member_no: str
    name: str
    id_number: str | None
    sex: Sex | None
    birth_date: date | None
    phone: str | None
    territory_code: str
    address: str
    lat: float | None
    lon: float | None
    roles: frozenset[PersonRole]
    skills: tuple[str, ...]
    availability: tuple[WeeklySlot, ...]
    max_distance_m: int | None
    languages: tuple[str, ...]
    self_care: SelfCare | None
    lives_alone: bool | None
    guardian_member_no: str
    note: str


SEXES = {"f": Sex.FEMALE, "女": Sex.FEMALE, "female": Sex.FEMALE, "m": Sex.MALE, "男": Sex.MALE, "male": Sex.MALE}
ROLES = {role.value: role for role in PersonRole} | {
    "志愿者": PersonRole.VOLUNTEER,
    "服务对象": PersonRole.RECIPIENT,
    "受助者": PersonRole.RECIPIENT,
    "受助人": PersonRole.RECIPIENT,
    "救助对象": PersonRole.CLIENT,
}
SELF_CARE = {item.value: item for item in SelfCare} | {
    "自理": SelfCare.ABLE,
    "能自理": SelfCare.ABLE,
    "完全自理": SelfCare.ABLE,
    "部分失能": SelfCare.PARTIAL,
    "半失能": SelfCare.PARTIAL,
    "半自理": SelfCare.PARTIAL,
    "失能": SelfCare.FULL_LOSS,
    "完全失能": SelfCare.FULL_LOSS,
    "全失能": SelfCare.FULL_LOSS,
}
YES_NO = dict.fromkeys(("yes", "y", "true", "1", "是", "独居"), True)
YES_NO |= dict.fromkeys(("no", "n", "false", "0", "否", "不是", "非独居"), False)
LONGEST = {"address": 200, "note": 2000}
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]00:00(?::00)?)?")
_SCIENTIFIC = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)  # 3.20113E+11
_LIST = re.compile(r"[;,；，、\n]")


class _Reader:
    """Reads cells and collects faults, so that a row is told everything that is wrong with it at once."""

    def __init__(self, cells: Mapping[str, str], today: date) -> None:
        self.cells = cells
        self.today = today
        self.faults: list[Fault] = []

    def text(self, column: str) -> str:
        kept = contact.tidy(self.cells.get(column, ""))
        most = LONGEST.get(column)
        if most and len(kept) > most:
            self.fault(Wrong("text_long", column=column, most=most), column)
        return kept

    def fault(self, wrong: Wrong, column: str) -> None:
        self.faults.append(Fault(wrong.code, column, wrong.facts))

    def read(self, column: str, check: Callable[[str], T]) -> T | None:
        """The checked cell; None for an empty or a faulty one."""
        text = self.text(column)
        if not text:
            return None
        try:
            return check(text)
        except Wrong as wrong:
            self.fault(wrong, column)
            return None

    def items(self, column: str, check: Callable[[str], T]) -> tuple[T, ...]:
        """The checked parts of a list cell, each once."""
        parts = [part.strip() for part in _LIST.split(self.cells.get(column, "")) if part.strip()]
        made: dict[T, None] = {}
        for part in parts:
            try:
                made[check(part)] = None
            except Wrong as wrong:
                self.fault(wrong, column)
        return tuple(made)


def _known(values: Mapping[str, T], code: str, **facts: object) -> Callable[[str], T]:
    def look_up(text: str) -> T:
        plain = unicodedata.normalize("NFKC", text).strip().lower()
        if plain not in values:
            raise Wrong(code, given=text, **facts)
        return values[plain]

    return look_up


def day(text: str) -> date:
    """1948-05-17, 1948/5/17, 19480517 or 1948年5月17日.  Raises `Wrong("birth_date_invalid")`."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        raise Wrong("birth_date_invalid")
    try:
        return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
    except ValueError:
        raise Wrong("birth_date_invalid") from None


def division_code(text: str) -> str:
    """The digits of a community (12) or grid (15) code; a final ".0" and blanks of Excel set right.

    Raises `Wrong("territory_mangled")` for a code that Excel has rounded (3.2E+11) and `Wrong("territory_unknown")`.
    """
    plain = re.sub(r"\.0+$", "", unicodedata.normalize("NFKC", text).strip().strip("'\"").replace(" ", ""))
    if _SCIENTIFIC.fullmatch(plain):
        raise Wrong("territory_mangled", given=text)
    if not (plain.isascii() and plain.isdecimal() and len(plain) in {12, 15}):
        raise Wrong("territory_unknown", given=text)
    return plain


def read(number: int, cells: Mapping[str, str], today: date) -> ImportedRow | list[Fault]:
    """The row, or everything that is wrong with it; what needs the database is checked later."""
    reader = _Reader(cells, today)
    identity = _identity(reader)
    territory_code = reader.read("community_code", division_code)
    if territory_code is None and not reader.text("community_code"):
        reader.fault(Wrong("territory_missing"), "community_code")
    row = ImportedRow(
        number=number,
        **identity,
        territory_code=territory_code or "",
        phone=reader.read("phone", phones.normalise),
        address=reader.text("address"),
        **_point(reader),
        roles=frozenset(reader.items("roles", _known(ROLES, "role_unknown"))),
        skills=reader.items("skills", lambda text: text.lower()),
        availability=reader.read("availability", availability.parse) or (),
        max_distance_m=reader.read("max_distance_m", contact.distance),
        languages=reader.items("languages", contact.language),
        self_care=reader.read("self_care", _known(SELF_CARE, "self_care_unknown")),
        lives_alone=reader.read("lives_alone", _known(YES_NO, "yes_or_no", column="lives_alone")),
        guardian_member_no=reader.read("guardian_member_no", contact.member_no) or "",
        note=reader.text("note"),
    )
    if row.guardian_member_no and row.guardian_member_no == row.member_no:
        reader.fault(Wrong("guardian_oneself"), "guardian_member_no")
    return reader.faults or row


def _identity(reader: _Reader) -> dict[str, Any]:
    member_no = reader.read("member_no", contact.member_no) or ""
    name = reader.read("name", contact.name)
    if name is None and not reader.text("name"):
        reader.fault(Wrong("name_missing"), "name")
    number = reader.read("id_number", lambda text: id_number.check(text, reader.today))
    sex = reader.read("sex", _known(SEXES, "sex_unknown"))
    born = reader.read("birth_date", day)
    if born and born > reader.today:
        reader.fault(Wrong("birth_date_future"), "birth_date")
    elif born and born < id_number.EARLIEST_BIRTH:
        reader.fault(Wrong("birth_date_invalid"), "birth_date")
    if number and sex and sex != number.sex:
        reader.fault(Wrong("sex_contradicts_id"), "sex")
    if number and born and born != number.birth_date:
        reader.fault(Wrong("birth_date_contradicts_id"), "birth_date")
    return {
        "member_no": member_no,
        "name": name or "",
        "id_number": number.text if number else None,
        "sex": number.sex if number else sex,
        "birth_date": number.birth_date if number else born,
    }


def _point(reader: _Reader) -> dict[str, Any]:
    before = len(reader.faults)
    lat, lon = reader.read("lat", contact.degrees), reader.read("lon", contact.degrees)
    if len(reader.faults) == before and not valid_point(lat, lon):
        reader.fault(Wrong("point_invalid"), "lat")
    return {"lat": lat, "lon": lon}
