#!/usr/bin/env bash
# Counts what each case of `cargo bench --bench speed` takes in instructions,
# under valgrind, and holds it against instructions.csv. Instructions are the
# same on a busy machine and an idle one, unlike seconds. Exits with 1 where a
# case takes 3 % more than it did.
#
#   benches/instructions.sh            compare all cases
#   benches/instructions.sh CASE...    compare some, as purchase/off
#   benches/instructions.sh --write    count all and write instructions.csv
#
# Another compiler makes other code: there the counts are shown and nothing
# fails. SPEED names a bench binary to use instead of building one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
record=$here/instructions.csv
most=3

command -v valgrind >/dev/null || {
    echo "valgrind is needed to count instructions (apt-get install valgrind)" >&2
    exit 2
}
speed=${SPEED:-$(cargo bench --locked --bench speed --no-run --message-format=json 2>/dev/null |
    sed -n 's/.*"name":"speed".*"executable":"\([^"]*\)".*/\1/p' | tail -1)}
compiler=$(rustc --version | cut -d' ' -f1,2)

write=false
[ "${1:-}" = "--write" ] && { write=true; shift; }
cases=("$@")
if [ ${#cases[@]} -eq 0 ]; then
    # Exact metering of ticks and runs is long and tells nothing new.
    mapfile -t cases < <("$speed" --cases | grep -vE '^(tick|tiny-run)/exact$')
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Instructions of one call, tick or run.
count() {
    valgrind --tool=callgrind --callgrind-out-file="$scratch/out" --collect-atstart=no \
        --toggle-collect='*measured_work*' "$speed" --once "$1" \
        >"$scratch/done" 2>"$scratch/log" || { cat "$scratch/log" >&2; exit 1; }
    local all
    all=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$scratch/log" | tail -1)
    echo $((all / $(tail -1 "$scratch/done")))
}

made_by=$(sed -n 's/^# //p' "$record" 2>/dev/null || true)
same=true
if ! $write && [ "$made_by" != "$compiler" ]; then
    same=false
    echo "counted before with \"$made_by\", now with \"$compiler\": shown, not compared"
fi

$write && { echo "# $compiler"; echo "case,instructions"; } >"$scratch/new"
slower=0
printf '%-28s %14s %14s %8s\n' "" before now change
for case in "${cases[@]}"; do
    now=$(count "$case")
    before=$(sed -n "s|^$case,||p" "$record" 2>/dev/null || true)
    change=-
    if [ -n "$before" ]; then
        change=$(awk -v a="$before" -v b="$now" 'BEGIN { printf "%+.1f %%", 100 * (b / a - 1) }')
        if $same && ! $write &&
            awk -v a="$before" -v b="$now" -v m=$most 'BEGIN { exit !(b > a * (1 + m / 100)) }'; then
            slower=$((slower + 1))
            change="$change  more than $most %"
        fi
    fi
    printf '%-28s %14s %14s %8s\n' "$case" "${before:--}" "$now" "$change"
    if $write; then echo "$case,$now" >>"$scratch/new"; fi
done
if $write; then
    cp "$scratch/new" "$record"
    exit 0
fi
if [ $slower -gt 0 ]; then
    echo "$slower cases take more than $most % more instructions; if that is meant: benches/instructions.sh --write" >&2
    exit 1
fi
