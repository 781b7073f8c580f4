# The commands that people and CI call; `make help` lists them. Everything that they write is in .venv/ and the data folder.
.PHONY: help run run-with-fake-github setup test faults bench lint format lock vendor

BIN := .venv/bin
# No bytecode in the checkout; every cache beside the packages.
export PYTHONPYCACHEPREFIX = $(CURDIR)/.venv/cache/python
# There it does no harm, and without it every start takes two seconds more.
unexport PYTHONDONTWRITEBYTECODE
LOCK := $(BIN)/uv pip compile --quiet --system-certs --universal --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-20s %s\n", $$1, $$2 }' Makefile

run: ## serve on http://127.0.0.1:8000, installing what is missing first (HOST, PORT, CHAT_DATA_DIR)
	@scripts/install requirements.txt
	@exec $(BIN)/python manage.py serve --migrate

run-with-fake-github: ## the same, with a GitHub of its own on this machine behind /api/github
	@scripts/install requirements.txt
	@exec $(BIN)/python -m tests.fakes.github -- $(MAKE) --no-print-directory run

setup: ## install the packages for development into .venv
	@scripts/install requirements-dev.txt

test: setup ## all tests, on SQLite, on PostgreSQL and in the browser; sets up what they need
	@$(BIN)/python -m tests

faults: setup ## break what can break under load, and print what was seen (takes minutes; as root it can do more)
	@$(BIN)/python -m tests.faults

bench: setup ## measure the chat beside other servers (QUICK=1, LOADS="fanout-100 posts", RECORD=1; all takes ten minutes)
	@$(BIN)/python -m tests.benchmarks $(if $(QUICK),--quick) $(if $(RECORD),--record) $(LOADS)

lint: setup ## ruff, mypy, import-linter, djlint, and node's syntax check where node is there
	@scripts/lint

format: setup ## let ruff format the code
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

lock: setup ## compile requirements*.txt from pyproject.toml (UPGRADE=--upgrade for the newest versions)
	@$(LOCK) $(UPGRADE) --group named pyproject.toml --output-file requirements.txt
	@$(LOCK) $(UPGRADE) --group dev --constraint requirements.txt pyproject.toml --output-file requirements-dev.txt

vendor: setup ## fetch the browser files that static/vendor/vendor.json and tests/browser/vendor/vendor.json name, as released
	@$(BIN)/python static/vendor/refresh.py static/vendor tests/browser/vendor
