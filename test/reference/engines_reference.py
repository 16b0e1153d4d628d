"""What wfa says of other engines' runs, computed from their raw files alone (Python 3.11, numpy and scipy for the contrast).

python3 engines_reference.py ENGINE RUNS.json COMPARE.json OLD NEW: OLD and NEW are folders with the raw files of each arm; RUNS.json is what
`wfa runs --list -f json` says of both, COMPARE.json what `wfa compare source=old source=new -f json` does.
python3 engines_reference.py pickle STATS.json OUT PROTOCOL: pickles the futures of a job of Lithops, as Python does.
"""
import json
import math
import pickle
import statistics
import sys
import types
from collections import defaultdict
from datetime import datetime
from pathlib import Path

import compare_reference
from differences import differences, report

ms = lambda text: datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def of_airflow(path):
    """From the first that was queued to the last that ended; a task instance of a later try replaces that of an earlier one."""
    runs = defaultdict(list)
    for one in json.load(open(path))["task_instances"]:
        runs[one["dag_id"], one["dag_run_id"]].append(one)
    for (dag, run), all_tries in runs.items():
        last = {}
        for one in sorted(all_tries, key=lambda one: one["try_number"]):
            last[one["task_id"], one["map_index"]] = one
        took = [ms(one["end_date"]) - ms(one["start_date"]) for one in last.values()]
        waits = [ms(one["start_date"]) - ms(one["queued_when"]) for one in last.values()]
        yield {"workflow": dag, "runId": f"{dag}/{run}", "taskCount": len(last), "memory": "unknown",
               "makespan": max(ms(one["end_date"]) for one in last.values()) - min(ms(one["queued_when"]) for one in all_tries),
               "execution-time": sum(took), "startup-time": sum(waits)}


def of_argo(path):
    """From the workflow's start to the end of its last pod; of a pod that was tried again, the last attempt."""
    workflow = json.load(open(path))
    nodes = workflow["status"]["nodes"]
    superseded = {node for retry in nodes.values() if retry["type"] == "Retry" for node in retry["children"][:-1]}
    pods = [node for id, node in nodes.items() if node["type"] == "Pod" and id not in superseded]
    limits = {t["name"]: t["container"]["resources"]["limits"]["memory"] for t in workflow["spec"]["templates"]}
    memory = {limits[pod["templateName"]] for pod in pods}
    meta = workflow["metadata"]
    yield {"workflow": meta["generateName"][:-1], "runId": f"{meta['name']}-{meta['uid'][:8]}", "taskCount": len(pods),
           "memory": ",".join(sorted(size.replace("Mi", "") for size in memory)),
           "makespan": max(ms(pod["finishedAt"]) for pod in pods) - ms(workflow["status"]["startedAt"]),
           "execution-time": sum(ms(pod["finishedAt"]) - ms(pod["startedAt"]) for pod in pods), "startup-time": None}


def of_wfformat(path):
    """As it is stated, for no instant of a task is."""
    instance = json.load(open(path))
    execution = instance["workflow"]["execution"]
    yield {"workflow": instance["name"], "runId": None, "taskCount": len(execution["tasks"]), "memory": "unknown",
           "makespan": execution["makespanInSeconds"] * 1000,
           "execution-time": sum(task["runtimeInSeconds"] for task in execution["tasks"]) * 1000, "startup-time": None}


def of_sebs(path):
    """Each invocation is a run: from the client's call, written in a zone two hours east of UTC, to the end of the function."""
    for function, invocations in json.load(open(path))["_invocations"].items():
        for key, one in invocations.items():
            run = {"workflow": function, "taskCount": 0 if one["stats"]["failure"] else 1, "runId": key,
                   "makespan": None, "execution-time": None, "startup-time": None}
            if not one["stats"]["failure"]:
                begin, end = (float(one["output"][key]) * 1000 for key in ("begin", "end"))
                called = ms(one["times"]["client_begin"] + "+02:00")
                run.update({"makespan": end - called, "execution-time": end - begin, "startup-time": begin - called,
                            "memory": str(one["billing"]["_memory"])})
            yield run


def of_lithops(calls):
    """From the creation of the job to the upload of its last result."""
    jobs = defaultdict(list)
    for call in calls:
        jobs[call["executor_id"], call["job_id"]].append(call)
    for (executor, job), own in jobs.items():
        stats = [call["stats"] for call in own]
        ends = [s["worker_func_end_tstamp"] + s["worker_result_upload_time"] for s in stats]
        yield {"workflow": own[0]["function_name"], "runId": f"{executor}-{job}", "taskCount": len(own),
               "memory": ",".join(sorted({str(call["runtime_memory"]) for call in own})),
               "makespan": (max(ends) - stats[0]["host_job_create_tstamp"]) * 1000,
               "execution-time": sum(s["worker_func_exec_time"] for s in stats) * 1000,
               "startup-time": sum(s["worker_start_tstamp"] - s["host_submit_tstamp"] for s in stats) * 1000}


