# Two commands matter: `make run` and `make test`. What they do is in iria/launcher.
# Each line execs, so that a signal to make reaches the launcher and make waits for its end.
PORT ?= 8000
PART ?=
export PORT PART
LAUNCHER := exec sh iria/launcher/find-python.sh

# `make prove running` is as good as `make prove PART=running`.
ifeq (prove,$(firstword $(MAKECMDGOALS)))
  ifneq (,$(word 2,$(MAKECMDGOALS)))
    PART := $(wordlist 2,99,$(MAKECMDGOALS))
    $(eval $(PART):;@:)
  endif
endif

.PHONY: run dev reset-demo upgrade-database test prove-small prove bench screenshots

run dev:
	@$(LAUNCHER) $@ "$$PORT"

reset-demo upgrade-database:
	@$(LAUNCHER) $@

# The checks get the environment for developing, and settings and a database of their own.
test:
	@$(LAUNCHER) check throwaway make each TARGETS="programs static-checks all-tests coverage"

prove-small:
	@$(LAUNCHER) check throwaway make each TARGETS="programs migrations-run all-proofs"

prove:
	@IRIA_PROOFS=full $(LAUNCHER) check durable make --silent programs full-proofs

bench:
	@$(LAUNCHER) check durable make --silent programs benchmarks

# Of the admin and the public pages, or `make screenshots SCREENS="article pages"`.
screenshots:
	@$(LAUNCHER) check throwaway make --silent programs take-screenshots SCREENS="$(SCREENS)"

PYTHON := .venv/bin/python
# In the order of tests/conftest.py: what takes longest first.
BOTH_CORES := -n 2 --dist loadfile --no-loadscope-reorder
# Only a proof uses schemathesis, and every process would import it.
PYTEST := $(PYTHON) -m pytest $(BOTH_CORES) -p no:schemathesis
# Beside the unit tests, so with databases and a cache of their own; the variable is a suffix for pytest-django.
IN_BROWSER := TOX_PARALLEL_ENV=browser $(PYTEST) -o cache_dir=.pytest_cache/browser -m browser
EVERY_PAGE := tests/browser/test_every_page.py
BROWSER_TESTS := $(IN_BROWSER) --ignore $(EVERY_PAGE) tests/browser
WHOLE_OUTPUT := $(if $(filter output-sync,$(.FEATURES)),--output-sync)
PROOF_FOLDERS := tests/iria/every_url tests/proofs
PROOFS := $(PYTHON) -m pytest -m proof -rsfE -o faulthandler_timeout=0
STATIC_CHECKS := lint formatting import-rules migrations-match settings-fit migrations-run migration-locks types

.PHONY: each programs static-checks $(STATIC_CHECKS) all-tests unit-tests browser-tests journeys hard-journeys coverage \
  all-proofs every-page small-proofs full-proofs benchmarks locks take-screenshots

# Every target, also after one has failed; at last how each of them went.
each:
	@status=0; results=; for target in $(TARGETS); do \
	  echo "── $$target"; begin=$$(date +%s); \
	  if $(MAKE) --no-print-directory $$target; then result=passed; else result=FAILED; status=1; fi; \
	  results="$$results   $$result after $$(($$(date +%s) - begin)) s: $$target\n"; \
	done; printf "── all checks\n$$results"; exit $$status

programs: tests/browser/node_modules/.package-lock.json

# Programs for checks from npm: axe and the Nu checker, Lighthouse.
%/node_modules/.package-lock.json: %/package-lock.json | system-programs
	npm ci --no-audit --no-fund --prefix $*

.PHONY: system-programs
system-programs:
	@sh tests/install-programs.sh

# At the same time: a core alone would be idle.
static-checks:
	@$(MAKE) --no-print-directory --keep-going --jobs $(WHOLE_OUTPUT) $(STATIC_CHECKS)

lint:
	$(PYTHON) -m ruff check

formatting:
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m tests.formatting

import-rules:
	.venv/bin/lint-imports

