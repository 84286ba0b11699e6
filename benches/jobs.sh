#!/usr/bin/env bash
# What a second job is worth: a day of baseline.toml's market with a tenth of
# its homes, in replicates, in turn at one job, at two, and by two programs side
# by side that know nothing of each other, with half of the replicates each.
#
#   benches/jobs.sh [REPLICATES [ROUNDS]]       16 in 5 rounds if not said otherwise
#
# Four efficiencies of the second job: by the clock, which needs an idle machine;
# busy, the share of the time by the clock that both jobs worked, which says what
# the program loses to waiting: for the last replicate, for reading and writing;
# by the processor's time, which does not: what one job takes over what two take
# together, for the same work, as though both were busy to the end; and beside two
# programs, which share the machine's caches and memory as two jobs do, and nothing
# else: below one is what the jobs lose to each other inside of the program. SIM
# names a binary to use instead of building one.
set -euo pipefail
cd "$(dirname "$0")/.."
replicates=${1:-16}
rounds=${2:-5}
if [ -z "${SIM:-}" ]; then
    cargo build --locked --release
    SIM=target/release/connect-sim
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Runs REPLICATES at JOBS into a directory of their own.
run() {
    rm -rf "$scratch/run-$3"
    "$SIM" run scenarios/baseline.toml --set time.days=1 --set producers.count=100 \
        --set buyers.count=200 --replicates "$1" --jobs "$2" --quiet \
        --out "$scratch/run-$3" >"$scratch/log-$3" 2>&1
}
side_by_side() {
    run $((replicates / 2)) 1 a &
    run $((replicates - replicates / 2)) 1 b
    wait $!
}
# Seconds by the clock, and of the processor.
seconds() {
    TIMEFORMAT='%R %U %S'
    { time "$@"; } 2>&1 | awk '{ print $1, $2 + $3 }'
}

printf '%-7s%12s%12s%17s%14s%8s%18s%20s\n' round "1 job, s" "2 jobs, s" "two programs, s" \
    "by the clock" busy "by the processor" "beside two programs"
for round in $(seq "$rounds"); do
    read -r clock_1 worked_1 < <(seconds run "$replicates" 1 a)
    read -r clock_2 worked_2 < <(seconds run "$replicates" 2 a)
    read -r apart _ < <(seconds side_by_side)
    awk -v r="$round" -v c1="$clock_1" -v c2="$clock_2" -v a="$apart" -v w1="$worked_1" -v w2="$worked_2" '
        BEGIN {
            printf "%-7d%12.2f%12.2f%17.2f%14.2f%8.2f%18.2f%20.2f\n",
                r, c1, c2, a, c1 / c2 / 2, w2 / c2 / 2, w1 / w2, a / c2 }' | tee -a "$scratch/rounds"
done
for column in 5 6 7 8; do
    sort -k"$column,$column" -g "$scratch/rounds" | awk -v c=$column '
        { value[NR] = $c } END { print (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2 }'
done | paste -s - | awk '{ printf "%-48s%14.2f%8.2f%18.2f%20.2f\n", "median", $1, $2, $3, $4 }'
