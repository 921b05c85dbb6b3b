# The two commands to know: `make demo` shows the network at work, `make test` proves it.
PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
HARDHAT := HARDHAT_DISABLE_TELEMETRY_PROMPT=true $(BIN)/node node_modules/hardhat/dist/src/cli.js
export PATH := $(BIN):$(PATH)
# Without compiled modules every process of the network takes seconds longer to start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo up down test kubo peppol test-deep check bench soak gas-snapshot format lock clean assurance slither mutate proofs coverage
.DEFAULT_GOAL := help

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## install all that is needed and compile; takes no time when nothing changed
	@$(PYTHON) scripts/bootstrap.py

demo: setup ## watch one order travel the whole network
	@$(BIN)/consign demo

up: setup ## leave the demonstration network running
	@$(BIN)/consign up

down: ## stop what `make up` started
	@$(BIN)/consign down

test: setup ## run every test [DATABASES=both: all that can on PostgreSQL as well]
	@$(HARDHAT) test solidity
	@$(BIN)/python -m pytest -n 2

kubo: ## build the IPFS daemon that some tests speak to, with Go; minutes, once
	@$(PYTHON) scripts/kubo.py

peppol: ## fetch Peppol's published rules, which a benchmark and some tests check with
	@$(PYTHON) scripts/peppol.py

test-deep: setup ## run every test with far more fuzzing
	@DEEP=1 $(HARDHAT) test solidity
	@DEEP=1 $(BIN)/python -m pytest -n 2

check: setup ## check format, lint, types, floors, sizes and generated files
	@scripts/check

assurance: setup ## install the tools that examine the contracts, apart from all others
	@$(PYTHON) scripts/assurance.py

slither: assurance ## examine the contracts; a finding that is not explained fails
	@$(BIN)/python scripts/findings.py

mutate: assurance ## see whether tests notice changes of the contracts [SAMPLE=n SEED=n FILES=names]
	@$(BIN)/python scripts/mutate.py $(SAMPLE:%=--sample %) $(SEED:%=--seed %) $(FILES)

proofs: assurance ## prove the contracts' rules for all values at once
	@$(BIN)/python scripts/prove.py

coverage: assurance ## measure what the contracts' tests reach; less than everything fails
	@$(BIN)/python scripts/cover.py

bench: setup ## answer one measured question: make bench NAME=question [QUICK=1]
	@test -f "benchmarks/$(NAME).py" || { \
	  echo "make bench NAME=question, where question is one of:"; \
	  ls benchmarks 2>/dev/null | sed -n 's/^\([a-z].*\)\.py$$/  \1/p'; exit 2; }
	@QUICK=$(QUICK) $(BIN)/python -m benchmarks.$(NAME)

soak: setup ## kill a real network while it trades, then damage and stream messages [KILLS=n MINUTES=n DATABASE=postgresql SEED=n MUTANTS=n]
	@$(BIN)/python -m tests.soak $(KILLS:%=--kills %) $(MINUTES:%=--minutes %) \
	  $(DATABASE:%=--database %) $(SEED:%=--seed %)
	@$(BIN)/python -m tests.soak.mutant $(MUTANTS:%=--rounds %) $(SEED:%=--seed %)
	@$(BIN)/python -m tests.soak.stream

gas-snapshot: setup ## renew .gas-snapshot and docs/gas.md after a change of what operations cost
	@$(BIN)/python -m benchmarks.operations.snapshot

format: setup ## put the Python sources in form
	@$(BIN)/ruff check --fix --exit-zero --quiet .
	@$(BIN)/ruff format --quiet .

# uv is itself in the lock; the index it asks is the machine's setting and never written down.
lock: ## renew requirements*.lock after a change of pyproject.toml
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	  --generate-hashes --python-version 3.11 --group pyproject.toml:dev pyproject.toml \
	  --output-file requirements.lock
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	  --generate-hashes --python-version 3.11 --group pyproject.toml:node \
	  --output-file requirements-node.lock
	@UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	  --generate-hashes --python-version 3.11 --group pyproject.toml:assurance \
	  --output-file requirements-assurance.lock

clean: ## remove all that `make setup` made; what a network wrote stays
	@rm -rf build .venv node_modules assurance/node_modules portal/node_modules portal/dist *.egg-info
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
