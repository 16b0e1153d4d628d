#!/usr/bin/env python3
"""Independent reference for `wfa compare`, written from the description of the method and of the run record alone,
without sight of the TypeScript.

python3 compare_reference.py BASELINE_PLANNER CANDIDATE_PLANNER FILE... [--block workflow,structure,sla,day] [--metric KEY]...
    [--against RESULT.json]     (what `wfa compare … --format json` says: prints how many figures were compared, and how far off)
"""
import argparse, gzip, itertools, json, math, statistics, sys
from collections import Counter, defaultdict
from datetime import datetime, timezone
import numpy as np
import scipy
from scipy import stats
from differences import differences, report

LIMIT, B, SEED, ALPHA, M_EQ = 200_000, 9_999, 20261123, 0.05, 0.02
TOL = 1e-12
METRICS = ["makespan", "execution-time", "resource-usage"]
UNITS = {"resource-usage": "GB-s", "workers": "count", "cold-starts": "count", "warm-starts": "count", "bytes-uploaded": "bytes"}


# ------------------------------------------------------------------ records
def read(path):
    with open(path, "rb") as f:
        raw = f.read()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    text = raw.decode("utf-8").strip()
    if text.startswith("["):
        return json.loads(text)
    return [json.loads(l) for l in text.splitlines() if l.strip()]


def num(x):
    return x if isinstance(x, (int, float)) and not isinstance(x, bool) and math.isfinite(x) else None


def metric_makespan(r):
    sub = num((r.get("submission") or {}).get("dag_submission_time_ms"))
    if sub is None:
        return None, "no submission time"
    for t in r["tasks"]:
        if t["internal_task_id"] == r["dag"]["sink_node_id"]:
            m = t.get("metrics")
            if not m:
                break
            exec_start = m["started_at_timestamp_s"] * 1000 + (
                num((m.get("input_metrics") or {}).get("tp_total_time_waiting_for_inputs_ms")) or 0)
            ex = num(m.get("tp_execution_time_ms"))
            if ex is None:
                break
            out = exec_start + ex + (num((m.get("output_metrics") or {}).get("tp_time_ms")) or 0)
            return out - sub, None
    return None, "sink task has no metrics"


def metric_exec(r):
    have = {t["internal_task_id"]: t["metrics"] for t in r["tasks"] if t.get("metrics")}
    tot = 0.0
    for n in r["dag"]["nodes"]:
        m = have.get(n["id"])
        if m is None or num(m.get("tp_execution_time_ms")) is None:
            return None, "a task has no metrics"
        tot += m["tp_execution_time_ms"]
    return tot, None


def metric_res(r):
    ru = r.get("resource_usage")
    if not ru:
        return None, "no resource usage"
    g = num(ru.get("gb_seconds"))
    if g is None:
        mb = num(ru.get("memory_bytes"))
        if mb is None:
            return None, "no resource usage"
        g = mb / 2**30
    if g == 0:
        return None, "resource usage is 0: not measured"
    return g, None


def over_tasks(amount_of):
    def metric(r):
        have = {t["internal_task_id"]: t["metrics"] for t in r["tasks"] if t.get("metrics")}
        if any(n["id"] not in have for n in r["dag"]["nodes"]):
            return None, "a task has no metrics"
        return math.fsum(amount_of(m) for m in have.values()), None
    return metric


def download_ms(m):
    return math.fsum(i["time_ms"] or 0 for i in m["input_metrics"]["input_download_metrics"].values())


def uploaded_bytes(m):
    return 0 if m["output_metrics"]["tp_time_ms"] is None else m["output_metrics"]["serialized_size_bytes"]


def metric_startup(r):
    if any(s["end_time_ms"] is None for s in r["worker_startups"]):
        return None, "a start-up never ended"
    return math.fsum(s["end_time_ms"] - s["start_time_ms"] for s in r["worker_startups"]), None


def starts(state):
    def metric(r):
        if any(s["state"] is None for s in r["worker_startups"]):
            return None, "a start-up never ended"
        return sum(s["state"] == state for s in r["worker_startups"]), None
    return metric


