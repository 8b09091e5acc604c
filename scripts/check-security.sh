#!/usr/bin/env bash
# Lists the promises of docs/security.md with their tests. Fails if one has neither a test with its number in the
# name nor a reason why it needs none, or if a number has no row.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

last=98
tests=$(grep -rhoE 'fn (s[0-9]{2}_)+[a-z0-9_]+' src | cut -c 4-)
problems=0
tested=0
reasons=0
count=0
for ((number = 1; number <= last; number++)); do
    id=$(printf '%02d' "$number")
    row=$(grep -E "^\| S-$id \|" docs/security.md || true)
    if [ "$(grep -c . <<<"$row")" -ne 1 ]; then
        echo "  S-$id has no row of its own in docs/security.md"
        problems=$((problems + 1))
        continue
    fi
    how=$(cut -d '|' -f 4 <<<"$row" | sed 's/^ *//; s/ *$//')
    mine=$(grep -E "(^|_)s${id}_" <<<"$tests" || true)
    case $how in
        tests)
            if [ -z "$mine" ]; then
                echo "  S-$id has no test"
                problems=$((problems + 1))
            else
                tested=$((tested + 1))
                count=$((count + $(grep -c . <<<"$mine")))
                printf 'S-%s  %s\n' "$id" "$(paste -sd ' ' <<<"$mine")"
            fi
            ;;
        "does not apply: "?*)
            reasons=$((reasons + 1))
            printf 'S-%s  (%s)\n' "$id" "$how"
            ;;
        *)
            echo "  S-$id: say 'tests' or 'does not apply: ' with the reason"
            problems=$((problems + 1))
            ;;
    esac
done
[ "$problems" -eq 0 ] || die "$problems promises are not kept, listed above"
echo "$tested promises with $count tests, $reasons that do not apply"
