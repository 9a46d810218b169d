# `make` lists the targets. Everything that they make is in .smm/ of this folder.

PYTHON ?= python3
PORT ?= 8080
UV = uv==0.13.9

python = .smm/venv/bin/python
uv = .smm/venv/bin/uv
# what a variable says, as one word for the shell, whatever is in it
said = '$(subst ','\'',$(value $1))'

# Without bytecode the imports of Airflow and Great Expectations take two to three times as long.
unexport PYTHONDONTWRITEBYTECODE
# The environment is the lock's: nothing of another Python reaches in.
unexport PYTHONHOME
export PYTHONPATH := plugins

.DEFAULT_GOAL := help
.PHONY: help demo up smm rehearse letter test bench check lint lock clean

help: ## this list
	@echo 'make TARGET [VARIABLE=value]; PYTHON=python3.12 chooses the Python (3.11 to 3.13)'
	@sed -n 's/^\([a-z]*\):.*## /  \1: /p' Makefile

demo: .smm/venv/installed ## the whole way of the data with sandboxed far ends; ONCE=1 ends after the summary, RECORDINGS=dir replays recordings, PORT=8080 is the first of its eight ports
	@exec $(python) -m local demo --port $(call said,PORT) $(if $(ONCE),--once) $(if $(RECORDINGS),--recordings $(call said,RECORDINGS))

up: .smm/venv/installed ## the same stack for your own clients and connections, kept between starts; PORT=8080 is the first of its two ports
	@exec $(python) -m local up --port $(call said,PORT)

smm: .smm/venv/installed ## a command on the data of a running `make up` or demo: DO='forget yarko' (without DO the list), PORT as there
	@exec $(python) -m local smm --port $(call said,PORT) -- $(DO)

rehearse: .smm/venv/installed ## how the targets in a client's file, as it is now, would have judged the stored months and mailed; writes nothing: CLIENT=yarko, MONTHS=12, FILE=a changed file, PORT as above
	@exec $(python) -m local smm --port $(call said,PORT) -- rehearse $(if $(CLIENT),$(call said,CLIENT)) $(if $(MONTHS),--months $(call said,MONTHS)) $(if $(FILE),--file $(call said,FILE))

letter: .smm/venv/installed ## the letter about a client's judged month as .eml, .html, .txt, .xlsx and .pdf in .smm/letters; sends nothing: CLIENT=yarko, MONTH=2026-10, LANGUAGE=en (or ru, sv), PORT as above
	@exec $(python) -m local smm --port $(call said,PORT) -- preview $(if $(CLIENT),$(call said,CLIENT)) $(if $(MONTH),$(call said,MONTH)) $(if $(LANGUAGE),--language $(call said,LANGUAGE))

test: .smm/venv/installed-dev ## every test; TESTS='tests/local -k ports' some
	$(python) -m pytest --numprocesses 2 --dist worksteal --durations 25 $(TESTS)

bench: .smm/venv/installed-bench ## how fast it is, beside other ways: writes docs/bench.md; PART=a (or b to l) one part, BESIDE=folder of an older checkout to compare with, PORT as above
	@exec $(python) -m bench --port $(call said,PORT) $(if $(PART),--part $(call said,PART)) $(if $(BESIDE),--beside $(call said,BESIDE))

check: .smm/venv/installed ## the files in include/: clients, agency, KPIs, expectations
	@$(python) -m smm check

lint: .smm/venv/installed-dev ## ruff, mypy, sqlfluff, and the layers of the package
	$(python) -m ruff check
	$(python) -m ruff format --check
	.smm/venv/bin/lint-imports
	@# side by side: each of them takes most of a minute on one core
	$(python) -m sqlfluff lint --disable-progress-bar include/sql & sql=$$!; $(python) -m mypy; types=$$?; wait $$sql && exit $$types

lock: $(uv) ## write requirements*.txt again from requirements*.in
	$(lock) --upgrade requirements.in --output-file requirements.txt
	$(lock) --upgrade requirements-local.in --constraint requirements.txt --output-file requirements-local.txt
	$(lock) --upgrade requirements-dev.in --constraint requirements-local.txt --output-file requirements-dev.txt
	$(lock) --upgrade requirements-bench.in --constraint requirements-local.txt --output-file requirements-bench.txt
	@cp requirements.txt requirements-s3.txt # without --upgrade, uv keeps to the versions that it finds where it can
	$(lock) requirements-s3.in --output-file requirements-s3.txt

clean: ## remove what was made here, but not the data of `make up`; nothing while something runs here
	@if [ -e .smm/venv/installed ]; then $(python) -m local clean; fi
	@rm -rf .smm/venv .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './.smm/*' -prune -exec rm -rf {} +

lock = $(uv) pip compile --quiet --universal --python-version 3.11 --no-config \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'
install = $(uv) pip install --quiet --no-config --compile-bytecode --python $(python)

.smm/venv/installed: requirements-local.txt $(uv)
	@echo 'installing requirements-local.txt into .smm/venv (once)'
	@$(install) -r requirements-local.txt
	@touch $@

.smm/venv/installed-dev: requirements-dev.txt .smm/venv/installed
	@echo 'installing requirements-dev.txt into .smm/venv (once)'
	@$(install) -r requirements-dev.txt
	@touch $@

.smm/venv/installed-bench: requirements-bench.txt .smm/venv/installed
	@echo 'installing requirements-bench.txt into .smm/venv (once)'
	@$(install) -r requirements-bench.txt
	@touch $@

$(uv):
	@command -v '$(PYTHON)' >/dev/null || \
		{ echo 'there is no $(PYTHON) here: install Python 3.11, 3.12 or 3.13, or name one: make PYTHON=python3.12' >&2; exit 1; }
	@'$(PYTHON)' -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "$$('$(PYTHON)' --version 2>&1) is not supported: name a Python 3.11, 3.12 or 3.13: make PYTHON=python3.12" >&2; exit 1; }
	@mkdir -p .smm 2>/dev/null && [ -w .smm ] || \
		{ echo 'this folder cannot be written to: take a copy that belongs to you, or give yourself the right to .smm' >&2; exit 1; }
	@'$(PYTHON)' -m venv --clear .smm/venv
	@$(python) -m pip install --quiet --disable-pip-version-check '$(UV)'
