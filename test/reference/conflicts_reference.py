"""Independent computation of `wfa conflicts`, by the influence of each run on the standardized difference (Python 3.11, scipy 1.17).

Run: python3 test/reference/conflicts_reference.py runs.ndjson.gz RESULT.json    (RESULT.json: what `wfa conflicts --format json` says of
that file; prints how many figures were compared, and how far off). A p is exact or left out, and with it what rests on it.
"""
import json
import math
import sys
from collections import defaultdict
from itertools import combinations
from statistics import mean

from compare_reference import LIMIT, holm, interval, permute
from differences import differences, report
from records import executed_at, metrics_of, output_at, positions, read, sla_of, wait_unknown

KINDS = ("PreLoad", "PreWarm", "TaskDup")


def prewarmed_workers(run):
    """Worker ids for which a container was launched ahead, as planned on nodes or as tasks recorded."""
    planned = {
        target.get("worker_id")
        for node in run["dag"]["nodes"]
        for parameters in node["optimizations_params"] or []
        if parameters.get("name") == "PreWarm"
        for _, target in parameters["target_resource_configs"]
    }
    recorded = {
        event["resource_config"]["worker_id"]
        for m in metrics_of(run).values()
        for event in m["optimization_metrics"] or []
        if event["type"] == "PreWarm"
    }
    return (planned | recorded) - {None}


def tasks_of(run):
    """[(position, kinds, ready lag in ms)] of all tasks that wait for others and whose lag is known."""
    place, metrics, prewarmed = positions(run["dag"]["nodes"]), metrics_of(run), prewarmed_workers(run)
    found = []
    for node in run["dag"]["nodes"]:
        m, above = metrics.get(node["id"]), [metrics.get(i) for i in node["upstream"]]
        if not above or any(x is None or wait_unknown(x) for x in (m, *above)):
            continue
        kinds = {e["type"] for e in m["optimization_metrics"] or []} & {"PreLoad", "TaskDup"}
        if m["worker_resource_configuration"]["worker_id"] in prewarmed:
            kinds.add("PreWarm")
        found.append((place[node["id"]], kinds, executed_at(m) - max(map(output_at, above))))
    return found


def by_place(tasks, wanted):
    found = defaultdict(list)
    for place, kinds, lag in tasks:
        if wanted(kinds):
            found[place].append(lag)
    return {place: mean(lags) for place, lags in found.items()}


def standardize(*arms):
    """A figure for every run: its arm's level, and as much above it as the run alone moves the difference, times the runs of the arm."""
    shares = defaultdict(float)
    for arm in arms:
        for run in arm:
            for place in run:
                shares[place] += 1 / (2 * len(arm) * len(run))
    means = [{p: mean(run[p] for run in arm if p in run) for p in shares} for arm in arms]
    count = [{p: sum(p in run for run in arm) for p in shares} for arm in arms]
    level = [sum(w * m[p] for p, w in shares.items()) for m in means]
    gap = level[1] - level[0]
    figures = []
    for side, sign in ((0, -1), (1, 1)):
        n = len(arms[side])
        own = lambda run: sum(n * shares[p] / count[side][p] * (sign * (y - means[1 - side][p]) - gap) for p, y in run.items())
        figures.append([level[side] + sign * own(run) for run in arms[side]])
    return figures


def contrast(runs, against, meets, is_control):
    blocks, places = [], 0
    for key in sorted({key for key, _ in runs}):
        own = [tasks for other, tasks in runs if other == key]
        has = lambda tasks: any(meets(kinds) for _, kinds, _ in tasks)
        arms = [[by_place(t, is_control) for t in own if not has(t)], [by_place(t, meets) for t in own if has(t)]]
        shared = set().union(*arms[0]) & set().union(*arms[1])
        if shared:
            keep = lambda arm: [{p: y for p, y in run.items() if p in shared} for run in arm if shared & set(run)]
            blocks.append(standardize(*map(keep, arms)))
            places += len(shared)
    out = {"against": against, "blockCount": len(blocks), "positionCount": places,
           "unmetRunCount": sum(len(b) for b, _ in blocks), "metRunCount": sum(len(c) for _, c in blocks)}
    if not blocks:
        return {**out, "meanControlMs": None, "meanMetMs": None, "differenceMs": None, "ciLow": None, "ciHigh": None,
                "intervalMethod": "none", "pValue": None}
    found = interval(blocks)
    arrangements = math.prod(math.comb(len(b) + len(c), len(c)) for b, c in blocks)
    return {**out, "meanControlMs": mean(mean(b) for b, _ in blocks), "meanMetMs": mean(mean(c) for _, c in blocks),
            "differenceMs": found["D"], "ciLow": found["lo"], "ciHigh": found["hi"], "intervalMethod": found["method"],
            "pValue": permute(blocks, found["D"], 0)["pValue"] if arrangements <= LIMIT else "sampled"}


def meeting(runs, first, second):
    meets = lambda kinds: {first, second} <= kinds
    counts = [sum(meets(kinds) for _, kinds, _ in tasks) for _, tasks in runs]
    if not any(counts):
        return []
    alone = lambda kinds: len(kinds & {first, second}) == 1
    return [{"first": first, "second": second, "on": "worker" if "PreWarm" in (first, second) else "task",
             "taskCount": sum(counts), "runCount": sum(c > 0 for c in counts),
             "contrasts": [contrast(runs, "alone", meets, alone), contrast(runs, "without", meets, lambda kinds: not meets(kinds))]}]


def judge(meetings):
    """Holm over all contrasts that were tested; nothing that rests on a p that is not exact."""
    own = [c for m in meetings for c in m["contrasts"]]
    tested = [c for c in own if c["pValue"] is not None]
    sampled = any(c["pValue"] == "sampled" for c in tested)
    for c, p in zip(tested, holm([c["pValue"] for c in tested]) if not sampled else []):
        c["pAdjusted"] = p
    for c in own:
        told = c["ciLow"] is not None and not c["ciLow"] <= 0 <= c["ciHigh"]
        if not sampled:
            c["outcome"] = "inconclusive" if not told else "different" if c["pAdjusted"] < 0.05 else "hint"
        if c["pValue"] == "sampled":
            del c["pValue"]


def main(path, result):
    runs = [((r["dag_name"], r["dag"]["master_dag_structure_hash"], sla_of(r)), tasks_of(r)) for r in read(path)]
    meetings = [m for pair in combinations(KINDS, 2) for m in meeting(runs, *pair)]
    judge(meetings)
    report(differences({"runCount": len(runs), "meetings": meetings}, json.load(open(result))["result"], "conflicts"))


if __name__ == "__main__":
    main(*sys.argv[1:])
