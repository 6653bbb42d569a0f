# make demo, make test, make check: each sets up what it needs in .venv, once. Nothing but Python 3.11+ and a package index.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
# Wheels alone, but for Spark, which is published only as an archive of its jars.
BUILT := --only-binary :all: --no-binary pyspark
INSTALL := $(PIP) install --require-hashes $(BUILT)

.PHONY: demo test check bench format lock clean

demo: $(VENV)/runs
	$(BIN)/stillwatch demo

test: $(VENV)/tests
	$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest --quiet src docs README.md

# Half an hour; on a machine that does nothing else.
bench: $(VENV)/tests
	$(BIN)/python benchmarks/bench.py --into docs/benchmarks.md $(ARGS)

format: $(VENV)/tests
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Stillwatch needs Python 3.11 or newer: make PYTHON=python3.11")'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runs: $(VENV)/python constraints.txt pyproject.toml
	@echo "Installing what Stillwatch runs on ..."
	@$(INSTALL) -r constraints.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/tests: $(VENV)/runs constraints-dev.txt
	@echo "Installing what its tests and checks run on ..."
	@$(INSTALL) -r constraints.txt -r constraints-dev.txt
	@touch $@

# Some 450 MB; needs Java 17 or newer to run. Without it the tests that need a cluster are skipped.
$(VENV)/spark: $(VENV)/tests constraints-spark.txt
	@echo "Installing Spark, for the tests that need a cluster ..."
	@$(INSTALL) -r constraints.txt -r constraints-dev.txt -r constraints-spark.txt
	@touch $@

# The newest versions that suit every Python and platform we name, with their hashes; then a rehearsal of each install.
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --fork-strategy fewest \
  $(BUILT) --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --upgrade
lock: $(VENV)/tests
	echo hatchling | $(COMPILE) - --output-file constraints.txt > /dev/null
	$(COMPILE) --group dev --constraints constraints.txt --output-file constraints-dev.txt \
	  $$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' constraints.txt) > /dev/null
	$(COMPILE) --extra spark --constraints constraints.txt --constraints constraints-dev.txt --output-file constraints-spark.txt \
	  $$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' constraints.txt constraints-dev.txt) > /dev/null
	for python in 3.11 3.12 3.13 3.14; do \
	  for platform in x86_64-manylinux_2_28 aarch64-manylinux_2_28 aarch64-apple-darwin; do \
	    echo "  fits Python $$python on $$platform"; \
	    MACOSX_DEPLOYMENT_TARGET=26.0 $(BIN)/uv pip install --quiet --dry-run --require-hashes $(BUILT) \
	      --python-version $$python --python-platform $$platform --target $(VENV)/rehearsal \
	      -r constraints.txt -r constraints-dev.txt -r constraints-spark.txt || exit 1; \
	  done; \
	done

clean:
	rm -rf $(VENV) demo findings .mypy_cache .ruff_cache .pytest_cache .hypothesis
