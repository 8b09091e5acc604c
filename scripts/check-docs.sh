#!/usr/bin/env bash
# Fails if documentation and code disagree about environment variables, commands, paths or links.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=env.sh
. "$(dirname "$0")/env.sh"
cd "$root"

pages=(*.md docs/*.md)
problems=0
problem() {
    echo "  $*"
    problems=$((problems + 1))
}

# missing_from A B: the lines of A that B lacks.
missing_from() {
    comm -23 <(printf '%s\n' "$1" | sort -u) <(printf '%s\n' "$2" | sort -u)
}

# matches PATTERN FILE…: every match of the pattern, one per line.
matches() {
    grep -ohE -- "$@" || true
}

name='[A-Z][A-Z0-9_]{3,}'
# Assignments in .env.example, commented out or not.
in_example=$(sed -nE "s/^#? ?($name)=.*/\1/p" .env.example)
# Variables in the first cell of a table row: one or more names in backquotes.
in_tables=$(matches '^\| *`[A-Z].*' "${pages[@]}" | cut -d '|' -f 2 | grep -oE "\`$name\`" | tr -d '`' || true)
# Quoted names in the configuration code, without its tests. RUST_LOG is read by a crate.
in_code=$(find core/src/config.rs core/src/config -name '*.rs' -not -name tests.rs -exec sed '/^#\[cfg(test)\]/,$d' {} ';' \
    | grep -oE "\"$name\"" | tr -d '"')$'\n'RUST_LOG

for variable in $(missing_from "$in_example" "$in_code"); do
    problem "$variable is in .env.example, but the code does not read it"
done
for variable in $(missing_from "$in_code" "$in_example"); do
    problem "$variable is read by the code, but missing from .env.example"
done
for variable in $(missing_from "$in_tables" "$in_example"); do
    problem "$variable is in a table of the documentation, but not in .env.example"
done
for variable in $(missing_from "$in_example" "$in_tables"); do
    problem "$variable is in .env.example, but in no table of the documentation"
done

targets=$(sed -n 's/^\([a-z][a-z-]*\):.*/\1/p' Makefile)
for target in $(missing_from "$(matches '\bmake [a-z-]+`' "${pages[@]}" | tr -d '`' | cut -d ' ' -f 2)" "$targets"); do
    problem "'make $target' is documented, but the Makefile does not have it"
done

# The variants of the enum of commands, as clap spells them.
commands=$(sed -n '/^enum Command /,/^}/s/^    \([A-Z][A-Za-z]*\).*/\1/p' src/cli.rs | sed -E 's/(.)([A-Z])/\1-\2/g' | tr A-Z a-z)
for command in $(missing_from "$(matches '`qq-login [a-z][a-z-]+' "${pages[@]}" | cut -d ' ' -f 2)" "$commands"); do
    problem "'qq-login $command' is documented, but the program does not have it"
done

# Paths in backquotes that look like files of this repository.
# shellcheck disable=SC2016 # backquotes of Markdown
for path in $(matches '`(src|browser|core|validation|scripts|docs|end2end|fuzz|migrations|style)/[A-Za-z0-9_./-]*`' "${pages[@]}" | tr -d '`' | sort -u); do
    [ -e "$path" ] || problem "$path is documented, but does not exist"
done

for page in "${pages[@]}"; do
    for link in $(matches '\]\([^)# ]+' "$page" | cut -c 3- | grep -v :); do
        [ -e "$(dirname "$page")/$link" ] || problem "$page links to $link, which does not exist"
    done
done

[ "$problems" -eq 0 ] || die "$problems problems in the documentation: see above"
echo "documentation and code agree"
