# Songscape: `make` or `make run` to serve it, `make test` to check it, `make help` for the rest.
#
# PORT and SONGSCAPE_HOME reach the program from the environment or the command line: make run PORT=9000
# PYTHON=/path/to/python chooses the Python that the environment is made with.

VENV := .venv
PY := $(VENV)/bin/python
UV := uv==0.13.8

.DEFAULT_GOAL := run
.PHONY: run test bench bench-ui bench-models lint format requirements clean help environment environment-dev

run: environment  ## serve Songscape, building the embedded catalogue first where there is none
	@exec $(PY) -m dash_app serve --build-missing

test: environment-dev  ## run every test; those in a browser where a Chromium is found
	@exec $(PY) -m pytest $(ARGS)

bench: environment-dev  ## print build seconds, bytes, answer times and memory
	@exec $(PY) -m tests.bench

bench-ui: environment-dev  ## print what a visitor waits for, beside a bare Dash page of the same points
	@exec $(PY) -m tests.bench_ui $(ARGS)

bench-models: environment-dev  ## print what models reach beside the floor of stock models, table by table
	@exec $(PY) -m tests.bench_models $(ARGS)

lint: environment-dev  ## check style and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: environment-dev  ## mend what can be mended of both
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

# --universal: one file for every platform and every Python from 3.11 on. UPGRADE=--upgrade raises what is not pinned.
requirements:  ## compile requirements*.in into requirements*.txt
	@[ -x var/uv/bin/uv ] || { $(find_python) && $$python -m venv var/uv && \
	  var/uv/bin/python -m pip install --disable-pip-version-check --quiet '$(UV)'; }
	@set -e; for name in requirements requirements-dev; do \
	  var/uv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 $(UPGRADE) \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make requirements' \
	    $$name.in --output-file $$name.txt; \
	done

clean:  ## remove the environment and caches; bundles and downloads in var/ stay
	rm -rf $(VENV) var/uv .pytest_cache .ruff_cache .hypothesis
	find analytics data models dash_app tests -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## print this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

# The environment is current while the copy kept inside it equals the requirements file. Then nothing is asked of pip
# or of the network.
environment:
	@[ -x $(PY) ] && cmp -s requirements.txt $(VENV)/requirements.txt || { { $(make_venv); } && $(call install,requirements.txt); }

environment-dev: environment
	@cmp -s requirements-dev.txt $(VENV)/requirements-dev.txt || { $(call install,requirements-dev.txt); }

# pyenv and its like put commands on PATH that only print an error, and Debian ships a Python without ensurepip: a
# candidate counts when it runs, is new enough and can make an environment.
define find_python
for python in $(PYTHON) python3.13 python3.12 python3.11 python3 none; do \
  if [ $$python = none ]; then \
    echo "Songscape needs Python 3.11 or newer with its venv module; found: $$(python3 --version 2>/dev/null || echo none)." >&2; \
    echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.13)," >&2; \
    echo "or name one (make run PYTHON=/path/to/python3), and run make again." >&2; \
    exit 1; \
  fi; \
  ! $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || break; \
done
endef

# Keeps an environment that was begun, or made by hand, when it is new enough and has pip.
define make_venv
$(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || { \
  $(find_python); \
  echo "Creating $(VENV) with $$($$python --version)."; \
  $$python -m venv --clear $(VENV); }
endef

define install
echo "Installing $(1) into $(VENV): about a minute, once." && \
rm -f $(VENV)/$(1) && \
$(PY) -m pip install --disable-pip-version-check -r $(1) && \
cp $(1) $(VENV)/$(1)
endef
