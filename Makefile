# `make demo` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: install demo play pictures test test-all proof fuzz lint sbom bench format clean

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev --editable '.[all]'
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/python examples/demo.py

# Both sides of the couplings in the browser, on one clock: docs/mock-ea.md.
play: $(STAMP)
	@$(BIN)/mock-ea play

# The pages that the docs show, as they look now.
pictures: $(STAMP)
	UWLR_PICTURES=make $(BIN)/python -m pytest tests/mock_ea/test_looks.py -k pictures

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 -q $(OPTIONS)

# The tests that take long.
proof: $(STAMP)
	$(BIN)/python -m pytest -m proof --hypothesis-profile=default

# Searches for hostile input, ten minutes behind each door; findings are left in build/fuzz.
SECONDS := 600

fuzz: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m fuzz --seconds $(SECONDS)

# The suite on every supported Python that the machine has, each in its own environment.
test-all:
	@for version in 3.11 3.12 3.13; do \
		python=$$(tests/find-python $$version) || { echo "Python $$version: not on this machine, skipped"; continue; }; \
		echo "Python $$version"; \
		$(MAKE) --no-print-directory test VENV=.venv-$$version PYTHON=$$python || exit 1; \
	done

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.load

# What a user of the package gets with it, without the tools of development: a CycloneDX list, and the licences.
SHIPPED := build/shipped

sbom: $(STAMP)
	rm -rf $(SHIPPED)
	$(PYTHON) -m venv $(SHIPPED)
	$(SHIPPED)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt '.[all]'
	$(BIN)/cyclonedx-py environment --output-reproducible --output-file build/sbom.cdx.json $(SHIPPED)/bin/python
	$(BIN)/pip-licenses --python=$(SHIPPED)/bin/python --format=markdown --order=license --with-urls \
		--output-file=build/licences.md

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
