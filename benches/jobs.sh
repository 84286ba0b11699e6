#!/usr/bin/env bash
# What a second job is worth: a day of baseline.toml's market with a tenth of
# its homes, in replicates, at one job and at two, in turn, three times.
#
#   benches/jobs.sh [REPLICATES]       8 if not said otherwise
#
# Two efficiencies: by the clock, which needs an idle machine; and by the
# processor's time, which does not: what one job takes over what two take
# together, for the same work, as though both were busy to the end. SIM names a
# binary to use instead of building one.
set -euo pipefail
cd "$(dirname "$0")/.."
replicates=${1:-8}
if [ -z "${SIM:-}" ]; then
    cargo build --locked --release
    SIM=target/release/connect-sim
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Seconds by the clock, and of the processor.
seconds() {
    rm -rf "$scratch/run"
    TIMEFORMAT='%R %U %S'
    { time "$SIM" run scenarios/baseline.toml --set time.days=1 --set producers.count=100 \
        --set buyers.count=200 --replicates "$replicates" --jobs "$1" --quiet \
        --out "$scratch/run" >"$scratch/log" 2>&1; } 2>&1 | awk '{ print $1, $2 + $3 }'
}

printf '%-7s%12s%12s%14s%14s%14s%18s\n' round "1 job, s" "2 jobs, s" "processor, s" "processor, s" \
    "by the clock" "by the processor"
for round in 1 2 3; do
    read -r clock_1 worked_1 < <(seconds 1)
    read -r clock_2 worked_2 < <(seconds 2)
    awk -v r=$round -v c1="$clock_1" -v c2="$clock_2" -v w1="$worked_1" -v w2="$worked_2" 'BEGIN {
        printf "%-7d%12.2f%12.2f%14.2f%14.2f%14.2f%18.2f\n", r, c1, c2, w1, w2, c1 / c2 / 2, w1 / w2 }'
done
