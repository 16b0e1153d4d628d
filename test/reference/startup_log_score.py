"""Scores the start-ups by part of `wfa breakdown --by startup` against what the pool itself logged at the moment of the change.

Run: python3 test/reference/startup_log_score.py runs.ndjson.gz RESULT.json pool_events.ndjson.gz    (RESULT.json: what `wfa breakdown --by
startup --format json` says of the runs; prints, for each memory size, wfa's figure and the log's mean over all cold starts)

On the real runs of two engines, by the log: of the newer one each part is met within 8 % of the start-up. Of the older one, whose bursts
start up to ten workers on two cores, boots beside others take 2.5 (1024 MB) to 4 (2048 MB) times as long as those alone: 26 and 45 % of
the start-up are boots that wfa gives to `others`, which is what the word has to mean.
"""
import gzip
import json
import sys
from collections import defaultdict
from statistics import mean

from records import metrics_of, read

PARTS = ("waitMs", "launchMs", "bootMs")


def read_log(path):
    """Cold acquisitions by run and worker, and launches by job."""
    acquired, launches = defaultdict(list), defaultdict(dict)
    with gzip.open(path, "rt") as lines:
        for event in map(json.loads, lines):
            if event["event"] == "acquire" and event["cold"]:
                acquired[event["dag_id"], event["worker_id"]].append(event)
            elif event["event"] in ("launch_begin", "launch_ready") and event["job_id"] is not None:
                launches[event["job_id"]][event["event"]] = event["t_ms"]
    return acquired, launches


def divide(run, startup, acquired, launches):
    """[wait, launch, boot] in ms by the log; `None`: the log has no single launch for the start-up."""
    metrics, begin, end = metrics_of(run), startup["start_time_ms"], startup["end_time_ms"]
    named = (metrics[i]["worker_resource_configuration"]["worker_id"] for i in startup["initial_task_ids"] if i in metrics)
    worker = startup["resource_configuration"]["worker_id"] or next(named, None)
    within = [e for e in acquired[run["master_dag_id"], worker] if begin <= e["t_ms"] <= end]
    if len(within) != 1:
        return None
    launch = launches[within[0]["job_id"]]
    began, ready = launch["launch_begin"], launch["launch_ready"]
    return [began - begin, ready - began, end - ready]


def main(path, result, log):
    runs, logged = read(path), read_log(log)
    for own in json.load(open(result))["result"]["startupParts"]:
        cold = [(run, s) for run in runs for s in run["worker_startups"] if s["end_time_ms"] is not None
                and s["state"] == "cold" and s["resource_configuration"]["memory_mb"] == own["memoryMb"]]
        parts = [found for run, s in cold if (found := divide(run, s, *logged))]
        means = [mean(column) for column in zip(*parts)]
        print(f"{own['engine']} {own['memoryMb']} MB, {len(parts)} of {len(cold)} cold starts in the log:", "; ".join(
            f"{part[:-2]} {own[part]:.0f} of {true:.0f} ms ({100 * (own[part] - true) / sum(means):+.0f} % of the start-up)"
            for part, true in zip(PARTS, means)))


main(*sys.argv[1:])
