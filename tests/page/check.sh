#!/bin/sh
# Opens a dossier in headless Chromium at a phone's and a desk's width, in the
# light and in the dark, and fails on anything that a reader would stumble on.
# Usage: tests/page/check.sh PAGE… (needs chromium and Node; see check.mjs)
set -eu
for needed in node chromium; do
    command -v "$needed" >/dev/null || {
        echo "$needed is needed to check the page: on Debian, apt-get install chromium nodejs" >&2
        exit 1
    }
done
[ "$#" -gt 0 ] || { echo "usage: tests/page/check.sh PAGE…" >&2; exit 2; }
exec node "$(dirname "$0")/check.mjs" "$@"
