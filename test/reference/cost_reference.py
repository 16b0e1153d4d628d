"""Independent computation of `--metric cost` in plain Python, written from the description of the record and of the bill alone.

Usage: python3 cost_reference.py samples/newer.ndjson.gz [RUN_ID_PREFIX]
Prints, as JSON, for each built-in table the number of runs with a bill and the means in USD of execution, start-up, prewarms, requests
and total; with the beginning of a run's id, these five of that run.
"""
import gzip, json, math, statistics, sys
from collections import defaultdict

GCP = {128: 2.3125e-6, 256: 4.625e-6, 512: 9.25e-6, 1024: 1.65e-5, 2048: 2.9e-5, 4096: 5.8e-5, 8192: 6.8e-5}
# USD per second of so many MB, the step and the least of a billed duration in ms, whether start-ups are billed, USD per million requests.
TABLES = {
    "aws-lambda-x86": (lambda mb: mb / 1024 * 0.0000166667, 1, 1, True, 0.2),
    "aws-lambda-arm": (lambda mb: mb / 1024 * 0.0000133334, 1, 1, True, 0.2),
    "gcp-functions": (lambda mb: GCP[mb], 100, 100, False, 0.4),
    "azure-functions-consumption": (lambda mb: math.ceil(mb / 128) * 128 / 1024 * 0.000016, 1, 100, False, 0.2),
}


def finished_ms(m):
    """Start + wait for inputs + execution + upload + update of dependency counters + invocations."""
    parts = (m["input_metrics"].get("tp_total_time_waiting_for_inputs_ms"), m["tp_execution_time_ms"],
             m["output_metrics"].get("tp_time_ms"), m.get("update_dependency_counters_time_ms"), m.get("total_invocation_time_ms"))
    return m["started_at_timestamp_s"] * 1000 + sum(p or 0 for p in parts)


def use(run):
    """[(MB, ms from ready to the end of the last task, ms of a cold start or None)], [MB of each prewarm]; None: not all is recorded."""
    tasks = {t["internal_task_id"]: t["metrics"] for t in run["tasks"] if t["metrics"]}
    starts = run["worker_startups"]
    if len(tasks) < len(run["dag"]["nodes"]) or any(s["end_time_ms"] is None for s in starts):
        return None
    named = lambda i: tasks[i]["worker_resource_configuration"].get("worker_id")

    def worker(start):
        own = start["resource_configuration"].get("worker_id")
        return own or next((named(i) for i in start["initial_task_ids"] if i in tasks and named(i)), None)

    ends = {}
    for i, m in tasks.items():
        mine = [k for k, s in enumerate(starts) if i in s["initial_task_ids"]] or [
            k for k, s in enumerate(starts)
            if named(i) and worker(s) == named(i) and s["end_time_ms"] <= m["started_at_timestamp_s"] * 1000]
        if not mine:
            return None
        latest = max(mine, key=lambda k: starts[k]["end_time_ms"])
        ends[latest] = max(ends.get(latest, -math.inf), finished_ms(m))
    sessions = [(s["resource_configuration"]["memory_mb"], max(0, ends.get(k, s["end_time_ms"]) - s["end_time_ms"]),
                 max(0, s["end_time_ms"] - s["start_time_ms"]) if s["state"] == "cold" else None) for k, s in enumerate(starts)]
    prewarms = []
    for node in run["dag"]["nodes"]:
        for optimization in node.get("optimizations_params") or []:
            for target in optimization.get("target_resource_configs") or []:
                target = target[-1] if isinstance(target, list) else target
                prewarms.append(target.get("resource_config", target)["memory_mb"])
    return sessions, prewarms


def bill(sessions, prewarms, table, cold_ms):
    usd_per_second, step, least, bills_start, per_million = TABLES[table]

    def one(mb, ran, cold):
        start = (cold or 0) if bills_start else 0
        # Instants are exact to a quarter of a µs: what is less than one above a step is not above it.
        billed = max(least, math.ceil((ran + start - 0.001) / step) * step)
        return (billed - start) * usd_per_second(mb) / 1000, start * usd_per_second(mb) / 1000

    nearest = lambda mb: cold_ms[min(sorted(cold_ms), key=lambda size: abs(size - mb))]
    execution, startup = (sum(x) for x in zip(*[one(*s) for s in sessions]))
    prewarm = sum(sum(one(mb, 0, nearest(mb))) for mb in prewarms)
    requests = (len(sessions) + len(prewarms)) * per_million / 1e6
    return execution, startup, prewarm, requests, execution + startup + prewarm + requests


runs = [json.loads(line) for line in gzip.open(sys.argv[1], "rt") if line.strip()]
uses = {run["master_dag_id"]: own for run in runs if (own := use(run))}
colds = defaultdict(list)
for sessions, _ in uses.values():
    for mb, _, cold in sessions:
        if cold is not None:
            colds[mb].append(cold)
cold_ms = {mb: statistics.median(own) for mb, own in colds.items()}
asked = sys.argv[2] if len(sys.argv) > 2 else None
out = {}
for table in TABLES:
    bills = [bill(*own, table, cold_ms) for id, own in uses.items() if asked is None or id.startswith(asked)]
    means = [statistics.fmean(x) for x in zip(*bills)]
    out[table] = means if asked else [len(bills), *means]
print(json.dumps(out))
