# Two commands do everything: `make demo` grades a demonstration class, `make test` proves that all of it works.
# Both set up what they need: a virtual environment of the project's own, pinned packages, the data.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
WORKERS ?= 2
ASSIGNMENT ?= 03_triplet_loss
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=300

.PHONY: help setup data release bundle site demo lab formgrader test lint check-types unit notebooks bench fates art clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY) data ## virtual environment, packages, data

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[grade,test]'
	touch $(READY)

data: $(READY) ## fetch the real data and weights (once)
	$(BIN)/python -m course.data

release: $(READY) ## student versions and public cases, from source/
	$(BIN)/autograder release

bundle: $(READY) ## what students get, as dist/convnet-course.zip
	$(BIN)/autograder bundle

site: setup ## the notebooks as web pages with all figures, in build/site (minutes)
	$(BIN)/autograder site

demo: setup release ## grade a demonstration class in demo/
	rm -rf demo
	$(BIN)/python -m tests.submissions demo
	$(BIN)/autograder grade $(ASSIGNMENT) --root demo --workers $(WORKERS) --cell-timeout 10

lab: setup ## JupyterLab on the released notebooks, with nbgrader's Validate button
	$(BIN)/jupyter lab --ServerApp.root_dir=release --LabApp.app_settings_dir=lab

formgrader: setup ## JupyterLab with formgrader (menu Nbgrader), for instructors
	mkdir -p ~/.convnet-course/exchange
	$(BIN)/jupyter lab

test: setup lint check-types unit notebooks ## everything that CI runs

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

check-types: $(READY)
	$(BIN)/mypy

unit: setup ## unit tests and end-to-end grading
	$(BIN)/pytest -n $(WORKERS) --dist loadfile tests

notebooks: setup ## nbval runs the source notebooks from top to bottom
	$(BIN)/pytest -n $(WORKERS) --dist loadfile $(NBVAL) source

bench: setup ## timings, as ratios of runs side by side
	$(BIN)/python -m tests.bench.grading
	$(BIN)/python -m tests.bench.students
	PYTHONPATH=. $(BIN)/python tools/bench_style_transfer.py

fates: setup ## every fate of a class, promised and got, beside nbgrader and otter-grader (half an hour)
	$(BIN)/python -m tests.fates

art: setup ## a larger picture: make art CONTENT=photo.jpg STYLE=mosaic OUT=art.png
	PYTHONPATH=. $(BIN)/python tools/art.py "$(CONTENT)" "$(STYLE)" "$(OUT)"

clean: ## remove what can be made again
	rm -rf .venv demo build dist .mypy_cache .ruff_cache .pytest_cache