FN = {"makespan": metric_makespan, "execution-time": metric_exec, "resource-usage": metric_res,
      "download-time": over_tasks(download_ms), "upload-time": over_tasks(lambda m: m["output_metrics"]["tp_time_ms"] or 0),
      "bytes-uploaded": over_tasks(uploaded_bytes), "startup-time": metric_startup,
      "dependency-update-time": over_tasks(lambda m: m["update_dependency_counters_time_ms"] or 0),
      "workers": lambda r: (len(r["worker_startups"]), None), "cold-starts": starts("cold"), "warm-starts": starts("warm")}
KEYS = {"workflow": lambda r: r["dag_name"], "structure": lambda r: r["dag"]["master_dag_structure_hash"],
        "sla": lambda r: sla_name(r["plan"]["sla"]),
        "day": lambda r: datetime.fromtimestamp(r["submission"]["dag_submission_time_ms"] / 1000, timezone.utc).date().isoformat()}


def sla_name(s):
    if isinstance(s, dict):
        p = s["percentile"]
        return "p%g" % p
    return s


# ------------------------------------------------------------------ estimate
def cells_to_var(cells, k):
    """cells: list of (n, s2 or None). -> (Var D, nu, pooled s2 or None, number of single cells)"""
    multi = [(n, s2) for n, s2 in cells if n >= 2]
    singles = sum(1 for n, _ in cells if n == 1)
    comps = [(s2 / (n * k * k), n - 1) for n, s2 in multi]
    s2p = None
    if singles:
        df = sum(n - 1 for n, _ in multi)
        s2p = sum((n - 1) * s2 for n, s2 in multi) / df
        comps.append((s2p * singles / (k * k), df))
    var = math.fsum(v for v, _ in comps)
    den = math.fsum(v * v / d for v, d in comps)
    return var, (var * var / den if den > 0 else None), s2p, singles


def choose(sizes):
    """sizes: list of (nA, nB). The rule by design: 'welch', 'welch-borrowed', 'paired-t' or 'none'."""
    k = len(sizes)
    flat = [n for ab in sizes for n in ab]
    ones = flat.count(1)
    single_arm = all(a == 1 for a, _ in sizes) or all(b == 1 for _, b in sizes)
    if ones == 0:
        return "welch"
    if k >= 3 and (5 * ones >= len(flat) or single_arm):
        return "paired-t"
    if sum(n - 1 for n in flat) >= 4 and not single_arm:
        return "welch-borrowed"
    return "none"


def varies(variance, samples):
    """False for what rounding leaves of figures that are equal."""
    return math.sqrt(variance) > 1e-12 * max(abs(x) for sample in samples for x in sample)


def difference(a, b):
    """Of the means; 0 where it is rounding."""
    d = statistics.fmean(b) - statistics.fmean(a)
    return d if abs(d) > 1e-12 * max(abs(statistics.fmean(a)), abs(statistics.fmean(b))) else 0.0


def interval(blocks):
    """blocks: list of (yA, yB) lists of logs. -> dict"""
    k = len(blocks)
    d = [difference(a, b) for a, b in blocks]
    D = math.fsum(d) / k
    method = choose([(len(a), len(b)) for a, b in blocks])
    out = dict(D=D, d=d, var=None, nu=None, method=method)
    if method == "paired-t":
        out.update(var=statistics.variance(d) / k, nu=k - 1.0)
    elif method != "none":
        cells = [(len(c), statistics.variance(c) if len(c) > 1 else None) for ab in blocks for c in ab]
        out["var"], out["nu"], _, _ = cells_to_var(cells, k)
    if out["var"] is not None and not varies(out["var"], [c for ab in blocks for c in ab]):
        out.update(var=None, nu=None, method="none")
    out["lo"] = out["hi"] = None
    if out["var"] is not None:
        half = stats.t.ppf(.975, out["nu"]) * math.sqrt(out["var"])
        out.update(lo=D - half, hi=D + half)
    return out


