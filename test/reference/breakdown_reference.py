"""Independent computation of figures of `wfa breakdown`, `wfa prewarm` and `wfa taskdup` on the bundled samples.

Run: python3 test/reference/breakdown_reference.py (Python 3.11.7, scipy 1.17.1 for the t quantile). Its output stands in
test/analyses/breakdown.test.ts and test/analyses/optimizations.test.ts.
     python3 test/reference/breakdown_reference.py runs.ndjson.gz RESULT.json [workflow,structure,sla]    (what `wfa breakdown --format json
     --block …` says of that file: prints how many figures were compared, and how far off)
"""
import gzip
import json
import math
import os
import statistics as st
import sys
from collections import defaultdict

from differences import differences, report
from scipy.stats import t as student

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    with gzip.open(os.path.join(HERE, "..", "..", "samples", name) if "/" not in name else name, "rt") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def planner_of(run):
    if run["plan"]:
        return run["plan"]["planner_name"]
    return run["tasks"][0]["metrics"]["planner_used_name"] if run["tasks"] else "unknown"


def read_task(record):
    m = record["metrics"]
    started = m["started_at_timestamp_s"] * 1000
    executed = started + (m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0)
    upload = m["output_metrics"]["tp_time_ms"] or 0
    return {
        "id": record["internal_task_id"],
        "started": started,
        "executed": executed,
        "exec": m["tp_execution_time_ms"],
        "upload": upload,
        "out": executed + m["tp_execution_time_ms"] + upload,
        "dep": m["update_dependency_counters_time_ms"] or 0,
        "inv": m["total_invocation_time_ms"] or 0,
        "worker": m["worker_resource_configuration"]["worker_id"],
        "inputs": {k: v["time_ms"] for k, v in m["input_metrics"]["input_download_metrics"].items()},
        "events": m["optimization_metrics"] or [],
    }


def overlap(a, b, c, d):
    return max(0.0, min(b, d) - max(a, c))


def critical_path(run):
    """Parts in ms: instants are labelled by overlapping intervals rather than by moving a cursor."""
    tasks = {t["internal_task_id"]: read_task(t) for t in run["tasks"] if t["metrics"]}
    upstream = {n["id"]: n["upstream"] for n in run["dag"]["nodes"]}
    startups = []
    for s in run["worker_startups"]:
        if s["end_time_ms"] is None:
            continue
        worker = s["resource_configuration"]["worker_id"] or next(
            (tasks[i]["worker"] for i in s["initial_task_ids"] if i in tasks), None
        )
        startups.append((s, worker))
    parts = defaultdict(float)
    parts["starts"] = []
    current = run["dag"]["sink_node_id"]
    while current is not None:
        task = tasks[current]
        parts["execution"] += task["exec"]
        parts["upload"] += task["upload"]
        replaced = {e["dupped"] for e in task["events"] if e["type"] == "TaskDup" and task["inputs"].get(e["dupped"]) is None}
        before = [u for u in upstream[current] if u not in replaced] or upstream[current]
        last = max((tasks[u] for u in before), key=lambda u: u["out"], default=None)
        since = last["out"] if last else run["submission"]["dag_submission_time_ms"]
        assert task["executed"] >= since
        parts["input-wait"] += task["executed"] - max(task["started"], since)
        end = max(since, task["started"])
        own = [s for s, _ in startups if current in s["initial_task_ids"]]
        mine = own or [s for s, w in startups if w == task["worker"] and s["end_time_ms"] <= task["started"]]
        startup = max(mine, key=lambda s: s["end_time_ms"], default=None)
        starting = overlap(since, end, startup["start_time_ms"], startup["end_time_ms"]) if startup else 0.0
        asked = max(since, startup["start_time_ms"]) if starting else end
        dep = overlap(since, asked, since, since + (last["dep"] if last else 0))
        inv = overlap(since + dep, asked, since + dep, since + dep + (last["inv"] if last else 0))
        parts["startup"] += starting
        if starting:
            parts["starts"].append((startup["resource_configuration"]["memory_mb"], starting))
        parts["dependency-update"] += dep
        parts["invocation"] += inv
        if starting:
            parts["queueing"] += end - min(end, startup["end_time_ms"])
            parts["other"] += asked - since - dep - inv
        else:
            parts["queueing"] += end - since - dep - inv
        current = last["id"] if last else None
    return parts, tasks[run["dag"]["sink_node_id"]]["out"] - run["submission"]["dag_submission_time_ms"]


