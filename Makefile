# Everything here sets up what is missing first (scripts/setup.sh) and works on a fresh machine.

.PHONY: run build dev test setup

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

setup:
	@scripts/setup.sh
