#!/usr/bin/env python3
"""Independent reference for `wfa rank`, written from ANALYSES' description of the method and of the run record.

python3 rank_reference.py FILE... [--workflow NAME] [--arms NAME,NAME...] [--block KEY,KEY...] [RESULT.json]
Prints levels, changes against the best, p after Holm, ranks, regrets, blocks won, the front, the 2 x 2 and decisions by plan as
JSON; with a result of `wfa rank --format json` holds them against that instead and prints the largest relative difference.
A p is exact or left out: random arrangements cannot be recomputed. Corrected regrets are averages over seeded splits, so that the
generator (sfc32) is written down here once more.
"""
import itertools, json, math, statistics as st, sys
from collections import defaultdict
from scipy import stats
from compare_reference import FN, LIMIT, holm, interval, permute, read, sla_name
from differences import differences, report

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
                submitted=r["submission"]["dag_submission_time_ms"],
                predicted=(node or {}).get("task_completion_time_ms"),
                **{m: FN[m](r)[0] for m in METRICS}))
    return sorted(runs, key=lambda r: r["submitted"])


def sfc32(seed):
    """Doty-Humphrey 2010, as a generator of numbers in [0, 1)."""
    m = 0xFFFFFFFF
    a, b, c, counter = 0x9E3779B9, 0x243F6A88, seed & m, 1
    for i in itertools.count():
        out = (a + b + counter) & m
        counter = (counter + 1) & m
        a, b, c = b ^ (b >> 9), (c + (c << 3)) & m, ((((c << 21) | (c >> 11)) & m) + out) & m
        if i >= 15:
            yield out / 2 ** 32


def split_choice(cells, random):
    """Mean log distance of each arm from the one chosen on the other half of the runs, over 100 splits in both directions."""
    if any(len(c) < 2 for c in cells):
        return None
    cells, above = [list(c) for c in cells], [0.0] * len(cells)
    totals = [math.fsum(c) for c in cells]
    for split in range(100):
        halves = ([], [])
        for arm, c in enumerate(cells):
            n = (len(c) + (split + arm) % 2) >> 1
            for i in range(n):
                j = i + math.floor(next(random) * (len(c) - i))
                c[i], c[j] = c[j], c[i]
            halves[0].append(st.fmean(c[:n]))
            halves[1].append((totals[arm] - math.fsum(c[:n])) / (len(c) - n))
        for choosing, judging in (halves, halves[::-1]):
            # Recorded GB-seconds are halves: arms tie, and all of the best are chosen.
            best = st.fmean(y for x, y in zip(choosing, judging) if x <= min(choosing) + 1e-12)
            above = [x + (y - best) / 200 for x, y in zip(above, judging)]
    return above


def judge(cells, arms, best):
    """Every pair with its interval and exact p; p is 1 where it is not tested, None where it is not exact."""
    pairs = {}
    for one, other in itertools.combinations(arms, 2):
        strata = [(c[one], c[other]) for c in cells]
        iv = interval(strata)
        D = st.fmean(st.fmean(b) - st.fmean(a) for a, b in strata)
        excludes = iv["lo"] is not None and (iv["lo"] > 0 or iv["hi"] < 0)
        p = 1.0
        if best in (one, other) or excludes:
            count = math.prod(math.comb(len(a) + len(b), len(b)) for a, b in strata)
            p = permute(strata, D, 0)["pValue"] if count <= LIMIT else None
        pairs[one, other] = dict(D=D, excludes=excludes, p=p, tested=best in (one, other) or excludes)
    return pairs


def tell(families):
    """Holm over all pairs of all metrics; adds `adjusted` and `better`, and says whether all p are exact."""
    flat = [pair for pairs in families for pair in pairs.items()]
    if any(pair["p"] is None for _, pair in flat):
        return False
    for ((one, other), pair), p in zip(flat, holm([pair["p"] for _, pair in flat])):
        told = pair["excludes"] and p < .05
        pair.update(adjusted=p if pair["tested"] else None, better=(other if pair["D"] < 0 else one) if told else None)
    return True


def front(blocks, arms, scope):
    """Status of every arm on the plane of makespan and resource usage, in the blocks that have both of all arms."""
    both = METRICS[0], METRICS[2]
    cells = [{m: {a: [math.log(r[m]) for r in b[a] if r[m]] for a in arms} for m in both} for b in blocks]
    cells = [c for c in cells if all(c[m][a] for m in both for a in arms)]
    if not cells:
        return []
    level = {m: {a: st.fmean(st.fmean(c[m][a]) for c in cells) for a in arms} for m in both}
    families = [judge([c[m] for c in cells], arms, min(arms, key=level[m].get)) for m in both]
    is_exact = tell(families)
    out = []
    for a in arms:
        own = [level[m][a] for m in both]
        beaten = any(all(level[m][o] <= x for m, x in zip(both, own)) and any(level[m][o] < x for m, x in zip(both, own)) for o in arms)
        surely = is_exact and any(
            one["better"] is not None and one["better"] == families[1][key]["better"] and a in key and one["better"] != a
            for key, one in families[0].items())
        status = "dominated-for-certain" if surely else "dominated" if beaten else "front"
        # Without an exact p a dominated arm may be so for certain.
        out.append(dict(scope=scope, arm=a, blockCount=len(cells), makespan=math.exp(own[0]), cost=math.exp(own[1]),
                        **({} if status == "dominated" and not is_exact else dict(status=status))))
    return out


