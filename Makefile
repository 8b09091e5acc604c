# Every target installs what is missing first (scripts/setup.sh) and works on a fresh machine.

.PHONY: run build dist dev test soak fuzz bench setup

SHELL := bash

# Release build on http://localhost:3000, with the built-in QQ sandbox and SQLite.
run: build
	@exec scripts/run.sh

build: setup
	@exec scripts/build.sh

# Statically linked release build for any Linux: target/dist, with its checksum.
dist:
	@scripts/setup.sh dist
	@exec scripts/build.sh dist

# Rebuilds and reloads the page on every change.
dev:
	@scripts/setup.sh dev
	@. scripts/env.sh && . scripts/settings.sh && use_sandbox_mailbox && exec cargo leptos watch

# All tests: Rust, browser, documentation.
test:
	@scripts/setup.sh test
	@exec scripts/test.sh

# Long-running tests: races, random walks, killing the program, each many times.
soak:
	@scripts/setup.sh soak
	@exec scripts/soak.sh

# Fuzzes each parser of untrusted input for ten minutes (or FUZZ_SECS).
fuzz:
	@scripts/setup.sh fuzz
	@exec scripts/fuzz.sh

# Measures the release build. BENCH chooses sections: make bench BENCH="login account".
bench: build
	@exec scripts/bench.sh $(BENCH)

setup:
	@scripts/setup.sh
