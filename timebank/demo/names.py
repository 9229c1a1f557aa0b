"""Names, identity numbers and phones that pass every check and belong to nobody we know of."""

from __future__ import annotations

import random
from datetime import date

from timebank.people.rules.codes import Sex
from timebank.people.rules.id_number import check_character


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴"
    "夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文单仇查"
)
OLD_WOMEN = _words(
    "秀英 桂兰 玉兰 桂英 秀兰 玉珍 凤英 素珍 淑珍 淑英 玉梅 月英 美珍 惠兰 凤兰 巧云 金凤 宝珍 翠英 爱珍 兰芳 素芬 玉华"
)
OLD_MEN = _words(
    "建国 国强 福生 德明 志明 金宝 长根 永福 文清 树林 荣华 家麟 振华 宝根 世民 庆余 广林 玉山 学文 德福 维新 启明 怀仁"
)
WOMEN = _words(
    "丽 静 敏 娟 艳 玲 芳 燕 红霞 丽娟 晓燕 雪梅 海燕 春梅 慧敏 佳怡 欣怡 雅婷 婷婷 思琪 文静 晓雯 倩 琳 洁 莹 颖"
)
MEN = _words(
    "伟 强 磊 勇 军 杰 涛 超 明 刚 鹏 飞 斌 波 浩 志强 建军 晓东 文斌 海涛 俊杰 子豪 宇航 立新 新华 卫东 国庆 亮"
)
GIRLS = _words("小雨 梓涵 诗涵 欣妍 雨桐 可馨 一诺 思彤")
BOYS = _words("子轩 浩然 宇轩 俊熙 明轩 梓睿 天佑 子墨")
ADULT, OLD = 16, 55
HOMES = ("320113", "320104", "320102", "320105", "320106", "320111", "320115", "341124", "321182", "342423")
MOBILE = ("134", "135", "136", "137", "138", "139", "150", "151", "158", "159", "182", "187", "188")


class NameMaker:
    """Gives each person a name nobody else in the town has, an identity number and a phone; all by the seed."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.used: set[str] = set()
        self.numbers: set[str] = set()

    def name(self, sex: Sex, age: int, surname: str = "") -> str:
        """A name that fits sex and age."""
        given = self._given(sex, age)
        for _ in range(400):
            full = (surname or self.rng.choice(SURNAMES)) + self.rng.choice(given)
            if full not in self.used:
                self.used.add(full)
                return full
        return self.name(sex, age)  # the surname is used up

    @staticmethod
    def _given(sex: Sex, age: int) -> tuple[str, ...]:
        women = sex is Sex.FEMALE
        if age < ADULT:
            return GIRLS if women else BOYS
        if age >= OLD:
            return OLD_WOMEN if women else OLD_MEN
        return WOMEN if women else MEN

    def born(self, age: int, today: date) -> date:
        """A birth date that makes somebody this old today."""
        return date(today.year - age - 1, 12, 28) if self.rng.random() < 0.02 else self._born(age, today)

    def _born(self, age: int, today: date) -> date:
        day = date(today.year - age, self.rng.randint(1, 12), self.rng.randint(1, 28))
        return day if day <= today else day.replace(year=day.year - 1)

    def id_number(self, born: date, sex: Sex) -> str:
        """18 characters with the right check character (GB 11643)."""
        while True:
            sequence = self.rng.randint(10, 99) * 10 + self.rng.choice(
                (1, 3, 5, 7, 9) if sex is Sex.MALE else (0, 2, 4, 6, 8)
            )
            first17 = f"{self.rng.choice(HOMES)}{born:%Y%m%d}{sequence:03d}"
            number = first17 + check_character(first17)
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def phone(self) -> str:
        """A mobile number."""
        return self.rng.choice(MOBILE) + f"{self.rng.randint(0, 99_999_999):08d}"
