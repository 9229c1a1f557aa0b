"""`flask match plan` and `flask match check`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from timebank.matching import checker, planner
from timebank.matching.cli.group import FILE, match, readable, stop, tell
from timebank.matching.planner import files
from timebank.matching.rules.day import DayPlan, Instance


@match.command()
@click.argument("instance_file", metavar="IN.json", type=FILE)
@click.argument("plan_file", metavar="OUT.json", type=FILE)
@click.option("--seconds", type=click.FloatRange(min=0.0, min_open=True), default=60.0, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def plan(instance_file: Path, plan_file: Path, seconds: float, seed: int, as_json: bool) -> None:
    """Writes the best plan for IN.json that the seconds of computing allow, with a proven bound; 1 if no plan keeps the
    pins."""
    instance = readable(files.read_instance, instance_file)
    try:
        found = planner.plan(instance, seconds=seconds, seed=seed, progress=_progress if sys.stderr.isatty() else None)
    except planner.Infeasible as error:
        _no_plan(error, as_json)
    try:
        files.write(plan_file, [json.dumps(files.plan_document(found), ensure_ascii=False), "\n"])
    except OSError as error:
        stop(f"{plan_file}: {error.strerror}")
    figures = _figures(instance, found)
    if as_json:
        tell(figures)
    else:
        click.echo(_sentence(figures, len(instance.requests)))


def _no_plan(error: planner.Infeasible, as_json: bool) -> None:
    for request, rules in error.problems.items():
        click.echo(f"{request}: {'; '.join(rules)}", err=True)
    if as_json:
        tell({"feasible": False, "problems": error.problems})
    stop("No plan keeps every pinned visit.", 1)


def _figures(instance: Instance, found: DayPlan) -> dict[str, Any]:
    return {
        "served": len(found.visits),
        "weight_served": found.weight(instance),
        "travel_seconds": found.travel_seconds,
        "objective": found.objective,
        "upper_bound": found.upper_bound,
        "gap": found.gap,
        "seconds": round(found.seconds, 3),
    }


def _sentence(figures: dict[str, Any], asked: int) -> str:
    gap = (
        "no bound proven in time" if figures["gap"] is None else f"at most {100 * figures['gap']:.3f} % below the best"
    )
    return f"{figures['served']} of {asked} served, objective {figures['objective']}, {gap}, {figures['seconds']} s"


def _progress(state: planner.Progress) -> None:
    gap = "" if state.gap is None else f", gap {100 * state.gap:.3f} %"
    click.echo(f"{state.seconds:7.1f} s  {state.phase}: {state.served} served, {state.objective}{gap}", err=True)


@match.command()
@click.argument("instance_file", metavar="IN.json", type=FILE)
@click.argument("plan_file", metavar="OUT.json", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def check(instance_file: Path, plan_file: Path, as_json: bool) -> None:
    """Checks every hard rule of OUT.json and recomputes its objective, by code of its own; 1 if something is broken."""
    instance = files.instance_document(readable(files.read_instance, instance_file))
    document = readable(lambda path: files.plan_document(files.plan_of(files.document_of(path))), plan_file)
    verdict = checker.check(instance, document)
    for one in verdict.violations:
        click.echo(f"{one.rule}\t{one.subject}\t{one.detail}", err=True)
    answer = {
        "sound": verdict.sound,
        "served": verdict.served,
        "weight_served": verdict.weight_served,
        "travel_seconds": verdict.travel_seconds,
        "objective": verdict.objective,
        "violations": [{"rule": one.rule, "subject": one.subject, "detail": one.detail} for one in verdict.violations],
    }
    if as_json:
        tell(answer)
    else:
        click.echo(f"{'sound' if verdict.sound else f'{len(verdict.violations)} rules broken'}, {verdict.objective}")
    sys.exit(0 if verdict.sound else 1)
