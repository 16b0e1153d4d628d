"""What `wfa backtest` says, computed again from the records by the description of the methods alone: the engine's predictor, how many stored
predictions it gives again, losses and skills of the strategies. Usage: backtest_reference.py RUNS.ndjson.gz SAID.json
Written for numpy 2 and scipy 1.17; prints how many figures it compared, and the largest relative difference."""

import gzip
import json
import sys
from collections import defaultdict

import numpy as np
from scipy import stats

TAUS = [0.5, 0.75, 0.9, 0.95]


def ended_at(run):
    ends = []
    for task in run["tasks"]:
        m = task["metrics"]
        wait = m["input_metrics"]["tp_total_time_waiting_for_inputs_ms"] or 0
        upload = (m["output_metrics"] or {}).get("tp_time_ms") or 0
        rest = (m["update_dependency_counters_time_ms"] or 0) + (m["total_invocation_time_ms"] or 0)
        ends.append(m["started_at_timestamp_s"] * 1000 + wait + m["tp_execution_time_ms"] + upload + rest)
    return max(ends) if ends else None


def observe(run):
    """(quantity, kind) -> [(ms, size, memory)]"""
    found = defaultdict(list)
    name = {n["id"]: n["func_name"] for n in run["dag"]["nodes"]}
    for task in run["tasks"]:
        m, kind = task["metrics"], name[task["internal_task_id"]]
        mb = m["worker_resource_configuration"]["memory_mb"]
        inputs = m["input_metrics"]["input_download_metrics"]
        size = sum(d["serialized_size_bytes"] for d in inputs.values()) + m["input_metrics"]["hardcoded_input_size_bytes"]
        if size > 0 and m["tp_execution_time_ms"] > 0:
            found["execution", kind].append((m["tp_execution_time_ms"], size, mb))
        for key, d in inputs.items():
            if d["time_ms"] and d["serialized_size_bytes"] > 0:
                found["download", name.get(key, "input of " + kind)].append((d["time_ms"], d["serialized_size_bytes"], mb))
        out = m["output_metrics"] or {}
        if out.get("tp_time_ms") and out["serialized_size_bytes"] > 0:
            found["upload", kind].append((out["tp_time_ms"], out["serialized_size_bytes"], mb))
    starts = run["worker_startups"]
    for s in starts:
        if s["state"] is None or s["end_time_ms"] is None or s["end_time_ms"] <= s["start_time_ms"]:
            continue
        at = s["start_time_ms"]
        under = [o for o in starts if o["state"] == "cold" and o["start_time_ms"] < at and (o["end_time_ms"] is None or o["end_time_ms"] > at)]
        found["startup", s["state"]].append((s["end_time_ms"] - at, len(under), s["resource_configuration"]["memory_mb"]))
    return found


def level_of(values, level):
    return float(np.mean(values)) if level == "average" else float(np.percentile(values, 100 * level))


