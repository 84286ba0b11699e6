#!/bin/sh
# Holds contracts/simnet/recorded.json, which `cargo test` compares our costs
# with, against Clarinet's simnet, and has it do the two thousand calls of
# trace.jsonl.gz, which `cargo test` does again. Needs Node 20 and npm. With
# --record it writes recorded.json anew, as is due when a contract or calls.json
# has changed; tests/library/oracle.rs says how the trace is.
set -eu
cd "$(dirname "$0")"
npm ci --silent --no-audit --no-fund
node costs.mjs "${1:---check}"
exec node replay.mjs trace.jsonl.gz
