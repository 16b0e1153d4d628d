"""Independent computation of `wfa accuracy`'s figures, for test/analyses/accuracy.test.ts.

    python3 test/reference/accuracy_reference.py samples/newer.ndjson.gz

Made with Python 3.11, numpy 2.4.6, scipy 1.17.1, statsmodels-free. Prints JSON: scores by "planner|sla|quantity" and the
division of text_analysis' execution time by ordinary least squares on dummies at every place.
"""
import gzip, json, math, sys
from collections import defaultdict

import numpy as np
from scipy import stats

QUANTITIES = ["makespan", "execution-time", "download-time", "upload-time", "input-bytes", "output-bytes", "startup-time"]


def z(x):
    return 0 if x is None else x


def pairs(run):
    plan, info, tasks = run["plan"], run["plan"]["nodes_info"], run["tasks"]
    by_id = {t["internal_task_id"]: t["metrics"] for t in tasks}
    out = {}
    sink = by_id.get(run["dag"]["sink_node_id"])
    if sink:
        end = sink["started_at_timestamp_s"] * 1000 + z(sink["input_metrics"]["tp_total_time_waiting_for_inputs_ms"])
        end = end + sink["tp_execution_time_ms"] + z(sink["output_metrics"]["tp_time_ms"])
        out["makespan"] = (info[run["dag"]["sink_node_id"]]["task_completion_time_ms"], end - run["submission"]["dag_submission_time_ms"])
    if len(by_id) == len(run["dag"]["nodes"]):
        ms = list(by_id.values())
        total = lambda key: math.fsum(n[key] for n in info.values())
        downloads = [i for m in ms for i in m["input_metrics"]["input_download_metrics"].values()]
        out["execution-time"] = (total("tp_exec_time_ms"), math.fsum(m["tp_execution_time_ms"] for m in ms))
        out["download-time"] = (total("total_download_time_ms"), math.fsum(z(i["time_ms"]) for i in downloads))
        out["upload-time"] = (total("tp_upload_time_ms"), math.fsum(z(m["output_metrics"]["tp_time_ms"]) for m in ms))
        out["input-bytes"] = (total("serialized_input_size"), sum(i["serialized_size_bytes"] for i in downloads) + sum(m["input_metrics"]["hardcoded_input_size_bytes"] for m in ms))
        out["output-bytes"] = (total("serialized_output_size"), sum(m["output_metrics"]["serialized_size_bytes"] for m in ms))
    if all(s["end_time_ms"] is not None for s in run["worker_startups"]):
        seen, predicted = set(), 0
        for node in run["dag"]["nodes"]:
            worker = node["worker_config"]["worker_id"]
            startup = info[node["id"]]["tp_worker_startup_time_ms"]
            if worker is None:
                predicted += startup
            elif startup and worker not in seen:
                seen.add(worker)
                predicted += startup
        out["startup-time"] = (predicted, sum(s["end_time_ms"] - s["start_time_ms"] for s in run["worker_startups"]))
    return out


def level_of(sla, quantity):
    if sla == "average":
        return None
    tau = sla["percentile"] / 100
    return 1 - tau if quantity in ("download-time", "upload-time") else tau


def main(path):
    runs = [json.loads(line) for line in gzip.open(path, "rt")]
    runs = [r for r in runs if r["plan"] and r["submission"] and "WUKONG" not in r["plan"]["planner_name"].upper()]
    runs.sort(key=lambda r: r["submission"]["dag_submission_time_ms"])
    rows = defaultdict(list)
    for r in runs:
        for quantity, (predicted, actual) in pairs(r).items():
            rows[quantity].append(dict(run=r["master_dag_id"], workload=(r["dag_name"], r["dag"]["master_dag_structure_hash"]), planner=r["plan"]["planner_name"], sla=r["plan"]["sla"], predicted=predicted, actual=actual))
    scores = {}
    for quantity in QUANTITIES:
        means, earlier, groups = defaultdict(list), defaultdict(list), defaultdict(list)
        for row in rows[quantity]:
            means[row["workload"]].append(row["actual"])
        for row in rows[quantity]:
            tau, history = level_of(row["sla"], quantity), earlier[row["workload"], row["planner"]]
            pinball = lambda q: max(tau * (row["actual"] - q), (tau - 1) * (row["actual"] - q)) / np.mean(means[row["workload"]])
            row["loss"] = None if tau is None else pinball(row["predicted"])
            row["reference"] = None if tau is None or len(history) < 6 else pinball(np.quantile(history, tau))
            history.append(row["actual"])
            groups[row["planner"], row["sla"] if tau is None else "p%g" % row["sla"]["percentile"]].append(row)
        for (planner, sla), group in groups.items():
            p, a = (np.array([row[k] for row in group]) for k in ("predicted", "actual"))
            tau, hits = level_of(group[0]["sla"], quantity), int(np.sum(a <= p))
            ok, both = a > 0, (a > 0) & (p > 0)
            test = stats.binomtest(hits, len(group), 0.5 if tau is None else tau)
            wilson = test.proportion_ci(method="wilson")
            judged = [row for row in group if row["reference"] is not None]
            reference = sum(row["reference"] for row in judged)
            scores["|".join((planner, sla, quantity))] = dict(
                runCount=len(group),
                biasLogRatio=float(np.median(np.log(p[both] / a[both]))) if both.any() else None,
                mdape=float(np.median(np.abs(p[ok] - a[ok]) / a[ok])) if ok.any() else None,
                mape=float(np.mean(np.abs(p[ok] - a[ok]) / a[ok])) if ok.any() else None,
                coverage=hits / len(group), coverageLow=wilson.low, coverageHigh=wilson.high,
                coverageP=None if tau is None else test.pvalue,
                pinball=None if tau is None else float(np.mean([row["loss"] for row in group])),
                skill=float(1 - sum(row["loss"] for row in judged) / reference) if reference > 0 else None,
                skillCount=len(judged))
    print(json.dumps(dict(scores=scores, changes=changes_of(rows["execution-time"]))))


