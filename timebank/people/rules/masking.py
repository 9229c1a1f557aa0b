"""What is shown of a secret to those who only need to recognise it (domain.md C8.17, B11)."""

from __future__ import annotations

HIDDEN = "*"


def id_number(text: str | None) -> str:
    """3201***********123X → the province and city, and the last four; "" for none."""
    if not text:
        return ""
    return text[:4] + HIDDEN * max(len(text) - 8, 4) + text[-4:]


def phone(number: str | None) -> str:
    """+8613812349235 → 138****9235; a landline keeps its last four; "" for none."""
    if not number:
        return ""
    national = number.removeprefix("+86")
    if len(national) < 8:
        return HIDDEN * 4 + national[-2:]
    at_home = number.startswith("+86")
    head = national[:3] if len(national) == 11 and at_home else ("0" if at_home else "") + national[:2]
    return f"{head}****{national[-4:]}"


def name(full: str) -> str:
    """The surname and a star: 张*, 欧阳*; of a name in letters the first letter of each part: J* S*."""
    text = full.strip()
    if not text:
        return ""
    if text.isascii():
        return " ".join(f"{part[0]}{HIDDEN}" for part in text.split())
    return surname(text) + HIDDEN


def surname(full: str) -> str:
    """The surname of a Chinese name (one character, or a compound surname of two)."""
    return full[:2] if len(full) > 2 and full[:2] in COMPOUND_SURNAMES else full[:1]


def email(address: str | None) -> str:
    """x***@example.org; "" for none."""
    local, at, host = (address or "").partition("@")
    return f"{local[:1]}***@{host}" if at else ""


COMPOUND_SURNAMES = frozenset(
    map(
        "".join,
        zip(
            "欧司司诸皇夏尉公慕长宇东南端令独轩鲜闻申太澹公宗濮淳单赫钟东西百呼拓完万仲公公漆乐梁左",
            "阳马徒葛甫侯迟孙容孙文方宫木狐孤辕于人屠叔台冶政阳于于连离郭门里延跋颜俟孙羊西雕正丘丘",
            strict=True,
        ),
    )
)
