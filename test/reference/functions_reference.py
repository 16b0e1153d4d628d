"""What `wfa breakdown --by function` says, computed from the records alone (Python 3.11).

python3 functions_reference.py FILE.ndjson.gz RESULT.json: holds a result of `wfa breakdown --by function --format json` against it.
"""
import gzip
import json
import sys
from collections import defaultdict

from differences import differences, report


def output_at_ms(metrics):
    waited = metrics["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0
    return metrics["started_at_timestamp_s"] * 1000 + waited + metrics["tp_execution_time_ms"] + (metrics["output_metrics"]["tp_time_ms"] or 0)


def path_of(run, done):
    """The tasks from which the sink's output came, and the makespan; None where a task left no metrics."""
    upstream = {n["id"]: n["upstream"] for n in run["dag"]["nodes"]}
    sink = run["dag"]["sink_node_id"]
    if not run["submission"] or any(id not in done for id in upstream):
        return None
    path, current = [], sink
    while current is not None:
        path.append(current)
        inputs = done[current]["input_metrics"]["input_download_metrics"]
        replaced = {e["dupped"] for e in done[current]["optimization_metrics"] or [] if e["type"] == "TaskDup"
                    and inputs.get(e["dupped"], {"time_ms": None})["time_ms"] is None}
        before = [u for u in upstream[current] if u not in replaced] or upstream[current]
        current = max(before, key=lambda u: output_at_ms(done[u]), default=None)
    return path, output_at_ms(done[sink]) - run["submission"]["dag_submission_time_ms"]


def speed(transfers):
    """Bytes a second of (bytes, ms) whose time was recorded."""
    known = [(size, ms) for size, ms in transfers if ms is not None]
    took = sum(ms for _, ms in known)
    return sum(size for size, _ in known) / (took / 1000) if took > 0 else None


runs = [r for r in map(json.loads, filter(str.strip, gzip.open(sys.argv[1], "rt"))) if r["plan"]]  # the others are left out
tasks, of_runs, makespans, on_path = defaultdict(list), defaultdict(set), defaultdict(float), defaultdict(float)
for number, run in enumerate(runs):
    done = {t["internal_task_id"]: t["metrics"] for t in run["tasks"] if t["metrics"]}
    function = {n["id"]: (run["dag_name"], n["func_name"]) for n in run["dag"]["nodes"]}
    for id, metrics in done.items():
        tasks[function[id]].append(metrics)
        of_runs[function[id]].add(number)
    followed = path_of(run, done)
    if followed is None:
        continue
    path, makespan = followed
    makespans[run["dag_name"]] += makespan
    for id in path:
        on_path[function[id]] += done[id]["tp_execution_time_ms"]

said = {(f["workflow"], f["function"]): f for f in json.load(open(sys.argv[2]))["result"]["functions"]}
found = differences(sorted(map(str, tasks)), sorted(map(str, said)), "functions")
for key, own in tasks.items():
    total = sum(m["tp_execution_time_ms"] for m in own)
    downloads = [(i["serialized_size_bytes"], i["time_ms"]) for m in own for i in m["input_metrics"]["input_download_metrics"].values()]
    uploads = [(m["output_metrics"]["serialized_size_bytes"], m["output_metrics"]["tp_time_ms"]) for m in own]
    found += differences({
        "runCount": len(of_runs[key]), "taskCount": len(own), "totalMs": total, "meanRunMs": total / len(of_runs[key]),
        "meanTaskMs": total / len(own),
        "criticalPathFraction": on_path[key] / makespans[key[0]] if makespans[key[0]] > 0 else None,
        "downloadBytesPerSecond": speed(downloads), "uploadBytesPerSecond": speed(uploads)}, said[key], str(key))
report(found)
