"""The process that `background.work_soon` starts: `python -m timebank.matching.worker`."""

from __future__ import annotations

from timebank.matching.background import work


def main() -> None:
    """Does what waits, and ends."""
    from wsgi import app

    with app.app_context():
        work()


if __name__ == "__main__":
    main()
