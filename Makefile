# `make bench` and `make test` set up .venv by themselves; python3 >= 3.11 and make are all they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Threads that wait should sleep: beside other work, spinning makes tests many times slower.
export OMP_WAIT_POLICY ?= PASSIVE

.PHONY: setup bench results test test-all mutants lint format wheel clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "ptrnet-suite needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1). Name another with: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
		echo "Python could not make a virtual environment; on Debian and Ubuntu install python3-venv." >&2; exit 1; }
	@echo "Setting up $(VENV) (once; torch is large)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

bench: setup
	$(BIN)/ptrnet bench $(ARGS)

results: setup
	experiments/make_results.sh $(DATA)

test: setup
	$(BIN)/python -m pytest $(ARGS)

test-all: setup
	$(BIN)/python -m pytest -m "" $(ARGS)

# Hours on one core; ARGS are parts of the paths to mutate, and --again.
mutants: setup
	$(BIN)/python experiments/mutation.py $(ARGS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

wheel: setup
	$(BIN)/python -m pip wheel -qq --no-deps --no-build-isolation --wheel-dir dist .

clean:
	rm -rf dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
