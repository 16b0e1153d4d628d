"""Independent computation of the functions of `wfa memory`, by matrices (Python 3.11, numpy 2.4, scipy 1.17).

Run: python3 test/reference/memory_reference.py runs.ndjson.gz [DRIFT_AT_MS] RESULT.json    (RESULT.json: what `wfa memory --format json`
says of that file; prints how many figures were compared, and how far off)
"""
import gzip
import json
import sys
from collections import defaultdict

import numpy as np
from differences import differences, report
from records import executed_at, positions
from scipy import stats


def read(path):
    """Rows of tasks by workflow, structure and function: run, position, MB, ms, neighbours, bytes, submission."""
    rows = defaultdict(list)
    with gzip.open(path, "rt") as lines:
        for line in lines:
            run = json.loads(line)
            place = positions(run["dag"]["nodes"])
            names = {n["id"]: n["func_name"] for n in run["dag"]["nodes"]}
            tasks = []
            for t in run["tasks"]:
                m = t["metrics"]
                if not m:
                    continue
                start = executed_at(m)
                size = m["input_metrics"]["hardcoded_input_size_bytes"] + sum(
                    d["serialized_size_bytes"] for d in m["input_metrics"]["input_download_metrics"].values()
                )
                worker = m["worker_resource_configuration"]
                tasks.append((t["internal_task_id"], worker["worker_id"], worker["memory_mb"], start, m["tp_execution_time_ms"], size))
            for node, worker, memory, start, ms, size in tasks:
                if ms < 5:
                    continue
                beside = sum(
                    max(0, min(start + ms, s + e) - max(start, s))
                    for other, w, _, s, e, _ in tasks
                    if other != node and w == worker
                )
                key = (run["dag_name"], run["dag"]["master_dag_structure_hash"], names[node])
                submitted = (run["submission"] or {}).get("dag_submission_time_ms")
                rows[key].append((run["master_dag_id"], place[node], memory, ms, beside / ms, size, submitted))
    return rows


def fit(own, drift_at):
    runs = sorted({r[0] for r in own})
    if len(runs) < 12 or len({r[2] for r in own}) < 2:
        return {"exponent": None, "neighbourFactor": None}
    y = np.log([r[3] for r in own])
    columns, names = [-np.log([r[2] for r in own])], ["memory"]
    for name, column in (
        ("neighbours", np.array([r[4] for r in own])),
        ("bytes", np.log(np.maximum(1, [r[5] for r in own]))),
    ):
        if column.std(ddof=1) > 0.05:
            columns.append(column)
            names.append(name)
    if drift_at is not None:
        step = np.array([float(r[6] >= drift_at) for r in own])
        if step.std() > 0:
            columns.append(step)
            names.append("drift")
    for position in sorted({r[1] for r in own}):
        columns.append(np.array([float(r[1] == position) for r in own]))
        names.append("position")
    x = np.stack(columns, 1)
    n, k = x.shape
    q, r = np.linalg.qr(x)
    beta = np.linalg.solve(r, q.T @ y)
    bread = np.linalg.inv(r) @ np.linalg.inv(r).T
    residual = y - x @ beta
    score = np.zeros((len(runs), k))
    place = {run: i for i, run in enumerate(runs)}
    for i, row in enumerate(own):
        score[place[row[0]]] += x[i] * residual[i]
    g = len(runs)
    variance = bread @ (score.T @ score) @ bread * (g / (g - 1)) * ((n - 1) / (n - k))
    half = stats.t.ppf(0.975, g - k) * np.sqrt(np.diag(variance))

    def effective(j):
        weights = (x @ bread)[:, j] ** 2
        share = np.array([sum(weights[i] for i, row in enumerate(own) if row[0] == run) for run in runs])
        return g / (1 + ((share / share.mean() - 1) ** 2).mean())

    def factor(name):
        if name not in names:
            return None
        j = names.index(name)
        low, mid, high = (float(np.exp(beta[j] + s * half[j])) for s in (-1, 0, 1))
        return {"factor": mid, "ciLow": low, "ciHigh": high, "effectiveRunCount": float(effective(j))}

    low, high, count = float(beta[0] - half[0]), float(beta[0] + half[0]), float(effective(0))
    verdict = "cannot-tell" if count < 10 else "no-help" if high < 0.1 else "helps" if low > 0 else "cannot-tell"
    return {
        "exponent": float(beta[0]),
        "ciLow": low,
        "ciHigh": high,
        "effectiveRunCount": count,
        "neighbourFactor": factor("neighbours"),
        "driftFactor": factor("drift"),
        "verdict": verdict,
    }


def main(path, *rest):
    result, drift_at = rest[-1], rest[0] if len(rest) > 1 else None
    said = {(f["workflow"], f["structure"], f["function"]): f for f in json.load(open(result))["result"]["functions"]}
    mine = read(path)
    assert set(said) == set(mine), set(said) ^ set(mine)
    found = []
    for key, own in mine.items():
        figures = {"runCount": len({r[0] for r in own}), "taskCount": len(own), "memoryMb": sorted({r[2] for r in own})}
        figures.update(fit(own, None if drift_at is None else float(drift_at)))
        found += differences(figures, said[key], "/".join(key))
    report(found)


main(*sys.argv[1:])
