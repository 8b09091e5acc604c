#!/usr/bin/env bash
# Prints where Chromium is: $CHROMIUM if set, else the first one found.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] || { echo "CHROMIUM=$CHROMIUM is no program" >&2; exit 1; }
    echo "$CHROMIUM"
    exit
fi
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && exit
done
echo "no Chromium found: install it, or set CHROMIUM to where it is" >&2
exit 1
