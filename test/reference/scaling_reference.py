"""Independent computation of `wfa scaling`, by matrices (Python 3.11, numpy 2.4, scipy 1.17).

Run: python3 test/reference/scaling_reference.py runs.ndjson.gz RESULT.json    (RESULT.json: what `wfa scaling --format json` says of that
file; prints how many figures were compared, and how far off)
"""
import json
import math
import sys
from collections import defaultdict

import numpy as np
from differences import differences, report
from records import metrics_of, output_at, planner_of, read, submitted, wait_unknown
from scipy import stats


def fanouts_of(run):
    """(width, workers started, first delay, last delay) of every group of two or more tasks that wait for the same one alone."""
    metrics = metrics_of(run)
    groups = defaultdict(list)
    for node in run["dag"]["nodes"]:
        if len(node["upstream"]) <= 1:
            groups[node["upstream"][0] if node["upstream"] else None].append(node["id"])
    found = []
    for parent, children in sorted(groups.items(), key=lambda item: item[0] is not None):
        if len(children) < 2 or any(i not in metrics for i in children):
            continue
        if parent is None:
            since = submitted(run)
        elif parent not in metrics or wait_unknown(metrics[parent]):
            since = None
        else:
            since = output_at(metrics[parent])
        if since is None:
            continue
        delays = [metrics[i]["started_at_timestamp_s"] * 1000 - since for i in children]
        workers = sum(bool(set(s["initial_task_ids"]) & set(children)) for s in run["worker_startups"])
        found.append((len(children), workers, min(delays), max(delays)))
    return found


def clustered(y, predictors, dummies, clusters):
    """Least squares with CR1 errors, t with clusters − coefficients; None for each predictor where they are not independent."""
    x = np.column_stack([*predictors, dummies])
    y = np.asarray(y, float)
    centred = [c - dummies @ np.linalg.lstsq(dummies, c, rcond=None)[0] for c in np.array(predictors, float)]
    scale = [c / np.linalg.norm(p) for c, p in zip(centred, predictors)]
    if min(np.linalg.svd(np.stack(scale, 1), compute_uv=False)) < 1e-6:
        return None
    n, k = x.shape
    q, r = np.linalg.qr(x)
    beta = np.linalg.solve(r, q.T @ y)
    bread = np.linalg.inv(r) @ np.linalg.inv(r).T
    residual = y - x @ beta
    names = sorted(set(clusters))
    member = np.array([[float(c == name) for c in clusters] for name in names])
    g, weights = len(names), x @ bread
    slopes = []
    for j in range(len(predictors)):
        share = member @ weights[:, j] ** 2
        count = g / (1 + ((share / share.mean() - 1) ** 2).mean())
        low = high = None
        if g > k and residual @ residual > 1e-20 * (y @ y):
            score = member @ (weights[:, j] * residual)
            half = stats.t.ppf(0.975, g - k) * math.sqrt(score @ score * g / (g - 1) * (n - 1) / (n - k))
            low, high = float(beta[j] - half), float(beta[j] + half)
        slopes.append({"estimate": float(beta[j]), "ciLow": low, "ciHigh": high, "effectiveClusterCount": float(count)})
    return slopes


def why(slope):
    if slope is None:
        return "does-not-vary"
    if slope["ciLow"] is None or slope["effectiveClusterCount"] < 10:
        return "few-runs-decide"
    return "interval-holds-0" if slope["ciLow"] <= 0 <= slope["ciHigh"] else None


def grow(y, first, second, clusters):
    """(intercept, slope of the first, slope of the second, whether both go together)"""
    ones = np.ones((len(y), 1))
    alone = lambda column: clustered(y, [column], ones, clusters)[0] if len(set(column)) > 1 else None
    both = clustered(y, [first, second], ones, clusters) if len(set(first)) > 1 and len(set(second)) > 1 else None
    mixed = both is None and len(set(first)) > 1 and len(set(second)) > 1
    one, other = both or (alone(first), None if mixed else alone(second))
    level = np.mean(y) - sum(s["estimate"] * np.mean(c) for s, c in ((one, first), (other, second)) if s)
    return float(level), one, other, mixed


