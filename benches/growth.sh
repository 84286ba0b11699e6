#!/usr/bin/env bash
# What a transaction takes as the market grows, and what a home takes in memory
# beyond the chain's own entries: half a day of baseline.toml's market at each
# size.
#
#   benches/growth.sh [HOMES...]
#
# SPEED names a bench binary to use instead of building one.
set -euo pipefail
cd "$(dirname "$0")/.."
speed=${SPEED:-$(cargo bench --locked --bench speed --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"name":"speed".*"executable":"\([^"]*\)".*/\1/p' | tail -1)}
sizes=("$@")
[ ${#sizes[@]} -gt 0 ] || sizes=(1000 3000 10000 30000 100000 300000)
printf '%8s %13s %10s %16s %8s %20s %12s\n' homes transactions seconds us/transaction ratio \
    "bytes/home, entries" "and beyond"
first=
for homes in "${sizes[@]}"; do
    IFS=, read -r _ _ transactions seconds memory entries < <("$speed" --growth "$homes")
    [ -n "$first" ] || first=$(awk -v s="$seconds" -v t="$transactions" 'BEGIN { print s / t }')
    awk -v h="$homes" -v t="$transactions" -v s="$seconds" -v m="$memory" -v e="$entries" \
        -v f="$first" 'BEGIN {
            printf "%8d %13d %10.1f %16.1f %8.2f %20.0f %12.0f\n",
                h, t, s, 1e6 * s / t, s / t / f, e / h, (m - e) / h }'
done
