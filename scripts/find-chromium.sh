#!/usr/bin/env bash
# Prints the path of Chromium: $CHROMIUM if set, else the first one found on PATH.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
    [ -x "$CHROMIUM" ] || { echo "CHROMIUM=$CHROMIUM is not an executable" >&2; exit 1; }
    echo "$CHROMIUM"
    exit
fi
for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" && exit
done
echo "Chromium not found: install it, or set CHROMIUM to its path" >&2
exit 1
