# Two commands do all the set-up on a fresh Debian or Ubuntu machine: `make demo` and `make test`.
SHELL := /bin/bash

.PHONY: demo test lint audit build release conformance openapi clean bench bench-agents bench-fleet bench-lists fuzz soak mutants

## The main job from end to end, on real processes; stays up with the console. ONCE=1 ends after the last step.
demo:
	@bash scripts/demo.sh

## Everything: format, lints, unit, store tests on SQLite and PostgreSQL, API and CLI, whole system, console.
test:
	@bash scripts/test.sh

## Format and lints alone.
lint:
	@bash scripts/test.sh lint

## Licences, sources and banned crates, by cargo-deny, which is installed if it is not there; that takes some minutes.
audit:
	@bash scripts/audit.sh

## The binaries that the tests use.
build:
	@bash scripts/build.sh dev

## Static, optimised binaries with the console inside.
release:
	@bash scripts/build.sh release

## Runs the samples of a folder with real data: make conformance SHARED=DIR
conformance:
	@bash scripts/conformance.sh "$(SHARED)"

## Measures upgrades, pushes and stored bytes beside rsync, casync, restic, borg and tar, as far as they are installed: make bench [WORK=DIR]
bench:
	@cargo build --locked --release -p packhorse-cli -p packhorse-agent
	@bash bench/transfer/run.sh $(WORK)

## Measures the lists of the API on a large site, on both databases: make bench-lists [DATABASES=sqlite]
bench-lists:
	@cargo build --locked --release -p packhorse-cli -p packhorse-bench-lists
	@target/release/packhorse-bench-lists $(DATABASES)

## Measures deployments to 20 hosts beside Ansible and parallel rsync over SSH: make bench-fleet [WORK=DIR]
bench-fleet:
	@cargo build --locked --release -p packhorse-cli -p packhorse-agent
	@bash bench/fleet/run.sh $(WORK)

## Measures a rolling deployment over 10,000 simulated agents, on both databases: make bench-agents [DATABASES=sqlite]
bench-agents:
	@cargo build --locked --release -p packhorse-cli -p packhorse-bench-agents
	@target/release/packhorse-bench-agents $(DATABASES)

## Feeds broken input to every reader of foreign bytes: make fuzz [SECONDS=60]
fuzz:
	@bash scripts/fuzz.sh "$(or $(SECONDS),60)"

## The tests of crashes and partitions at every place, and again and again: make soak [ROUNDS=10]
soak:
	@bash scripts/soak.sh "$(or $(ROUNDS),10)"

## Takes one safeguard after the other out of the code; the tests have to notice: make mutants [NAMES=…]
mutants:
	@bash -c '. scripts/setup.sh && need_rust && need_nextest && need_compiler && need_apt strace=strace /usr/lib/postgresql/*/bin/initdb=postgresql' && python3 scripts/mutants.py $(NAMES)

## Writes the OpenAPI document and the console's types anew.
openapi:
	@PACKHORSE_UPDATE=1 cargo nextest run -p packhorse-server openapi
	@cd web && npm run -s generate

clean:
	@rm -rf target web/dist web/node_modules .tools
