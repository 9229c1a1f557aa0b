"""The ways people type a name: characters, pinyin, initials.  A query is a prefix of one of the keys.

pypinyin reads a surname as an ordinary word (单 dān, 仇 chóu, 曾 céng, 查 chá), so every reading of each character is
indexed: those of surnames from a table of their own (stack.md).
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable

from pypinyin import Style, pinyin

from timebank.people.rules.masking import surname

SURNAME_READINGS: dict[str, tuple[str, ...]] = {
    "单": ("shan", "dan"), "曾": ("zeng", "ceng"), "查": ("zha", "cha"), "仇": ("qiu", "chou"),
    "解": ("xie", "jie"), "区": ("ou", "qu"), "任": ("ren",), "盖": ("ge", "gai"), "翟": ("zhai", "di"),
    "朴": ("piao", "pu"), "尉": ("wei", "yu"), "乐": ("yue", "le"), "覃": ("qin", "tan"), "缪": ("miao", "mou"),
    "繁": ("po", "fan"), "种": ("chong", "zhong"), "秘": ("bi", "mi"), "冼": ("xian",), "员": ("yun", "yuan"),
    "折": ("she", "zhe"), "黑": ("he", "hei"), "宓": ("mi", "fu"), "晟": ("cheng", "sheng"), "召": ("shao", "zhao"),
    "葛": ("ge",), "纪": ("ji",), "华": ("hua",), "宁": ("ning",), "洗": ("xian", "xi"), "卜": ("bu",),
    "哈": ("ha",), "逄": ("pang",), "干": ("gan",), "郇": ("xun", "huan"), "隗": ("wei", "kui"), "幺": ("yao",),
    "那": ("na",), "车": ("che", "ju"), "曲": ("qu",), "石": ("shi",), "沈": ("shen", "chen"), "重": ("chong", "zhong"),
    "柏": ("bai", "bo"), "薄": ("bo", "bao"), "燕": ("yan",), "应": ("ying",), "吕": ("lv", "lu", "lyu"),
    "尉迟": ("yuchi", "weichi"), "万俟": ("moqi", "wansi"), "澹台": ("tantai", "dantai"), "单于": ("chanyu", "danyu"),
    "长孙": ("zhangsun", "changsun"), "令狐": ("linghu",), "夏侯": ("xiahou",), "宇文": ("yuwen",),
}  # fmt: skip
MOST_READINGS = 3  # of one character of the given name
MOST_KEYS = 60
LONGEST = 128

_NOT_TYPED = re.compile(r"[^0-9a-z\u3400-\u9fff\U00020000-\U0003ffff]")


def typed(text: str) -> str:
    """A query or a name as it is compared: small letters, no tone marks, no blanks, no dots."""
    plain = unicodedata.normalize("NFKD", text.lower()).replace("u\u0308", "v")
    return _NOT_TYPED.sub("", plain)


def keys_of(name: str) -> frozenset[str]:
    """Every key of a name: 单桂兰 → 单桂兰, 桂兰, shanguilan, danguilan, guilan, sgl, dgl, shangl, sguilan …"""
    keys = {typed(name), *_of_letters(name)}
    characters = typed(name)
    if characters and not characters.isascii():
        keys |= _of_characters(characters)
        for part in re.split(r"[·•・.\s]+", name):  # 阿卜杜·热合曼 is called by either part
            keys |= {typed(part)} if len(part) > 1 else set()
    return frozenset(sorted((key[:LONGEST] for key in keys if key), key=lambda key: (len(key), key))[:MOST_KEYS])


def _of_letters(name: str) -> set[str]:
    """John Smith → johnsmith, smithjohn, smith, js."""
    parts = [typed(part) for part in re.split(r"[\s·•・,.\-]+", name) if typed(part)]
    if len(parts) < 2 or not all(part.isascii() for part in parts):
        return set()
    turned = {"".join(parts[start:] + parts[:start]) for start in range(len(parts))}
    return turned | {"".join(part[0] for part in parts)}


def _of_characters(name: str) -> set[str]:
    family = surname(name)
    given = name[len(family) :]
    families = surname_readings(family)
    givens = _readings(given)
    keys = {given} if given else set()
    for read in givens:
        keys.add("".join(read))
        short = "".join(syllable[0] for syllable in read)
        for first in families:
            keys |= {first + "".join(read), first[0] + short, first + short, first[0] + "".join(read)}
    return keys


def surname_readings(family: str) -> tuple[str, ...]:
    """How a surname may be read, without tones; the usual reading as a surname first."""
    if family in SURNAME_READINGS:
        return SURNAME_READINGS[family]
    if len(family) > 1:
        return tuple("".join(read) for read in itertools.product(*(_of_character(char)[:1] for char in family)))
    return _of_character(family)


def _readings(given: str) -> list[tuple[str, ...]]:
    each = [_of_character(character)[:MOST_READINGS] for character in given]
    return list(itertools.islice(itertools.product(*each), 9))


@functools.lru_cache(maxsize=8192)  # a page of names has the same few characters again and again
def _of_character(character: str) -> tuple[str, ...]:
    found = pinyin(character, style=Style.NORMAL, heteronym=True)
    options = [typed(option) for option in (found[0] if found else [character])]
    both = [spelt for option in options for spelt in _umlaut(option)]
    return tuple(dict.fromkeys(option for option in both if option)) or (character,)


def _umlaut(syllable: str) -> tuple[str, ...]:
    """lü is typed lv, lu, or lyu (as in passports)."""
    if syllable in {"lv", "nv"}:
        return (syllable, f"{syllable[0]}u", f"{syllable[0]}yu")
    return (syllable,)


def sort_key(name: str) -> tuple[str, ...]:
    """Orders names as a list is read: by how the surname sounds, then the surname, then each character's sound."""
    characters = typed(name)
    if not characters or characters.isascii():
        return (characters, "", name)
    family = surname(characters)
    given = (_of_character(character)[0] for character in characters[len(family) :])
    return (surname_readings(family)[0], family, *given, name)


def by_name(people: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """(number, name) in the order of a list that somebody reads; of the same name by number."""
    return sorted(people, key=lambda one: (sort_key(one[1]), one[0]))


def full_readings(name: str) -> frozenset[str]:
    """Every full pinyin of a name, surname first (a name in letters: its letters), to compare how names sound."""
    characters = typed(name)
    if not characters or characters.isascii():
        return frozenset({characters} - {""})
    family = surname(characters)
    given = _readings(characters[len(family) :])
    return frozenset(first + "".join(read) for first in surname_readings(family) for read in given)
