"""`python -m benchmarks.matching.contestants NAME IN.json OUT.json SECONDS`: one contestant, in a process of its own.

Prints what it used: processor seconds and megabytes.
"""

from __future__ import annotations

import itertools
import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.matching.plain import Plain

Doc = dict[str, Any]
Routes = dict[int, list[int]]


def ours(day: Doc, seconds: float) -> Doc:
    """Timebank's planner."""
    from timebank.matching import planner
    from timebank.matching.planner import files

    return files.plan_document(planner.plan(files.instance_of(day), seconds=seconds))


def first_come(day: Doc, _seconds: float) -> Doc:
    """Requests in the order they came, each to the nearest helper who can take it at the end of the round."""
    return _nearest(day, range(len(day["requests"])))


def urgent_first(day: Doc, _seconds: float) -> Doc:
    """The most urgent first, each to the nearest helper who can put it anywhere: a good coordinator."""
    order = sorted(range(len(day["requests"])), key=lambda n: (-day["requests"][n]["weight"], n))
    return _nearest(day, order, anywhere=True)


def _nearest(day: Doc, order: Any, *, anywhere: bool = False) -> Doc:
    plain = Plain(day)
    routes: Routes = {helper: [] for helper in range(len(plain.helpers))}
    able: dict[int, list[int]] = {}
    for helper, requests in enumerate(plain.may):
        for n in requests:
            able.setdefault(n, []).append(helper)
    for n in order:
        point = len(plain.helpers) + n
        for helper in sorted(able.get(n, ()), key=lambda one: plain.seconds(one, point)):
            found = _put(plain, helper, routes[helper], n, anywhere)
            if found is not None:
                routes[helper] = found
                break
    return plain.plan(routes)


def _put(plain: Plain, helper: int, route: list[int], n: int, anywhere: bool) -> list[int] | None:
    for at in range(len(route) if not anywhere else 0, len(route) + 1):
        tried = [*route[:at], n, *route[at:]]
        if plain.round(helper, tried) is not None:
            return tried
    return None


def vroom_quick(day: Doc, _seconds: float) -> Doc:
    """VROOM at an effort that large days allow."""
    return _vroom(day, effort=1)


def vroom(day: Doc, _seconds: float) -> Doc:
    """VROOM at its highest effort."""
    return _vroom(day, effort=5)


def _vroom(day: Doc, effort: int) -> Doc:
    """A window for each quarter hour, a skill for each request."""
    import numpy as np
    import vroom as solver

    plain = Plain(day)
    size = len(plain.helpers)
    problem = solver.Input()
    problem.set_durations_matrix("car", plain.matrix().astype(np.uint32))
    for n, one in enumerate(plain.requests):
        windows = [solver.TimeWindow(start, start) for start in plain.starts(one)]
        amount = solver.Amount([one["minutes"]])
        problem.add_job(
            solver.Job(
                n, size + n, default_service=one["minutes"] * 60, delivery=amount, skills={n + 1},
                priority=min(100, one["weight"] * 10), time_windows=windows,
            )
        )  # fmt: skip
    for number, helper in enumerate(plain.helpers):
        problem.add_vehicle(
            solver.Vehicle(
                number, start=number, end=number, capacity=[helper["max_minutes"]],
                skills={n + 1 for n in plain.may[number]} or {0}, max_tasks=helper["max_visits"],
                time_window=solver.TimeWindow(helper["from"], helper["to"]), profile="car",
            )
        )  # fmt: skip
    steps = problem.solve(exploration_level=effort, nb_threads=1).routes
    routes: Routes = {}
    for step in steps[steps["type"] == "job"].itertuples():
        routes.setdefault(int(step.vehicle_id), []).append(int(step.id))
    return plain.plan(routes)


