# The commands of the house. `make` or `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do command -v $$p && break; done)
BIN := .venv/bin

.PHONY: help run test check format pins bench fuzz chaos clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: .venv/ready ## install what is missing, prepare the data, serve the site
	@$(BIN)/flask --app quizapp serve

test: .venv/tested ## formatting, lint, types, tests and the browser walkthrough
	@sh tests/browser/install.sh
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/tested ## the same without the browser, for while you work
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not browser"

format: .venv/tested ## put the code into its form
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

pins: .venv/tested ## after a change in pyproject.toml: resolve every package anew, exactly, with hashes
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 \
		pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 --extra test \
		pyproject.toml -o tests/requirements.txt

bench: .venv/tested ## measure: reading speeches, drafting, a bell for everybody, half a year of practice, servers on the quiz's own requests
	@$(BIN)/python -m bench.reading
	@$(BIN)/python -m bench.drafting
	@$(BIN)/python -m bench.bell 200 2000
	@$(BIN)/python -m bench.practice
	@$(BIN)/python -m bench.servers

fuzz: .venv/tested ## ten minutes of spoilt speeches and files: a reading or one clear sentence, in time
	@$(BIN)/python -m bench.fuzz 600

chaos: .venv/tested ## 200 people take a quiz while workers die and replies go astray, on both databases
	@$(BIN)/python -m bench.chaos

clean: ## remove what was installed and built; the data in instance/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/made:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "需要 Python 3.11 或更新版本：请安装后重试，或用 make PYTHON=/路径/python3.11 $(MAKECMDGOALS) 指定。" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "这个 Python 缺少 venv 组件：请先安装（Debian/Ubuntu：apt-get install python3-venv）。" >&2; exit 1; }
	@echo "正在建立 .venv ……"
	@$(PYTHON) -m venv .venv
	@touch $@

# pip prints each package as it comes; the hashes in the pins are checked.
.venv/ready: .venv/made requirements.txt
	@echo "正在安装依赖（首次约一分钟）……"
	@$(BIN)/python -m pip install --disable-pip-version-check --no-input --require-hashes -r requirements.txt
	@touch $@

.venv/tested: .venv/ready tests/requirements.txt
	@echo "正在安装测试依赖……"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r tests/requirements.txt
	@touch $@