def future_class():
    """Gives a class of the name that futures of Lithops have; Lithops itself is not needed for it."""
    module = sys.modules.setdefault("lithops.future", types.ModuleType("lithops.future"))
    sys.modules.setdefault("lithops", types.ModuleType("lithops"))
    if not hasattr(module, "ResponseFuture"):
        module.ResponseFuture = type("ResponseFuture", (), {"__module__": "lithops.future"})
    return module.ResponseFuture


def write_pickle(path, out, protocol):
    Future = future_class()
    futures = []
    for call in json.load(open(path)):
        future = Future()
        future.__dict__.update(call, _state="Done", _call_output=b"\0\1", created=datetime(2026, 5, 4))
        futures.append(future)
    with open(out, "wb") as file:
        pickle.dump(futures, file, protocol)


def unpickle(path):
    future_class()
    with open(path, "rb") as file:
        return [vars(future) for future in pickle.load(file)]


READERS = {"airflow": of_airflow, "argo": of_argo, "wfformat": of_wfformat, "sebs": of_sebs,
           "lithops": lambda path: of_lithops(json.load(open(path))), "lithops-pickle": lambda path: of_lithops(unpickle(path))}
METRICS = ("makespan", "execution-time", "startup-time")


def contrast(arms, metric):
    """Blocks are workflows; null where no run has a figure."""
    cells = defaultdict(lambda: ([], []))
    for arm, runs in enumerate(arms):
        for run in runs:
            if run[metric] is not None:
                cells[run["workflow"]][arm].append(math.log(run[metric]))
    blocks = [cells[workflow] for workflow in sorted(cells)]
    if not blocks:
        return None
    found = compare_reference.interval(blocks)
    permuted = compare_reference.permute(blocks, found["D"], 0)
    assert permuted["exact"], permuted["arrangements"]
    change = lambda log: None if log is None else math.expm1(log)
    return {"changeFraction": math.expm1(found["D"]), "ciLow": change(found["lo"]), "ciHigh": change(found["hi"]), "pValue": permuted["pValue"],
            "runCountBaseline": sum(len(a) for a, _ in blocks), "runCountCandidate": sum(len(b) for _, b in blocks),
            "levelBaseline": math.exp(statistics.fmean(statistics.fmean(a) for a, _ in blocks)),
            "levelCandidate": math.exp(statistics.fmean(statistics.fmean(b) for _, b in blocks))}


def judge(contrasts):
    """As ANSWER words them: an interval beside 0 is a difference once p (Holm) is below 5 %, one within ±2 % is none."""
    for one, p in zip(contrasts, compare_reference.holm([one["pValue"] for one in contrasts])):
        if one["ciLow"] > 0 or one["ciHigh"] < 0:
            one["outcome"] = "different" if p < .05 else "hint"
        else:
            one["outcome"] = "equivalent" if -.02 <= one["ciLow"] and one["ciHigh"] <= .02 else "inconclusive"


def per_run(arms, listed):
    """Runs in the order of their ids; those of which the raw file gives none, in that of their makespans."""
    found = []
    for name, runs in zip(("old", "new"), arms):
        own = [run for run in listed if run["source"] == name]
        order = "makespan" if any(run["runId"] is None for run in runs) else "runId"
        mine = sorted((run for run in runs if run["makespan"] is not None), key=lambda run: run[order])
        theirs = sorted((run for run in own if run["makespanMs"] is not None), key=lambda run: run[{"makespan": "makespanMs"}.get(order, order)])
        found += differences(len(runs), len(own), f"{name} runs")
        for a, b in zip(mine, theirs, strict=True):
            found += differences({"workflow": a["workflow"], "makespanMs": a["makespan"], "taskCount": a["taskCount"], "memory": a["memory"]}, b, name)
    return found


def amounts(comparison, arm):
    return sorted(run["amount"] for block in comparison["blocks"] for run in block[arm]["runs"])


def hold(arms, listed, comparisons):
    found = per_run(arms, listed)
    contrasts = {metric: contrast(arms, metric) for metric in METRICS}
    judge([one for one in contrasts.values() if one is not None])
    for metric, mine in contrasts.items():
        theirs = next(own for own in comparisons if own["metric"] == metric)
        if mine is None:
            found += differences(None, theirs["overall"]["ratio"], f"{metric} is not recorded")
            continue
        found += differences(mine, theirs["overall"], metric)
        for runs, arm in zip(arms, ("baseline", "candidate")):
            found += differences(sorted(run[metric] for run in runs if run[metric] is not None), amounts(theirs, arm), f"{metric} {arm}")
    return found


if __name__ == "__main__":
    if sys.argv[1] == "pickle":
        write_pickle(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        engine, listed, compared, *folders = sys.argv[1:]
        arms = [[run for path in sorted(Path(folder).iterdir()) for run in READERS[engine](path)] for folder in folders]
        report(hold(arms, json.load(open(listed))["result"]["runs"], json.load(open(compared))["result"]["comparisons"]))
