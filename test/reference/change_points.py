"""The step of test/stats/change.test.ts by dense least squares at every place (numpy.linalg.pinv, scipy.stats.t)."""
import math
import numpy as np
from scipy import stats

planners, slas = "abcdbacddcbaabcdcabd", "xyzxyzzyxxzyxyzzxyxy"
n = 20
y = np.array([7 + math.sin(i * i) / 5 + (0 if i < 10 else math.log(10)) for i in range(n)])
dummies = [np.ones(n)] + [np.array([float(c == level) for c in text]) for text in (planners, slas) for level in sorted(set(text))[1:]]
best = None
for at in range(5, n - 4):
    x = np.column_stack(dummies + [np.arange(n) >= at]).astype(float)
    beta, hat = np.linalg.pinv(x) @ y, x @ np.linalg.pinv(x)
    rest, freedom = y - x @ beta, n - np.linalg.matrix_rank(x)
    variance = (rest @ rest) / freedom
    t = beta[-1] / math.sqrt(variance * np.linalg.pinv(x.T @ x)[-1, -1])
    if best is None or abs(t) > abs(best[0]):
        rho = (rest[1:] @ rest[:-1] / variance + np.trace(hat, offset=1)) / (n - 1) / (1 - 8 / n)
        best = (t, at, freedom, beta[-1], min(max(rho, 0), 0.95))
t, at, freedom, difference, rho = best
worth = (1 - rho) / (1 + rho)
print(at, repr(float(difference)), float(2 * stats.t.sf(abs(t) * math.sqrt(worth), freedom * worth) * (n - 9)), "rho", rho)
