#!/usr/bin/env python3
"""Independent reference for `wfa rank`, written from ANALYSES' description of the method and of the run record.

python3 rank_reference.py FILE... [--result RESULT.json]
Prints levels, changes against the best, regrets, blocks won, the 2 x 2 and decisions by plan as JSON; with --result holds them
against a result of `wfa rank --format json` instead and prints the largest relative difference.
"""
import itertools, json, math, statistics as st, sys
from collections import defaultdict
from scipy import stats
from compare_reference import FN, choose, interval, read, sla_name

METRICS = ["makespan", "execution-time", "resource-usage"]


def gm(xs):
    return math.exp(st.fmean(map(math.log, xs)))


def load(files):
    runs = []
    for f in files:
        for r in read(f):
            plan = r.get("plan")
            if not plan:
                continue
            nodes = plan.get("nodes_info") or {}
            sink = r["dag"]["sink_node_id"]
            node = nodes.get(sink) if isinstance(nodes, dict) else next((n for n in nodes if n.get("id") == sink), None)
            runs.append(dict(
                planner=plan["planner_name"], sla=sla_name(plan["sla"]) if plan.get("sla") is not None else "none",
                workflow=r["dag_name"], structure=r["dag"]["master_dag_structure_hash"],
                predicted=(node or {}).get("task_completion_time_ms"),
                **{m: FN[m](r)[0] for m in METRICS}))
    return runs


def rank(runs):
    counts = defaultdict(int)
    for r in runs:
        counts[r["planner"]] += 1
    arms = sorted(a for a in counts if counts[a] >= 2)
    blocks = defaultdict(lambda: defaultdict(list))
    for r in runs:
        if r["planner"] in arms:
            blocks[r["workflow"], r["structure"], r["sla"]][r["planner"]].append(r)
    common = {k: b for k, b in sorted(blocks.items()) if len(b) == len(arms)}
    out = dict(blockCount=len(common), arms={}, factorial={})
    for m in METRICS:
        cells = [{a: [math.log(r[m]) for r in b[a] if r[m]] for a in arms} for b in common.values()]
        cells = [c for c in cells if all(c.values())]
        level = {a: st.fmean(st.fmean(c[a]) for c in cells) for a in arms}
        best = min(arms, key=level.get)
        for a in arms:
            iv = interval([(c[best], c[a]) for c in cells])
            regret = [math.expm1(st.fmean(c[a]) - min(map(st.fmean, c.values()))) for c in cells]
            out["arms"].setdefault(a, {})[m] = dict(
                level=math.exp(level[a]), changeFromBestFraction=math.expm1(level[a] - level[best]),
                ciLow=None if a == best or iv["lo"] is None else math.expm1(iv["lo"]),
                ciHigh=None if a == best or iv["hi"] is None else math.expm1(iv["hi"]),
                regretMeanFraction=st.fmean(regret), regretWorstFraction=max(regret),
                blocksWon=sum(x <= 1e-12 for x in regret), blockCount=len(cells))
        four = ["UniformPlanner", "UniformPlanner-opt", "NonUniformPlanner", "NonUniformPlanner-opt"]
        held = [{a: [math.log(r[m]) for r in b.get(a, []) if r[m]] for a in four} for b in blocks.values()]
        held = [c for c in held if all(c.values())]
        out["factorial"][m] = {name: effect(held, four, w) for name, w in dict(
            planner=[-.5, -.5, .5, .5], optimizations=[-.5, .5, -.5, .5], interaction=[1, -1, -1, 1]).items()}
    out["decisions"] = decide(runs, arms)
    return out


def effect(held, four, w):
    d = [sum(x * st.fmean(c[a]) for x, a in zip(w, four)) for c in held]
    k, D = len(d), st.fmean(d)
    flat = [len(c[a]) for c in held for a in four]
    ones = flat.count(1)
    assert 5 * ones >= len(flat) and k >= 3, "these data have mostly single cells"
    half = stats.t.ppf(.975, k - 1) * math.sqrt(st.variance(d) / k)
    p = None
    if k <= 17:
        o = abs(sum(d)) * (1 - 1e-10)
        p = sum(abs(sum(s * x for s, x in zip(ss, d))) >= o for ss in itertools.product((1, -1), repeat=k)) / 2 ** k
    return dict(changeFraction=math.expm1(D), ciLow=math.expm1(D - half), ciHigh=math.expm1(D + half), pValue=p)


def decide(runs, arms):
    groups = defaultdict(lambda: defaultdict(list))
    for r in runs:
        if r["planner"] in arms and "WUKONG" not in r["planner"] and r["predicted"] and r["makespan"]:
            groups[r["workflow"], r["structure"]][r["planner"]].append(r)
    pairs = right = 0
    regrets = []
    for g in groups.values():
        p = [(gm([r["predicted"] for r in rs]), gm([r["makespan"] for r in rs])) for rs in g.values() if len(rs) >= 2]
        if len(p) < 2:
            continue
        for (p1, a1), (p2, a2) in itertools.combinations(p, 2):
            pairs += 1
            right += (p1 < p2) == (a1 < a2)
        regrets.append(min(p)[1] / min(a for _, a in p) - 1)
    return dict(pairCount=pairs, orderedRightCount=right, regretMeanFraction=st.fmean(regrets))


def differences(ours, theirs, path=""):
    if isinstance(ours, dict):
        for key, value in ours.items():
            yield from differences(value, theirs[key], f"{path}.{key}")
    elif ours is None or theirs is None:
        # A p of random patterns cannot be recomputed.
        if not path.endswith("pValue"):
            yield (0 if ours is theirs else math.inf), path
    else:
        yield abs(ours - theirs) / max(1, abs(ours)), path


if __name__ == "__main__":
    files, result = sys.argv[1:], None
    if "--result" in files:
        at = files.index("--result")
        result, files = json.load(open(files[at + 1]))["result"], files[:at] + files[at + 2:]
    ours = rank(load(files))
    if result is None:
        print(json.dumps(ours, indent=1))
    else:
        theirs = dict(result, arms={a["arm"]: a["metrics"] for a in result["arms"]})
        worst, path = max(differences(ours, theirs))
        print(f"largest relative difference {worst:.2e} at {path[1:]}; {ours['decisions']}")
        sys.exit(worst > 1e-9)
