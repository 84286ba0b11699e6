#!/bin/sh
# Makes the dossier in this directory anew, from a small market:
#   examples/dossier/make.sh [RESULT…]
# Results that are named join it. SIM names another build of the program, TO
# another directory to write to, so that the two can be compared.
set -eu
cd "$(dirname "$0")/../.."
sim=${SIM:-target/release/connect-sim}
[ -x "$sim" ] || cargo build --release --locked
out=results/dossier
here=${TO:-examples/dossier}
mkdir -p "$here"
make() {
    verb=$1
    shift
    "$sim" "$verb" "$@" --quiet --force --out "$out/$verb"
}
market() {
    verb=$1
    shift
    make "$verb" scenarios/baseline.toml --set producers.count=60 --set buyers.count=120 \
        --set time.days=3 "$@"
}
market compare --variant 'commission 5 %:market.commission_bps=500' --replicates 10
market run --replicates 5
make fuzz --calls 20000
set -- "$out/compare" "$out/run" "$out/fuzz" "$@"
"$sim" report "$@" --out "$here/report.html"
rm -rf "$here/report-charts"
"$sim" report "$@" --format md --out "$here/report.md"
