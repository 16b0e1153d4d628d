"""What `wfa workers` says of a platform's own log, computed from the log alone (Python 3.11).

python3 platform_logs_reference.py LOG RESULT.json: LOG is REPORT text or a document of get-query-results; the result is that of
`wfa workers --prices aws-lambda-x86 --format json`.
"""
import json
import statistics
import sys
from datetime import datetime, timezone

from differences import differences, report

USD_PER_GB_SECOND, USD_PER_REQUEST = 0.0000166667, 0.2e-6


def from_report(line):
    at, _, rest = line.partition(" ")
    fields = dict(part.strip().split(": ") for part in rest[rest.index("REPORT ") + 7:].split("\t") if part.strip())
    number = lambda name: float(fields[name].split(" ")[0]) if name in fields else None
    return datetime.fromisoformat(at).timestamp() * 1000, [
        number(n) for n in ("Duration", "Billed Duration", "Memory Size", "Max Memory Used", "Init Duration")]


def from_result(result):
    fields = {cell["field"]: cell["value"] for cell in result}
    at = datetime.strptime(fields["@timestamp"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=timezone.utc)
    number = lambda name, unit: float(fields[name]) / unit if name in fields else None
    return at.timestamp() * 1000, [number("@duration", 1), number("@billedDuration", 1), number("@memorySize", 1e6),
                                   number("@maxMemoryUsed", 1e6), number("@initDuration", 1)]


def read(text):
    if text.startswith("{"):
        return [from_result(result) for result in json.loads(text)["results"]]
    return [from_report(line) for line in text.splitlines() if "REPORT RequestId" in line]


rows = read(open(sys.argv[1]).read())
inits = [init for _, (*_, init) in rows if init is not None]
used = [used / size for _, (_, _, size, used, _) in rows if used is not None]
billed = [(ms, size) for _, (_, ms, size, _, _) in rows if ms is not None]
gb_seconds = sum(size / 1024 * ms / 1000 for ms, size in billed)
execution, requests = gb_seconds * USD_PER_GB_SECOND, len(billed) * USD_PER_REQUEST
result = json.load(open(sys.argv[2]))["result"]
found = differences({
    "counts": {"invocationCount": len(rows), "coldCount": len(inits)},
    "memoryUse": {"recordedCount": len(used), "recordedFraction": len(used) / len(rows),
                  "medianFraction": statistics.median(used), "maxFraction": max(used)},
    "bill": {"billedGbSeconds": gb_seconds, "executionUsd": execution, "requestsUsd": requests,
             "totalUsd": execution + requests, "billedCount": len(billed), "unbilledCount": len(rows) - len(billed)},
}, result)
cold = next(own for own in result["startups"] if own["state"] == "cold")
found += differences({"count": len(inits), "medianMs": statistics.median(inits)}, cold, "startups")
ends = sorted(at for at, _ in rows)
found += differences(ends, sorted(own["endAtMs"] for own in result["invocations"]), "invocations.endAtMs")
report(found)
# A start-up is the difference of two instants, which are doubles of ms since 1970: exact to a quarter of a thousandth.
bound = lambda path: 1e-5 if path.startswith("startups") else 1e-9
assert all(difference < bound(path) for path, difference in found), [d for d in found if d[1] >= bound(d[0])][:5]