def by_workflow(names, keys, logs):
    """A row per workflow x structure, and the analysis of variance of the blocks' differences by workflow."""
    rows, groups = [], defaultdict(list)
    if "workflow" not in names:
        return [], None
    at = lambda key, name: key[names.index(name)] if name in names else None
    for key, block in zip(keys, logs):
        groups[at(key, "workflow"), at(key, "structure")].append(block)
    for (w, h), blocks in sorted(groups.items(), key=str):
        iv = interval(blocks)
        rows.append({"workflow": w, "structure": h, "blockCount": len(blocks), "changeFraction": fr(iv["D"]),
                     "ciLow": fr(iv["lo"]), "ciHigh": fr(iv["hi"]), "intervalMethod": iv["method"],
                     "degreesOfFreedom": iv["nu"]})
    by = defaultdict(list)
    for key, (a, b) in zip(keys, logs):
        by[at(key, "workflow")].append(difference(a, b))
    g = list(by.values())
    inter = None
    within = sum(len(x) for x in g) - len(g)
    if len(g) >= 2 and within > 0 and varies(sum((len(x) - 1) * statistics.variance(x) for x in g if len(x) > 1) / within, g):
        f = stats.f_oneway(*g)
        means = [statistics.fmean(x) for x in g]
        inter = {"fStatistic": float(f.statistic), "degreesOfFreedom": [len(g) - 1, sum(map(len, g)) - len(g)],
                 "pValue": float(f.pvalue), "opposite": min(means) < 0 < max(means)}
    return rows, inter


def loss(cells, all_cells):
    """cells: figures by block, all_cells: planned runs by block, both ([...], [...])."""
    both = {b: v for b, v in all_cells.items() if v[0] and v[1]}
    n = [sum(len(v[i]) for v in both.values()) for i in (0, 1)]
    m = [sum(len(cells.get(b, ([], []))[i]) for b in both) for i in (0, 1)]
    p = stats.fisher_exact([[m[0], n[0] - m[0]], [m[1], n[1] - m[1]]]).pvalue
    worst = []
    for b, v in both.items():
        x, y = ([*cells.get(b, ([], []))[i]] + [math.inf] * (len(v[i]) - len(cells.get(b, ([], []))[i])) for i in (0, 1))
        worst.append(sum((c < a) + .5 * (c == a) for a in x for c in y) / (len(x) * len(y)))
    side = lambda i: {"measured": m[i], "missing": n[i] - m[i]}
    return {"baseline": side(0), "candidate": side(1), "pValue": float(p), "worstRankProbability": statistics.fmean(worst)}


# --------------------------------------------------------------- permutation
def block_arrangements(a, b):
    """all (d*, w*) of one block; w* = d(d*)/d(shift of candidate). Logs are centred (d* does not depend on it)."""
    mu = statistics.fmean(list(a) + list(b))
    z = [x - mu for x in a] + [x - mu for x in b]
    na, nb = len(a), len(b)
    tot, ds, ws = math.fsum(z), [], []
    for cand in itertools.combinations(range(na + nb), nb):
        sc = math.fsum(z[i] for i in cand)
        q = sum(1 for i in cand if i >= na)          # true candidate runs labelled candidate
        ds.append(sc / nb - (tot - sc) / na)
        ws.append(q / nb - (nb - q) / na)
    return np.array(ds), np.array(ws)


def outer(list_of_vecs):
    acc = np.zeros(1)
    for v in list_of_vecs:
        acc = (acc[:, None] + v[None, :]).ravel()
    return acc


def theta_ends(D, Dstar, w):
    """{theta: |D*-theta w| >= |D-theta|} = [lo, hi] (contains D); unbounded for w = +-1 (identity, full swap)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t1 = (D - Dstar) / (1 - w)
        t2 = (D + Dstar) / (1 + w)
    lo, hi = np.minimum(t1, t2), np.maximum(t1, t2)
    un = np.abs(w) > 1 - 1e-9
    lo[un], hi[un] = -np.inf, np.inf
    return lo, hi


def ci_from_ends(lo, hi, alpha=ALPHA):
    """{theta: p(theta) > alpha}, p(theta) = #{[lo,hi] holds theta}/N, monotone on each side of D."""
    N = len(lo)
    i = math.floor(alpha * N + 1e-9)                  # need more than alpha*N arrangements
    L = np.partition(lo, i)[i]
    H = -np.partition(-hi, i)[i]
    return (float(L) if np.isfinite(L) else None), (float(H) if np.isfinite(H) else None)