migrations-match:
	$(PYTHON) manage.py makemigrations --check --dry-run

settings-fit:
	SITE_URL=https://www.example.org $(PYTHON) manage.py check --deploy --fail-level WARNING

migrations-run:
	$(PYTHON) manage.py migrate

types:
	$(PYTHON) -m mypy

# It asks the migrated database for the names of constraints.
migration-locks: migrations-run
	$(PYTHON) -m tests.migration_linter

# Five processes for two cores: each of them often waits for the database, a browser or a clock.
all-tests:
	@$(MAKE) --no-print-directory --keep-going --jobs 3 $(WHOLE_OUTPUT) journeys browser-tests unit-tests

# The others are not even collected: every core would import what they need, and run none of it.
# Counting branches makes Python half as slow again; what the browser and the proofs run has its own
# tests too. A make that a test starts must not keep its output until it ends, as ours does.
unit-tests:
	MAKEFLAGS= $(PYTEST) --cov --cov-report= --durations 20 --durations-min 5 \
	  --ignore tests/browser --ignore tests/journeys --ignore tests/proofs

# What failed is tried once more, as are journeys, and nothing else (docs/decisions/browser-test-retries.md).
browser-tests:
	$(BROWSER_TESTS) --durations 20 --durations-min 5 || { echo "── failed tests again"; \
	  $(BROWSER_TESTS) --last-failed --last-failed-no-failures none; }

# One process, as they share one product (tests/journeys).
JOURNEYS := MAKEFLAGS= TOX_PARALLEL_ENV=journeys $(PYTHON) -m pytest -p no:schemathesis -rsfE \
  -o cache_dir=.pytest_cache/journeys -o faulthandler_timeout=900 --durations 0 --durations-min 1 tests/journeys
journeys:
	$(JOURNEYS) -m journey || { echo "── failed journeys again"; \
	  $(JOURNEYS) -m journey --last-failed --last-failed-no-failures none; }

# Those that kill processes, restore a backup or start a second site.
hard-journeys:
	$(JOURNEYS) -m proof

coverage:
	$(PYTHON) -m coverage report --skip-covered

# Beside the others: one test that takes longest of all in the browser, and journeys that often wait.
all-proofs:
	@$(MAKE) --no-print-directory --keep-going --jobs 3 $(WHOLE_OUTPUT) hard-journeys every-page small-proofs

every-page:
	$(IN_BROWSER) -o faulthandler_timeout=1200 $(EVERY_PAGE)

small-proofs:
	$(PROOFS) $(BOTH_CORES) --durations 40 --durations-min 5 $(PROOF_FOLDERS)

full-proofs: $(if $(PART),,every-page hard-journeys)
	$(PROOFS) -s $(if $(PART),$(PART:%=tests/proofs/test_%.py),$(PROOF_FOLDERS))

benchmarks:
	$(PYTHON) -m tests.bench

# The lock for developing has every package but PostgreSQL's, and the others take their versions from it.
# With uv, and UPGRADE="--upgrade-package django" or UPGRADE=--upgrade for newer versions.
LOCK := uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-annotate --no-header
FROM_LOCK := $(LOCK) --constraint requirements-dev.txt
REQUIRED = python3 -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))$(1), sep='\n')"
locks:
	$(call REQUIRED,['build-system']['requires']) | \
	  $(LOCK) $(UPGRADE) --group dev --extra s3 --extra sentry --extra webhooks -o requirements-dev.txt pyproject.toml -
	$(FROM_LOCK) -o requirements.txt pyproject.toml
	$(call REQUIRED,['build-system']['requires']) | $(FROM_LOCK) -o requirements-build.txt -
	for each in postgres s3 sentry webhooks; do \
	  $(call REQUIRED,['project']['optional-dependencies']['$$each']) | $(FROM_LOCK) -o requirements-$$each.txt - || exit; \
	done

take-screenshots:
	$(PYTHON) -m tests.screenshots $(SCREENS)
