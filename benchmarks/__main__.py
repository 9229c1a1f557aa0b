"""`python -m benchmarks NAME [OPTIONS]`: runs one of the benchmarks."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

NAMES = sorted(path.parent.name for path in Path(__file__).parent.glob("*/command.py"))


def main() -> None:
    """Exit code 2 and the names there are, when the name is unknown."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        sys.stderr.write(f"usage: ./run bench {{{','.join(NAMES)}}} [--help]\n")
        raise SystemExit(2)
    name = sys.argv.pop(1)
    importlib.import_module(f"benchmarks.{name}.command").main()


if __name__ == "__main__":
    main()