def ortools(day: Doc, seconds: float) -> Doc:
    """OR-Tools routing with guided local search."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    plain = Plain(day)
    matrix = plain.matrix().tolist()
    size = len(plain.helpers)
    homes = list(range(size))
    index = pywrapcp.RoutingIndexManager(len(matrix), size, homes, homes)
    model = pywrapcp.RoutingModel(index)
    node = index.IndexToNode
    length = [0] * size + [one["minutes"] * 60 for one in plain.requests]
    ways = model.RegisterTransitCallback(lambda a, b: matrix[node(a)][node(b)])
    times = model.RegisterTransitCallback(lambda a, b: length[node(a)] + matrix[node(a)][node(b)])
    minutes = model.RegisterUnaryTransitCallback(lambda a: length[node(a)] // 60)
    ones = model.RegisterUnaryTransitCallback(lambda a: 1 if node(a) >= size else 0)
    model.SetArcCostEvaluatorOfAllVehicles(ways)
    model.AddDimension(times, 86_400, 86_400, False, "time")
    helpers = plain.helpers
    model.AddDimensionWithVehicleCapacity(minutes, 0, [one["max_minutes"] for one in helpers], True, "minutes")
    model.AddDimensionWithVehicleCapacity(ones, 0, [one["max_visits"] for one in helpers], True, "visits")
    clock = model.GetDimensionOrDie("time")
    for number, helper in enumerate(helpers):
        clock.CumulVar(model.Start(number)).SetRange(helper["from"], helper["to"])
        clock.CumulVar(model.End(number)).SetRange(helper["from"], helper["to"])
    able: dict[int, list[int]] = {}
    for helper, requests in enumerate(plain.may):
        for n in requests:
            able.setdefault(n, []).append(helper)
    for n, one in enumerate(plain.requests):
        at = index.NodeToIndex(size + n)
        model.AddDisjunction([at], one["weight"] * day["weight_seconds"])
        model.VehicleVar(at).SetValues([-1, *able.get(n, [])])
        clock.CumulVar(at).SetValues(plain.starts(one))
    rules = pywrapcp.DefaultRoutingSearchParameters()
    rules.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    rules.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    rules.time_limit.FromMilliseconds(int(seconds * 1000))
    found = model.SolveWithParameters(rules)
    routes: Routes = {}
    for number in homes if found else ():
        at = found.Value(model.NextVar(model.Start(number)))
        while not model.IsEnd(at):
            routes.setdefault(number, []).append(node(at) - size)
            at = found.Value(model.NextVar(at))
    return plain.plan(routes)


def pyvrp(day: Doc, seconds: float) -> Doc:
    """PyVRP: prizes for visits, a profile of ways for each helper; starts are put on quarter hours afterwards."""
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    plain = Plain(day)
    matrix = plain.matrix().tolist()
    model, size = Model(), len(plain.helpers)
    places = [model.add_location(*at) for at in plain.at]
    depots = [model.add_depot(places[number]) for number in range(size)]
    for n, one in enumerate(plain.requests):
        model.add_client(
            places[size + n], delivery=[one["minutes"], 1], service_duration=one["minutes"] * 60,
            tw_early=plain.starts(one)[0], tw_late=plain.starts(one)[-1],
            prize=one["weight"] * day["weight_seconds"], required=False,
        )  # fmt: skip
    for number, helper in enumerate(plain.helpers):
        profile = model.add_profile()
        model.add_vehicle_type(
            1, capacity=[helper["max_minutes"], helper["max_visits"]], start_depot=depots[number],
            end_depot=depots[number], tw_early=helper["from"], tw_late=helper["to"], profile=profile,
        )  # fmt: skip
        points = [number, *(size + n for n in plain.may[number])]
        for one, other in itertools.permutations(points, 2):
            way = matrix[one][other]
            model.add_edge(places[one], places[other], distance=way, duration=way, profile=profile)
    best = model.solve(stop=MaxRuntime(seconds), display=False, missing_value=10_000_000).best
    routes: Routes = {}
    for route in best.routes():
        routes[route.vehicle_type()] = [one.idx for one in route if one.is_client()]
    return plain.plan(routes)


CONTESTANTS: dict[str, Callable[[Doc, float], Doc]] = {
    "timebank": ours,
    "first come, nearest": first_come,
    "urgent first, nearest": urgent_first,
    "VROOM x1": vroom_quick,
    "VROOM x5": vroom,
    "OR-Tools routing": ortools,
    "PyVRP": pyvrp,
}


def main() -> None:
    """Runs one and writes its plan."""
    name, source, target, seconds = sys.argv[1:5]
    day = json.loads(Path(source).read_text(encoding="utf-8"))
    before = resource.getrusage(resource.RUSAGE_SELF)
    plan = CONTESTANTS[name](day, float(seconds))
    after = resource.getrusage(resource.RUSAGE_SELF)
    Path(target).write_text(json.dumps(plan), encoding="utf-8")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    sys.stdout.write(json.dumps({"cpu_seconds": round(used, 2), "megabytes": after.ru_maxrss // 1024}) + "\n")


if __name__ == "__main__":
    main()