class Split:
    """exact count of |sum| >= c for large numbers of arrangements, by meeting in the middle."""
    def __init__(self, per):
        per = sorted(per, key=lambda t: -len(t[0]))
        g = [[], []]; s = [1, 1]
        for t in per:
            j = 0 if s[0] <= s[1] else 1
            g[j].append(t); s[j] *= len(t[0])
        self.size = max(s)
        self.N = s[0] * s[1]
        if self.size <= 4_000_000:
            self.d = [outer([t[0] for t in x]) for x in g]
            self.w = [outer([t[1] for t in x]) for x in g]

    def p(self, theta, k, Dobs, tol=TOL):
        a = self.d[0] - theta * self.w[0]
        b = np.sort(self.d[1] - theta * self.w[1])
        c = abs(Dobs - theta) * k
        c -= c * tol + 1e-13                           # absolute slack: sums of k centred logs
        cnt = int((len(b) - np.searchsorted(b, c - a, "left")).sum())
        cnt += int(np.searchsorted(b, -c - a, "right").sum())
        return min(cnt, self.N) / self.N if c > 0 else 1.0

    def ci_end(self, k, Dobs, sign):
        far = Dobs + sign * 50.0
        if self.p(far, k, Dobs) > ALPHA:
            return None
        a, b = Dobs, far
        for _ in range(100):
            m = (a + b) / 2
            if self.p(m, k, Dobs) > ALPHA: a = m
            else: b = m
            if abs(b - a) < 1e-12: break
        return (a + b) / 2


def permute(blocks, D, metric_index, with_full=False):
    """with_full: beside sampled arrangements also the exact values of all of them, by meeting in the middle."""
    k = len(blocks)
    per = [block_arrangements(a, b) for a, b in blocks]
    N = math.prod(math.comb(len(a) + len(b), len(b)) for a, b in blocks)
    out = dict(arrangements=N, exact=N <= LIMIT)
    if N <= LIMIT:
        Ds, W = outer([t[0] for t in per]) / k, outer([t[1] for t in per]) / k
        assert len(Ds) == N
        cnt = int((np.abs(Ds) >= abs(D) * (1 - TOL)).sum())
        out["pValue"] = cnt / N
        out["countAtLeast"] = cnt
        # is the count sensitive to the tolerance?
        out["countByTolerance"] = {str(t): int((np.abs(Ds) >= abs(D) * (1 - t)).sum()) for t in (0, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9)}
        lo, hi = theta_ends(D, Ds, W)
        out["ci"] = ci_from_ends(lo, hi)
    else:
        rng = np.random.default_rng([SEED, metric_index])
        Ds, W = np.zeros(B), np.zeros(B)
        for d, w in per:                               # independent uniform arrangement in every block
            i = rng.integers(0, len(d), B)
            Ds += d[i]; W += w[i]
        Ds /= k; W /= k
        cnt = int((np.abs(Ds) >= abs(D) * (1 - TOL)).sum())
        out["pValue"] = (1 + cnt) / (B + 1)
        out["countAtLeast"] = cnt
        lo, hi = theta_ends(D, np.append(Ds, D), np.append(W, 1.0))
        out["ci"] = ci_from_ends(lo, hi)
        out["pMonteCarloStandardError"] = math.sqrt(out["pValue"] * (1 - out["pValue"]) / B)
    sp = Split(per) if with_full else None
    if sp and sp.size <= 4_000_000:
        assert sp.N == N
        out["full"] = dict(p=sp.p(0.0, k, D), lo=sp.ci_end(k, D, -1), hi=sp.ci_end(k, D, +1))
    return out


def holm(ps):
    m = len(ps)
    order = sorted(range(m), key=lambda i: ps[i])
    adj, run = [None] * m, 0.0
    for r, i in enumerate(order):
        run = max(run, min(1.0, (m - r) * ps[i]))
        adj[i] = run
    return adj


def fr(x):
    return None if x is None else math.expm1(x)


# ------------------------------------------------------------------ joint
def cov(u, v):
    mu, mv = statistics.fmean(u), statistics.fmean(v)
    return math.fsum((x - mu) * (y - mv) for x, y in zip(u, v)) / (len(u) - 1)


