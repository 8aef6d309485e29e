# `make demo` and `make test` do all the set-up they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
STAMP := $(VENV)/.installed
QUIET := --quiet --disable-pip-version-check

# Where this is set, each worker of the tests, and each program that a test starts, compiles all it imports again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo play pictures test test-all test-lowest proof build release-check site fuzz lint sbom bench format catalogue clean

install: $(STAMP)

# What the library and its fakes need to run: the demonstrations install no more than this.
$(RUNS): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install $(QUIET) --upgrade pip
	$(BIN)/pip install $(QUIET) --constraint constraints.txt --editable '.[mock-ea]'
	@touch $(RUNS)

$(STAMP): $(RUNS)
	$(BIN)/pip install $(QUIET) --constraint constraints.txt --group dev --editable '.[all]'
	@touch $(STAMP)

demo: $(RUNS)
	@$(BIN)/python examples/demo.py

# Both sides of the couplings in the browser, on one clock: docs/mock-ea.md.
play: $(RUNS)
	@$(BIN)/mock-ea play

# The pages that the docs show, as they look now.
pictures: $(STAMP)
	UWLR_PICTURES=make $(BIN)/python -m pytest tests/mock_ea/test_looks.py -k pictures

# Neighbours go to one worker, so that what the tests of a module share is made once.
WORKERS := -n 4 --dist worksteal

test: $(STAMP)
	$(BIN)/python -m pytest $(WORKERS) -q $(OPTIONS)

# The tests that take long.
proof: $(STAMP)
	$(BIN)/python -m pytest -m proof --hypothesis-profile=default

# Searches for hostile input, ten minutes behind each door; findings are left in build/fuzz.
SECONDS := 600

fuzz: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m fuzz --seconds $(SECONDS)

# The suite on every supported Python that the machine has, each in its own environment; also `make test-all PYTHONS=3.14`.
PYTHONS := 3.11 3.12 3.13

test-all:
	@for version in $(PYTHONS); do \
		python=$$(tests/find-python $$version) || { echo "Python $$version: not on this machine, skipped"; continue; }; \
		echo "Python $$version"; \
		$(MAKE) --no-print-directory test VENV=.venv-$$version PYTHON=$$python || exit 1; \
	done

# The suite with the oldest versions that pyproject.toml allows, and the newest of what they leave open.
LOWEST := .venv-lowest

test-lowest: $(STAMP)
	$(PYTHON) -m venv $(LOWEST)
	mkdir -p build
	$(BIN)/python tools/lowest.py > build/lowest.txt
	$(LOWEST)/bin/pip install $(QUIET) --upgrade pip
	$(LOWEST)/bin/pip install $(QUIET) --constraint build/lowest.txt --group test --editable '.[all]'
	$(LOWEST)/bin/python -m pytest $(WORKERS) -q $(OPTIONS)

# Wheel and sdist, into dist; the sdist tests itself: `make test` in what it unpacks to.
build: $(STAMP)
	rm -rf dist
	$(BIN)/python -m build --no-isolation

# The documents as a site, in build/site; strict: no link leads nowhere.
site: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

# Fails unless TAG is the version of this code, and the changelog has it.
release-check:
	@version=$$($(PYTHON) -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])'); \
	[ "$(TAG)" = "v$$version" ] || { echo "the version is $$version, not $(TAG)" >&2; exit 1; }; \
	grep -q "^## $$version " CHANGELOG.md || { echo "CHANGELOG.md has no part for $$version" >&2; exit 1; }

SCHEMA := $(BIN)/check-jsonschema --quiet --builtin-schema vendor.github

lint: $(STAMP) site
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(SCHEMA)-workflows .github/workflows/*.yml
	$(SCHEMA)-actions actions/*/action.yml
	$(SCHEMA)-issue-forms $(filter-out %/config.yml,$(wildcard .github/ISSUE_TEMPLATE/*.yml))
	$(SCHEMA)-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/zizmor --offline --quiet --config .github/zizmor.yml .github actions

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The Dutch of the help, brought up to date with the English.
catalogue: $(STAMP)
	$(BIN)/python tools/help_catalogue.py

bench: $(STAMP)
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.load

# What a user of the package gets with it, without the tools of development: a CycloneDX list, and the licences.
SHIPPED := build/shipped

sbom: $(STAMP)
	rm -rf $(SHIPPED)
	$(PYTHON) -m venv $(SHIPPED)
	$(SHIPPED)/bin/pip install $(QUIET) --constraint constraints.txt '.[all]'
	$(BIN)/cyclonedx-py environment --output-reproducible --output-file build/sbom.cdx.json $(SHIPPED)/bin/python
	$(BIN)/pip-licenses --python=$(SHIPPED)/bin/python --format=markdown --order=license --with-urls \
		--output-file=build/licences.md

clean:
	rm -rf $(VENV) $(LOWEST) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