def stratified(cells, levels=None):
    """Cells of one run have the others' pooled spread relative to the levels; by default these are the cells' means."""
    k = len(cells)
    levels = levels or [abs(st.fmean(c)) for c in cells]
    levels = levels if all(level > 0 for level in levels) else [1] * k
    mean = st.fmean(st.fmean(c) for c in cells)
    df = sum(len(c) - 1 for c in cells)
    lone = sum(len(c) == 1 for c in cells)
    if df == 0 or lone / k >= 0.2:
        return mean, None, None
    pooled = sum((len(c) - 1) * st.variance(c) / l**2 for c, l in zip(cells, levels) if len(c) > 1) / df
    shared = pooled * sum(l**2 for c, l in zip(cells, levels) if len(c) == 1) / k**2
    components = [(st.variance(c) / len(c) / k**2, len(c) - 1) for c in cells if len(c) > 1]
    total = shared + sum(v for v, _ in components)
    if total == 0:
        return mean, None, None
    nu = total**2 / (shared**2 / df + sum(v**2 / n for v, n in components))
    half = float(student.ppf(0.975, nu)) * total**0.5
    return mean, mean - half, mean + half


def logit_interval(share, high):
    center, half = math.log(share / (1 - share)), (high - share) / (share * (1 - share))
    return 1 / (1 + math.exp(half - center)), 1 / (1 + math.exp(-half - center))


def breakdown(name, asked, with_sla=True):
    runs = [r for r in load(name) if r["plan"] and r["submission"] and len(r["tasks"]) == len(r["dag"]["nodes"])]
    cells = defaultdict(lambda: defaultdict(list))
    for run in runs:
        sla = run["plan"]["sla"]
        sla = sla if isinstance(sla, str) else sla["percentile"]
        cells[run["dag_name"], run["dag"]["master_dag_structure_hash"], sla if with_sla else None][planner_of(run)].append(run)
    planners = {planner_of(r) for r in runs}
    common = [c for _, c in sorted(cells.items(), key=str) if set(c) == planners]
    print(name, "with SLA" if with_sla else "without SLA", "blocks", len(common), "of", len(cells))
    for planner, part in asked:
        pairs = [[(critical_path(r)[0][part], critical_path(r)[1]) for r in c[planner]] for c in common]
        mean, low, high = stratified([[p for p, _ in cell] for cell in pairs])
        whole = st.fmean(st.fmean(w for _, w in cell) for cell in pairs)
        share = mean / whole
        _, _, high_share = stratified([[share + (p - share * w) / whole for p, w in cell] for cell in pairs])
        slow, shigh = (None, None) if high_share is None else logit_interval(share, high_share)
        print(f"  {planner} {part}: mean {mean!r} [{low!r}, {high!r}] share {share!r} [{slow!r}, {shigh!r}] makespan {whole!r}")
        summed = [[sum(s["end_time_ms"] - s["start_time_ms"] for s in r["worker_startups"]) for r in c[planner]] for c in common]
        cold = [[sum(s["state"] == "cold" for s in r["worker_startups"]) for r in c[planner]] for c in common]
        print("    all tasks: start-up", repr(stratified(summed)), "cold", repr(stratified(cold)[0]))


def engine_of(run):
    usage = run["resource_usage"]
    return None if usage is None else "newer" if "gb_seconds" in usage else "older"


def complete(run):
    """Whether it was submitted and every task left metrics."""
    return run["submission"] and sum(t["metrics"] is not None for t in run["tasks"]) == len(run["dag"]["nodes"])


