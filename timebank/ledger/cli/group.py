"""The group that the ledger's commands join."""

from __future__ import annotations

from flask.cli import AppGroup

ledger = AppGroup("ledger", help="The books: check them, seal them, prove them, export them, measure them.")