def choose(samples, size, level):
    base = level_of([s for _, s in samples], level)
    for step in range(1, 21):
        near = [x for x in samples if size - base * 0.05 * step <= x[1] <= size + base * 0.05 * step]
        if len(near) >= 5:
            break
    else:
        return sorted(samples, key=lambda x: (abs(x[1] - size), x[0]))[:5]
    if len(near) <= 100:
        return near
    exact = [x for x in near if x[1] == size]
    below = sorted((x for x in near if x[1] < size), key=lambda x: (size - x[1], x[0]))
    above = sorted((x for x in near if x[1] > size), key=lambda x: (x[1] - size, x[0]))
    missing = max(0, 100 - len(exact))
    few = below[: missing // 2]
    more = above[: missing - len(few)]
    return exact + below[: missing - len(more)] + more


def engine(quantity, history, size, mb, level, least):
    """history: [(ms, size, memory)]"""
    if not history:
        return None
    rate = {"execution": lambda t, s: t / s, "startup": lambda t, s: t}.get(quantity, lambda t, s: s / t)
    same = [(rate(t, s), s) for t, s, m in history if m == mb]
    scale = (lambda m: (m / mb) ** 0.3) if quantity == "execution" else (lambda m: (mb / m) ** 0.3)
    samples = same if len(same) >= least else [(rate(t, s) * scale(m), s) for t, s, m in history]
    if quantity == "startup":
        return level_of([r for r, _ in samples], level)
    q = level_of([r for r, _ in choose(samples, size, level)], level)
    return q * size if quantity == "execution" else size / q


def weighted_quantile(values, weights, tau):
    order = np.argsort(values, kind="stable")
    v, w = np.asarray(values, float)[order], np.asarray(weights, float)[order]
    if len(v) == 1:
        return float(v[0])
    places = (np.cumsum(w) - w) / (w.sum() - w)
    places[-1] = 1
    return float(np.interp(tau, places, v))


def own_predictor(strategy, quantity, kind, past, planner, least):
    """A function (size, memory, tau) -> ms or None; past: runs that had ended, the oldest first."""
    own = [r for r in past if r["_planner"] == planner]
    if strategy.startswith("engine"):
        runs = past if quantity == "startup" else own
        if strategy == "engine-last-3":
            runs = runs[-3:]
        source = "download" if quantity == "upload" else quantity
        kinds = lambda k: k[0] == source and (source == "download" or k[1] == kind)
        history = [x for r in runs for k, xs in r["_found"].items() if kinds(k) for x in xs]
        turn = (lambda tau: 1 - tau) if strategy == "engine-reversed" else (lambda tau: tau)
        return lambda size, mb, tau: engine(quantity, history, size, mb, turn(tau), least)
    recent = list(reversed(past))[:50]
    if strategy == "latency-bandwidth":
        xs = [x for r in recent for k, all_ in r["_found"].items() if k[0] == quantity for x in all_][:60]
        if not xs:
            return lambda *_: None
        pairs = [(b[0] - a[0]) / (b[1] - a[1]) for i, a in enumerate(xs) for b in xs[i + 1 :] if a[1] != b[1]]
        slope = max(0, float(np.median(pairs)) if pairs else 0)
        left = [t - slope * s for t, s, _ in xs]
        return lambda size, mb, tau: max(0, float(np.percentile(left, 100 * tau)) + slope * size)
    weighed = [(x, 0.5 ** (age / 5)) for age, r in enumerate(recent) for x in r["_found"].get((quantity, kind), [])]
    if not weighed:
        return lambda *_: None
    t, s, m = (np.array(c, float) for c in zip(*(x for x, _ in weighed)))
    w = np.array([w for _, w in weighed])
    if strategy == "burst":
        slope = max(0, float(np.polyfit(s, t, 1)[0])) if np.ptp(s) > 0 else 0
        left = t - slope * s
        return lambda size, mb, tau: max(0, float(np.percentile(left, 100 * tau)) + slope * size)
    if strategy == "pooled-half-life-5":
        rates = t if quantity == "startup" else t / s
        return lambda size, mb, tau: weighted_quantile(rates, w, tau) * (1 if quantity == "startup" else size)
    if len(t) < 6:
        return lambda *_: None
    row = lambda size, mb: [1, np.log(mb)] if quantity == "startup" else [1, np.log(size), np.log(mb)]
    X, y = np.array([row(a, b) for a, b in zip(s, m)]), np.log(t)
    keep, square = [0], lambda x: float(w @ x**2)
    for c in range(1, X.shape[1]):
        centred = X[:, c] - np.average(X[:, c], weights=w)
        W = np.sqrt(w)
        rest = centred - X[:, keep] @ np.linalg.lstsq(X[:, keep] * W[:, None], centred * W, rcond=None)[0]
        # A column that hardly varies, or follows from those before it, says nothing.
        if square(centred) > 1e-10 * square(X[:, c]) and square(rest) > 1e-10 * square(centred):
            keep.append(c)
    beta = np.linalg.lstsq(X[:, keep] * np.sqrt(w)[:, None], y * np.sqrt(w), rcond=None)[0]
    left = y - X[:, keep] @ beta
    return lambda size, mb, tau: float(np.exp(np.array(row(size, mb))[keep] @ beta + weighted_quantile(left, w, tau)))


STRATEGIES = {
    q: ["engine", "engine-last-3", "pooled-half-life-5", "regression-half-life-5"] + more
    for q, more in {"execution": [], "download": ["latency-bandwidth", "engine-reversed"], "upload": ["latency-bandwidth", "engine-reversed"], "startup": ["burst"]}.items()
}


def main(runs_path, said_path):
    runs = [json.loads(line) for line in gzip.open(runs_path)]
    said = json.load(open(said_path))["result"]
    for r in runs:
        r["_at"], r["_end"], r["_found"] = int(r["master_dag_id"][:13]), ended_at(r), observe(r)
        r["_planner"] = (r["plan"] or {}).get("planner_name") or r["tasks"][0]["metrics"]["planner_used_name"]
    is_older = any("memory_bytes" in (r["resource_usage"] or {}) for r in runs)
    least = 5 if is_older else 6
    counts = defaultdict(lambda: [0, 0])
    tally = defaultdict(lambda: defaultdict(list))
    for r in sorted(runs, key=lambda r: (r["_at"], r["master_dag_id"])):
        hash_ = r["dag"]["master_dag_structure_hash"]
        past = sorted((q for q in runs if q["dag"]["master_dag_structure_hash"] == hash_ and q["_end"] and q["_end"] < r["_at"]), key=lambda q: (q["_end"], q["master_dag_id"]))
        replay(r, past, least, counts)
        if not any(q["_planner"] == r["_planner"] for q in past):
            continue
        for q in STRATEGIES:
            score(r, past, least, q, hash_, tally)
    figures = compare(said, counts, tally)
    worst = max(abs(a - b) / max(abs(a), abs(b), 1e-12) for a, b in figures)
    print(f"{len(figures)} figures, largest relative difference {worst:.3g}")


def replay(r, past, least, counts):
    plan = r["plan"]
    if not plan or "WUKONG" in plan["planner_name"]:
        return
    level = "average" if plan["sla"] == "average" else plan["sla"]["percentile"] / 100
    for n in r["dag"]["nodes"]:
        p, mb = plan["nodes_info"][n["id"]], n["worker_config"]["memory_mb"]
        for q, kind, size, stored in (
            ("execution", n["func_name"], p["serialized_input_size"], p["tp_exec_time_ms"]),
            ("upload", n["func_name"], p["uploadable_output_size_bytes"], p["tp_upload_time_ms"]),
            ("startup", p["worker_startup_state"], 0, p["tp_worker_startup_time_ms"]),
        ):
            if q != "execution" and not stored or q == "upload" and not size or q == "startup" and not kind:
                continue
            got = own_predictor("engine", q, kind, past, r["_planner"], least)(size, mb, level)
            counts[q][0] += 1
            counts[q][1] += got is not None and abs(got - stored) <= 1e-6 * abs(stored)


def score(r, past, least, q, hash_, tally):
    sums, total = defaultdict(float), 0.0
    covered, errors = defaultdict(int), defaultdict(list)
    items = 0
    for (quantity, kind), xs in r["_found"].items():
        if quantity != q:
            continue
        ways = {name: own_predictor(name, q, kind, past, r["_planner"], least) for name in STRATEGIES[q]}
        for t, size, mb in xs:
            base = ways["engine"](size, mb, 0.5)
            if base is None:
                continue
            total, items = total + t, items + 1
            for name, way in ways.items():
                for tau in TAUS:
                    p = way(size, mb, tau)
                    p = ways["engine"](size, mb, tau) if p is None else p
                    sums[name, tau] += (tau - (t < p)) * (t - p)
                    covered[name, tau] += t <= p
                    errors[name, tau].append(abs(p - t) / t)
    for key, loss in sums.items():
        tally[q, *key][r["dag_name"], hash_].append((loss / total, covered[key], items, errors[key]))


def compare(said, counts, tally):
    figures = []
    [fidelity] = said["fidelity"]
    for q, own in (("execution", fidelity), ("upload", fidelity["upload"]), ("startup", fidelity["startup"])):
        figures += [(own["predictedCount"], counts[q][0]), (own["exactCount"], counts[q][1])]
    for s in said["scores"]:
        q, name, tau = s["quantity"], s["strategy"], s["tau"]
        blocks, base = tally[q, name, tau], tally[q, "engine", tau]
        mean = lambda bs: float(np.mean([np.mean([x[0] for x in b]) for b in bs.values()]))
        loss, engine_loss = mean(blocks), mean(base)
        every = [x for b in blocks.values() for x in b]
        items = sum(x[2] for x in every)
        figures += [(s["loss"], loss), (s["lossEngine"], engine_loss), (1 + s["skillFraction"], 2 - loss / engine_loss)]
        figures += [(s["coverageFraction"], sum(x[1] for x in every) / items), (s["itemCount"], items), (s["runCount"], len(every))]
        figures.append((s["mdapeFraction"], float(np.median([e for x in every for e in x[3]]))))
        if s["ciLow"] is not None and s["intervalMethod"] == "welch":
            figures += [interval(s, blocks, base, loss / engine_loss, engine_loss)]
    return figures


def interval(s, blocks, base, ratio, engine_loss):
    """The half-width: Welch over the blocks' residuals, wider by their lag-1 autocorrelation."""
    residuals = [np.array([a[0] - ratio * b[0] for a, b in zip(blocks[k], base[k])]) for k in blocks]
    k = len(residuals)
    parts = [d.var(ddof=1) / len(d) / k**2 for d in residuals]
    nu = sum(parts) ** 2 / sum(p**2 / (len(d) - 1) for p, d in zip(parts, residuals))
    centred = [d - d.mean() for d in residuals]
    squares = sum(float(c @ c) for c in centred)
    products = sum(float(c[1:] @ c[:-1]) for c in centred)
    n, freedom = sum(map(len, residuals)), sum(len(d) - 1 for d in residuals)
    rho = (products / squares + sum((len(d) - 1) / len(d) for d in residuals) / freedom) * (1 + 4 * k / n)
    rho = min(max(rho, 0), 0.9)
    half = stats.t.ppf(0.975, nu) * np.sqrt(sum(parts) * (1 + rho) / (1 - rho)) / engine_loss
    return ((s["ciHigh"] - s["ciLow"]) / 2, half)


main(*sys.argv[1:])
