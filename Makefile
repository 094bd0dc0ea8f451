# Two commands for a start: `make chat` and `make test`. The rest is for contributors (see CONTRIBUTING.md).

PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
INDEX  ?= .yuanwen
PORT   ?= 7860
NEWS   ?=
SIZES  ?= 1000 10000
ALONE  ?=
STORE  := store manifest lock files salvage rebuild verification

.PHONY: chat test lint types browser soak mutants coverage bench clean

# Opens the web chat over the five articles in seeds/.
chat: $(VENV)/.installed
	$(BIN)/yuanwen index seeds --index $(INDEX)
	$(BIN)/yuanwen chat --index $(INDEX) --port $(PORT)

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m "not browser"

# Needs a Chromium on this machine; CHROMIUM names it when it is not /usr/bin/chromium.
browser: $(VENV)/.installed-dev
	$(BIN)/python -m pytest -m browser

# The promises of docs/reliability.md at full length: hours, one thread. Needs strace; PROMISE=name runs one.
soak: $(VENV)/.installed-dev
	PYTHONPATH=. $(BIN)/python -m tests.soak $(PROMISE)

# Puts faults into a copy of the code, one by one; each must make a test fail. MUTANT="body limit" tries those named so.
mutants: $(VENV)/.installed-dev
	PYTHONPATH=. $(BIN)/python -m tests.mutants $(MUTANT)

# Which lines and branches the tests without a browser reach, of all packages and of the index folder's own modules.
coverage: $(VENV)/.installed-dev
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -m "not browser"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --fail-under=95 --include="$(subst $() ,,$(STORE:%=*/yuanwen_index/%.py,))"

# Yuanwen beside others; NEWS=FILE.jsonl.xz (rows with a text) indexes real articles instead of made-up ones, ALONE="60000 200000"
# adds sizes for Yuanwen and the limit only. Writes plots to docs/figures.
bench: $(VENV)-bench/.installed
	$(VENV)-bench/bin/python bench/speed.py $(NEWS) --sizes $(SIZES) $(if $(ALONE),--alone $(ALONE)) --out docs/figures

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[all]"
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[all,dev]"
	touch $@

$(VENV)-bench/.installed: pyproject.toml bench/requirements.txt
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/python -m pip install --quiet -e . -r bench/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-bench .mypy_cache .ruff_cache .pytest_cache dist
