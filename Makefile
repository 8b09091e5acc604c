# Everything here sets up what is missing first (scripts/setup.sh) and works on a fresh machine.

.PHONY: run build dev test soak fuzz setup

SHELL := bash

# The release build on http://localhost:3000, with the built-in QQ sandbox and SQLite.
run: build
	@exec scripts/run.sh

build: setup
	@exec scripts/build.sh

# Rebuilds and reloads the page at every change.
dev: setup
	@. scripts/env.sh && exec cargo leptos watch

# Every test: Rust, browser, documentation.
test:
	@scripts/setup.sh test
	@exec scripts/test.sh

# The long part of the tests: races, random walks, killing the program, all of it many times.
soak:
	@scripts/setup.sh soak
	@exec scripts/soak.sh

# Ten minutes of fuzzing for each reader of what comes from outside (FUZZ_SECS says otherwise).
fuzz:
	@scripts/setup.sh fuzz
	@exec scripts/fuzz.sh

setup:
	@scripts/setup.sh
