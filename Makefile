# `make` alone says what there is.
#
# Tabs begin a recipe. Recipes stay one line long: what takes more is a script in tools/, checked by shellcheck.

SCALE ?= 0.05
AS_OF ?=
OUTPUT ?= avaolo-$(SCALE).dump
SECONDS ?= 60
FILTER ?= .
COUNT ?= 100
PACKAGES ?=

.DEFAULT_GOAL := help
.PHONY: help build deb deb-test image image-test drill sample test lint format docs bench sanitize fuzz fuzz-drills regression coverage kills clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

build: ## build the release binary, .build/release/pgassay, and its symbols, pgassay.debug
	@tools/install-dependencies.sh build
	swift build -c release --product pgassay
	@tools/strip.sh .build/release/pgassay

deb: build ## make a Debian package: [OUTPUT=dist]
	@tools/install-dependencies.sh deb
	@tools/deb.sh .build/release/pgassay "$(if $(filter command line environment,$(origin OUTPUT)),$(OUTPUT),dist)"

deb-test: deb ## install that package in a clean Debian, and go the way of an operator there
	@tools/deb-test.sh dist/pgassay_*.deb

image: build ## make an OCI image, without a container engine: [OUTPUT=dist] [PACKAGES=postgresql-15-postgis-3]
	@tools/install-dependencies.sh image
	@tools/image.sh .build/release/pgassay "$(if $(filter command line environment,$(origin OUTPUT)),$(OUTPUT),dist)" $(PACKAGES)

image-test: image ## run that image as a container, and as the pods of config/kubernetes
	@tools/install-test-tools.sh
	@tools/image-test.sh "dist/pgassay-$$(.build/release/pgassay --version).oci.tar"

drill: ## make a sample database, back it up, drill the backup: the whole of it in one command
	@tools/install-dependencies.sh drill
	@tools/drill.sh

sample: ## write a dump of the sample database: SCALE=1 [AS_OF=2026-11-01T00:00:00Z] [OUTPUT=FILE]
	@tools/install-dependencies.sh drill
	@tools/sample.sh "$(SCALE)" "$(OUTPUT)" "$(AS_OF)"

test: ## install what the tests need and run them all, on PostgreSQL 15, 16, 17 and 18
	@tools/install-dependencies.sh test
	@tools/install-test-tools.sh
	@tools/test.sh

lint: ## check formatting, scripts, units, YAML and Python
	@tools/install-dependencies.sh lint
	@tools/lint.sh

sanitize: ## run tests under the address and thread sanitizers: [FILTER=Rows]
	@tools/install-dependencies.sh sanitize
	@tools/install-test-tools.sh
	@tools/sanitize.sh all "$(FILTER)"

fuzz: ## feed made-up bytes to every decoder: SECONDS=60, shared by them
	@tools/install-dependencies.sh fuzz
	@tools/fuzz.sh "$(SECONDS)"

fuzz-drills: ## drill backups that were changed at random: COUNT=100; 2000 for a night
	@tools/install-dependencies.sh drill
	@tools/fuzz-drills.sh "$(COUNT)"

regression: ## drill what PostgreSQL's own tests leave behind: nearly every kind of object there is, some minutes
	@tools/install-dependencies.sh regression
	@tools/regression-database.sh

coverage: ## run tests and say how much of each target they run: [FILTER=Rows]
	@tools/install-dependencies.sh coverage
	@tools/install-test-tools.sh
	@tools/coverage.sh "$(FILTER)"

kills: ## kill writers of a ledger a thousand times at random moments: some minutes
	@tools/install-dependencies.sh test
	@tools/install-test-tools.sh
	PGASSAY_KILLS=1000 tools/test.sh --filter KilledWriterTests

format: ## format the Swift sources in place
	swift format --in-place --recursive --parallel $(wildcard Sources Tests Fuzz Package.swift)

docs: ## write the pages that are made from the code
	@tools/install-dependencies.sh test
	@tools/install-test-tools.sh
	PGASSAY_WRITE_PAGES=1 tools/test.sh --filter 'PageTests|thePageShowsTheHouse'

bench: ## compare drills, an export, an inspection and a capture with the same work by hand: SCALE=1 is the full size
	@tools/install-dependencies.sh bench
	@tools/install-test-tools.sh
	@tools/bench.sh "$(SCALE)"
	@tools/bench-export.sh "$(SCALE)"
	@tools/bench-physical.sh "$(SCALE)"
	@tools/bench-inspect.sh "$(SCALE)"
	@tools/bench-capture.sh "$(SCALE)"

clean: ## remove what was built and what `make drill` and `make bench` keep
	rm -rf .build .build-* .venv dist /var/tmp/pgassay-tools-*
