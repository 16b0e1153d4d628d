"""Independent computation of `wfa preload --planner X --match none` in Python (standard library and scipy).

Usage: python3 preload_reference.py samples/newer.ndjson.gz UniformPlanner-opt UniformPlanner
Prints, per outcome: difference of means in ms, ends of its 95 % Welch interval, means of both sides, preloaded and control runs.
Positions are told apart by an explicit canonical form of the structure (nested tuples), not by hashes.
"""
import gzip, json, sys
from collections import defaultdict
from functools import lru_cache
from statistics import mean, variance
from scipy.stats import t as student

path, x_name, y_name = sys.argv[1:4]
runs = [json.loads(line) for line in gzip.open(path, "rt")]


def flexible(worker):
    return worker is None or worker.startswith("flex")


def wait_unknown(m):
    im = m["input_metrics"]
    fetched = any(
        d["time_ms"] is not None and not k.startswith("hardcoded-dep-") for k, d in im["input_download_metrics"].items()
    )
    return im["tp_total_time_waiting_for_inputs_ms"] is None and flexible(m["worker_resource_configuration"]["worker_id"]) and fetched


def exec_start(m):
    return m["started_at_timestamp_s"] * 1000 + (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)


def out_at(m):
    return exec_start(m) + m["tp_execution_time_ms"] + (m["output_metrics"]["tp_time_ms"] or 0)


def positions(dag):
    nodes = {n["id"]: n for n in dag["nodes"]}
    func = lambda i: i.split("+")[0]

    @lru_cache(None)
    def up(i):
        return (func(i), tuple(sorted(map(up, nodes[i]["upstream"]))))

    @lru_cache(None)
    def down(i):
        return (func(i), tuple(sorted(map(down, nodes[i]["downstream"]))))

    return {i: (up(i), down(i)) for i in nodes}


def measure(run):
    """position → (preloaded?, [outcome dicts])"""
    pos = positions(run["dag"])
    up = {n["id"]: n["upstream"] for n in run["dag"]["nodes"]}
    tasks = {t["internal_task_id"]: t["metrics"] for t in run["tasks"]}
    sub = run["submission"]["dag_submission_time_ms"]
    cells = defaultdict(list)
    for i, m in tasks.items():
        types = {e["type"] for e in m["optimization_metrics"]}
        kind = "+".join(sorted(types & {"PreLoad", "TaskDup"}))
        ups = up[i]
        start = None if wait_unknown(m) else exec_start(m)
        known = ups and all(u in tasks and not wait_unknown(tasks[u]) for u in ups)
        ready = max(out_at(tasks[u]) for u in ups) if known else None
        cells[(pos[i], kind)].append({
            "ready-lag": None if start is None or ready is None else start - ready,
            "input-wait": None if start is None else (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0),
            "execution-start": None if start is None else start - sub,
            "start-offset": m["started_at_timestamp_s"] * 1000 - sub,
        })
    return cells


def sla(run):
    s = run["plan"]["sla"]
    return s if isinstance(s, str) else s["percentile"]


treated, controls = defaultdict(lambda: defaultdict(list)), defaultdict(list)
for r in runs:
    if not r["plan"]:
        continue
    block = (r["dag_name"], r["dag"]["master_dag_structure_hash"], sla(r))
    cells = measure(r)
    if r["plan"]["planner_name"] == x_name:
        mine = {p: v for (p, k), v in cells.items() if k == "PreLoad"}
        if mine:
            treated[block][frozenset(mine)].append(mine)
    if r["plan"]["planner_name"] == y_name and not any("PreLoad" in k for _, k in cells):
        controls[block].append({p: v for (p, k), v in cells.items() if k == ""})

for outcome in ["ready-lag", "input-wait", "execution-start", "start-offset"]:
    strata = []
    for block, groups in treated.items():
        free = list(controls[block])
        for want, mine in sorted(groups.items(), key=lambda g: -len(g[1])):
            base = [c for c in free if want <= set(c)]
            free = [c for c in free if not want <= set(c)]
            if base:
                amount = lambda cells: mean(mean(o[outcome] for o in cells[p]) for p in want)
                strata.append(([amount(c) for c in base], [amount(c) for c in mine]))
    k = len(strata)
    cells = [s for pair in strata for s in pair]
    d = mean(mean(c) - mean(b) for b, c in strata)
    freedom = sum(len(c) - 1 for c in cells)
    pooled = sum((len(c) - 1) * variance(c) for c in cells if len(c) > 1) / freedom
    parts = [(pooled * sum(len(c) == 1 for c in cells) / k**2, freedom)]
    parts += [(variance(c) / len(c) / k**2, len(c) - 1) for c in cells if len(c) > 1]
    var = sum(p for p, _ in parts)
    nu = var**2 / sum(p * p / f for p, f in parts)
    half = student.ppf(0.975, nu) * var**0.5
    print(outcome, *(repr(float(v)) for v in (d, d - half, d + half, mean(mean(b) for b, _ in strata), mean(mean(c) for _, c in strata))),
          sum(len(c) for _, c in strata), sum(len(b) for b, _ in strata))
