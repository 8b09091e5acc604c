#!/usr/bin/env bash
# Fails when the documentation and the code disagree: environment variables, make targets, links.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

problems=0
problem() {
    echo "  $*"
    problems=$((problems + 1))
}

# not_in A B: the lines of A that B lacks.
not_in() {
    comm -23 <(printf '%s\n' "$1" | sort -u) <(printf '%s\n' "$2" | sort -u)
}

name='[A-Z][A-Z0-9_]{3,}'
[ -f .env.example ] || die ".env.example is missing"
# An assignment, commented out or not.
in_example=$(sed -nE "s/^#? ?($name)=.*/\1/p" .env.example)
# The first cell of a table row: one or more names in backquotes.
in_tables=$(cat README.md docs/*.md 2>/dev/null | grep -E '^\| *`[A-Z]' | cut -d '|' -f 2 | grep -oE "\`$name\`" | tr -d '`' || true)
# Every name in quotes where the configuration is read, outside of its tests.
in_code=$(find src/config.rs src/config -name '*.rs' -not -name tests.rs -exec sed '/^#\[cfg(test)\]/,$d' {} ';' \
    | grep -oE "\"$name\"" | tr -d '"' || true)
# RUST_LOG is read by a crate.
in_code+=$'\n'RUST_LOG

for variable in $(not_in "$in_example" "$in_code"); do
    problem "$variable stands in .env.example, but the code does not read it"
done
for variable in $(not_in "$in_code" "$in_example"); do
    problem "$variable stands in the code, but not in .env.example"
done
for variable in $(not_in "$in_tables" "$in_example"); do
    problem "$variable stands in a table of the documentation, but not in .env.example"
done
for variable in $(not_in "$in_example" "$in_tables"); do
    problem "$variable stands in .env.example, but in no table of the documentation"
done

targets=$(sed -n 's/^\([a-z][a-z-]*\):.*/\1/p' Makefile)
for target in $(not_in "$(cat README.md docs/*.md 2>/dev/null | grep -oE '`make [a-z-]+' | cut -d ' ' -f 2 || true)" "$targets"); do
    problem "'make $target' is documented, but the Makefile does not have it"
done

# Links to files of this repository.
for page in *.md docs/*.md; do
    [ -f "$page" ] || continue
    while IFS= read -r link; do
        [ -e "$(dirname "$page")/$link" ] || problem "$page links to $link, which is not there"
    done < <(grep -oE '\]\([^)# ]+' "$page" | cut -c 3- | grep -v : || true)
done

[ "$problems" -eq 0 ] || die "$problems problems in the documentation, listed above"
echo "documentation and code agree"
