# Everything a person does here. Needs Python 3.11 to 3.14 and make; all else is bootstrapped.
PYTHON ?= python3
UV_VERSION := 0.13.8
UV := .boot/bin/uv
BIN := .venv/bin
STAMP := .venv/.synced
CODE := models reference matching processing sources delivery backends services actors deployments cluster web
export VIRTUAL_ENV := $(CURDIR)/.venv
# What tests are compiled to is kept, or each of their processes would compile it anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install demo up down check format test test-full chaos servers servers-stop bench lock clean

help: ## Show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: $(STAMP) ## Make the environment: locked, hashed, byte-compiled

$(UV):
	@echo "Bootstrapping uv $(UV_VERSION)"
	@$(PYTHON) -m venv .boot
	@.boot/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(STAMP): requirements.lock pyproject.toml | $(UV)
	@echo "Installing the locked packages"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip sync --compile-bytecode --require-hashes requirements.lock
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q $(CODE)
	-@$(BIN)/python -m reference.gazetteer > /dev/null
	-@$(BIN)/python -m matching.percolator
	@touch $@

demo: $(STAMP) ## The whole system with generated postings and a seeker; Ctrl-C ends it
	@$(BIN)/jobray demo

up: $(STAMP) ## The whole system, empty
	@$(BIN)/jobray up

down: $(STAMP) ## End what `make up` started elsewhere
	@$(BIN)/jobray down

check: $(STAMP) ## Format, lint, types, import contracts, unit tests; three minutes
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-cache > .import-contracts.log || (cat .import-contracts.log; exit 1)
	@$(BIN)/pytest -q -n 2 --dist loadfile tests/unit

format: $(STAMP) ## Format and mend what can be mended
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

test: check ## Everything: check, contracts, cluster, end to end
	@$(BIN)/pytest -q -n 2 --dist loadfile tests/contract
	@$(BIN)/pytest -q tests/cluster tests/e2e

test-full: $(STAMP) ## The end-to-end tests on MongoDB's protocol, Pulsar and Redis
	@set -e; settings=$$($(BIN)/python -m servers env); eval "$$settings"; $(BIN)/pytest -q tests/e2e

servers: $(STAMP) ## Pulsar, two MongoDB-wire servers, Redis and an S3, without containers
	@$(BIN)/python -m servers start

servers-stop: $(STAMP) ## End them
	@$(BIN)/python -m servers stop

chaos: $(STAMP) ## Kill, freeze and take away everything once, check what is lost, and write docs/chaos.md
	@$(BIN)/python -m chaos

bench: $(STAMP) ## Every benchmark, one after the other
	@for name in startup post_to_screen http matcher scale ingest percolate extraction processing clusters feeds; do $(BIN)/python -m bench.$$name || exit 1; done

lock: | $(UV) ## Lock the packages anew
	@$(UV) pip compile --quiet --universal --upgrade --generate-hashes --no-annotate --no-header \
		--group dev pyproject.toml --output-file requirements.lock

clean: ## Remove the environment and caches, never data
	@rm -rf .venv .boot .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
