"""Independent computation of `wfa run` in plain Python.

Usage: python3 run_reference.py samples/newer.ndjson.gz 1795341014188
Prints, in ms from submission, the phases of every task in the order in which they began, the workers with their number of tasks,
their most executions at one time (a sweep over starts and ends) and their start-up, and the observed critical path (from the
sink back to the upstream task whose output came last).
"""
import gzip, json, sys

run = next(r for r in map(json.loads, gzip.open(sys.argv[1], "rt")) if r["master_dag_id"].startswith(sys.argv[2]))
zero = run["submission"]["dag_submission_time_ms"]
nodes = {n["id"]: n for n in run["dag"]["nodes"]}
plan = run["plan"]["nodes_info"] if run["plan"] else {}
tasks = {}
for t in run["tasks"]:
    m = t["metrics"]
    if m is None:
        continue
    started = m["started_at_timestamp_s"] * 1000
    executing = started + (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)
    executed = executing + m["tp_execution_time_ms"]
    output = executed + (m["output_metrics"]["tp_time_ms"] or 0)
    finished = output + (m["update_dependency_counters_time_ms"] or 0) + (m["total_invocation_time_ms"] or 0)
    received = sum(i["serialized_size_bytes"] for i in m["input_metrics"]["input_download_metrics"].values())
    tasks[t["internal_task_id"]] = dict(
        started=started, executing=executing, executed=executed, output=output, finished=finished,
        worker=m["worker_resource_configuration"]["worker_id"],
        inputBytes=received + m["input_metrics"]["hardcoded_input_size_bytes"],
        outputBytes=m["output_metrics"]["serialized_size_bytes"])

for id, t in sorted(tasks.items(), key=lambda item: item[1]["started"]):
    p = plan.get(id)
    print(id[:28], {k: v if k.endswith("Bytes") else v - zero for k, v in t.items() if k != "worker"},
          p and (p["earliest_start_ms"], p["task_completion_time_ms"]))

workers = {}
for t in tasks.values():
    workers.setdefault(t["worker"], []).append(t)
for s in sorted(run["worker_startups"], key=lambda s: s["start_time_ms"]):
    worker = s["resource_configuration"]["worker_id"] or tasks[s["initial_task_ids"][0]]["worker"]
    own = workers[worker]
    most = max(sum(o["executing"] <= t["executing"] < o["executed"] for o in own) for t in own)
    print(worker[:12], len(own), "tasks, most", most, s["state"], s["start_time_ms"] - zero,
          s["end_time_ms"] - s["start_time_ms"])

path, here = [], run["dag"]["sink_node_id"]
while here:
    path.append(here)
    upstream = nodes[here]["upstream"]
    here = max(upstream, key=lambda id: tasks[id]["output"]) if upstream else None
print("path", [id[:28] for id in reversed(path)], "makespan", tasks[run["dag"]["sink_node_id"]]["output"] - zero)
