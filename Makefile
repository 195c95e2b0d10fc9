# Two commands: `make chat` and `make test`. Everything lives in .venv; a second run installs nothing again.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: chat install test test-slow check supply sbom audit lock format docs dist clean

chat: install
	$(BIN)/reverie

install: $(VENV)/.installed

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Reverie needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Try: make chat PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

# torch comes by number and apart from the locks: which build of it is right, the machine's index says.
$(VENV)/.torch: | $(VENV)/bin/python
	@echo "Installing into $(VENV); the first time takes a few minutes."
	$(PIP) 'torch==2.13.0'
	@touch $@

# Everything else by number and hash (locks/, python -m supply.lock); then the project itself, which brings nothing along.
$(VENV)/.installed: pyproject.toml locks/chat.txt | $(VENV)/.torch
	$(PIP) --require-hashes --no-deps --requirement locks/chat.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test-tools: $(VENV)/.installed locks/test.txt
	$(PIP) --require-hashes --no-deps --requirement locks/test.txt
	@touch $@

test: $(VENV)/.test-tools
	$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not slow and not gpu'

test-slow: $(VENV)/.test-tools
	$(BIN)/python -m pytest -m slow

check: $(VENV)/.test-tools
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# What the project rests on: locks in step, nothing missing or at odds, licences allowed.
supply: $(VENV)/.test-tools
	$(BIN)/python -m supply.lock --check
	$(BIN)/python -m pip check
	$(BIN)/python -m supply.licences --check

$(VENV)/.supply-tools: $(VENV)/.installed
	$(PIP) --editable '.[supply]'
	@touch $@

lock: $(VENV)/.supply-tools
	$(BIN)/python -m supply.lock

sbom: $(VENV)/.supply-tools
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-format JSON --output-file sbom.json

# Known vulnerabilities; needs the network (pypi.org or osv.dev), and fails where it cannot ask about a package.
audit: $(VENV)/.supply-tools
	$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement locks/test.txt

# The pages that are made from the program, then the site in build/site. A link that leads nowhere fails it.
docs: $(VENV)/.test-tools
	$(BIN)/python -m assistant.cli.reference
	$(BIN)/python -m tui.reference
	$(BIN)/python -m memory.reference
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

# A wheel and an archive of the source in dist/.
dist: $(VENV)/.test-tools
	$(BIN)/python -m build --no-isolation

format: $(VENV)/.test-tools
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
