"""Independent computation of `wfa preload --planner X --against Y --match MATCH` in Python (standard library and scipy).

Usage: python3 preload_reference.py samples/newer.ndjson.gz UniformPlanner-opt UniformPlanner [none | memory | worker-state | memory,worker-state]
       … MATCH result.json    (what wfa says in JSON: prints how many figures were compared, and how far off)
Prints a JSON object: family → outcome → figures, and the blocks' differences. Positions are told apart by an explicit canonical form
of the structure (nested tuples), not by hashes. A block is workflow × structure × SLA; a cell of it is a position, and memory and worker
state where they are matched.
"""
import gzip, json, sys
from collections import defaultdict
from functools import lru_cache
from math import expm1, log
from statistics import mean, variance
from scipy.stats import t as student
from differences import differences, report

path, x_name, y_name = sys.argv[1:4]
match = (sys.argv[4] if len(sys.argv) > 4 else "none").split(",")
OUTCOMES = ["ready-lag", "input-wait", "execution-start", "start-offset"]


def read(path):
    with gzip.open(path, "rt") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except ValueError:
                pass


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


def after_preload(run, tasks):
    """Nodes downstream of a preloaded task."""
    up = {n["id"]: n["upstream"] for n in run["dag"]["nodes"]}
    hit = {i for i, m in tasks.items() if any(e["type"] == "PreLoad" for e in m["optimization_metrics"])}

    @lru_cache(None)
    def after(i):
        return any(u in hit or after(u) for u in up[i])

    return {i for i in up if after(i)}


def worker_states(run, tasks):
    """Worker id → cold, warm, or unknown where start-ups contradict each other."""
    found = defaultdict(set)
    for s in run["worker_startups"]:
        wid = s["resource_configuration"]["worker_id"]
        ids = [wid]
        if flexible(wid):
            ids = [tasks[i]["worker_resource_configuration"]["worker_id"] for i in s["initial_task_ids"] if i in tasks]
        for i in ids:
            found[i].add(s["state"] or "unknown")
    return {i: states.pop() if len(states) == 1 else "unknown" for i, states in found.items()}


def measure(run):
    """[(position, memory, state, kind, after preload, {outcome: ms or None})], one per task"""
    pos = positions(run["dag"])
    up = {n["id"]: n["upstream"] for n in run["dag"]["nodes"]}
    tasks = {t["internal_task_id"]: t["metrics"] for t in run["tasks"]}
    sub = run["submission"]["dag_submission_time_ms"]
    states, after = worker_states(run, tasks), after_preload(run, tasks)
    rows = []
    for i, m in tasks.items():
        types = {e["type"] for e in m["optimization_metrics"]}
        kind = "+".join(sorted(types & {"PreLoad", "TaskDup"}))
        start = None if wait_unknown(m) else exec_start(m)
        known = up[i] and all(u in tasks and not wait_unknown(tasks[u]) for u in up[i])
        ready = max(out_at(tasks[u]) for u in up[i]) if known else None
        worker = m["worker_resource_configuration"]
        rows.append((pos[i], worker["memory_mb"], states.get(worker["worker_id"], "unknown"), kind, i in after, {
            "ready-lag": None if start is None or ready is None else start - ready,
            "input-wait": None if start is None else (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0),
            "execution-start": None if start is None else start - sub,
            "start-offset": m["started_at_timestamp_s"] * 1000 - sub,
        }))
    return rows


def cells_of(rows, wanted):
    """(position, memory, state) → {outcome: mean over the run's tasks there, None if one of them has none}"""
    found = defaultdict(list)
    for position, memory, state, kind, after, figures in rows:
        if wanted(position, kind):
            found[position, memory if "memory" in match else None, state if "worker-state" in match else None].append(figures)
    return {
        cell: {o: None if any(f[o] is None for f in tasks) else mean(f[o] for f in tasks) for o in OUTCOMES}
        for cell, tasks in found.items()
    }


def sla(run):
    s = run["plan"]["sla"]
    return s if isinstance(s, str) else s["percentile"]


def only_common(candidates, controls):
    """Runs with at least one cell that the other arm has, without their other cells."""
    shared = set().union(*candidates) & set().union(*controls)
    keep = lambda runs: [{c: v for c, v in run.items() if c in shared} for run in runs if shared & set(run)]
    return keep(candidates), keep(controls)


def interval(strata):
    """(method, low, high, degrees of freedom) of the mean over strata of mean(candidate) − mean(baseline)"""
    k, counts = len(strata), [len(side) for pair in strata for side in pair]
    single, freedom = counts.count(1), sum(counts) - len(counts)
    one_arm = any(all(len(pair[side]) == 1 for pair in strata) for side in (0, 1))
    differences = [mean(c) - mean(b) for b, c in strata]
    cells = [side for pair in strata for side in pair]
    parts = [(variance(c) / len(c) / k**2, len(c) - 1) for c in cells if len(c) > 1]
    if single == 0:
        method = "welch"
    elif (5 * single >= len(counts) or one_arm) and k >= 3:
        method, parts = "paired-t", [(variance(differences) / k, k - 1)]
    elif freedom >= 4 and not one_arm:
        pooled = sum((len(c) - 1) * variance(c) for c in cells if len(c) > 1) / freedom
        method, parts = "welch-borrowed", parts + [(pooled * single / k**2, freedom)]
    else:
        return "none", None, None, None
    var = sum(p for p, _ in parts)
    if var == 0:
        return "none", None, None, None
    nu = var**2 / sum(p * p / f for p, f in parts)
    half = student.ppf(0.975, nu) * var**0.5
    return method, mean(differences) - half, mean(differences) + half, nu


