#!/usr/bin/env bash
# Calls a second beside Clarinet's simnet (`@stacks/clarinet-sdk`): a run writes
# one trace, whose first calls are done again in the simnet and in ours, in
# turn, one thread each. Only the calls are timed, with the chain standing and
# all arguments read; the simnet tracks no costs, ours meters none. Fees are
# nothing, since the simnet takes none.
#
#   benches/peer.sh [CALLS]        5,000 if not said otherwise; at most some 6,000
#
# Needs Node 20 and npm. SIM and SPEED name binaries to use instead of building
# them.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
calls=${1:-5000}
for needed in node npm; do
    command -v $needed >/dev/null || { echo "$needed is needed for the simnet" >&2; exit 2; }
done
if [ -z "${SIM:-}" ]; then
    cargo build --locked --release
    SIM=target/release/connect-sim
fi
SPEED=${SPEED:-$(cargo bench --locked --bench speed --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"name":"speed".*"executable":"\([^"]*\)".*/\1/p' | tail -1)}
(cd contracts/simnet && npm ci --silent --no-audit --no-fund)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$SIM" run scenarios/baseline.toml --set time.days=2 --set producers.count=200 --set buyers.count=400 \
    --set network.costs='"off"' --set network.fee_ustx=0 --replicates 1 --trace --quiet --out "$scratch/run"
trace=$scratch/run/trace.jsonl

printf '%-7s%8s%18s%18s%8s\n' round calls "simnet, calls/s" "ours, calls/s" ratio
for round in 1 2 3; do
    node contracts/simnet/speed.mjs "$trace" "$calls" | sort >"$scratch/there"
    "$SPEED" --replay "$trace" "$calls" | sort >"$scratch/here"
    join "$scratch/there" "$scratch/here" >"$scratch/both"
    awk -v r="$round" -v n="$calls" '{ there += $3; here += $5; done += $2; again += $4 } END {
        if (done != n || again != n) { print "the trace has fewer than " n " calls" > "/dev/stderr"; exit 1 }
        printf "%-7d%8d%18.0f%18.0f%8.1f\n", r, n, n / there, n / here, there / here }' "$scratch/both"
    cat "$scratch/both" >>"$scratch/all"
done
echo
printf '%-24s%8s%18s%18s%8s\n' "function, all rounds" calls "simnet, calls/s" "ours, calls/s" ratio
awk '{ calls[$1] += $2; there[$1] += $3; here[$1] += $5 } END {
    for (name in calls) printf "%-24s%8d%18.0f%18.0f%8.1f\n", name, calls[name],
        calls[name] / there[name], calls[name] / here[name], there[name] / here[name] }' \
    "$scratch/all" | sort -k2,2 -rn
