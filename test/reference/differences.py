"""Compares what a reference computed with what `wfa … --format json` says."""
import math


def differences(mine, theirs, path=""):
    """[(path, relative difference)] of all that `mine` holds; text, true, false and null have to be the same."""
    if isinstance(mine, dict):
        return [d for k, v in mine.items() for d in differences(v, theirs[k], f"{path}.{k}")]
    if isinstance(mine, (list, tuple)):
        assert len(mine) == len(theirs), (path, mine, theirs)
        return [d for i, (a, b) in enumerate(zip(mine, theirs)) for d in differences(a, b, f"{path}[{i}]")]
    is_number = lambda x: isinstance(x, (int, float)) and not isinstance(x, bool)
    if is_number(mine) and is_number(theirs):
        return [(path, abs(mine - theirs) / max(1, abs(mine)))]
    return [(path, 0.0 if mine == theirs else math.inf)]


def report(found):
    """Prints how many figures were compared, and the worst of them."""
    path, worst = max(found, key=lambda d: d[1])
    print(len(found), "figures, largest relative difference", worst, "of", path)
