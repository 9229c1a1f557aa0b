"""`flask ledger …`: verify, export, seal, prove, check-proof, new-seal-key, sweep-holds, close, closings,
selfcheck, bench.

And `flask db grant`, which is about all tables, but most about these.
"""

from flask_migrate.cli import db as database

from timebank.ledger.cli.benchmark import bench
from timebank.ledger.cli.books import export, self_check, sweep_holds, verify
from timebank.ledger.cli.closings import close, closings
from timebank.ledger.cli.group import ledger
from timebank.ledger.cli.proofs import check_proof, new_seal_key, prove, seal
from timebank.ledger.cli.roles import grant

ledger.add_command(bench)
database.add_command(grant)
commands = [ledger]

__all__ = [
    "bench",
    "check_proof",
    "close",
    "closings",
    "commands",
    "export",
    "grant",
    "ledger",
    "new_seal_key",
    "prove",
    "seal",
    "self_check",
    "sweep_holds",
    "verify",
]
