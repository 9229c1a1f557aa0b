"""How a helper and a recipient call each other: surname and a polite word, never the full name (domain.md C7)."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

COMPOUND = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "司徒", "夏侯")
)
READINGS = {"单": "Shan", "仇": "Qiu", "曾": "Zeng", "查": "Zha", "解": "Xie", "任": "Ren", "尉迟": "Yuchi", "盖": "Ge"}
ELDER_FROM = 60
TITLES_EN = {("F", True): "Auntie", ("M", True): "Uncle", ("F", False): "Ms", ("M", False): "Mr"}
TITLES_ZH = {("F", True): "奶奶", ("M", True): "大爷", ("F", False): "女士", ("M", False): "先生"}


def surname(name: str) -> str:
    """ "张建国" -> "张", "欧阳修" -> "欧阳"; a name in letters -> its last word."""
    if name.isascii():
        return name.rsplit(maxsplit=1)[-1] if name.split() else name
    return name[:2] if name[:2] in COMPOUND and len(name) > 2 else name[:1]


def called(name: str, sex: str | None, age: int | None, *, english: bool) -> str:
    """ "Uncle Zhang" / "张大爷", "Ms Xu" / "徐女士"; without a known sex only the surname."""
    last = surname(name)
    kind = (sex or "", age is not None and age >= ELDER_FROM)
    if not english:
        return last + TITLES_ZH.get(kind, "")
    letters = READINGS.get(last) or "".join(lazy_pinyin(last, style=Style.NORMAL)).capitalize()
    return f"{TITLES_EN[kind]} {letters}" if kind in TITLES_EN else letters
