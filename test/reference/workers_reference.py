"""Independent computation of figures of `wfa workers --keep-alive 7.5 --exit-lag 0.6 --plan` on bundled samples.

Run: python3 test/reference/workers_reference.py samples/newer.ndjson.gz (Python 3.11.7, numpy 2.4.6 for R-7 quantiles).
Its output stands in test/analyses/workers.test.ts. Plain loops over plain lists: every container is looked at for every request.
"""
import gzip
import json
import sys

import numpy as np

KEEP_ALIVE, EXIT_LAG, SIMULTANEOUS = 7500.0, 600.0, 5.0


def load(path):
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def finished(metrics):
    """End of a task: inputs, execution, upload, dependency counters, invocations."""
    return (
        metrics["started_at_timestamp_s"] * 1000
        + (metrics["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)
        + metrics["tp_execution_time_ms"]
        + (metrics["output_metrics"]["tp_time_ms"] or 0)
        + (metrics["update_dependency_counters_time_ms"] or 0)
        + (metrics["total_invocation_time_ms"] or 0)
    )


def read_prewarms(runs):
    """All that plans wanted: as recorded, else when due and the median lead of the recorded ones of its size and number of rivals later."""
    planned, leads = [], {}
    for run in runs:
        tasks = {t["internal_task_id"]: t["metrics"] for t in run["tasks"] if t["metrics"]}
        ready = {i: s["end_time_ms"] for s in run["worker_startups"] for i in s["initial_task_ids"]}
        by_worker = {s["resource_configuration"]["worker_id"]: s["end_time_ms"] for s in run["worker_startups"]}
        for node in run["dag"]["nodes"]:
            targets = [t for p in node["optimizations_params"] or [] for t in p.get("target_resource_configs", [])]
            events = tasks[node["id"]]["optimization_metrics"] if node["id"] in tasks else []
            answers = {e["resource_config"]["worker_id"]: e["absolute_trigger_timestamp_s"] * 1000 for e in events if e["type"] == "PreWarm"}
            for delay, target in targets:
                began = ready.get(node["id"], by_worker.get(node["worker_config"]["worker_id"]))
                due, answered, mb = began + delay * 1000, answers.get(target["worker_id"]), target["memory_mb"]
                planned.append({"mb": mb, "due": due, "ready": answered, "rivals": len(targets) - 1})
                if answered is not None:
                    leads.setdefault(mb, {}).setdefault(len(targets) - 1, []).append(answered - due)
    for prewarm in planned:
        if prewarm["ready"] is None:
            mb = min(sorted(leads), key=lambda size: abs(np.log(size) - np.log(prewarm["mb"])))
            known = {n: own for n, own in leads[mb].items() if len(own) >= 3} or leads[mb]
            count = min(sorted(known), key=lambda n: abs(n - prewarm["rivals"]))
            prewarm["ready"] = prewarm["due"] + float(np.median(known[count]))
    return planned


def read_sessions(runs):
    """One per start-up; these samples invoke every worker id once."""
    sessions, prewarms = [], read_prewarms(runs)
    for number, run in enumerate(runs):
        tasks = {t["internal_task_id"]: t["metrics"] for t in run["tasks"] if t["metrics"]}
        for startup in run["worker_startups"]:
            worker = startup["resource_configuration"]["worker_id"]
            if worker is None:
                named = [tasks[i]["worker_resource_configuration"]["worker_id"] for i in startup["initial_task_ids"] if i in tasks]
                worker = named[0] if named else None
            ends = [finished(m) for m in tasks.values() if m["worker_resource_configuration"]["worker_id"] == worker]
            ready = startup["end_time_ms"]
            sessions.append(
                {
                    "run": number,
                    "mb": startup["resource_configuration"]["memory_mb"],
                    "requested": startup["start_time_ms"],
                    "ready": ready,
                    "end": max(ends + [ready]),
                    "state": startup["state"],
                }
            )
    return sessions, prewarms


def bursts(sessions):
    """Sessions in the order of requests, cut wherever one is later than the first of its burst by more than 5 ms."""
    groups = []
    for session in sorted(sessions, key=lambda s: s["requested"]):
        if groups and session["requested"] <= groups[-1][0]["requested"] + SIMULTANEOUS:
            groups[-1].append(session)
        else:
            groups.append([session])
    return groups


def launch_interval(sessions):
    gaps = []
    for group in bursts([s for s in sessions if s["state"] == "cold"]):
        ready = sorted(s["ready"] for s in group)
        gaps += [b - a for a, b in zip(ready, ready[1:])]
    return float(np.median(gaps)) if gaps else 0.0


def place(sessions, prewarms, interval, use_states):
    """Containers with their sessions, decided request by request."""
    containers = [{"mb": p["mb"], "began": p["ready"] - interval, "prewarmed": p["ready"], "free": p["ready"], "sessions": []} for p in prewarms]
    launcher_free, now = float("-inf"), float("-inf")
    sources = {"idle": 0, "launched": 0, "exiting": 0, "outlived": 0, "unseen": 0}
    for group in bursts(sessions):
        for session in sorted(group, key=lambda s: s["ready"]):
            now = max(now, session["requested"])
            state = session["state"] if use_states else None
            alike = [c for c in containers if c["mb"] == session["mb"]]
            idle = [c for c in alike if c["free"] <= now < c["free"] + KEEP_ALIVE]
            exiting = [c for c in alike if c["sessions"] and c["sessions"][-1]["end"] <= now < c["free"]]
            if state != "cold" and idle:
                source, chosen = "idle", max(idle, key=lambda c: c["free"])
            elif state == "warm" and exiting:
                source, chosen = "exiting", min(exiting, key=lambda c: c["free"])
            elif state == "warm" and [c for c in alike if c["free"] + KEEP_ALIVE <= now]:
                source, chosen = "outlived", max([c for c in alike if c["free"] + KEEP_ALIVE <= now], key=lambda c: c["free"])
            else:
                source = "unseen" if state == "warm" else "launched"
                began = session["requested"]
                if source == "launched":
                    launch = max(now, launcher_free)
                    launcher_free = launch + interval
                    began = min(max(launch, began), session["ready"])
                chosen = {"mb": session["mb"], "began": began, "prewarmed": None, "sessions": []}
                containers.append(chosen)
            chosen["sessions"].append(session)
            chosen["free"] = session["end"] + EXIT_LAG
            chosen["source"] = source
            sources[source] += 1
    return containers, sources


def prewarm_leads(runs):
    """By memory size: from when a prewarm was due, its trigger's worker being ready and the planned delay over, until it was answered."""
    leads = {}
    for run in runs:
        ready = {s["resource_configuration"]["worker_id"]: s["end_time_ms"] for s in run["worker_startups"]}
        due = {}
        for node in run["dag"]["nodes"]:
            for parameters in node["optimizations_params"] or []:
                for delay, target in parameters.get("target_resource_configs", []):
                    due[node["id"], target["worker_id"]] = delay * 1000
        for task in run["tasks"]:
            for event in (task["metrics"] or {"optimization_metrics": []})["optimization_metrics"]:
                if event["type"] == "PreWarm":
                    meant = event["resource_config"]
                    began = ready[task["metrics"]["worker_resource_configuration"]["worker_id"]]
                    lead = event["absolute_trigger_timestamp_s"] * 1000 - began - due[task["internal_task_id"], meant["worker_id"]]
                    leads.setdefault(meant["memory_mb"], []).append(lead)
    return {mb: {"count": len(own), **{f"p{p}Ms": float(np.quantile(own, p / 100)) for p in (10, 50, 90)}} for mb, own in sorted(leads.items())}


def split(containers):
    """GB-seconds by state."""
    sums = {"starting": 0.0, "busy": 0.0, "idle": 0.0, "tail": 0.0}
    for c in containers:
        gb = c["mb"] / 1024 / 1000
        at = c["began"]
        if c["prewarmed"] is not None:
            sums["starting"] += gb * (c["prewarmed"] - at)
            at = c["prewarmed"]
        for i, s in enumerate(c["sessions"]):
            if s["requested"] > at:
                sums["idle"] += gb * (s["requested"] - at)
                at = s["requested"]
            sums["starting"] += gb * max(0.0, s["ready"] - at)
            at = max(at, s["ready"])
            left = s["end"] + EXIT_LAG
            if i + 1 < len(c["sessions"]):
                left = min(left, max(s["end"], c["sessions"][i + 1]["requested"]))
            sums["busy"] += gb * (left - at)
            at = left
        sums["tail"] += gb * KEEP_ALIVE
    return sums


def most_at_once(sessions):
    """By memory size: most sessions between ready and end at one time."""
    total = 0
    for mb in {s["mb"] for s in sessions}:
        own = [s for s in sessions if s["mb"] == mb]
        total += max(sum(o["ready"] <= s["ready"] < o["end"] for o in own) for s in own)
    return total


def follows(run):
    return run["plan"] is not None and "wukong" not in run["plan"]["planner_name"].lower()


def longest_path(run):
    """Makespan of a plan whose workers are there at once: the longest path of planned durations to the sink."""
    info = run["plan"]["nodes_info"]
    upstream = {n["id"]: n["upstream"] for n in run["dag"]["nodes"]}
    done = {}

    def completion(node):
        if node not in done:
            own = info[node]["tp_download_time_ms"] + info[node]["tp_exec_time_ms"] + info[node]["tp_upload_time_ms"]
            done[node] = own + max([completion(u) for u in upstream[node]], default=0.0)
        return done[node]

    return completion(run["dag"]["sink_node_id"])


def actual(run):
    sink = [t["metrics"] for t in run["tasks"] if t["internal_task_id"] == run["dag"]["sink_node_id"] and t["metrics"]]
    if not sink:
        return None
    m = sink[0]
    end = m["started_at_timestamp_s"] * 1000 + (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)
    return end + m["tp_execution_time_ms"] + (m["output_metrics"]["tp_time_ms"] or 0) - run["submission"]["dag_submission_time_ms"]


def started(m):
    return m["started_at_timestamp_s"] * 1000 + (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)


def available(m):
    return started(m) + m["tp_execution_time_ms"] + (m["output_metrics"]["tp_time_ms"] or 0)


def task_lags(runs):
    """From when inputs and worker are there until a task executes, less the download that it awaits; negative ones left out."""
    sums = {"started": [], "local": [], "remote": []}
    for run in runs:
        tasks = {t["internal_task_id"]: t["metrics"] for t in run["tasks"] if t["metrics"]}
        first, worker_of = {}, {i: m["worker_resource_configuration"]["worker_id"] for i, m in tasks.items()}
        for startup in run["worker_startups"]:
            for i in startup["initial_task_ids"]:
                first[worker_of[i]] = startup["end_time_ms"]
        for node in run["dag"]["nodes"]:
            m = tasks[node["id"]]
            ready, ups = first[worker_of[node["id"]]], [tasks[u] for u in node["upstream"]]
            there = max([available(u) for u in ups], default=float("-inf"))
            waits = [d["time_ms"] or 0 for d in m["input_metrics"]["input_download_metrics"].values()]
            awaited = min(max(waits, default=0), m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)
            lag = started(m) - max(there, ready) - awaited
            local = all(worker_of[u] == worker_of[node["id"]] for u in node["upstream"])
            if lag >= 0:
                sums["started" if ready >= there else "local" if local else "remote"].append(lag)
    return {kind: {"count": len(own), "sumMs": float(sum(own))} for kind, own in sums.items()}


def earlier_median_error(runs):
    """Median absolute error of the median of two or more earlier makespans of the same workflow and structure."""
    known, errors = [], []
    for run in sorted(runs, key=lambda r: r["submission"]["dag_submission_time_ms"]):
        submitted, kind = run["submission"]["dag_submission_time_ms"], (run["dag_name"], run["dag"]["master_dag_structure_hash"])
        earlier = [span for k, end, span in known if k == kind and end < submitted]
        if follows(run) and actual(run) and len(earlier) >= 2:
            errors.append(abs(float(np.median(earlier)) / actual(run) - 1))
        if actual(run):
            ends = [finished(t["metrics"]) for t in run["tasks"] if t["metrics"]] + [s["end_time_ms"] for s in run["worker_startups"]]
            known.append((kind, max(ends), actual(run)))
    return {"count": len(errors), "median": float(np.median(errors))}


def main():
    runs = load(sys.argv[1])
    sessions, prewarms = read_sessions(runs)
    interval = launch_interval(sessions)
    containers, sources = place(sessions, prewarms, interval, True)
    hidden, _ = place(sessions, prewarms, 0.0, False)
    cold = [s["ready"] - s["requested"] for s in sessions if s["mb"] == 2048 and s["state"] == "cold"]
    planned = [r for r in runs if follows(r)]
    sink = lambda r: r["plan"]["nodes_info"][r["dag"]["sink_node_id"]]["task_completion_time_ms"]
    error = lambda predict: float(np.median([abs(predict(r) / actual(r) - 1) for r in planned if actual(r)]))
    print(
        json.dumps(
            {
                "sessionCount": len(sessions),
                "launchIntervalMs": interval,
                "containerCount": len(containers),
                "sources": sources,
                "gbSeconds": split(containers),
                "hiddenContainerCount": len(hidden),
                "mostAtOnce": most_at_once(sessions),
                "cold2048": {"count": len(cold), "p10Ms": float(np.quantile(cold, 0.1)), "medianMs": float(np.median(cold)), "p90Ms": float(np.quantile(cold, 0.9))},
                "prewarmLeads": prewarm_leads(runs),
                "planCount": len(planned),
                "withoutStartupMakespanSumMs": sum(longest_path(r) for r in planned),
                "planError": error(sink),
                "withoutStartupError": error(longest_path),
                "taskLags": task_lags(runs),
                "earlierMedianError": earlier_median_error(runs),
            },
            indent=1,
        )
    )


main()
