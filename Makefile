# Two commands are all a newcomer needs: `make run` and `make test`. Both do their own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PORT ?= 8000
export HOST ?= 127.0.0.1
# What a set-up under one data folder must not leave for another: the folder is read by every command.
export BACKSPASM_DATA_DIR ?= $(CURDIR)/var

.PHONY: run test bench lint admin mail demo check-python

run: $(VENV)/.installed
	@$(BIN)/python manage.py prepare
	@echo "Backspasm is served at $${BACKSPASM_SITE_URL:-http://127.0.0.1:$(PORT)} (Ctrl-C stops it)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/honcho --env /dev/null start

test: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.run

bench: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.bench

lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy . && $(BIN)/lint-imports

admin: $(VENV)/.installed
	@$(BIN)/python manage.py create_admin

mail: $(VENV)/.installed
	@$(BIN)/python manage.py latest_mail

demo: $(VENV)/.installed
	@$(BIN)/python manage.py demo

# Only before the first set-up: later the Python of $(VENV) counts, whatever $(PYTHON) is.
check-python:
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: make $(MAKECMDGOALS) PYTHON=python3.13"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing. Install it with: sudo apt-get install -y python3-venv"; exit 1; }

$(VENV)/.installed: requirements.txt | check-python
	@echo "installing what the site needs ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(VENV)/.installed
	@echo "installing what the tests need ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt -r requirements-dev.txt
	@touch $@
