#!/usr/bin/env bash
# Which share of a run's instructions the Clarity virtual machine takes, with
# the store and the metering that it calls: a day of baseline.toml's market,
# with a tenth of its homes, under valgrind.
#
#   benches/machine_share.sh [--set KEY=VALUE]...
#
# SIM names a binary to use instead of building one, which must have its
# functions' names; KEEP a file to keep valgrind's profile in.
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
profile=${KEEP:-$scratch/profile}
valgrind --tool=callgrind --callgrind-out-file="$profile" "$SIM" run scenarios/baseline.toml \
    --set time.days=1 --set producers.count=100 --set buyers.count=200 "$@" \
    --replicates 1 --jobs 1 --quiet --out "$scratch/run" 2>"$scratch/log" ||
    { cat "$scratch/log" >&2; exit 1; }
# The doors into the machine: a transaction, the deployment of a contract, and
# the reading of the cost functions. What is counted is the calls of a door from
# outside of all doors, with everything that they lead to.
awk '
    # A name stands behind its number once, and the number alone from then on.
    function name(text,  number) {
        sub(/^c?fn=/, "", text)
        number = text
        sub(/ .*/, "", number)
        if (index(text, " ")) { sub(/^[^ ]* /, "", text); names[number] = text }
        return names[number]
    }
    function is_door(of) {
        return of ~ /execute_in_machine|chain::vm::deploy::deploy|costs::exact::tracker/
    }
    /^fn=/ { caller = name($0); next }
    /^cfn=/ { callee = name($0); next }
    /^calls=/ { getline; if (is_door(callee) && !is_door(caller)) inside += $2; next }
    /^(summary|totals):/ { all = $2 }
    END {
        if (!all || !inside) { print "the profile names no machine" > "/dev/stderr"; exit 1 }
        printf "%.0f instructions, %.1f %% in the virtual machine\n", all, 100 * inside / all
    }' "$profile"
