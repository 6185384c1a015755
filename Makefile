# Two commands for a newcomer: `make app` and `make test`. `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
PROXY := .venv-proxy
BIN := $(VENV)/bin
PIP_QUIET := PIP_DISABLE_PIP_VERSION_CHECK=1
.DEFAULT_GOAL := help
.PHONY: help app test check lock bench soak coverage clean python programs

help:  ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1|/' | column -t -s '|'

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	{ echo "Plumbline needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }

$(VENV)/installed: requirements.lock | python
	@echo "installing into $(VENV) (about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP_QUIET) $(BIN)/pip install -q --require-hashes -r requirements.lock
	@touch $@

$(VENV)/installed-tests: requirements-test.lock | $(VENV)/installed
	@echo "installing what the tests need"
	@$(PIP_QUIET) $(BIN)/pip install -q --require-hashes -r requirements-test.lock
	@touch $@

$(PROXY)/installed: requirements-proxy.lock | python
	@echo "installing LiteLLM's proxy into $(PROXY) (for one test)"
	@$(PYTHON) -m venv $(PROXY)
	@$(PIP_QUIET) $(PROXY)/bin/pip install -q --require-hashes -r requirements-proxy.lock
	@touch $@

programs:  # what some tests run for real: a browser, and an office program that opens exported decks
	@missing=""; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="chromium"; \
	command -v soffice >/dev/null || missing="$$missing libreoffice-impress-nogui"; \
	[ -z "$$missing" ] || missing="$$missing fonts-liberation"; \
	[ -z "$$missing" ] || { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && echo "installing" $$missing && \
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } || \
	echo "not here, so their tests will be skipped:" $$missing "(install these packages)"

app: $(VENV)/installed  ## install, fill an empty lake, serve the dashboard (PORT=8501)
	@$(BIN)/python -c 'import socket, sys; s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); sys.exit(s.connect_ex(("127.0.0.1", $(PORT))) == 0)' || \
	{ echo "port $(PORT) is in use; choose another: make app PORT=$$(( $(PORT) + 1 ))"; exit 1; }
	@$(BIN)/python -m engine prepare
	@echo "Plumbline: http://127.0.0.1:$(PORT)   (Ctrl-C stops it)"
	@$(BIN)/streamlit run app.py --server.port $(PORT) --server.address 127.0.0.1 --server.headless true --browser.gatherUsageStats false

test: $(VENV)/installed-tests $(PROXY)/installed programs check  ## run every test
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart=0 tests

check: $(VENV)/installed-tests  ## style and types
	@$(BIN)/ruff check .
	@$(BIN)/pyright

bench: $(VENV)/installed-tests  ## measure what the issues ask for
	@for part in bench bench_runs bench_precision bench_regions bench_statistics bench_estimates bench_reports bench_grades; do echo "== $$part"; $(BIN)/python -m tests.$$part || exit 1; done

coverage: $(VENV)/installed-tests  ## measure how often each interval covers the truth, into docs/coverage.md
	@$(BIN)/python -m tests.coverage_table

soak: $(VENV)/installed-tests  ## kill runs at random, many times, and count what is left (minutes)
	@$(BIN)/python -m tests.soak

lock: $(VENV)/installed-tests  ## write the hashed locks anew from the requirements files
	@$(BIN)/pip install -q uv==0.13.8
	@for part in "" -test -proxy; do $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	requirements$$part.txt -o requirements$$part.lock; done

clean:  ## remove the environments (the lake stays)
	rm -rf $(VENV) $(PROXY) .venv-inspect
