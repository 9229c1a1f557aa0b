"""`flask match suggest`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from timebank.matching.cli.group import FILE, match, readable, stop, tell
from timebank.matching.planner import files
from timebank.matching.rules.pairs import ranking
from timebank.matching.rules.ranking import Suitable


@match.command()
@click.argument("instance_file", metavar="IN.json", type=FILE)
@click.argument("request_id")
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="How many helpers.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def suggest(instance_file: Path, request_id: str, top: int, as_json: bool) -> None:
    """The best helpers for one request of IN.json with reasons, and how many are out by which rule."""
    instance = readable(files.read_instance, instance_file)
    if request_id not in instance.request:
        stop(f"{instance_file}: there is no request {request_id!r}")
    found = ranking(instance, request_id)
    names = [helper.id for helper in instance.helpers]
    helpers = [_line(names[one.helper.id], one) for one in found.suitable[:top]]
    if as_json:
        out = {"request": request_id, "suitable": len(found.suitable), "out": len(found.out)}
        tell({**out, "helpers": helpers, "out_by_reason": dict(found.out_by_rule)})
        return
    for line in helpers:
        click.echo(f"{line['helper']}\t{line['score']}\t{', '.join(part['reason'] for part in line['reasons'])}")
    click.echo(", ".join(f"{rule} {count}" for rule, count in found.out_by_rule.items()), err=True)


def _line(name: str, one: Suitable) -> dict[str, Any]:
    return {
        "helper": name,
        "score": one.score.total,
        "start": one.score.start.at,
        "reasons": [
            {"part": part.name, "points": part.points, "reason": part.why.code, **part.why.facts}
            for part in one.score.parts
        ],
    }
