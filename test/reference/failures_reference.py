"""What `wfa failures` says, computed from the records alone (Python 3.11, scipy 1.10 or later).

python3 failures_reference.py FILE.ndjson.gz RESULT.json: holds a result of `wfa failures --format json` against it.
python3 failures_reference.py FILE.ndjson.gz [slow|random [LOST.ndjson.gz]]: prints it; with a second word, 30 % of the planned runs lose the metrics of their sink first,
the slowest of each workflow and planner or every third.
"""
import gzip, json, math, sys
from collections import Counter, defaultdict
from scipy.stats import fisher_exact, norm
from differences import differences, report

def wilson(k, n):
    z = norm.ppf(0.975)
    p = k / n
    c, h, s = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)), 1 + z * z / n
    return (0 if k == 0 else (c - h) / s), (1 if k == n else (c + h) / s)

def planner(r):
    if r["plan"]: return r["plan"]["planner_name"]
    return next((t["metrics"]["planner_used_name"] for t in r["tasks"] if t["metrics"]["planner_used_name"]), "unknown")

def output_s(m):
    wait = m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0
    return m["started_at_timestamp_s"] * 1000 + wait + m["tp_execution_time_ms"] + (m["output_metrics"]["tp_time_ms"] or 0)

def end_ms(m):
    return output_s(m) + (m["update_dependency_counters_time_ms"] or 0) + (m["total_invocation_time_ms"] or 0)

def sink_time(r):
    s = r["dag"]["sink_node_id"]
    return next(output_s(t["metrics"]) for t in r["tasks"] if t["internal_task_id"] == s) - r["submission"]["dag_submission_time_ms"]

def lose(runs, how):
    planned = [r for r in runs if r["plan"]]
    if how == "random": chosen = planned[::3]
    else:
        cells = defaultdict(list)
        for r in planned: cells[r["dag_name"], r["dag"]["master_dag_structure_hash"], planner(r)].append(r)
        chosen = [r for own in cells.values() for r in sorted(own, key=sink_time)[-len(own) * 3 // 10:]]
    for r in chosen:
        r["tasks"] = [t for t in r["tasks"] if t["internal_task_id"] != r["dag"]["sink_node_id"]]

runs = [json.loads(line) for line in gzip.open(sys.argv[1], "rt") if line.strip()]
said = json.load(open(sys.argv[2]))["result"] if sys.argv[-1].endswith(".json") else None
if len(sys.argv) > 2 and said is None: lose(runs, sys.argv[2])
by, cells, frontier, gb, last = defaultdict(list), defaultdict(lambda: [0, 0]), Counter(), defaultdict(list), defaultdict(list)
for r in runs:
    done = {t["internal_task_id"] for t in r["tasks"]}
    failed = r["dag"]["sink_node_id"] not in done
    p = planner(r)
    by[p].append(failed)
    if r["plan"]: cells[(r["dag_name"], r["dag"]["master_dag_structure_hash"], str(r["plan"]["sla"])), p][failed] += 1
    if not failed: continue
    nodes = {n["id"]: n for n in r["dag"]["nodes"]}
    open_ = [s for s in r["worker_startups"] if s["end_time_ms"] is None]
    held = {i for s in open_ for i in s["initial_task_ids"]}
    for s in open_: frontier[r["dag_name"], "+".join(sorted({nodes[i]["func_name"] for i in s["initial_task_ids"]})), "startup"] += 1
    for n in nodes.values():
        if n["id"] not in done and n["id"] not in held and all(u in done for u in n["upstream"]): frontier[r["dag_name"], n["func_name"], "task"] += 1
    use = (r["resource_usage"] or {})
    g = use.get("gb_seconds") or (use.get("memory_bytes") or 0) / 2**30
    if g > 0: gb[p].append(g)
    ends = [end_ms(t["metrics"]) for t in r["tasks"]] + [s["start_time_ms"] for s in r["worker_startups"]] + [s["end_time_ms"] for s in r["worker_startups"] if s["end_time_ms"]]
    begins = [s["start_time_ms"] for s in r["worker_startups"]] + [t["metrics"]["started_at_timestamp_s"] * 1000 for t in r["tasks"]]
    last[p].append(max(ends) - (r["submission"]["dag_submission_time_ms"] if r["submission"] else min(begins)))
out = {"planners": [[p, len(f), sum(f), *wilson(sum(f), len(f)), (sum(gb[p]) if gb[p] or not sum(f) else None), sorted(last[p])] for p, f in sorted(by.items())],
       "frontier": sorted([*k, v] for k, v in frontier.items()), "contrasts": []}
names = sorted({p for _, p in cells})
for i, a in enumerate(names):
    for b in names[i + 1:]:
        shared = [k for k in {k for k, _ in cells} if (k, a) in cells and (k, b) in cells]
        if not shared: continue
        t = [[sum(cells[k, x][0] for k in shared), sum(cells[k, x][1] for k in shared)] for x in (a, b)]
        out["contrasts"].append([a, b, len(shared), *t, fisher_exact(t)[1]])
def median(xs):
    return None if not xs else xs[len(xs) // 2] if len(xs) % 2 else (xs[len(xs) // 2 - 1] + xs[len(xs) // 2]) / 2

if said:
    out["planners"] = [[*own[:-1], median(own[-1])] for own in out["planners"]]
    # The smallest p first; pairs of equal p in the order of names.
    keys = ["planner", "runCount", "failedCount", "ciLow", "ciHigh", "gbSecondsLost", "medianLastSignMs"]
    pairs = {(c["baselinePlanner"], c["candidatePlanner"]): c for c in said["contrasts"]}
    count = lambda side: [side["measured"], side["missing"]]
    theirs = {
        "planners": [[own[k] for k in keys] for own in said["planners"]],
        "frontier": sorted([f["workflow"], f["function"], f["kind"], f["count"]] for f in said["frontier"]),
        "contrasts": [[*pair, c["blockCount"], count(c["baseline"]), count(c["candidate"]), c["pValue"]] for pair, c in sorted(pairs.items())],
    }
    report(differences(dict(out, contrasts=sorted(out["contrasts"])), theirs))
else: json.dump(out, sys.stdout)
if len(sys.argv) > 3:
    with gzip.open(sys.argv[3], "wt") as f:
        for r in runs: f.write(json.dumps(r) + "\n")
