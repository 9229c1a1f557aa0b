"""`python -m drills [NAME …] [--rounds N] [--out FOLDER] [--list]`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

from drills import report
from drills.place import Place

NAMES = (
    "kill_application",
    "kill_server",
    "power_cut",
    "disk_full",
    "standby_promotion",
    "cancelled_wait",
    "retry_storm",
    "double_spend",
    "two_desks",
    "history",
    "backup",
    "ddl_mutants",
)


def main(words: list[str] | None = None) -> int:
    """Plays the drills asked for (all of them when none is named); 1 when one or its control does not behave."""
    given = _parser().parse_args(words)
    if given.list:
        for name in NAMES:
            print(f"{name:20} {importlib.import_module(f'drills.{name}').TITLE}")
        return 0
    unknown = set(given.names) - set(NAMES)
    if unknown:
        print(f"There is no drill {', '.join(sorted(unknown))}. ./run drills --list", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="tb-drills-") as templates:
        results = [result for name in given.names or NAMES for result in played(name, given, Path(templates))]
    report.write(results, given.out)
    summary = report.table(results)
    (given.out / "summary.md").write_text(summary, encoding="utf-8")
    print(f"\n{summary}\nwritten to {given.out}")
    return 0 if all(result.behaved for result in results) else 1


def played(name: str, given: argparse.Namespace, templates: Path) -> list[report.Result]:
    """Every case of one drill."""
    results = []
    root = os.geteuid() == 0 and not given.rootless
    for case in importlib.import_module(f"drills.{name}").cases():
        if given.database not in {None, case.database} or (case.needs_root and not root):
            continue
        with Place(templates) as place:
            results.append(report.play(name, case, place, given.rounds, lambda line: print(line, flush=True)))
    verdict = "behaved" if all(result.behaved for result in results) else "DID NOT BEHAVE"
    print(f"{name}: {verdict}", flush=True)
    return results


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run drills", description="Breaks the ledger on purpose; see docs/operations.md"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="drills (all of them when none is named)")
    parser.add_argument("--rounds", type=int, help="rounds of each set-up (its own number when left out)")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="only this one")
    parser.add_argument("--rootless", action="store_true", help="no loop devices, even where they could be used")
    parser.add_argument(
        "--out", type=Path, default=Path(tempfile.gettempdir()) / "timebank-drills", help="folder of the results"
    )
    parser.add_argument("--list", action="store_true", help="names the drills and ends")
    return parser


if __name__ == "__main__":
    sys.exit(main())