def joint(runsA, runsB):
    """makespan x resource usage from runs that have both, both positive."""
    blk = {}
    for arm, rs in ((0, runsA), (1, runsB)):
        for r in rs:
            x, y = r["makespan"], r["resource-usage"]
            if x is not None and y is not None and x > 0 and y > 0:
                blk.setdefault(r["block"], ([], []))[arm].append((math.log(x), math.log(y)))
    blk = {b: v for b, v in sorted(blk.items()) if v[0] and v[1]}
    k = len(blk)
    if not k:
        return None
    res = {"blockCount": k, "runCountBaseline": sum(len(v[0]) for v in blk.values()),
           "runCountCandidate": sum(len(v[1]) for v in blk.values())}
    ints = [interval([([p[m] for p in a], [p[m] for p in b]) for a, b in blk.values()]) for m in (0, 1)]
    res["logRatios"] = {"makespan": ints[0]["D"], "resource-usage": ints[1]["D"]}
    if ints[0]["var"] is None:
        res.update(covariance=None)
        return res
    cells = [c for v in blk.values() for c in v]
    if ints[0]["method"] == "paired-t":
        c12 = cov(ints[0]["d"], ints[1]["d"]) / k
    else:
        multi = [c for c in cells if len(c) > 1]
        cc = [cov([p[0] for p in c], [p[1] for p in c]) for c in multi]
        c12 = sum(q / len(c) for q, c in zip(cc, multi)) / k**2
        singles = len(cells) - len(multi)
        if singles:
            c12 += sum((len(c) - 1) * q for q, c in zip(cc, multi)) / sum(len(c) - 1 for c in multi) * singles / k**2
    v1, v2 = ints[0]["var"], ints[1]["var"]
    S = np.array([[v1, c12], [c12, v2]])
    ev, vec = np.linalg.eigh(S)
    res.update(method=ints[0]["method"], varianceMakespan=v1, varianceResourceUsage=v2, covariance=c12,
               correlation=c12 / math.sqrt(v1 * v2) if v1 > 0 and v2 > 0 else None,
               degreesOfFreedom={"makespan": ints[0]["nu"], "resource-usage": ints[1]["nu"]},
               eigenvalues=[float(x) for x in ev[::-1]],
               majorAxisAngleRadians=0.5 * math.atan2(2 * c12, v1 - v2))
    e = {"chiSquared": {"radiusSquared": float(stats.chi2.ppf(.95, 2))}}
    nu = min(ints[0]["nu"], ints[1]["nu"])
    e["F(2, nu), nu=min"] = {"radiusSquared": float(2 * stats.f.ppf(.95, 2, nu))}
    if nu > 1:
        e["Hotelling 2nu/(nu-1) F(2, nu-1), nu=min"] = {"radiusSquared": float(2 * nu / (nu - 1) * stats.f.ppf(.95, 2, nu - 1))}
    for v in e.values():
        v["semiAxes"] = [math.sqrt(max(0.0, float(x)) * v["radiusSquared"]) for x in ev[::-1]]
    res["ellipse95"] = e
    return res


# ------------------------------------------------------------------ main
def contrast(c, metric_index, names, used, with_full):
    """Fills in what the blocks in which both arms have figures say; logs only where all figures are positive."""
    logs = [([math.log(x) for x in a], [math.log(x) for x in b]) for a, b in used.values()]
    iv = interval(logs)
    D, var, nu = iv["D"], iv["var"], iv["nu"]
    lo, hi, mde = iv["lo"], iv["hi"], None
    if var is not None:
        mde = math.expm1((stats.t.ppf(.975, nu) + stats.t.ppf(.80, nu)) * math.sqrt(var))
    pm = permute(logs, D, metric_index, with_full)
    workflows, interaction = by_workflow(names, list(used), logs)
    pairs = [(x, y) for a, b in used.values() for x in a for y in b]
    at = lambda key, name: key[names.index(name)] if name in names else None
    c.update(ratio=math.exp(D), logRatio=D, changeFraction=math.expm1(D), ciLow=fr(lo), ciHigh=fr(hi),
             degreesOfFreedom=nu, logVariance=var, intervalMethod=iv["method"],
             levelBaseline=math.exp(statistics.fmean(statistics.fmean(a) for a, _ in logs)),
             levelCandidate=math.exp(statistics.fmean(statistics.fmean(b) for _, b in logs)),
             workflows=workflows, interaction=interaction,
             blocksAgreeing=sum(1 for x in iv["d"] if x * D > 0 or x == D == 0),
             pValue=pm["pValue"], pAdjusted=None, exact=pm["exact"], arrangements=pm["arrangements"],
             permutationCiLow=fr(pm["ci"][0]), permutationCiHigh=fr(pm["ci"][1]),
             minimalDetectableFraction=mde, outcome=None,
             extra={"countAtLeast": pm["countAtLeast"], "countByTolerance": pm.get("countByTolerance"),
                    "pMonteCarloStandardError": pm.get("pMonteCarloStandardError"),
                    "fullEnumeration": None if "full" not in pm else {
                        "pValue": pm["full"]["p"], "permutationCiLow": fr(pm["full"]["lo"]),
                        "permutationCiHigh": fr(pm["full"]["hi"])},
                    "probabilityCandidateLowerWithinBlocks":
                        sum((y < x) + .5 * (y == x) for x, y in pairs) / len(pairs)},
             blocks=[{"workflow": at(b, "workflow"), "structureHash": at(b, "structure"), "sla": at(b, "sla"),
                      "nBaseline": len(v[0]), "nCandidate": len(v[1]),
                      "geometricMeanBaseline": math.exp(statistics.fmean(la)), "geometricMeanCandidate": math.exp(statistics.fmean(lb)),
                      "ratio": math.exp(statistics.fmean(lb) - statistics.fmean(la)),
                      "medianBaseline": statistics.median(v[0]), "medianCandidate": statistics.median(v[1])}
                     for (b, v), (la, lb) in zip(used.items(), logs)])
    return pm["pValue"]


