"""Independent computation of `wfa sla` in Python (numpy and scipy).

Usage: python3 sla_reference.py samples/newer.ndjson.gz > answers.json
       python3 sla_reference.py runs.ndjson.gz --against result.json    (the JSON of `wfa sla --format json`)
Contrasts by numpy.linalg.lstsq on a dense design (an indicator per block, per level, and with adjustment a run index per workload),
their standard errors by numpy.linalg.pinv, p and quantiles by scipy.stats.t; the trend likewise; attainment by scipy.stats.binomtest
(two-sided p, Wilson interval), the dashboard's own figure by numpy.percentile (linear).
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


def execution(r):
    if len(r["tasks"]) < len(r["dag"]["nodes"]):
        return None
    return sum(t["metrics"]["tp_execution_time_ms"] for t in r["tasks"])


def usage(r):
    u = r["resource_usage"]
    if not u:
        return None
    amount = u["gb_seconds"] if u.get("gb_seconds") is not None else u["memory_bytes"] / 2**30
    return amount if amount > 0 else None


METRICS = {"makespan": makespan, "execution-time": execution, "resource-usage": usage}
level_of = lambda plan: plan["sla"] if isinstance(plan["sla"], str) else plan["sla"]["percentile"]
rows, earlier, index = defaultdict(list), defaultdict(list), defaultdict(int)
kept, dash = defaultdict(list), defaultdict(list)
for r in runs:
    y, plan = makespan(r), r["plan"]
    if plan and not plan["planner_name"].upper().startswith("WUKONG"):
        history = (r["dag_name"], r["dag"]["master_dag_structure_hash"])
        block = history + (plan["planner_name"],)
        level = level_of(plan)
        for key, measure in METRICS.items():
            amount = measure(r)
            if amount is not None and level != "average":
                rows[key].append((block, history, level, index[block], np.log(amount)))
        nodes = plan["nodes_info"]
        if y is not None:
            kept["makespan", level].append(y <= nodes[r["dag"]["sink_node_id"]]["task_completion_time_ms"])
            past = earlier[r["dag_name"]]
            if past:
                dash[level].append(y <= (np.mean(past) if level == "average" else np.percentile(past, level)))
        e = execution(r)
        if e is not None and len(nodes) >= len(r["dag"]["nodes"]):
            kept["execution-time", level].append(e <= sum(n["tp_exec_time_ms"] for n in nodes.values()))
        index[block] += 1
    if y is not None:
        earlier[r["dag_name"]].append(y)

levels = sorted({row[2] for own in rows.values() for row in own})


def fit(rows, columns):
    """Coefficients, half-widths and p of the columns; blocks' intercepts first."""
    names = sorted({r[0] for r in rows})
    design = np.array([[float(r[0] == b) for b in names] + columns(r) for r in rows])
    y = np.array([r[4] for r in rows])
    beta, _, rank, _ = np.linalg.lstsq(design, y, rcond=None)
    nu = len(y) - rank
    s2 = ((y - design @ beta) ** 2).sum() / nu
    se = np.sqrt(s2 * np.diag(np.linalg.pinv(design.T @ design)))
    return beta, se * student.ppf(0.975, nu), 2 * student.sf(np.abs(beta / se), nu), nu


change = lambda *logs: [float(np.expm1(log)) for log in logs]
answers = {"contrasts": [], "trends": [], "attainment": [], "dashboard": []}
for key, own in rows.items():
    histories = sorted({r[1] for r in own})
    others = levels[1:]
    level_columns = lambda r: [float(r[2] == l) for l in others]
    slopes = lambda r: [r[3] * float(r[1] == h) for h in histories]
    plain = fit(own, level_columns)
    adjusted = fit(own, lambda r: slopes(r) + level_columns(r))
    for i, level in enumerate(others):
        j = i - len(others)
        (b, half, p, nu), (a, a_half, _, _) = [[x[j] for x in f[:3]] + [f[3]] for f in (plain, adjusted)]
        answers["contrasts"].append({"metric": key, "level": f"p{level}", "change": change(b, b - half, b + half),
                                     "pValue": float(p), "degreesOfFreedom": int(nu),
                                     "adjusted": change(a, a - a_half, a + a_half)})
    several = {b for b in {r[0] for r in own} if len({r[2] for r in own if r[0] == b}) > 1}
    used = [r for r in own if r[0] in several]
    histories = sorted({r[1] for r in used})
    rank_column = lambda r: [float(levels.index(r[2]))]
    steps = len(levels) - 1
    trend = {"metric": key}
    for name, columns in [("change", rank_column), ("adjusted", lambda r: slopes(r) + rank_column(r))]:
        b, half = [x[-1] * steps for x in fit(used, columns)[:2]]
        trend[name] = change(b, b - half, b + half)
    answers["trends"].append(trend)
for (quantity, level), flags in sorted(kept.items(), key=str):
    test = binomtest(int(sum(flags)), len(flags), 0.5 if level == "average" else level / 100)
    ci = test.proportion_ci(method="wilson")
    answers["attainment"].append({"quantity": quantity, "level": level if level == "average" else f"p{level}",
                                  "counts": [int(sum(flags)), len(flags)], "interval": [float(ci.low), float(ci.high)],
                                  "pValue": None if level == "average" else float(test.pvalue)})
for level, flags in sorted(dash.items(), key=str):
    answers["dashboard"].append({"level": level if level == "average" else f"p{level}", "counts": [int(sum(flags)), len(flags)]})

if len(sys.argv) < 3:
    print(json.dumps(answers, indent=1))
    sys.exit()

found = json.load(open(sys.argv[3]))["result"]
worst, compared = 0.0, 0


def hold(mine, theirs):
    global worst, compared
    for a, b in zip(mine, theirs, strict=True):
        compared += 1
        assert (a is None) == (b is None), (mine, theirs)
        if a is not None:
            worst = max(worst, abs(a - b) / max(abs(a), abs(b), 1e-300) if a != b else 0.0)


bounds = lambda c: [c["changeFraction"], c["ciLow"], c["ciHigh"]]
for c in answers["contrasts"]:
    own = next(x for x in found["contrasts"] if x["metric"] == c["metric"] and x["level"] == c["level"])
    hold(c["change"] + [c["pValue"], c["degreesOfFreedom"]] + c["adjusted"],
         bounds(own) + [own["pValue"], own["degreesOfFreedom"]] + bounds(own["adjusted"]))
for c in answers["trends"]:
    own = next(x for x in found["trends"] if x["metric"] == c["metric"])
    hold(c["change"] + c["adjusted"], bounds(own["change"]) + bounds(own["adjusted"]))
by_level = {x["level"]: x for x in found["levels"]}
for c in answers["attainment"]:
    own = next(a for a in by_level[c["level"]]["attainment"] if a["quantity"] == c["quantity"])
    hold(c["counts"] + c["interval"] + [c["pValue"]],
         [own["attainedCount"], own["runCount"], own["ciLow"], own["ciHigh"], own["pValue"]])
for c in answers["dashboard"]:
    own = by_level[c["level"]]["dashboardAttainment"]
    hold(c["counts"], [own["attainedCount"], own["runCount"]])
print(compared, "figures, largest relative difference", worst)
