#!/bin/bash
# A local file that is truncated or rewritten while it is read: status 0, SHA-256 and byteLength of something that was not analysed
. "$(dirname "$0")/_lib.sh"
for i in $(seq 1 40); do sed "s/\"master_dag_id\": *\"/&$i/" runs.ndjson; done > big.ndjson
size=$(stat -c %s big.ndjson); wfa runs -d big.ndjson -f json --no-cache >o.json 2>e & p=$!; sleep 0.45; truncate -s $((size/2)) big.ndjson; wait $p; rc=$?; echo "rc=$rc runs=$(jq .runCount o.json) issues=$(jq '.issues|length' o.json) byteLength=$(jq '.inputs[0].byteLength' o.json) of $((40*167)) runs; file is $((size/2)) bytes now"
[ $rc = 0 ] && [ "$(jq .runCount o.json)" -lt $((40*167)) ] && fail "a part of the runs, status 0"; ok "rc $rc"
