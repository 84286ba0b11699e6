#!/usr/bin/env bash
# Which share of a run's instructions the Clarity virtual machine takes, with
# the store and the metering that it calls: a day of baseline.toml's market,
# with a tenth of its homes, under valgrind.
#
#   benches/machine_share.sh [--set KEY=VALUE]...
#
# SIM names a binary to use instead of building one.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || {
    echo "valgrind is needed to count instructions (apt-get install valgrind)" >&2
    exit 2
}
if [ -z "${SIM:-}" ]; then
    cargo build --locked --release
    SIM=target/release/connect-sim
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
valgrind --tool=callgrind --callgrind-out-file="$scratch/out" "$SIM" run scenarios/baseline.toml \
    --set time.days=1 --set producers.count=100 --set buyers.count=200 "$@" \
    --replicates 1 --jobs 1 --quiet --out "$scratch/run" 2>"$scratch/log" ||
    { cat "$scratch/log" >&2; exit 1; }
callgrind_annotate --inclusive=yes --threshold=99.9 "$scratch/out" >"$scratch/table"
callgrind_annotate --threshold=100 "$scratch/out" >"$scratch/own"
[ -n "${KEEP:-}" ] && cp "$scratch/table" "$scratch/own" "$KEEP"
awk '
    function number(text) { gsub(/[,()%]/, "", text); return text + 0 }
    /PROGRAM TOTALS/ { all = number($1) }
    /execute_in_machine/ && !/closure/ { inside += number($1) }
    END {
        if (!all || !inside) { print "the profile names no machine" > "/dev/stderr"; exit 1 }
        printf "%d instructions, %.1f %% in the virtual machine\n", all, 100 * inside / all
    }' "$scratch/table"
