"""What a dashboard does with a file of runs, in Python: parse each line, work out three figures a run, take medians per planner.

python3 test/bench/per-planner.py FILE
"""

import json
import statistics
import sys


def output_available_s(metrics):
    wait_ms = metrics["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0
    upload_ms = metrics["output_metrics"]["tp_time_ms"] or 0
    return metrics["started_at_timestamp_s"] + (wait_ms + metrics["tp_execution_time_ms"] + upload_ms) / 1000


planners = {}
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        run = json.loads(line)
        if run["plan"] is None or run["submission"] is None:
            continue
        figures = planners.setdefault(run["plan"]["planner_name"], {"makespan": [], "execution": [], "resources": []})
        sink = None
        execution_ms = 0
        complete = True
        for task in run["tasks"]:
            metrics = task["metrics"]
            if metrics is None:
                complete = False
                continue
            execution_ms += metrics["tp_execution_time_ms"]
            if task["internal_task_id"] == run["dag"]["sink_node_id"]:
                sink = metrics
        if sink is not None:
            figures["makespan"].append(output_available_s(sink) * 1000 - run["submission"]["dag_submission_time_ms"])
        if complete:
            figures["execution"].append(execution_ms)
        usage = run["resource_usage"]
        if usage is not None:
            gb_seconds = usage["gb_seconds"] if "gb_seconds" in usage else usage["memory_bytes"] / 2**30
            if gb_seconds > 0:
                figures["resources"].append(gb_seconds)

for planner in sorted(planners):
    medians = {name: round(statistics.median(figures), 6) for name, figures in planners[planner].items() if figures}
    print(planner, medians)