def standardize(candidates, controls, scale):
    """Stratum (baseline, candidate) of the runs' figures: every cell's difference of means, weighted by the cell's share in both arms."""
    cells = sorted({c for run in candidates for c in run}, key=str)
    n, m = len(candidates), len(controls)
    # One row per run, one column per cell.
    y = [[scale(run[c]) if c in run else None for c in cells] for run in candidates + controls]
    held = lambda arm, g: [r for r in arm if y[r][g] is not None]
    a_rows, b_rows, columns = range(n), range(n, n + m), range(len(cells))
    part = lambda arm, g: sum(1 / sum(v is not None for v in y[r]) for r in held(arm, g)) / len(arm)
    weight = [(part(a_rows, g) + part(b_rows, g)) / 2 for g in columns]
    mean_a = [mean(y[r][g] for r in held(a_rows, g)) for g in columns]
    mean_b = [mean(y[r][g] for r in held(b_rows, g)) for g in columns]
    level_a, level_b = (sum(w * v for w, v in zip(weight, means)) for means in (mean_a, mean_b))
    d = sum(w * (a - b) for w, a, b in zip(weight, mean_a, mean_b))
    own_a = lambda r: sum(weight[g] / len(held(a_rows, g)) * (y[r][g] - mean_b[g] - d) for g in columns if y[r][g] is not None)
    own_b = lambda r: sum(weight[g] / len(held(b_rows, g)) * (mean_a[g] - y[r][g] - d) for g in columns if y[r][g] is not None)
    return [level_b - m * own_b(r) for r in b_rows], [level_a + n * own_a(r) for r in a_rows]


def contrast(blocks, outcome):
    strata, logs, names, counts = [], [], [], [0, 0]
    for name, candidates, controls in blocks:
        known = lambda run: {c: f[outcome] for c, f in run.items() if f[outcome] is not None}
        a, b = [known(r) for r in candidates], [known(r) for r in controls]
        a, b = only_common([r for r in a if r], [r for r in b if r]) if any(a) and any(b) else ([], [])
        if not a:
            continue
        strata.append(standardize(a, b, lambda ms: ms))
        if any(v <= 0 for run in a + b for v in run.values()):
            logs = None
        if logs is not None:
            logs.append(standardize(a, b, log))
        names.append(name)
        counts = [counts[0] + len(a), counts[1] + len(b)]
    if not strata:
        return None
    method, low, high, nu = interval(strata)
    found = {
        "differenceMs": mean(mean(c) - mean(b) for b, c in strata), "ciLow": low, "ciHigh": high, "degreesOfFreedom": nu,
        "intervalMethod": method, "meanBaselineMs": mean(mean(b) for b, _ in strata),
        "meanPreloadedMs": mean(mean(c) for _, c in strata), "preloadedRunCount": counts[0],
        "controlRunCount": counts[1], "blockCount": len(strata),
        "blocks": {" ".join(map(str, n)): mean(c) - mean(b) for n, (b, c) in zip(names, strata)},
    }
    if logs is not None:
        _, low, high, _ = interval(logs)
        found["changeFraction"] = expm1(mean(mean(c) - mean(b) for b, c in logs))
        found["changeCiLow"], found["changeCiHigh"] = (None, None) if low is None else (expm1(low), expm1(high))
    return found


candidates, controls = defaultdict(list), defaultdict(list)
for r in read(path):
    if not r["plan"]:
        continue
    block = (r["dag_name"], r["dag"]["master_dag_structure_hash"], sla(r))
    rows = measure(r)
    preloaded = any("PreLoad" in kind for _, _, _, kind, _, _ in rows)
    if r["plan"]["planner_name"] == x_name and preloaded:
        candidates[block].append(rows)
    if r["plan"]["planner_name"] == y_name and not preloaded:
        controls[block].append(rows)

main, negative = [], []
for block in candidates.keys() & controls.keys():
    a = [(rows, cells_of(rows, lambda _, kind: kind == "PreLoad")) for rows in candidates[block]]
    b = [(rows, cells_of(rows, lambda _, kind: kind == "")) for rows in controls[block]]
    shared = {c for _, cells in a for c in cells} & {c for _, cells in b for c in cells}
    a, b = ([(rows, cells) for rows, cells in side if shared & set(cells)] for side in (a, b))
    if not a:
        continue
    main.append((block, [cells for _, cells in a], [cells for _, cells in b]))
    touched = {p for rows, _ in a for p, _, _, kind, after, _ in rows if kind or after}
    plain = lambda position, kind: kind == "" and position not in touched
    negative.append((block, [cells_of(rows, plain) for rows, _ in a], [cells_of(rows, plain) for rows, _ in b]))

answers = {
    family: {outcome: contrast(blocks, outcome) for outcome in OUTCOMES}
    for family, blocks in (("contrasts", main), ("negativeControls", negative))
}
if len(sys.argv) < 6:
    print(json.dumps(answers, indent=1))
    sys.exit()

with open(sys.argv[5]) as file:
    result = json.load(file)["result"]
found = []
for family, by_outcome in answers.items():
    for outcome, figures in by_outcome.items():
        own = next((c for c in result[family] if c["outcome"] == outcome), None)
        if figures is None:
            found.append((f"{family} {outcome}", 0.0 if own is None or own["differenceMs"] is None else float("inf")))
            continue
        blocks = sorted(d for d in figures.pop("blocks").values())
        found += differences(blocks, sorted(b["differenceMs"] for b in own["blocks"]), f"{family} {outcome}.blocks")
        found += differences(figures, own, f"{family} {outcome}")
        if "changeFraction" not in figures:
            found.append((f"{family} {outcome}.changeFraction", 0.0 if own["changeFraction"] is None else float("inf")))
report(found)
