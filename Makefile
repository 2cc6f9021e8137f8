# Thin: each target is one call of the real tool. Nothing but Python 3.11+, git and make need be there.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BOUTIQUE := fixtures/online-boutique

.PHONY: demo test check fmt golden bench setup clean

setup: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

demo: $(STAMP)  ## compile the Online Boutique for three environments and four clusters
	$(BIN)/python scripts/demo.py

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 -q

check: $(STAMP)  ## what CI runs: format, lint, types, architecture, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -q

fmt: $(STAMP)
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

golden: $(STAMP)  ## rewrite every generated file that is checked in: schemas, docs, golden trees, expected messages
	$(BIN)/python scripts/golden.py

bench: $(STAMP)
	$(BIN)/python -m benchmarks.bench
	$(BIN)/python -m benchmarks.bench --schemas-alone
	$(BIN)/python -m benchmarks.peers
	$(BIN)/python -m benchmarks.hook
	$(BIN)/python -m benchmarks.warm
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.policies
	$(BIN)/python -m benchmarks.verify
	$(BIN)/python -m benchmarks.diff
	$(BIN)/python -m benchmarks.publish

clean:
	rm -rf $(VENV) demo-output build dist
