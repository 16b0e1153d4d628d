#!/usr/bin/env bash
# What redis-cli --rdb - writes (Redis 7 and later: diskless by default) has the 40 characters of the transfer's end mark behind the snapshot; redis-check-rdb takes it. wfa: "goes on after the end of its Redis snapshot … An append-only file begins like a snapshot. Save a real one with redis-cli --rdb FILE". So redis-cli --rdb - | wfa import - cannot work.
# redis/redis#9135 (--rdb - made to work, without truncating the mark), #4811, #11261.
# Right: 40 hexadecimal digits behind the checksum are passed over (perhaps with line feeds); anything else stays an error.
# usage: NAME.sh WFA_BIN (…/bin/wfa.js, or an executable). Status 0: wfa behaves; 1: it misbehaves; 77: cannot be judged here.
set -u
W=${1:?usage: $0 WFA_BIN}
case $W in *js) wfa() { timeout 120 node "$W" "$@"; } ;; *) wfa() { timeout 120 "$W" "$@"; } ;; esac
D=$(mktemp -d); trap 'rm -rf "$D"' EXIT
export XDG_CACHE_HOME=$D/cache NO_COLOR=1 COLUMNS=120 TZ=UTC; unset FORCE_COLOR WFA_DATA
fail() { echo "FAIL: $*"; exit 1; }
skip() { echo "SKIP: $*"; exit 77; }
# edit JS: the records on stdin, each changed by a function body of (r, i); what it returns replaces the record, [] drops it
edit() { node -e 'const ls=require("fs").readFileSync(0,"utf8").split("\n").filter(Boolean);const f=new Function("r","i",process.argv[1]);for(const[i,l]of ls.entries()){const r=JSON.parse(l);const o=f(r,i);for(const x of o===undefined?[r]:[].concat(o))process.stdout.write((typeof x==="string"?x:JSON.stringify(x))+"\n")}' "$1"; }
# pick JS: an expression over the JSON on stdin (j)
pick() { node -e 'const j=JSON.parse(require("fs").readFileSync(0,"utf8"));console.log(new Function("j","return ("+process.argv[1]+")")(j))' "$1"; }
for r in "$(dirname "$W")/../test/fixtures/engine-store.rdb" "${WFA_RDB:-/nonexistent}" /nonexistent; do [ -f "$r" ] && break; done; [ -f "$r" ] || skip "no snapshot: set WFA_RDB"
wfa runs -d "$r" > "$D/want" 2>/dev/null || skip "the snapshot itself is not read"
{ cat "$r"; printf '2739aea6fc9e2a969660ff1d6e686c6d10113906'; } > "$D/eof.rdb"
wfa runs -d "$D/eof.rdb" > "$D/o" 2> "$D/e"; rc=$?; [ $rc = 0 ] && cmp -s "$D/want" "$D/o" || fail "status $rc: $(head -1 "$D/e")"