def startup_parts(name):
    """Starts alone by comparing every pair; the path's start-ups from critical_path."""
    runs, rows = load(name), []
    known = {engine_of(r) for r in runs} - {None}
    name_of = lambda r: (min(known) if len(known) == 1 else engine_of(r)) or "unknown"
    for engine in sorted({name_of(r) for r in runs}):
        own = [r for r in runs if name_of(r) == engine]
        starts = [(s["start_time_ms"], s["end_time_ms"], s["state"], s["resource_configuration"]["memory_mb"])
                  for r in own for s in r["worker_startups"]]
        done = [s for s in starts if s[1] is not None]
        alone = [s for s in done if not any(o is not s and o[0] < s[1] and (o[1] or o[0]) > s[0] for o in starts)]
        paths = [(r, critical_path(r)) for r in own if complete(r)]
        for memory in sorted({s[3] for s in starts}):
            took = lambda pool, state: [s[1] - s[0] for s in pool if s[3] == memory and s[2] == state]
            cold, warm, every = took(alone, "cold"), took(alone, "warm"), took(done, "cold")
            if not cold or not warm:
                rows.append((engine, memory, None, None, None, len(every), len(cold), len(warm), None))
                continue
            boot, launch = st.median(warm), st.median(cold) - st.median(warm)
            with_size = [(p, m) for r, (p, m) in paths if any(s["resource_configuration"]["memory_mb"] == memory for s in r["worker_startups"])]
            on_path = sum(min(ms, boot) for p, _ in with_size for size, ms in p["starts"] if size == memory)
            rows.append((engine, memory, st.fmean(every) - launch - boot, launch, boot, len(every), len(cold), len(warm),
                         on_path / sum(m for _, m in with_size)))
    return rows


STARTUP_KEYS = ("engine", "memoryMb", "waitMs", "launchMs", "bootMs", "coldCount", "aloneColdCount", "aloneWarmCount", "bootShareOfMakespan")
PARTS = ["startup", "queueing", "input-wait", "execution", "upload", "dependency-update", "invocation", "other"]


def hold(path, result, keys):
    """[(figure, relative difference)] of the critical paths of all planners and of the parts of start-ups."""
    names = {"workflow": lambda r: r["dag_name"], "structure": lambda r: r["dag"]["master_dag_structure_hash"],
             "sla": lambda r: str(r["plan"]["sla"])}
    cells, found = defaultdict(lambda: defaultdict(list)), []
    planners = {r["plan"]["planner_name"] for r in load(path) if r["plan"]}
    for run in (r for r in load(path) if r["plan"] and complete(r)):
        cells[tuple(names[key](run) for key in keys)][planner_of(run)].append(critical_path(run))
    common = [c for c in cells.values() if set(c) == planners]
    found.append(("common", 0.0 if (result["criticalPath"]["blocksUsed"] == "common") == bool(common) else math.inf))
    for own in result["planners"]:
        blocks = [c[own["planner"]] for c in (common or cells.values()) if c[own["planner"]]]
        whole = stratified([[w for _, w in cell] for cell in blocks])
        path_of, name = own["criticalPath"], own["planner"]
        found += differences([len(blocks), sum(map(len, blocks)), *whole],
                             [path_of[k] for k in ("blockCount", "runCount", "totalMs", "totalCiLow", "totalCiHigh")], name)
        for part in path_of["parts"]:
            if part["meanMs"] is None:
                # WUKONG's own optimizations leave no invocations but, now and then, part of a millisecond.
                found.append((f"{name} {part['part']}", math.inf if any(p[part["part"]] > 1 for cell in blocks for p, _ in cell) else 0.0))
                continue
            pairs = [[(p[part["part"]], w) for p, w in cell] for cell in blocks]
            levels = [st.fmean(w for _, w in cell) for cell in blocks]
            mean = stratified([[p for p, _ in cell] for cell in pairs], levels)
            share = mean[0] / whole[0]
            _, low, high = stratified([[share + (p - share * w) / whole[0] for p, w in cell] for cell in pairs], levels)
            bounds = (low, high) if low is None or not 0 <= share <= 1 else logit_interval(share, high) if 0 < share < 1 else (None, None)
            found += differences([*mean, share, *bounds],
                                 [part[k] for k in ("meanMs", "ciLow", "ciHigh", "shareFraction", "shareCiLow", "shareCiHigh")],
                                 f"{name} {part['part']}")
    rows = [dict(zip(STARTUP_KEYS, row)) for row in startup_parts(path)]
    for row in rows:
        own = next(s for s in result["startupParts"] if (s["engine"], s["memoryMb"]) == (row["engine"], row["memoryMb"]))
        found += differences(row, own, "start-ups")
    return found


