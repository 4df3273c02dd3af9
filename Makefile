# `make help` lists what there is. Nothing has to be installed first but
# Python 3.11 or newer and, for the tests, Node 20 or newer with npm.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/bin
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))

# EMAIL is often set in a shell for other programs: only `make token EMAIL=...` counts.
ifneq ($(origin EMAIL),command line)
EMAIL :=
endif
# Handed over in the environment as they are, so that no shell expands a `*`, and no make a `$$`.
TEXTS := ATTRIBUTES EMAIL SECONDS SUBJECT TTL
$(foreach name,$(TEXTS),$(if $(filter undefined,$(origin $(name))),,\
	$(eval override $(name) := $$(value $(name)))))
export $(TEXTS)
ifdef PORT
run watch: export SERVICE_HTTP__PORT := $(PORT)
run: export SERVICE_METRICS__PORT ?= 0
endif
ifdef WORKERS
run: export SERVICE_HTTP__WORKERS := $(WORKERS)
endif

# ---------------------------------------------------------------- the service

.PHONY: run
run: .venv/run.stamp ## run the service (PORT=9100 for another port, WORKERS=4 with Redis)
	@$(BIN)/storage-service serve

.PHONY: token
token: .venv/run.stamp ## print a development token (ATTRIBUTES="a b" SUBJECT= EMAIL= TTL=)
	@$(BIN)/storage-service token --attributes "$$ATTRIBUTES" \
		$${SUBJECT:+--subject "$$SUBJECT"} $${EMAIL:+--email "$$EMAIL"} $${TTL:+--ttl "$$TTL"}

.PHONY: watch
watch: .venv/run.stamp ## print events as they happen (ATTRIBUTES="a b", PORT=9100)
	@$(BIN)/storage-service watch --attributes "$$ATTRIBUTES"

# ------------------------------------------------------------ the development

.PHONY: test
test: .venv/dev.stamp node_modules/stamp ## run all tests (ARGS="-k events" for some)
	@$(BIN)/pytest -n 2 --inline-snapshot=disable $(ARGS)

.PHONY: soak
soak: .venv/dev.stamp ## let 200 watchers watch for half an hour (SECONDS=1800)
	@$(BIN)/pytest -q tests/integration/test_soak.py --soak-seconds $${SECONDS:-1800}

.PHONY: test-large
test-large: .venv/dev.stamp node_modules/stamp ## move and download a package of 2 GiB (needs 8 GiB of disk)
	@$(BIN)/pytest -q -s tests/integration/test_round_trip.py --package-bytes 2147483648 $(ARGS)

.PHONY: crowd
crowd: .venv/dev.stamp ## let 16 people work on the same packages, on each database (SECONDS=60)
	@$(BIN)/pytest -q -s tests/integration/test_concurrency.py --crowd-seconds $${SECONDS:-60}

.PHONY: fuzz
fuzz: .venv/dev.stamp ## send the service thousands of requests that its document allows, and others
	@$(BIN)/pytest -q tests/integration/fuzzing --fuzz-examples 100

.PHONY: check
check: .venv/dev.stamp node_modules/stamp ## check format, rules, types, generated files, import direction
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	node_modules/.bin/pyright
	$(BIN)/codegen gen --check
	$(BIN)/pytest -q -o addopts= tests/unit/test_import_directions.py

.PHONY: gen
gen: .venv/dev.stamp ## write generated/ from design/
	@$(BIN)/codegen gen

.PHONY: format
format: .venv/dev.stamp ## format the code, and mend what has a safe mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

.PHONY: bench
bench: .venv/dev.stamp ## measure ratios against peers (ARGS= for some)
	@$(BIN)/python -m bench $(ARGS)

.PHONY: install
install: .venv/dev.stamp node_modules/stamp ## install everything that development needs

COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make requirements" $(if $(UPGRADE),--upgrade)

.PHONY: requirements
requirements: .venv/dev.stamp ## pin requirements again (UPGRADE=1 takes newer versions)
	$(COMPILE) --extra codegen --extra reports --group dev --output-file requirements/dev.txt
	$(COMPILE) --extra reports --group build --constraints requirements/dev.txt --output-file requirements/run.txt
	npm install --package-lock-only

.PHONY: clean
clean: ## remove what can be made again (never data/)
	rm -rf .venv node_modules dist .codegen_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ------------------------------------------------------------- installations
# What an installation has to say goes to stderr: `make -s token` prints a token and no more.

# A message has no comma: it would end the argument.
say = { echo; echo "make: $(1)"; exit 1; }

define install
	@test -x $(BIN)/python || { echo "Making .venv with $(PYTHON) ..."; $(PYTHON) -m venv --clear .venv; } >&2 \
		|| $(call say,'$(PYTHON) -m venv .venv' failed. On Debian and Ubuntu it needs: apt-get install python3-venv) >&2
	@echo "Installing $(1) (once; a minute or two) ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1) >&2 \
		|| $(call say,installing $(1) failed; pip says why above. It needs a package index in reach. Then run the same command again.) >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable . >&2 \
		|| $(call say,installing this project into .venv failed; pip says why above. 'make clean' and the same command again start afresh.) >&2
	@$(BIN)/python -m compileall -q codegen generated runtime service
endef

# Two makes at once, `run` and `watch` in a fresh clone, must not install into one .venv at once. The
# second waits for the lock, which the system takes back however the first ends, and finds all done.
alone = $(PYTHON) -c 'import fcntl, os, sys; lock = os.open("Makefile", os.O_RDONLY); \
	fcntl.flock(lock, fcntl.LOCK_EX); os.set_inheritable(lock, True); os.execvp(sys.argv[1], sys.argv[1:])'

ifndef ALONE
.venv/run.stamp: requirements/run.txt pyproject.toml
.venv/dev.stamp: requirements/dev.txt requirements/run.txt pyproject.toml
.venv/run.stamp .venv/dev.stamp:
	@test -n "$(PYTHON)" || $(call say,no Python 3.11 or newer found. Install one or name it: make PYTHON=/path/to/python3)  >&2
	@$(alone) $(MAKE) --silent --no-print-directory ALONE=1 $@
else
.venv/run.stamp: requirements/run.txt pyproject.toml
	$(call install,requirements/run.txt)
	@touch $@

# The development requirements contain those to run, in the same versions.
.venv/dev.stamp: requirements/dev.txt requirements/run.txt pyproject.toml
	$(call install,requirements/dev.txt)
	@touch .venv/run.stamp $@
endif

# Not `npm ci`: it wants every other system's optional packages in the lock too.
node_modules/stamp: package.json package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && command -v npm >/dev/null \
		|| $(call say,the tests need Node 20 or newer with npm. Install them and run the same command again.) >&2
	@echo "Installing package.json's tools (once) ..." >&2
	@npm install --no-save --loglevel=error --no-progress >&2 \
		|| $(call say,'npm install' failed; npm says why above. It needs a package registry in reach. Then run the same command again.) >&2
	@touch $@
