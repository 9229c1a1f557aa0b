"""Collects the English texts of a domain, updates its Chinese catalogue, lists what is untranslated, and compiles it.

    tools/texts.py [CATALOGUE …] [--tidy] [--compile-only]

A catalogue is a folder `timebank/translations/<name>/zh/LC_MESSAGES`: `messages.po` is kept, `messages.mo` made of it.
Without a name all are done.  Exit code 1 when something is untranslated, so that a build can stop there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "timebank" / "translations"
LOCALE = "zh"
# A fixed date: a catalogue changes when its texts change, not when somebody looks.
DATE = datetime(2026, 1, 1, tzinfo=UTC)
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
# The catalogues of the exchange, by words in a file's name or its folder of templates; the rest is about visits.
EXCHANGE = {
    "exchange_volunteers": ("volunteers", "schemes", "grants", "parameters", "availability", "stars"),
    "exchange_giving": ("giving", "gifts", "overflow", "welcome", "annulments", "netting", "honours", "partners"),
}


def sources(catalogue: str) -> list[Path]:
    """The files whose texts stand in a catalogue; every file belongs to exactly one."""
    if catalogue == "core":
        files = [ROOT / "timebank" / "app.py", *_files("timebank/core"), *(ROOT / "templates").glob("*.html")]
        return sorted([*files, *_files("templates/macros")])
    if catalogue.startswith("exchange_"):
        files = [*_files("timebank/exchange"), *_files("templates/exchange")]
        return [file for file in files if _part(file) == catalogue]
    return [*_files(f"timebank/{catalogue}"), *_files(f"templates/{catalogue}")]


def _files(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".html", ".txt"})


def _part(file: Path) -> str:
    """The catalogue of a file of the exchange."""
    folder = file.parent.name if file.is_relative_to(ROOT / "templates") else ""
    found = (name for name, words in EXCHANGE.items() if folder in words or any(word in file.name for word in words))
    return next(found, "exchange_visits")


def names() -> list[str]:
    """All catalogues: core, those of the exchange, and one for each other domain."""
    folders = [path.name for path in (ROOT / "timebank").iterdir() if path.is_dir()]
    domains = sorted(name for name in folders if _files(f"timebank/{name}"))
    plain = [name for name in domains if name not in {"core", "exchange"}]
    return ["core", *plain, *EXCHANGE, "exchange_visits"]


def extract(files: list[Path]) -> Catalog:
    """The texts of the files, each with the files it stands in (no line numbers: they change too often)."""
    found = Catalog(locale=LOCALE, project="Timebank", version="1", creation_date=DATE, charset="utf-8")
    for file in files:
        method = "python" if file.suffix == ".py" else "jinja2"
        options = {} if method == "python" else {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
        for _line, message, comments, context in extract_from_file(
            method, file, keywords=KEYWORDS, comment_tags=("TRANSLATORS:",), options=options, strip_comment_tags=True
        ):
            place = (file.relative_to(ROOT).as_posix(), 1)
            found.add(message, None, [place], auto_comments=comments, context=context)
    return found


def update(name: str, *, tidy: bool) -> list[str]:
    """Brings the catalogue up to date and returns the texts without a translation."""
    found = extract(sources(name))
    path = po_path(name)
    if not len(found) and not path.exists():
        return []
    known = read(path) if path.exists() else Catalog(locale=LOCALE, charset="utf-8")
    known.update(found, no_fuzzy_matching=True)
    known.creation_date = known.revision_date = DATE
    known.fuzzy = False
    known.project, known.version, known.header_comment = "Timebank", "1", f"# Texts of {name} in Chinese."
    known.last_translator, known.language_team, known.copyright_holder = "Timebank", "zh", "Timebank"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, known, width=120, include_lineno=False, sort_output=True, ignore_obsolete=tidy)
    compile_catalogue(name)
    return untranslated(known)


def read(path: Path) -> Catalog:
    """The catalogue in a .po file."""
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE)


def po_path(name: str) -> Path:
    return CATALOGUES / name / LOCALE / "LC_MESSAGES" / "messages.po"


def untranslated(catalogue: Catalog) -> list[str]:
    """The English texts that have no (certain) Chinese."""
    return [str(message.id) for message in catalogue if message.id and (message.fuzzy or not _has_text(message.string))]


def _has_text(text: object) -> bool:
    return all(text) if isinstance(text, (list, tuple)) else bool(text)


def compile_catalogue(name: str) -> None:
    """Writes the .mo file if the .po file is newer (in one step: a running server may be reading it)."""
    source, target = po_path(name), po_path(name).with_suffix(".mo")
    if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
        return
    fresh = target.with_suffix(".mo.new")
    with fresh.open("wb") as file:
        write_mo(file, read(source))
    fresh.replace(target)


def existing() -> Iterator[str]:
    """The catalogues that have a .po file."""
    for path in sorted(CATALOGUES.glob(f"*/{LOCALE}/LC_MESSAGES/messages.po")):
        yield path.parts[-4]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", nargs="*")
    parser.add_argument("--tidy", action="store_true", help="drop translations of texts that are gone")
    parser.add_argument("--compile-only", action="store_true")
    given = parser.parse_args()
    if given.compile_only:
        for name in existing():
            compile_catalogue(name)
        return 0
    if unknown := set(given.catalogue) - set(names()):
        parser.error(f"no such catalogue: {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    missing = 0
    for name in given.catalogue or names():
        left = update(name, tidy=given.tidy)
        missing += len(left)
        print(f"{name}: {len(left)} untranslated")
        for text in left:
            print(f"  {text}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
