#!/usr/bin/env bash
# Counts what each case of `cargo bench --bench speed` takes in instructions,
# under valgrind, and holds it against instructions.csv. Instructions are the
# same on a busy machine and an idle one, unlike seconds. Exits with 1 where a
# case takes 3 % more than it did.
#
#   benches/instructions.sh            compare the cases that are written down
#   benches/instructions.sh CASE...    compare some, as purchase/off
#   benches/instructions.sh --write    count them and write instructions.csv
#
# The build is the development's, which `cargo test` has made already: what is
# looked for is change, and a release takes minutes to link. Another compiler
# makes other code, and another C library or processor goes other ways through
# it: there the counts are shown, it is said that nothing was compared, and nothing
# fails. SPEED names a bench binary to
# use instead of building one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/.."
record=$here/instructions.csv
most=3

command -v valgrind >/dev/null || {
    echo "valgrind is needed to count instructions (apt-get install valgrind)" >&2
    exit 2
}
speed=${SPEED:-$(cargo build --locked --bench speed --message-format=json 2>/dev/null |
    sed -n 's/.*"name":"speed".*"executable":"\([^"]*\)".*/\1/p' | tail -1)}
made_on="$(rustc --version | cut -d' ' -f1,2), $(getconf GNU_LIBC_VERSION 2>/dev/null || uname -s)"
made_on="$made_on, $(uname -m)$(grep -qsw avx2 /proc/cpuinfo && echo ' with AVX2' || true)"

write=false
[ "${1:-}" = "--write" ] && { write=true; shift; }
cases=("$@")
if [ ${#cases[@]} -eq 0 ]; then
    # Exact metering is the machine's own work, and long.
    mapfile -t cases < <("$speed" --cases | grep -v '/exact$')
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Writes the instructions of one call, tick or run into a file of its own.
count() {
    local out=$scratch/${1//\//-}
    valgrind --tool=callgrind --callgrind-out-file="$out.profile" --collect-atstart=no \
        --toggle-collect='*measured_work*' "$speed" --once "$1" \
        >"$out.done" 2>"$out.log" || { cat "$out.log" >&2; return 1; }
    local all
    all=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$out.log" | tail -1)
    echo $((all / $(tail -1 "$out.done"))) >"$out.count"
}
export -f count
export scratch speed
printf '%s\n' "${cases[@]}" | xargs -P "$(nproc)" -I{} bash -c 'count {}'

made_by=$(sed -n 's/^# //p' "$record" 2>/dev/null || true)
same=true
if ! $write && [ "$made_by" != "$made_on" ]; then
    same=false
    echo "NOT COMPARED: instructions were counted with \"$made_by\", and this is \"$made_on\"" >&2
fi

$write && { echo "# $made_on"; echo "case,instructions"; } >"$scratch/new"
slower=0
printf '%-28s %14s %14s %8s\n' "" before now change
for case in "${cases[@]}"; do
    now=$(<"$scratch/${case//\//-}.count")
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
if ! $same; then
    echo "NOT COMPARED: none of the ${#cases[@]} cases above was held against instructions.csv" >&2
fi
if $write; then
    cp "$scratch/new" "$record"
    exit 0
fi
if [ $slower -gt 0 ]; then
    echo "$slower cases take more than $most % more instructions; if that is meant: benches/instructions.sh --write" >&2
    exit 1
fi
