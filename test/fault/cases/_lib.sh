# sourced: sets BIN, T (a scratch folder), RUNS (167 real runs as NDJSON); wfa() runs it
BIN=$(readlink -f "${1:?usage: NAME.sh WFA_BIN}"); T=$(mktemp -d); trap 'chmod -R u+rwx "$T" 2>/dev/null; rm -rf "$T"' EXIT
SAMPLES=$(dirname "$(readlink -f "$0")")/../../../samples
RUNS=$T/runs.ndjson; zcat "$SAMPLES/older.ndjson.gz" "$SAMPLES/newer.ndjson.gz" > "$RUNS"
export XDG_CACHE_HOME=$T/cache
wfa() { node "$BIN" "$@"; }
fail() { echo "MISBEHAVES: $*"; exit 1; }
ok() { echo "ok: $*"; exit 0; }
cd "$T"
