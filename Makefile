# make demo: the whole system on this machine, with real orders. make help: the rest.
python = .venv/bin/python

.PHONY: help setup demo test check format lock
help:
	@echo "make setup   build .venv from the hash-locked requirements (only when they changed)"
	@echo "make demo    start everything, book the demo's orders, stay up until Ctrl-C"
	@echo "             KEEP=1 goes on with what is in var/demo, DEMO_EXIT=1 ends by itself"
	@echo "make test    all tests; TESTS=\"tests/exact -k limit\" runs some of them"
	@echo "make check   format, lint, imports, types, house rules"
	@echo "make format  put the code into the house's format"
	@echo "make lock    renew requirements.txt from requirements.in"

setup:
	@bin/setup.sh

demo: setup
	@$(python) -m include.demo

# Two at a time, each file's tests in one place and in order, so that the long ones of the demo begin early;
# `make test TESTS="tests/exact -k limit"` runs some of them.
test:
	@bin/setup.sh tests
	@$(python) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

check: setup
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -c "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
	$(python) -m mypy
	$(python) -m pytest -q tests/house

format: setup
	$(python) -m ruff format .
	$(python) -m ruff check --fix .

lock: setup
	$(python) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --upgrade --no-header \
		--no-emit-index-url --no-emit-find-links requirements.in -o requirements.txt
	$(python) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --upgrade --no-header \
		--no-emit-index-url --no-emit-find-links requirements-clients.in -o requirements-clients.txt