def rank(runs, keys, named, seed):
    counts = defaultdict(int)
    for r in runs:
        counts[r["planner"]] += 1
    arms = named or sorted(a for a in counts if counts[a] >= 2)
    blocks = defaultdict(lambda: defaultdict(list))
    for r in runs:
        if r["planner"] in arms:
            blocks[tuple(r[k] for k in keys)][r["planner"]].append(r)
    common = {k: b for k, b in sorted(blocks.items()) if len(b) == len(arms)}
    out = dict(blockCount=len(common), arms={}, factorial={})
    families = []
    for m in METRICS:
        cells = [{a: [math.log(r[m]) for r in b[a] if r[m]] for a in arms} for b in common.values()]
        cells = [c for c in cells if all(c.values())]
        level = {a: st.fmean(st.fmean(c[a]) for c in cells) for a in arms}
        best = min(arms, key=level.get)
        families.append(judge(cells, arms, best))
        random = sfc32(seed)
        splits = [split_choice([c[a] for a in arms], random) for c in cells]
        for a in arms:
            iv = interval([(c[best], c[a]) for c in cells])
            regret = [math.expm1(st.fmean(c[a]) - min(map(st.fmean, c.values()))) for c in cells]
            out["arms"].setdefault(a, {})[m] = dict(
                level=math.exp(level[a]), changeFromBestFraction=math.expm1(level[a] - level[best]),
                ciLow=None if a == best or iv["lo"] is None else math.expm1(iv["lo"]),
                ciHigh=None if a == best or iv["hi"] is None else math.expm1(iv["hi"]),
                regretMeanFraction=st.fmean(regret), regretWorstFraction=max(regret),
                blocksWon=sum(x <= 1e-12 for x in regret), blockCount=len(cells),
                **corrected([s and math.expm1(s[arms.index(a)]) for s in splits]))
        four = ["UniformPlanner", "UniformPlanner-opt", "NonUniformPlanner", "NonUniformPlanner-opt"]
        if not set(four) <= set(arms):
            continue
        held = [{a: [math.log(r[m]) for r in b.get(a, []) if r[m]] for a in four} for b in blocks.values()]
        held = [c for c in held if all(c.values())]
        out["factorial"][m] = {name: effect(held, four, w) for name, w in dict(
            planner=[-.5, -.5, .5, .5], optimizations=[-.5, .5, -.5, .5], interaction=[1, -1, -1, 1]).items()}
    if tell(families):
        for m, pairs in zip(METRICS, families):
            best = min(arms, key=lambda a: out["arms"][a][m]["level"])
            better = [(pair["better"], set(key) - {pair["better"]}) for key, pair in pairs.items() if pair["better"] is not None]
            for a in arms:
                out["arms"][a][m].update(
                    rankLow=1 + sum(a in worse for _, worse in better), rankHigh=len(arms) - sum(a == b for b, _ in better),
                    pAdjusted=next((pair["adjusted"] for key, pair in pairs.items() if a != best and {a, best} == set(key)), None))
    groups = defaultdict(list)
    for key, b in common.items():
        groups[key[:2] if keys[:2] == ["workflow", "structure"] else key[:1]].append(b)
    out["pareto"] = front(common.values(), arms, "overall")
    if len(groups) > 1:
        assert len({key[0] for key in groups}) == len(groups), "a workflow of two structures is named by both"
        out["pareto"] += [point for key, own in groups.items() for point in front(own, arms, key[0])]
    out["decisions"] = decide(runs, arms)
    return out


def corrected(regrets):
    if None in regrets:
        return dict(regretCorrected=None, regretCorrectedLow=None, regretCorrectedHigh=None)
    k, mean = len(regrets), st.fmean(regrets)
    half = stats.t.ppf(.975, k - 1) * st.stdev(regrets) / math.sqrt(k) if k >= 3 else None
    clip = lambda x: max(0.0, x)
    return dict(regretCorrected=clip(mean), regretCorrectedLow=half and clip(mean - half), regretCorrectedHigh=half and clip(mean + half))


def effect(held, four, w):
    d = [sum(x * st.fmean(c[a]) for x, a in zip(w, four)) for c in held]
    k, D = len(d), st.fmean(d)
    flat = [len(c[a]) for c in held for a in four]
    ones = flat.count(1)
    if not (5 * ones >= len(flat) and k >= 3):
        return dict(changeFraction=math.expm1(D))
    half = stats.t.ppf(.975, k - 1) * math.sqrt(st.variance(d) / k)
    o = abs(sum(d)) * (1 - 1e-10) - 1e-13
    if k > 17:
        random = sfc32(SEED)
        p = (1 + sum(abs(sum(x if next(random) < .5 else -x for x in d)) >= o for _ in range(9999))) / 10000
    else:
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


if __name__ == "__main__":
    args, asked = sys.argv[1:], {}
    for flag in ("--workflow", "--arms", "--block"):
        if flag in args:
            at = args.index(flag)
            asked[flag], args = args[at + 1], args[:at] + args[at + 2:]
    said = json.load(open(args.pop())) if args[-1].endswith(".json") else None
    SEED = said["seed"] if said else 42
    runs = [r for r in load(args) if asked.get("--workflow", r["workflow"]) == r["workflow"]]
    keys = asked.get("--block", "workflow,structure,sla").split(",")
    ours = rank(runs, keys, asked["--arms"].split(",") if "--arms" in asked else None, SEED)
    if said is None:
        print(json.dumps(ours, indent=1))
    else:
        result = said["result"]
        theirs = dict(result, arms={a["arm"]: a["metrics"] for a in result["arms"]})
        report(differences(ours, theirs))
