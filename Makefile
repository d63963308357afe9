# Two commands do all the set-up: `make forecast` and `make test`. Everything is installed into .venv, from constraints.txt.
PYTHON ?= python3
BIN = .venv/bin
# What Python compiles it keeps: where a machine forbids that (containers do), every process would compile all libraries anew, 3 of its 5 seconds.
unexport PYTHONDONTWRITEBYTECODE
# Python compiles a module when it is first imported: all of them at once would be half of what an installation costs.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt --editable
# One more than there are cores: a quarter of the tests' time they wait for disks and for processes that they started.
WORKERS = $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")
COVERING = tests/rules tests/engine/test_oracle.py tests/engine/test_own_means.py tests/engine/test_law_at_work.py::test_years_of_the_tests \
	tests/engine/test_bits.py::test_tables_that_are_too_short_are_found_and_grow

.PHONY: forecast test small test-full benchmark mutation estimate lint coverage golden docs site backtest rhythms calibrate reference kept clean

forecast: .venv/ready
	$(BIN)/bso run scenarios/baseline.toml

# All is linted beside the tests: those leave a core idle while the model is compiled, and at their end. What is not run they list themselves.
test: .venv/ready-test
	@$(MAKE) --no-print-directory --jobs 2 small lint

small: .venv/ready-test
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not full"

test-full: .venv/ready-test lint
	$(INSTALL) ".[search]"
	$(BIN)/pytest -n $(WORKERS) --dist loadfile

lint: .venv/ready-test
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

# Lines and branches of the rules, the engine and the plain model that tests run, as plain Python; about three minutes.
coverage: .venv/ready-test
	NUMBA_DISABLE_JIT=1 $(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not full" $(COVERING) --cov --cov-report=term-missing

# Speed as ratios with their goals; about four minutes. Installs Mesa, which nothing else needs.
benchmark: .venv/ready-test
	$(INSTALL) ".[benchmark]"
	$(BIN)/python -m tests.benchmark

# Mutants of the rules, which tests must kill; about six minutes. Names those still alive.
mutation: .venv/ready-test
	$(INSTALL) ".[mutation]"
	rm -rf mutants
	NUMBA_DISABLE_JIT=1 $(BIN)/mutmut run
	$(BIN)/mutmut results

estimate: .venv/ready
	$(BIN)/bso estimate

golden: .venv/ready-test
	$(BIN)/python -m tests.golden

# The old scheme, forecast from its own days and held against what happened, and against what it has to show; a few minutes.
backtest: .venv/ready
	$(BIN)/bso backtest

# The rhythms of scenarios/rhythms beside the draft under all conditions, kept in docs/rhythms.csv, and their tables; about a quarter of an hour.
rhythms: .venv/ready
	$(BIN)/python -m docs.tables.rhythm_runs
	$(BIN)/python -m docs.tables --write README.md docs/rhythms.md

# Parameters fitted to what was known by the end of 2016; about ten minutes. What forecasts use of it is kept in scenarios/calibrated.
calibrate: .venv/ready
	$(BIN)/bso calibrate --out results/calibration
	cp results/calibration/sets.csv results/calibration/then.csv results/calibration/parameters.csv results/calibration/facts.csv results/calibration/later.csv scenarios/calibrated/

# Studies of the baseline that pages and reports quote, kept in results/reference: bands, what matters, the forecast of `bso serve`; half an hour.
reference: .venv/ready
	$(INSTALL) ".[sensitivity]"
	$(BIN)/bso bands baseline --out results/bands
	$(BIN)/bso sensitivity baseline --method sobol --points 128 --fails-below 0.4 --out results/sensitivity --budget-minutes 120
	mkdir -p results/reference/bands results/reference/sensitivity
	cp results/bands/bands.json results/reference/bands/
	cp results/sensitivity/sensitivity.json results/reference/sensitivity/
	$(MAKE) --no-print-directory kept

# The forecast that `bso serve` shows: the baseline's replications counted, and what they say of every municipality and company; minutes.
kept: .venv/ready
	$(BIN)/bso run baseline --out results/kept
	$(BIN)/python -m sim.web.kept results/kept results/reference/forecast

# The tables of the pages, made anew from code, data and runs; a test says when they are not. A few minutes.
docs: .venv/ready
	$(BIN)/python -m docs.tables --write

# All pages and a reference of all public functions, as a site in build/site (Sphinx); no warning is let through. A minute.
site: .venv/ready
	$(INSTALL) ".[docs]"
	rm -rf docs/api build/site
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -c docs/site . build/site
	@echo "build/site/index.html"

.venv/ready: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) .
	touch $@

.venv/ready-test: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) ".[test,notebook]"
	touch .venv/ready $@

clean:
	rm -rf .venv
