"""`flask goods`: what an administrator asks about goods.  Exit codes: 0 agreed, 1 something disagrees."""

from __future__ import annotations

import dataclasses
import json
import sys

import click
from flask.cli import AppGroup

from timebank.redemption.service import reckon_all

goods = AppGroup("goods", help="Goods of the service desks.")
commands = [goods]


@goods.command("verify")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def verify(as_json: bool) -> None:
    """Compares goods with hours: receipts, shelves, batches and the accounts of the ledger; keeps today's answer."""
    found = reckon_all()
    findings = [(one.scheme_id, finding) for one in found for finding in one.findings]
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False))
    else:
        for scheme_id, finding in findings:
            click.echo(f"{finding.code}\t{scheme_id}\t{finding.subject}\t{finding.books}\t{finding.counted}")
    pieces = sum(one.shelf_pieces for one in found)
    click.echo(f"{len(found)} time banks, {pieces} pieces on shelves: {len(findings) or 'no'} findings", err=True)
    sys.exit(1 if findings else 0)