def judge(compared):
    """compared: [(comparison, p or None)]"""
    for (c, _), a in zip(compared, holm([p for _, p in compared])):
        c["pAdjusted"] = a
        lo, hi = c["ciLow"], c["ciHigh"]
        if lo is not None and (lo > 0 or hi < 0): c["outcome"] = "different" if a < .05 else "hint"
        elif lo is not None and lo >= -M_EQ and hi <= M_EQ: c["outcome"] = "equivalent"
        else: c["outcome"] = "inconclusive"
        c["extra"]["footnotePermutationSmallButIntervalHolds1"] = bool(a < .05 and c["ciLow"] is not None and c["ciLow"] <= 0 <= c["ciHigh"])
    if compared and all(c["extra"]["fullEnumeration"] for c, _ in compared):
        for (c, _), a in zip(compared, holm([c["extra"]["fullEnumeration"]["pValue"] for c, _ in compared])):
            c["extra"]["fullEnumeration"]["pAdjusted"] = a


def read_arms(base, cand, files, names, metrics):
    ledger, arms, seen = Counter(), {base: [], cand: []}, set()
    for r in (r for f in files for r in read(f)):
        rid = r["master_dag_id"]
        if rid in seen:
            ledger["duplicate run id"] += 1
            continue
        seen.add(rid)
        if not r.get("plan"):
            ledger["run without plan"] += 1
            continue
        pn = r["plan"]["planner_name"]
        if pn not in arms:
            ledger["other planner"] += 1
            continue
        q = {"id": rid, "block": tuple(KEYS[name](r) for name in names),
             "t": num((r.get("submission") or {}).get("dag_submission_time_ms"))}
        for m in dict.fromkeys([*metrics, "makespan", "resource-usage"]):
            q[m], why = FN[m](r)
            if why and m in metrics:
                ledger[f"{m}: {why} ({pn})"] += 1
        arms[pn].append(q)
    return arms, ledger


def by_block(arms, figure_of):
    cells = defaultdict(lambda: ([], []))
    for arm, runs in enumerate(arms.values()):
        for q in runs:
            if figure_of(q) is not None:
                cells[q["block"]][arm].append(figure_of(q))
    return cells