def describe_planner(planner, runs):
    rows = [(run["master_dag_id"], *fanout) for run in runs for fanout in fanouts_of(run)]
    if not rows:
        return []
    clusters, widths, workers, firsts, lasts = map(list, zip(*rows))

    def delay(y):
        level, one, other, mixed = grow(y, workers, widths, clusters)
        return {"interceptMs": level, "perWorker": one, "perWorkerReason": why(one), "perChild": other,
                "perChildReason": "goes-with-new-workers" if mixed else why(other)}

    step = max(1, len(rows) / 120)
    kept = [math.floor(i * step) for i in range(min(len(rows), 120))]
    return [{"planner": planner, "runCount": len(set(clusters)), "fanoutCount": len(rows), "widths": sorted(set(widths)),
             "newWorkerCounts": sorted(set(workers)), "first": delay(firsts), "last": delay(lasts),
             "points": [[workers[i], lasts[i]] for i in kept]}]


def facts_of(run):
    nodes, metrics = run["dag"]["nodes"], metrics_of(run)
    sink = metrics.get(run["dag"]["sink_node_id"])
    known = sink is not None and submitted(run) is not None and not wait_unknown(sink)
    downloads = [d["serialized_size_bytes"] for d in run["dag_downloads"]]
    roots = sum(not n["upstream"] for n in nodes)
    return {
        "run": run["master_dag_id"], "structure": run["dag"]["master_dag_structure_hash"], "planner": planner_of(run),
        "makespan": output_at(sink) - submitted(run) if known else None,
        "execution": sum(m["tp_execution_time_ms"] for m in metrics.values()) if len(metrics) == len(nodes) else None,
        "width": max([1, roots, *(len(n["downstream"]) for n in nodes)]),
        "tasks": len(nodes), "edges": sum(len(n["upstream"]) for n in nodes),
        "bytes": sum(downloads) / len(downloads) if downloads else None,
    }


def scale_workflow(workflow, facts):
    own = [f for f in facts if f["makespan"] and f["execution"]]
    structures = {f["structure"] for f in own}
    if len(structures) < 2:
        return []
    planners = sorted({f["planner"] for f in own})
    dummies = np.array([[float(f["planner"] == p) for p in planners] for f in own])
    slope = lambda key: (clustered(np.log([f[key] for f in own]), [np.log([f["width"] for f in own])], dummies,
                                   [f["run"] for f in own]) or [None])[0]
    work = slope("execution")
    scaling = None
    if work is not None and why(work) != "few-runs-decide":
        scaling = "weak" if work["ciLow"] > 0 else "strong" if work["ciHigh"] < 0.5 else None
    return [{"workflow": workflow, "structureCount": len(structures), "runCount": len(own), "widths": sorted({f["width"] for f in own}),
             "makespan": slope("makespan"), "execution": work, "scaling": scaling}]


def main(path, result):
    runs = read(path)
    group = lambda key: sorted((name, [r for r in runs if key(r) == name]) for name in {key(r) for r in runs})
    fetched = [f for f in map(facts_of, runs) if f["bytes"]]
    column = lambda key: [f[key] for f in fetched]
    level, task, edge, _ = grow(column("bytes"), column("tasks"), column("edges"), column("structure"))
    mine = {
        "runCount": len(runs),
        "fanouts": [p for planner, own in group(planner_of) for p in describe_planner(planner, own)],
        "makespans": [w for name, own in group(lambda r: r["dag_name"]) for w in scale_workflow(name, [facts_of(r) for r in own])],
        "dag": {"runCount": len(fetched), "structureCount": len(set(column("structure"))), "interceptBytes": level,
                "bytesPerTask": task, "bytesPerEdge": edge},
    }
    report(differences(mine, json.load(open(result))["result"], "scaling"))


main(*sys.argv[1:])
