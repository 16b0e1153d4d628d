"""Replays recorded runs with changes, independently of wfa: python3 whatif_reference.py FILE.ndjson.gz [FILE ...]

Prints, as JSON: the runs refused by reason, the replayed makespans summed by scenario, and by scenario and planner the change with its
interval (planned runs; blocks of workflow, structure and SLA; t over the blocks' means where one block in five or more has one run,
Welch otherwise). Recursive by definition, where wfa goes forward in topological order. Python 3.11, numpy, scipy.
"""
import collections
import gzip
import json
import math
import statistics
import sys

import numpy
from scipy import stats


def read(path):
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def planner_of(run):
    if run["plan"]:
        return run["plan"]["planner_name"]
    names = (task["metrics"].get("planner_used_name") for task in run["tasks"])
    return next((name for name in names if name), "unknown")


class Task:
    """Instants in ms after submission."""

    def __init__(self, raw, submitted):
        metrics = raw["metrics"]
        self.id = raw["internal_task_id"]
        self.worker = metrics["worker_resource_configuration"]["worker_id"]
        self.start = metrics["started_at_timestamp_s"] * 1000 - submitted
        self.wait = metrics["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0
        self.execution = metrics["tp_execution_time_ms"]
        self.upload = metrics["output_metrics"]["tp_time_ms"] or 0
        self.update = metrics["update_dependency_counters_time_ms"] or 0
        self.invocation = metrics["total_invocation_time_ms"]
        self.output = self.start + self.wait + self.execution + self.upload


class Refused(Exception):
    pass


class Replay:
    def __init__(self, run):
        self.run = run
        if "wukong" in planner_of(run).lower():
            raise Refused("invocations-not-recorded")
        if run["submission"] is None:
            raise Refused("not-submitted")
        self.submitted = run["submission"]["dag_submission_time_ms"]
        self.tasks = {task.id: task for task in (Task(raw, self.submitted) for raw in run["tasks"])}
        self.nodes = {node["id"]: node for node in run["dag"]["nodes"]}
        self.sink = run["dag"]["sink_node_id"]
        if self.sink not in self.tasks:
            raise Refused("sink-without-metrics")
        if len(self.tasks) < len(self.nodes):
            raise Refused("tasks-without-metrics")
        self.startups = [
            {**s, "requested": s["start_time_ms"] - self.submitted, "ready": s["end_time_ms"] - self.submitted}
            for s in run["worker_startups"]
            if s["end_time_ms"] is not None
        ]
        for startup in self.startups:
            self.check(startup)
        self.of_task = {task.id: self.startup_of(task) for task in self.tasks.values()}
        self.makespan = self.tasks[self.sink].output

    def needed(self, startup):
        return {up for first in startup["initial_task_ids"] for up in self.nodes[first]["upstream"]}

    def check(self, startup):
        needed = self.needed(startup)
        if not needed:
            return
        last = max((self.tasks[i] for i in needed), key=lambda task: task.output)
        if last.invocation is None or last.output + last.update > startup["requested"] + 1:
            raise Refused("invoker-not-recorded")

    def worker_of(self, startup):
        own = startup["resource_configuration"].get("worker_id")
        if own is not None:
            return own
        return next((self.tasks[i].worker for i in startup["initial_task_ids"] if self.tasks[i].worker), None)

    def startup_of(self, task):
        own = [s for s in self.startups if task.id in s["initial_task_ids"]]
        if not own:
            own = [s for s in self.startups if self.worker_of(s) == task.worker and s["ready"] <= task.start]
        if not own:
            raise Refused("tasks-without-startup")
        return max(own, key=lambda s: s["ready"])

    def replay(self, startup=lambda s, d: d, transfer=lambda d: d, execute=lambda task, d: d):
        outputs, ready = {}, {}
        sys.setrecursionlimit(100_000)

        def ready_at(s):
            key = id(s)
            if key not in ready:
                needed = self.needed(s)
                was = max((self.tasks[i].output for i in needed), default=0.0)
                now = max((output_of(i) for i in needed), default=0.0)
                ready[key] = now + (s["requested"] - was) + startup(s, s["ready"] - s["requested"])
            return ready[key]

        def output_of(i):
            if i not in outputs:
                task, own = self.tasks[i], self.of_task[i]
                above = self.nodes[i]["upstream"]
                was = max([own["ready"], *(self.tasks[j].output for j in above)])
                now = max([ready_at(own), *(output_of(j) for j in above)])
                begun = now + (task.start - was)
                outputs[i] = begun + transfer(task.wait) + execute(task, task.execution) + transfer(task.upload)
            return outputs[i]

        return output_of(self.sink)

    def longest(self):
        ends = {}

        def end_of(i):
            if i not in ends:
                ends[i] = self.tasks[i].execution + max((end_of(j) for j in self.nodes[i]["upstream"]), default=0.0)
            return ends[i]

        return end_of(self.sink)


def engine_of(run):
    usage = run["resource_usage"]
    return None if usage is None else "newer" if usage.get("gb_seconds") is not None else "older"


def warm_medians(runs):
    engines = {engine_of(run) for run in runs} - {None}
    only = next(iter(engines)) if len(engines) == 1 else None
    found = collections.defaultdict(list)
    for run in runs:
        for s in run["worker_startups"]:
            if s["state"] == "warm" and s["end_time_ms"] is not None:
                size = s["resource_configuration"]["memory_mb"]
                found[only or engine_of(run), size].append(s["end_time_ms"] - s["start_time_ms"])
    medians = {key: statistics.median(own) for key, own in found.items()}

    def median_of(run, size):
        engine = only or engine_of(run)
        sizes = sorted(own for e, own in medians if e == engine)
        return medians[engine, min(sizes, key=lambda own: abs(own - size))]

    return median_of


SCENARIOS = {
    "null": lambda r, warm: r.replay(),
    "no-startup": lambda r, warm: r.replay(startup=lambda s, d: 0),
    "all-warm": lambda r, warm: r.replay(
        startup=lambda s, d: min(d, warm(r.run, s["resource_configuration"]["memory_mb"]))
    ),
    "no-transfers": lambda r, warm: r.replay(transfer=lambda d: 0),
    "no-dag-fetch": lambda r, warm: r.replay(startup=lambda s, d: max(0, d - fetch_of(r.run))),
    "half-execution": lambda r, warm: r.replay(execute=lambda task, d: d / 2),
    "longest-path": lambda r, warm: r.longest(),
    "all-warm,no-transfers": lambda r, warm: r.replay(
        startup=lambda s, d: min(d, warm(r.run, s["resource_configuration"]["memory_mb"])), transfer=lambda d: 0
    ),
}


def fetch_of(run):
    return statistics.fmean(d["download_time_ms"] for d in run["dag_downloads"]) if run["dag_downloads"] else 0


def sla_of(run):
    sla = run["plan"]["sla"]
    return sla if isinstance(sla, str) else sla["percentile"]


def estimate(blocks):
    """Change with its interval; blocks hold one logarithm a run."""
    k = len(blocks)
    means = [numpy.mean(own) for own in blocks]
    change = numpy.mean(means)
    singles = sum(len(own) == 1 for own in blocks)
    if singles == 0:
        parts = [(numpy.var(own, ddof=1) / len(own) / k**2, len(own) - 1) for own in blocks]
        variance = sum(part for part, _ in parts)
        freedom = variance**2 / sum(part**2 / own for part, own in parts)
    elif singles >= k / 5 and k >= 3:
        variance, freedom = numpy.var(means, ddof=1) / k, k - 1
    else:
        several = [own for own in blocks if len(own) > 1]
        pooled_freedom = sum(len(own) - 1 for own in several)
        if pooled_freedom < 4:
            return math.expm1(change), None, None
        pooled = sum((len(own) - 1) * numpy.var(own, ddof=1) for own in several) / pooled_freedom
        parts = [(numpy.var(own, ddof=1) / len(own) / k**2, len(own) - 1) for own in several]
        parts.append((pooled * singles / k**2, pooled_freedom))
        variance = sum(part for part, _ in parts)
        freedom = variance**2 / sum(part**2 / own for part, own in parts)
    half = stats.t.ppf(0.975, freedom) * math.sqrt(variance)
    return tuple(math.expm1(bound) for bound in (change, change - half, change + half))


def main(paths):
    runs = [run for path in paths for run in read(path)]
    warm = warm_medians(runs)
    refused, kept = collections.Counter(), []
    for run in runs:
        try:
            kept.append(Replay(run))
        except Refused as reason:
            refused[str(reason)] += 1
    answer = {"refused": dict(refused), "runCount": len(kept), "sumMs": {}, "changes": {}}
    for name, scenario in SCENARIOS.items():
        replayed = {r.run["master_dag_id"]: scenario(r, warm) for r in kept}
        answer["sumMs"][name] = math.fsum(replayed.values())
        for planner in sorted({planner_of(r.run) for r in kept}):
            blocks = collections.defaultdict(list)
            for r in kept:
                if r.run["plan"] and planner_of(r.run) == planner:
                    key = r.run["dag_name"], r.run["dag"]["master_dag_structure_hash"], sla_of(r.run)
                    blocks[key].append(math.log(replayed[r.run["master_dag_id"]] / r.makespan))
            if name != "null":
                answer["changes"][f"{name} {planner}"] = estimate(list(blocks.values()))
    json.dump(answer, sys.stdout, indent=1)
    print()


main(sys.argv[1:])