def main(base, cand, files, names=("workflow", "structure", "sla"), metrics=METRICS, with_full=True):
    arms, ledger = read_arms(base, cand, files, names, metrics)
    planned = by_block(arms, lambda q: q)
    comps, ps = [], []
    for mi, m in enumerate(metrics):
        cells = by_block(arms, lambda q: q[m])
        used = {b: v for b, v in sorted(cells.items()) if v[0] and v[1]}
        pool = [[q[m] for q in runs if q[m] is not None] for runs in arms.values()]
        median = [statistics.median(p) if p else None for p in pool]
        c = {"metric": m, "unit": UNITS.get(m, "ms"), "blockCount": len(used), "loss": loss(cells, planned),
             "pooledMedianBaseline": median[0], "pooledMedianCandidate": median[1],
             "pooledMedianRatio": median[1] / median[0] if all(pool) and median[0] > 0 else None,
             "runCountBaseline": sum(len(a) for a, _ in used.values()),
             "runCountCandidate": sum(len(b) for _, b in used.values()), "ratio": None, "pValue": None}
        comps.append(c)
        if used and all(x > 0 for v in used.values() for arm in v for x in arm):
            ps.append((c, contrast(c, mi, names, used, with_full)))
            c["extra"]["blocksLeftOut"] = [[*b, len(v[0]), len(v[1])] for b, v in sorted(cells.items()) if b not in used]
    judge(ps)
    ta, tb = [[q["t"] for q in runs if q["t"] is not None] for runs in arms.values()]
    auc = sum((y > x) + .5 * (y == x) for x in ta for y in tb) / (len(ta) * len(tb)) if ta and tb else None
    return {"reference": {"scipy": scipy.__version__, "numpy": np.__version__, "seed": SEED, "permutations": B, "equivalence": M_EQ},
            "baseline": base, "candidate": cand, "files": files, "comparisons": comps,
            "joint": joint(arms[base], arms[cand]),
            "runsInArms": {"baseline": len(arms[base]), "candidate": len(arms[cand])},
            "submissionTimeAuc": auc, "ledger": dict(sorted(ledger.items()))}


# --------------------------------------------------------------- comparison
OWN = ["changeFraction", "ciLow", "ciHigh", "degreesOfFreedom", "logVariance", "intervalMethod", "minimalDetectableFraction",
       "levelBaseline", "levelCandidate", "blocksAgreeing"]
ALWAYS = ["ratio", "blockCount", "pooledMedianBaseline", "pooledMedianCandidate", "pooledMedianRatio", "runCountBaseline",
          "runCountCandidate", "loss"]
EXACT = ["pValue", "permutationCiLow", "permutationCiHigh"]


def hold(reference, result):
    found = []
    exact = all(c.get("exact", True) for c in reference["comparisons"])
    for c in reference["comparisons"]:
        own = next(x for x in result["comparisons"] if x["metric"] == c["metric"])
        o, name = own["overall"], c["metric"]
        keys = ALWAYS + ([] if c["ratio"] is None else OWN + (EXACT if c["exact"] else []))
        found += differences({k: c[k] for k in keys}, o, name)
        if c["ratio"] is None:
            found.append((f"{name}: no workflows", 0.0 if own["workflows"] == [] and own["interaction"] is None else math.inf))
            continue
        if exact and all(x["ratio"] is not None for x in reference["comparisons"]):
            found += differences({k: c[k] for k in ("pAdjusted", "outcome")}, o, name)
        rows = sorted(own["workflows"], key=lambda w: str((w["workflow"], w["structure"])))
        found += differences(c["workflows"], rows, f"{name}.workflows")
        found += differences(c["interaction"], own["interaction"], f"{name}.interaction")
    if not {"makespan", "resource-usage"} <= {c["metric"] for c in reference["comparisons"]}:
        return found
    j = reference["joint"]
    nu = j and j.get("degreesOfFreedom") and min(j["degreesOfFreedom"].values())
    if nu is not None and nu >= 2:
        own = result["joint"][0]
        found += differences([j["varianceMakespan"], j["covariance"], j["varianceResourceUsage"], j["correlation"], nu],
                             [own["covariance"]["makespan"], own["covariance"]["both"], own["covariance"]["resourceUsage"],
                              own["correlation"], own["degreesOfFreedom"]], "joint")
    else:
        found.append(("no joint", 0.0 if result["joint"] == [] else math.inf))
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    for name, extra in (("baseline", {}), ("candidate", {}), ("files", {"nargs": "+"}), ("--block", {"default": "workflow,structure,sla"}),
                        ("--metric", {"action": "append"}), ("--against", {})):
        parser.add_argument(name, **extra)
    asked = parser.parse_args()
    reference = main(asked.baseline, asked.candidate, asked.files, asked.block.split(","), asked.metric or METRICS, asked.against is None)
    if asked.against is None:
        json.dump(reference, sys.stdout, indent=1, allow_nan=False)
        print()
    else:
        with open(asked.against) as file:
            found = hold(reference, json.load(file)["result"])
        report(found)
