"""Quantiles of two arms over blocks, from the words of the method: numpy and scipy 1.17.1 (binom). Prints what
test/stats/quantile-contrast.test.ts holds.

Each observation minus its block's level (the mean of the two cells' means); every block weighs the same. Lower bound of the difference:
a rank of the candidate minus a rank of the baseline whose tail probabilities sum to 2.5 % (half each, unless the outermost observation
needs more); counts are blocks times the arm's smallest cell. Run: python3 test/reference/quantile_reference.py
"""
import numpy as np
from scipy.stats import binom


def cell(block, arm, count):
    i = np.arange(count)
    return 2 * block + 0.3 * arm + ((i * i * 37 + i * 11 + 29 * block + 53 * arm) % 97) / 97


def bounds(n_from, n_off, p, tail=0.025):
    high_tail = min(max(tail / 2, p**n_off), tail - (1 - p) ** n_from)
    low_tail = tail - high_tail
    low = max(r for r in range(1, n_from + 1) if binom.cdf(r - 1, n_from, p) <= low_tail + 1e-12)
    high = min(r for r in range(1, n_off + 1) if binom.sf(r - 1, n_off, p) <= high_tail + 1e-12)
    return low, high


def up_to(values, weights, share):
    """The smallest value up to which the share of the weight lies."""
    order = np.argsort(values)
    return values[order][np.argmax(np.cumsum(weights[order]) >= share - 1e-9)]


def down_to(values, weights, share):
    """The smallest value with more than the share of the weight up to and including it."""
    order = np.argsort(values)
    return values[order][np.argmax(np.cumsum(weights[order]) > share + 1e-9)]


def contrast(sizes, p):
    arms = [[cell(b, a, n[a]) for b, n in enumerate(sizes)] for a in (0, 1)]
    levels = [(a.mean() + b.mean()) / 2 for a, b in zip(*arms)]
    z = [np.concatenate([c - l for c, l in zip(arm, levels)]) for arm in arms]
    w = [np.concatenate([np.full(len(c), 1 / len(c) / len(arm)) for c in arm]) for arm in arms]
    n = [len(arm) * min(map(len, arm)) for arm in arms]
    q = [(up_to(z[a], w[a], p) + down_to(z[a], w[a], p)) / 2 for a in (0, 1)]
    low = bounds(n[1], n[0], p)
    high = bounds(n[0], n[1], p)
    lo = lambda a, rank: down_to(z[a], w[a], (rank - 1) / n[a])
    hi = lambda a, rank: up_to(z[a], w[a], rank / n[a])
    return list(zip(n, q)), q[1] - q[0], lo(1, low[0]) - hi(0, low[1]), hi(1, high[1]) - lo(0, high[0])


if __name__ == "__main__":
    print(bounds(7, 7, 0.5), bounds(36, 36, 0.9), bounds(100, 60, 0.9))
    for sizes, p in (
        ([(9, 9)] * 4, 0.9),
        ([(12, 14), (13, 12), (15, 12), (12, 12)], 0.9),
        ([(1, 2), (3, 1), (2, 2), (1, 1), (2, 1), (1, 3), (1, 1), (2, 3)], 0.5),
        ([(20, 25), (24, 20), (30, 20), (20, 20)], 0.95),
    ):
        arms, *difference = contrast(sizes, p)
        print(sizes, p)
        for arm in arms:
            print("   arm", *(f"{x:.12g}" for x in arm))
        print("   difference", *(f"{x:.12g}" for x in difference))