def design_of(rows):
    """Dummies of planner and SLA."""
    dummies = [np.ones(len(rows))]
    for key in ("planner", "sla"):
        levels = sorted({str(r[key]) for r in rows})[1:]
        dummies += [np.array([float(str(r[key]) == level) for r in rows]) for level in levels]
    return np.column_stack(dummies)


def worth(x, rest, variance):
    """(1 - rho)/(1 + rho), rho from neighbouring residuals plus the hat matrix's entries beside its diagonal, over (1 - 8/n)."""
    n = len(rest)
    hat = x @ np.linalg.pinv(x)
    rho = (np.sum(rest[1:] * rest[:-1]) / variance + np.trace(hat, offset=1)) / (n - 1) / (1 - 8 / n)
    rho = min(max(rho, 0), 0.95)
    return (1 - rho) / (1 + rho)


def change_of(rows):
    """The step with the largest |t| beside dummies of planner and SLA, by ordinary least squares at every place, its t shrunk."""
    y, n, base = np.log([r["actual"] for r in rows]), len(rows), design_of(rows)
    best = None
    for at in range(5, n - 4):
        x = np.column_stack([base, np.arange(n) >= at]).astype(float)
        rank = np.linalg.matrix_rank(x)
        if rank == np.linalg.matrix_rank(base):
            continue
        beta = np.linalg.pinv(x) @ y
        rest = y - x @ beta
        variance = float(np.sum(rest ** 2)) / (n - rank)
        t = beta[-1] / math.sqrt(variance * np.linalg.pinv(x.T @ x)[-1, -1])
        if best is None or abs(t) > abs(best[0]):
            best = (t, at, n - rank, beta[-1], worth(x, rest, variance))
    t, at, freedom, beta, w = best
    return dict(runId=rows[at]["run"], index=at, ratio=math.exp(beta),
                pValue=float(min(1, 2 * stats.t.sf(abs(t) * math.sqrt(w), freedom * w) * (n - 9))))


def trend_of(rows):
    """Mann-Kendall on the residuals of planner and SLA, the variance larger by what a straight line leaves correlated."""
    y, n, base = np.log([r["actual"] for r in rows]), len(rows), design_of(rows)
    x = np.column_stack([base, np.arange(n)]).astype(float)
    rest = y - x @ (np.linalg.pinv(x) @ y)
    w = worth(x, rest, float(np.sum(rest ** 2)) / (n - np.linalg.matrix_rank(x)))
    e = y - base @ (np.linalg.pinv(base) @ y)
    score = sum(np.sign(e[j] - e[i]) for j in range(n) for i in range(j))
    z = max(0, abs(score) - 1) / math.sqrt(n * (n - 1) * (2 * n + 5) / 18 / w)
    return dict(tau=float(score / (n * (n - 1) / 2)), pValue=float(2 * stats.norm.sf(z)))


def changes_of(rows):
    out = []
    for workload in sorted({r["workload"] for r in rows}):
        own = [r for r in rows if r["workload"] == workload]
        if len(own) >= 16:
            out.append(dict(workflow=workload[0], structure=workload[1], n=len(own), step=change_of(own),
                            trend=trend_of(own) if len(own) < 30 else None))
    return out


main(sys.argv[1])
