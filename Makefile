# The commands that people and CI call. `make help` lists them.
PYTHON ?= python3
VENV := .venv
UV := $(VENV)/bin/uv

.PHONY: setup lock
setup: $(VENV)/.stamp ## install the pinned packages into .venv

$(VENV)/.stamp: requirements.txt requirements-dev.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -q uv
	$(UV) pip install -q --python $(VENV)/bin/python --require-hashes -r requirements.txt -r requirements-dev.txt
	touch $@

lock: ## compile requirements*.txt from pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --group named pyproject.toml -o requirements.txt
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --group dev -c requirements.txt -o requirements-dev.txt pyproject.toml
