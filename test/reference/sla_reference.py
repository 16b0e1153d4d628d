"""Independent computation of `wfa sla` in Python (numpy and scipy).

Usage: python3 sla_reference.py samples/newer.ndjson.gz
Prints the makespan's trend with and without adjustment for the run index, the contrast of the highest to the lowest percentile,
and attainment with its Wilson interval (scipy.stats.binomtest) and the dashboard's own figure (numpy.percentile, linear).
"""
import gzip, json, sys
from collections import defaultdict
import numpy as np
from scipy.stats import binomtest, t as student

runs = [json.loads(line) for line in gzip.open(sys.argv[1], "rt")]
runs = [r for r in runs if r["submission"]]
runs.sort(key=lambda r: r["submission"]["dag_submission_time_ms"])


def makespan(r):
    for t in r["tasks"]:
        if t["internal_task_id"] == r["dag"]["sink_node_id"]:
            m = t["metrics"]
            end = (m["started_at_timestamp_s"] * 1000 + (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)
                   + m["tp_execution_time_ms"] + (m["output_metrics"]["tp_time_ms"] or 0))
            return end - r["submission"]["dag_submission_time_ms"]
    return None


rows, earlier, index = [], defaultdict(list), defaultdict(int)
kept, dash = defaultdict(list), defaultdict(list)
for r in runs:
    y = makespan(r)
    plan = r["plan"]
    if plan and not plan["planner_name"].startswith("WUKONG"):
        history = (r["dag_name"], r["dag"]["master_dag_structure_hash"])
        block = history + (plan["planner_name"],)
        level = plan["sla"] if isinstance(plan["sla"], str) else plan["sla"]["percentile"]
        if y is not None:
            if level != "average":
                rows.append((block, history, level, index[block], np.log(y), y))
            kept[level].append(y <= plan["nodes_info"][r["dag"]["sink_node_id"]]["task_completion_time_ms"])
            past = earlier[r["dag_name"]]
            if past:
                dash[level].append(y <= (np.mean(past) if level == "average" else np.percentile(past, level)))
        index[block] += 1
    if y is not None:
        earlier[r["dag_name"]].append(y)

levels = sorted({row[2] for row in rows})
blocks = sorted({row[0] for row in rows})
several = [b for b in blocks if len({r[2] for r in rows if r[0] == b}) > 1]


def fit(rows, columns):
    names = sorted({r[0] for r in rows})
    design = np.array([[float(r[0] == b) for b in names] + columns(r) for r in rows])
    y = np.array([r[4] for r in rows])
    beta, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
    assert rank == design.shape[1]
    nu = len(y) - rank
    s2 = ((y - design @ beta) ** 2).sum() / nu
    se = np.sqrt(s2 * np.linalg.inv(design.T @ design)[-1, -1])
    return beta[-1], se * student.ppf(0.975, nu)


used = [r for r in rows if r[0] in several]
histories = sorted({r[1] for r in used})
steps = len(levels) - 1
change = lambda log: repr(float(np.expm1(log)))
for name, columns in [("trend", lambda r: [float(levels.index(r[2]))]),
                      ("adjusted", lambda r: [r[3] * float(r[1] == h) for h in histories] + [float(levels.index(r[2]))])]:
    b, half = fit(used, columns)
    print(name, change(b * steps), change((b - half) * steps), change((b + half) * steps))

strata = [([r[4] for r in rows if r[0] == b and r[2] == levels[0]], [r[4] for r in rows if r[0] == b and r[2] == levels[-1]]) for b in blocks]
strata = [s for s in strata if s[0] and s[1]]
k, cells = len(strata), [c for s in strata for c in s]
d = np.mean([np.mean(c) - np.mean(b) for b, c in strata])
freedom = sum(len(c) - 1 for c in cells)
pooled = sum((len(c) - 1) * np.var(c, ddof=1) for c in cells if len(c) > 1) / freedom
parts = [(pooled * sum(len(c) == 1 for c in cells) / k**2, freedom)] + [(np.var(c, ddof=1) / len(c) / k**2, len(c) - 1) for c in cells if len(c) > 1]
var = sum(p for p, _ in parts)
half = student.ppf(0.975, var**2 / sum(p * p / f for p, f in parts)) * var**0.5
print("contrast", change(d), change(d - half), change(d + half))
for level in levels + ["average"]:
    ci = binomtest(int(sum(kept[level])), len(kept[level])).proportion_ci(method="wilson")
    print("attainment", level, sum(kept[level]), len(kept[level]), repr(float(ci.low)), repr(float(ci.high)), "dashboard", sum(dash[level]), len(dash[level]))
