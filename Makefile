PYTHON ?= python3
UPGRADE ?=

bin := .venv/bin
uv := $(bin)/uv pip
compile := $(uv) compile --quiet $(UPGRADE) --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate

# Bytecode is kept: else every process compiles all libraries anew, which takes ten seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help test test-all lint demo serve notebooks chicago lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Examples of properties and hidden seeds are the same each time, so that no change is refused by
# chance; test-all looks for new ones.
# There is a process for each core, so threads that wait in a loop for the next piece of work take
# their cores from each other.
test: export HIDDEN_SEED ?= 71123
test: export OMP_WAIT_POLICY = passive
test: export OPENBLAS_NUM_THREADS = 1
test: lint ## all of `make lint`, and the tests, in a process for each core
	$(bin)/pytest -n logical --dist worksteal --hypothesis-profile=ci

test-all: lint .venv/.spark ## the same, with the slow tests and those on Spark (needs Java 17)
	$(bin)/pytest -m ""

lint: .venv/.dev ## environment, linters, types, import contracts, dependencies
	$(bin)/ruff check
	$(bin)/ruff format --check
	$(bin)/mypy src
	$(bin)/lint-imports --no-logo
	$(bin)/deptry src

demo: .venv/.run ## a made-up city, from its records to grades and a report in out/demo
	@$(bin)/xinheng demo

serve: .venv/.run ## the API on the demo city, which is made where there is none
	@test -f out/demo/report.html || $(MAKE) --no-print-directory demo
	$(call at,out/demo) $(bin)/xinheng serve $(if $(PORT),--port $(PORT))

notebooks: .venv/.notebooks ## the course for data scientists, in JupyterLab
	$(bin)/jupyter-lab --notebook-dir=. --LabApp.default_url=/lab/tree/notebooks/01_archive.py

chicago: .venv/.run ## the published task on the tables in data/chicago: writes docs/chicago.md
	rm -rf out/chicago
	$(call at,out/chicago) $(bin)/xinheng ingest chicago data/chicago
	$(call at,out/chicago) $(bin)/xinheng train --cohort inspections \
		--delivery data/chicago --report docs/chicago.md
	$(call at,out/chicago) $(bin)/xinheng forecast --report docs/chicago.md

lock: .venv/.tools ## lock files from pyproject.toml (UPGRADE=--upgrade: the newest versions)
	printf 'setuptools\nuv\n' | $(compile) - --output-file requirements/bootstrap.lock
	$(compile) pyproject.toml --extra dev --output-file requirements/dev.lock
	$(compile) pyproject.toml --extra serving --extra simulation --extra training \
		--constraint requirements/dev.lock --output-file requirements/run.lock
	$(compile) pyproject.toml --extra serving --constraint requirements/run.lock \
		--output-file requirements/service.lock
	$(compile) pyproject.toml --extra notebooks --constraint requirements/dev.lock \
		--output-file requirements/notebooks.lock
	printf '%s\n' featuretools lightgbm 'pandas<3' pyarrow 'setuptools<81' woodelf_explainer | \
		$(compile) - --output-file requirements/peers.lock
	$(compile) pyproject.toml --extra spark --constraint requirements/run.lock \
		--output-file requirements/spark.lock

clean: ## remove the environment, caches and builds
	rm -rf .venv build dist *.egg-info .hypothesis .*_cache
	find src tests -name __pycache__ -prune -exec rm -rf {} +

at = XINHENG_ARCHIVE=$(1)/archive XINHENG_BUNDLES=$(1)/bundles XINHENG_KEYS=$(1)/keys \
	XINHENG_LEDGER=sqlite:///$(1)/ledger.db XINHENG_MLRUNS=$(1)/mlruns \
	XINHENG_GRADES=$(1)/grades XINHENG_KEPT=$(1)/kept XINHENG_FORECASTS=$(1)/forecasts

# The environment. Everything that .run installs is also in .dev, at the same
# version, so that either can be made first and neither undoes the other.

define fetch
	@echo "Installing requirements/$(1).lock ..."
	@$(uv) install --quiet --python $(2)/python --require-hashes -r requirements/$(1).lock || { \
		echo "uv could not install; pip tries, which takes longer ..."; \
		$(2)/pip install --quiet --require-hashes --no-deps --no-compile -r requirements/$(1).lock; }
endef

define install
	$(call fetch,$(1),$(bin))
	@$(uv) install --quiet --python $(bin)/python --no-deps --no-build-isolation --editable .
endef

.venv/.tools: requirements/bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Xinheng needs Python 3.11 or later: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(bin)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.run: .venv/.tools requirements/run.lock pyproject.toml
	$(call install,run)
	@touch $@

.venv/.dev: .venv/.tools requirements/dev.lock pyproject.toml
	$(call install,dev)
	@touch .venv/.run $@

# What benchmarks compare with and needs other versions, in an environment of its own.

.venv/.peers: requirements/peers.lock
	@test -f .venv/.tools || $(MAKE) --no-print-directory .venv/.tools
	@echo "Making .venv/peers ..."
	@$(bin)/python -m venv --clear .venv/peers
	$(call fetch,peers,.venv/peers/bin)
	@touch $@

.venv/.spark: .venv/.dev requirements/spark.lock
	$(call install,spark)
	@touch $@

# JupyterLab, which opens a script in the percent format as a notebook and asks nobody for news.

define lab
{"@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"python": "Jupytext Notebook"}},
 "@jupyterlab/apputils-extension:notification": {"checkForUpdates": false, "fetchNews": "false"}}
endef
export lab

.venv/.notebooks: .venv/.run requirements/notebooks.lock
	$(call fetch,notebooks,$(bin))
	@mkdir -p .venv/share/jupyter/lab/settings
	@echo "$$lab" > .venv/share/jupyter/lab/settings/overrides.json
	@touch $@
