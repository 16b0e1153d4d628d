"""Reads run records and what their fields mean, as the description of the record says."""
import functools
import gzip
import json


def read(path):
    """The runs of one file, by submission; runs that were not submitted last."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt") as lines:
        runs = [json.loads(line) for line in lines if line.strip()]
    return sorted(runs, key=lambda r: (submitted(r) is None, submitted(r), r["master_dag_id"]))


def submitted(run):
    return None if run["submission"] is None else run["submission"]["dag_submission_time_ms"]


def planner_of(run):
    if run["plan"]:
        return run["plan"]["planner_name"]
    names = (task["metrics"].get("planner_used_name") for task in run["tasks"] if task["metrics"])
    return next((name for name in names if name), "unknown")


def sla_of(run):
    sla = run["plan"] and run["plan"]["sla"]
    return "none" if sla is None else sla if isinstance(sla, str) else "p%g" % sla["percentile"]


def metrics_of(run):
    """Metrics by node id, of the tasks that left some."""
    return {t["internal_task_id"]: t["metrics"] for t in run["tasks"] if t["metrics"]}


def wait_unknown(m):
    """Newer engines write no wait on flexible workers, whatever was downloaded."""
    worker, inputs = m["worker_resource_configuration"]["worker_id"], m["input_metrics"]
    fetched = any(d["time_ms"] is not None for k, d in inputs["input_download_metrics"].items() if not k.startswith("hardcoded-dep-"))
    flexible = worker is None or worker.startswith(("flexible-", "flex-"))
    return inputs["tp_total_time_waiting_for_inputs_ms"] is None and flexible and fetched


def executed_at(m):
    return m["started_at_timestamp_s"] * 1000 + (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)


def output_at(m):
    return executed_at(m) + m["tp_execution_time_ms"] + (m["output_metrics"]["tp_time_ms"] or 0)


def positions(nodes):
    """By node id: the function with all that stands above and all that stands below, written out."""
    by_id = {n["id"]: n for n in nodes}

    @functools.lru_cache(None)
    def label(node_id, way):
        around = sorted(label(i, way) for i in by_id[node_id][way] if i in by_id)
        return by_id[node_id]["func_name"] + "(" + ",".join(around) + ")"

    return {i: (label(i, "upstream"), label(i, "downstream")) for i in by_id}
