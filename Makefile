.DEFAULT_GOAL := help
.PHONY: help setup setup-core demo test test-fast test-core check docs docs-fast format lock clean

# Other projects' settings (ROS sets PYTHONPATH) would put their packages before ours.
unexport PYTHONPATH PYTHONHOME

# More for the tool behind a target: make test ARGS="-k netx", make lock ARGS=--upgrade
ARGS :=

help:  ## Print these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## Make .venv: Python 3.10 with everything
	@scripts/setup

setup-core:  ## Make .venv-core: a current Python with all that needs no Lava
	@scripts/setup core

demo: setup  ## Run the main job on a synthetic scene
	.venv/bin/neuromorph-track demo $(ARGS)

test: setup  ## Run all tests
	.venv/bin/python -m pytest $(ARGS)

test-fast: setup  ## Run the tests that take seconds
	.venv/bin/python -m pytest -m "not slow" $(ARGS)

test-core: setup-core  ## Run the tests that need no Lava, on a current Python
	.venv-core/bin/python -m pytest $(ARGS)

check: setup  ## Lint, check the formatting and the types
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

SPHINX = .venv/bin/python -m sphinx -E -W --keep-going -n -b html docs build/docs/html -d build/docs/doctrees

docs: setup  ## Build the documentation, with the notebooks executed
	$(SPHINX)

docs-fast: setup  ## The same without executing the notebooks
	NEUROMORPH_TRACK_DOCS=fast $(SPHINX)

format: setup  ## Format the code and mend what the linter can
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

# Not after set-up: a lock that cannot be installed must be mendable.
UV ?= .venv/bin/uv
COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(UV) pip compile --quiet --universal --python-version 3.10 \
	--generate-hashes --no-emit-index-url $(ARGS)

lock:  ## Resolve the pinned requirements anew
	$(COMPILE) --group bootstrap --output-file requirements/uv.txt
	$(COMPILE) pyproject.toml --all-extras --output-file requirements/lock.txt

clean:  ## Remove environments, caches and builds (never runs/)
	rm -rf .venv .venv-core .venv.lock .venv-core.lock .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find neuromorph_track tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
