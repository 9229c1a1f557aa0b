"""Small values of a person: names, e-mail addresses, languages, coordinates, walking distances."""

from __future__ import annotations

import re
import unicodedata

from timebank.people.rules.codes import Wrong

NAME_LENGTH = 64
FURTHEST_M = 50_000
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,12})*")
_MEMBER_NO = re.compile(r"[0-9A-Za-z][0-9A-Za-z_./-]{0,31}")
_INVISIBLE = re.compile(r"[\u200b-\u200f\ufeff\u2060]")


def tidy(text: str) -> str:
    """One line without invisible characters, runs of blanks made one."""
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(plain.split())


def name(text: str) -> str:
    """A name as it is kept.  Raises `Wrong("name_missing" | "name_long")`."""
    kept = tidy(text)
    if not any(character.isalpha() for character in kept):
        raise Wrong("name_missing")
    if len(kept) > NAME_LENGTH:
        raise Wrong("name_long")
    return kept


def email(text: str) -> str:
    """An e-mail address, or "" for none.  Raises `Wrong("email_invalid")`."""
    kept = tidy(text)
    if kept and not _EMAIL.fullmatch(kept):
        raise Wrong("email_invalid")
    return kept


def language(text: str) -> str:
    """A language code in small letters ("zh", "zh-nanjing").  Raises `Wrong("language_invalid")`."""
    kept = tidy(text).lower().replace("_", "-")
    if not _LANGUAGE.fullmatch(kept):
        raise Wrong("language_invalid", given=text)
    return kept


def member_no(text: str) -> str:
    """A member number, or "" for none.  Raises `Wrong("member_no_invalid")`."""
    kept = unicodedata.normalize("NFKC", tidy(text)).removesuffix(".0")
    if kept and not _MEMBER_NO.fullmatch(kept):
        raise Wrong("member_no_invalid")
    return kept


def degrees(text: str) -> float | None:
    """A latitude or longitude; None for none.  Raises `Wrong("point_invalid")`."""
    kept = unicodedata.normalize("NFKC", tidy(text))
    if not kept:
        return None
    if not re.fullmatch(r"[+-]?\d{1,3}(\.\d+)?", kept):
        raise Wrong("point_invalid")
    return float(kept)


def distance(text: str) -> int | None:
    """Metres somebody will walk; None for none.  Raises `Wrong("distance_invalid")`."""
    kept = unicodedata.normalize("NFKC", tidy(text)).lower().removesuffix("米").removesuffix("m").strip()
    kept = re.sub(r"\.0+$", "", kept)
    if not kept:
        return None
    if not kept.isdecimal() or int(kept) > FURTHEST_M:
        raise Wrong("distance_invalid")
    return int(kept)
