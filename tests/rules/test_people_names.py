"""How names are typed, and how people are masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timebank.people.rules import masking, name_keys


def finds(name: str, query: str) -> bool:
    typed = name_keys.typed(query)
    return any(key.startswith(typed) for key in name_keys.keys_of(name))


@pytest.mark.parametrize(
    "query", ["许", "许梅", "梅", "xu", "xum", "xumei", "xm", "x", "XM", "Xu Mei", "Xǔ Méi", "mei", "xmei", "xu'mei"]
)
def test_xu_mei_is_found_however_she_is_typed(query: str) -> None:
    assert finds("许梅", query)


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("单桂兰", "shan"),
        ("单桂兰", "dan"),
        ("单桂兰", "sgl"),
        ("单桂兰", "dguilan"),
        ("曾伟", "zengwei"),
        ("曾伟", "cengwei"),
        ("查建国", "zhajg"),
        ("查建国", "chajianguo"),
        ("仇梅", "qiumei"),
        ("仇梅", "chou"),
        ("解晓东", "xiexiaodong"),
        ("任长霞", "renchangxia"),
        ("吕布", "lv"),
        ("吕布", "lubu"),
        ("吕布", "lü"),
        ("欧阳修", "ouyangxiu"),
        ("欧阳修", "xiu"),
        ("欧阳修", "ox"),
        ("尉迟恭", "yuchigong"),
        ("区小明", "ouxiaoming"),
        ("王乐", "wangle"),
        ("王乐", "wangyue"),
        ("阿卜杜·热合曼", "热合曼"),
        ("阿卜杜·热合曼", "阿卜杜热"),
        ("John Smith", "smith"),
        ("John Smith", "john s"),
        ("John Smith", "js"),
    ],
)
def test_every_reading_is_found(name: str, query: str) -> None:
    assert finds(name, query)


@pytest.mark.parametrize(("name", "query"), [("许梅", "许兰"), ("许梅", "wang"), ("单桂兰", "gl x"), ("张伟", "wz")])
def test_what_is_not_the_name_is_not_found(name: str, query: str) -> None:
    assert not finds(name, query)


def test_names_are_listed_as_they_sound_one_surname_together() -> None:
    names = ["赵大", "王芳", "张三", "曾庆", "章一", "李四", "张阿", "单桂兰", "Ann Lee"]
    listed = [name for _, name in name_keys.by_name(enumerate(names))]
    assert listed == ["Ann Lee", "李四", "单桂兰", "王芳", "曾庆", "张阿", "张三", "章一", "赵大"]


@given(st.text(min_size=1, max_size=64))
def test_every_name_can_be_stored(name: str) -> None:
    keys = name_keys.keys_of(name)
    assert all(0 < len(key) <= 128 for key in keys)
    assert len(keys) <= name_keys.MOST_KEYS
    assert name_keys.sort_key(name)


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+8613849239235", "138****9235"), ("+862585412345", "025****2345"), (None, ""), ("+16502530000", "+1****0000")],
)
def test_of_a_phone_the_ends_are_shown(number: str | None, shown: str) -> None:
    assert masking.phone(number) == shown


def test_of_an_id_number_city_and_end_are_shown() -> None:
    assert masking.id_number("32011319480517012X") == "3201**********012X"
    assert masking.id_number(None) == ""


@pytest.mark.parametrize(
    ("name", "shown"), [("张伟", "张*"), ("欧阳修", "欧阳*"), ("John Smith", "J* S*"), ("", ""), ("单于", "单*")]
)
def test_of_a_name_the_surname_is_shown(name: str, shown: str) -> None:
    assert masking.name(name) == shown


def test_of_an_address_on_the_net_the_host_is_shown() -> None:
    assert masking.email("xumei@example.org") == "x***@example.org"
    assert masking.email(None) == ""
