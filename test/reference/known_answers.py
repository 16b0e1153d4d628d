#!/usr/bin/env python3
"""Known answers for the tests of src/stats, computed with scipy. Run: python3 test/reference/known_answers.py > test/stats/known-answers.json"""
import json, math, sys
import numpy as np, scipy
from scipy import special, stats
F = float
P, DF = (0.8, 0.9, 0.95, 0.975, 0.995), (1, 1.5, 2, 2.7, 3.3, 5, 10.25, 30, 100, 1000.5)
o = {"scipy": scipy.__version__, "numpy": np.__version__}
o["tPpf"] = [{"p": p, "df": d, "value": F(stats.t.ppf(p, d))} for d in DF for p in P]
o["tCdf"] = [{"t": t, "df": d, "value": F(stats.t.cdf(t, d))}
             for t, d in [(-8, 1.5), (-3.2, 4.4), (-2, 1), (-0.5, 30), (0, 7), (0.001, 2.7), (0.5, 3.3), (1, 1), (1.96, 1000.5),
                          (2.5, 10.25), (4, 2), (12, 5), (40, 3.3)]]
o["betainc"] = [{"a": a, "b": b, "x": x, "value": F(special.betainc(a, b, x))} for a, b, x in [
    (.5, .5, .1), (.5, .5, .5), (.5, .5, .999), (1, 1, .3), (2, 3, .25), (2, 3, .9), (.75, .5, .01), (.75, .5, .7), (1.65, .5, .2), (1.65, .5, .95),
    (5.125, .5, .6), (15, .5, .8), (50, .5, .97), (500.25, .5, .9985), (10, 10, .5), (10, 10, .1), (100, 200, .35), (.1, 5, .001), (30, 2, .99), (3.5, 40, .02)]]
o["fPpf95"] = [{"d1": 2, "d2": d, "value": F(stats.f.ppf(.95, 2, d)), "closedForm": d / 2 * (0.05 ** (-2 / d) - 1)} for d in (2.5, 5, 17.3, 60)]
o["normPpf"] = [{"p": p, "value": F(stats.norm.ppf(p))} for p in P]

mw = []
for x, y in [([1.2, 3.4, 2.2, 5.1], [2.9, 6.0, 7.7]), ([1, 2, 2, 3, 4, 4], [2, 4, 5, 5, 1])]:
    r = stats.mannwhitneyu(x, y, alternative="two-sided", method="auto")
    U = F(r.statistic)
    mw.append({"x": x, "y": y, "U_x": U, "auc P(x>y)+P(x=y)/2": U / (len(x) * len(y)), "auc P(y>x)+P(x=y)/2": 1 - U / (len(x) * len(y)),
               "pTwoSided": F(r.pvalue), "pMethod": "scipy auto (exact when n<=8 and no ties, else asymptotic with continuity correction)"})
o["mannWhitney"] = mw

wel = []
for x, y in [([10.1, 12.3, 9.8, 11.0], [13.2, 15.1, 12.9]), ([0.2, 0.5], [0.9, 1.4]), ([100., 102, 98, 105, 97, 101], [99., 140, 61, 120, 88])]:
    r = stats.ttest_ind(x, y, equal_var=False); c = r.confidence_interval(.95)
    wel.append({"x": x, "y": y, "differenceMeanXMinusY": F(np.mean(x) - np.mean(y)), "t": F(r.statistic), "df": F(r.df), "p": F(r.pvalue), "ciLow": F(c.low), "ciHigh": F(c.high)})
o["welch"] = wel
x, y = [1.5, 2.1, 3.9, 5.2, 4.4], [1.0, 2.0, 3.0, 5.0, 4.9]
r = stats.ttest_rel(x, y); c = r.confidence_interval(.95)
o["pairedT"] = {"x": x, "y": y, "t": F(r.statistic), "df": F(r.df), "p": F(r.pvalue), "ciLow": F(c.low), "ciHigh": F(c.high)}

wi = []
for k, n in [(0, 10), (1, 10), (7, 10), (10, 10), (45, 50), (3, 7)]:
    z, p = F(stats.norm.ppf(.975)), k / n
    mid = (p + z * z / (2 * n)) / (1 + z * z / n)
    h = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    ci = stats.binomtest(k, n).proportion_ci(.95, method="wilson")
    ex = stats.binomtest(k, n).proportion_ci(.95, method="exact")
    wi.append({"k": k, "n": n, "handLow": mid - h, "handHigh": mid + h, "scipyLow": F(ci.low), "scipyHigh": F(ci.high),
               "clopperPearsonLow": F(ex.low), "clopperPearsonHigh": F(ex.high)})
    assert abs(wi[-1]["handLow"] - ci.low) < 1e-12 and abs(wi[-1]["handHigh"] - ci.high) < 1e-12
o["wilson95"] = wi
o["binomTest"] = [{"k": k, "n": n, "p": p, "twoSided": F(stats.binomtest(k, n, p).pvalue), "less": F(stats.binomtest(k, n, p, "less").pvalue),
                   "greater": F(stats.binomtest(k, n, p, "greater").pvalue)} for k, n, p in [(7, 10, .9), (45, 50, .9), (3, 12, .5), (18, 20, .75)]]
kt = []
for name, a, b in [("no ties", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [2, 1, 4, 3, 7, 5, 6, 10, 8, 9]), ("ties in y", [1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 3, 2, 3, 5, 4, 4]),
                   ("ties in both", [12, 2, 1, 12, 2], [1, 4, 7, 1, 0])]:
    r = stats.kendalltau(a, b)
    n = len(a)
    S = sum(int(np.sign((a[j] - a[i]) * (b[j] - b[i]))) for i in range(n) for j in range(i + 1, n))
    kt.append({"name": name, "x": a, "y": b, "S": S, "tauA": S / (n * (n - 1) / 2), "tauB": F(r.statistic), "p": F(r.pvalue), "pMethod": "scipy auto: exact without ties, else asymptotic"})
o["kendallTau"] = kt
# every t quantile checked: round trip through the cdf, and by 40-digit arithmetic where mpmath is installed
o["tPpfRoundTripMaxError"] = max(abs(F(stats.t.cdf(e["value"], e["df"])) - e["p"]) for e in o["tPpf"])
try:
    import mpmath as mp
    mp.mp.dps = 40
    def cdf(t, d):
        return 1 - mp.betainc(mp.mpf(d) / 2, mp.mpf(1) / 2, 0, mp.mpf(d) / (mp.mpf(d) + t * t), regularized=True) / 2
    err = 0
    for e in o["tPpf"]:
        v = mp.findroot(lambda t: cdf(t, e["df"]) - mp.mpf(e["p"]), mp.mpf(e["value"]))
        err = max(err, abs(F((v - mp.mpf(e["value"])) / v)))
    o["tPpfMaxRelativeErrorAgainstMpmath"] = err
    o["betaincMaxRelativeErrorAgainstMpmath"] = max(abs(F(mp.betainc(mp.mpf(e["a"]), mp.mpf(e["b"]), 0, mp.mpf(e["x"]), regularized=True) / mp.mpf(e["value"]) - 1)) for e in o["betainc"])
except ImportError:
    pass
json.dump(o, sys.stdout, indent=1, allow_nan=False); print()