def prewarm(name):
    runs = load(name)
    cold = defaultdict(list)
    for run in runs:
        for s in run["worker_startups"]:
            if s["state"] == "cold" and s["end_time_ms"] is not None:
                cold[engine_of(run), s["resource_configuration"]["memory_mb"]].append(s["end_time_ms"] - s["start_time_ms"])
    found = defaultdict(list)
    for run in runs:
        for record in run["tasks"]:
            for e in record["metrics"]["optimization_metrics"] or []:
                if e["type"] != "PreWarm":
                    continue
                at = e["absolute_trigger_timestamp_s"] * 1000
                memory = e["resource_config"]["memory_mb"]
                (s,) = [s for s in run["worker_startups"] if s["resource_configuration"]["worker_id"] == e["resource_config"]["worker_id"]]
                took = s["end_time_ms"] - s["start_time_ms"]
                found[planner_of(run)].append((s["state"], s["start_time_ms"] - at, st.median(cold[engine_of(run), memory]) - took, memory))
    for planner, events in sorted(found.items()):
        warm = [e for e in events if e[0] == "warm"]
        print(name, planner, "fired", len(events), "warm", len(warm), "median lead", repr(st.median(e[1] for e in warm)),
              "mean saved", repr(st.fmean(e[2] for e in warm)), "idle GB-s", repr(sum(e[3] / 1024 * e[1] / 1000 for e in warm)))


def taskdup(name):
    found = defaultdict(list)
    for run in load(name):
        tasks = {t["internal_task_id"]: read_task(t) for t in run["tasks"]}
        nodes = {n["id"]: n for n in run["dag"]["nodes"]}
        for task in tasks.values():
            for e in task["events"]:
                if e["type"] != "TaskDup":
                    continue
                p = nodes[task["id"]]["duppable_tasks_predictions"][e["dupped"]]
                saving = (p["original_download_time_ms"] + p["original_exec_time_ms"] + p["original_upload_time_ms"]
                          + p["my_download_output_time_ms"] - p["my_inputs_download_time_ms"] - p["my_exec_time_ms"])
                found[planner_of(run)].append((task["inputs"][e["dupped"]] is None, tasks[e["dupped"]]["out"] - task["executed"], saving, p["my_exec_time_ms"]))
    for planner, events in sorted(found.items()):
        used = [e for e in events if e[0]]
        print(name, planner, "fired", len(events), "used", len(used), "mean head start", repr(st.fmean(e[1] for e in used)),
              "mean predicted saving", repr(st.fmean(e[2] for e in events)), "executed twice", repr(sum(e[3] for e in events)))


def ready_lags(name):
    rows = []
    for run in load(name):
        tasks = {t["internal_task_id"]: read_task(t) for t in run["tasks"]}
        for node in run["dag"]["nodes"]:
            if not node.get("duppable_tasks_predictions") or node["id"] not in tasks:
                continue
            task = tasks[node["id"]]
            dups = [e["dupped"] for e in task["events"] if e["type"] == "TaskDup"]
            kind = "none" if not dups else "used" if any(task["inputs"][d] is None for d in dups) else "unused"
            lag = task["executed"] - max(tasks[u]["out"] for u in node["upstream"])
            rows.append((planner_of(run), (run["dag_name"], node["func_name"]), kind, lag))
    for planner in sorted({r[0] for r in rows}):
        used = [r for r in rows if r[0] == planner and r[2] == "used"]
        places = {r[1] for r in used}
        without = [r[3] for r in rows if r[0] == planner and r[2] == "none" and r[1] in places]
        print(name, planner, "lag used", len(used), repr(st.median(r[3] for r in used)),
              "without", len(without), repr(st.median(without)) if without else None)


if __name__ == "__main__" and len(sys.argv) > 2:
    with open(sys.argv[2]) as file:
        report(hold(sys.argv[1], json.load(file)["result"], (sys.argv[3] if len(sys.argv) > 3 else "workflow,structure,sla").split(",")))
    sys.exit()

if __name__ == "__main__":
    breakdown("newer.ndjson.gz", [("UniformPlanner-opt", "startup"), ("NonUniformPlanner", "queueing")])
    breakdown("newer.ndjson.gz", [("UniformPlanner-opt", "startup"), ("NonUniformPlanner", "queueing")], with_sla=False)
    breakdown("older.ndjson.gz", [("WUKONGPlanner", "startup"), ("UniformPlanner-opt", "queueing")])
    for sample in ("older.ndjson.gz", "newer.ndjson.gz"):
        for row in startup_parts(sample):
            print(sample, *map(repr, row))
        prewarm(sample)
        taskdup(sample)
        ready_lags(sample)
