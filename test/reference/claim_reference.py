#!/usr/bin/env python3
"""Independent reference for `wfa claim`: the blocked change with its interval, and the ways of counting, in numpy and scipy.

python3 claim_reference.py BASELINE_PLANNER CANDIDATE_PLANNER FILE... > claim-answers.json
"""
import json, math, sys
from collections import defaultdict
import numpy as np
from scipy import stats
from compare_reference import FN, KEYS, interval, read

METRICS = ["makespan", "execution-time", "resource-usage"]


def change(a, b, f):
    return f(b) / f(a) - 1


def ways(of, workflow_of):
    """of: the two lists of (run, figure). -> {way: change}"""
    a, b = ([x for _, x in side] for side in of)
    groups = [defaultdict(list), defaultdict(list)]
    for side, group in zip(of, groups):
        for run, x in side:
            group[workflow_of(run)].append(x)
    shared = sorted(set(groups[0]) & set(groups[1]))
    pairs = [(groups[0][w], groups[1][w]) for w in shared]
    means = [np.mean([np.mean(p[i]) for p in pairs]) for i in (0, 1)]
    return {"pooled-medians": change(a, b, np.median), "pooled-means": change(a, b, np.mean), "sums": change(a, b, math.fsum),
            "workflow-means": means[1] / means[0] - 1,
            "workflow-changes": np.mean([change(x, y, np.mean) for x, y in pairs]),
            "workflow-median-changes": np.mean([change(x, y, np.median) for x, y in pairs])}


def blocked(of):
    blocks = [defaultdict(list), defaultdict(list)]
    for side, block in zip(of, blocks):
        for run, x in side:
            block[tuple(KEYS[k](run) for k in ("workflow", "structure", "sla"))].append(math.log(x))
    shared = sorted(set(blocks[0]) & set(blocks[1]))
    found = interval([(blocks[0][k], blocks[1][k]) for k in shared])
    half = stats.t.ppf(0.975, found["nu"]) * math.sqrt(found["var"]) if found["var"] else None
    low, high = (None, None) if half is None else (math.expm1(found["D"] - half), math.expm1(found["D"] + half))
    return {"changeFraction": math.expm1(found["D"]), "ciLow": low, "ciHigh": high, "blockCount": len(shared)}


def main(planners, files):
    runs = [r for f in files for r in read(f)]
    answers = {}
    for metric in METRICS:
        of = []
        for planner in planners:
            own = [(r, FN[metric](r)[0]) for r in runs if r.get("plan") and r["plan"]["planner_name"] == planner]
            of.append([(r, x) for r, x in own if x is not None])
        answers[metric] = {"blocked": blocked(of), "all": ways(of, KEYS["workflow"])}
        for key in ("workflow", "sla"):
            for name in sorted({KEYS[key](r) for side in of for r, _ in side}):
                part = [[(r, x) for r, x in side if KEYS[key](r) == name] for side in of]
                if all(part):
                    a, b = ([x for _, x in side] for side in part)
                    answers[metric][f"{key}={name}"] = {"pooled-medians": change(a, b, np.median), "pooled-means": change(a, b, np.mean)}
    return {"baseline": planners[0], "candidate": planners[1], "files": files, "answers": answers}


print(json.dumps(main(sys.argv[1:3], sys.argv[3:]), indent=1, default=float))
