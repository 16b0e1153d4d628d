#!/bin/bash
# Standard output closed: nothing is written, status 0 ('runs written to standard output')
. "$(dirname "$0")/_lib.sh"
wfa convert runs.ndjson -o - >&-; rc=$?; [ $rc = 0 ] && fail "status 0"; ok
