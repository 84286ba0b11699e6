#!/bin/sh
# Holds contracts/simnet/recorded.json, which `cargo test` compares our costs
# with, against Clarinet's simnet. Needs Node 20 and npm. With --record it
# writes the file anew, as is due when a contract or calls.json has changed.
set -eu
cd "$(dirname "$0")"
npm ci --silent --no-audit --no-fund
exec node costs.mjs "${1:---check}"
