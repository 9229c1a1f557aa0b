"""`flask ledger …`: verify, export, seal, sweep-holds, selfcheck, bench."""

from timebank.ledger.cli.benchmark import bench
from timebank.ledger.cli.books import export, ledger, seal, self_check, sweep_holds, verify

ledger.add_command(bench)
commands = [ledger]

__all__ = ["bench", "commands", "export", "ledger", "seal", "self_check", "sweep_holds", "verify"]
