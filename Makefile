# SPDX-License-Identifier: Apache-2.0
# A target whose line ends in "## words" is shown by `make help`.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help build release up down status demo test test-lava test-squad faults lava lava-down squad squad-down lint
.PHONY: format docs docc bench clean

help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build everything (debug; the first time takes many minutes)
	swift build

release: ## build everything, optimised
	swift build -c release

up: ## start RabbitMQ, PostgreSQL and the whole fleet with two simulated labs
	@deploy/fleet up

down: ## stop all of it (data stay in .muster/)
	@deploy/fleet down
	@deploy/stack down

status: ## what runs
	@deploy/stack status; deploy/fleet status

demo: ## from nothing to a finished jobset, its report and its callback
	@deploy/demo

test: ## servers, lint, build, all tests (ARGS="--filter Name" goes to swift test)
	@deploy/test $(ARGS)

test-lava: ## the tests against a real LAVA, which is installed and started (root)
	@deploy/test-lava $(ARGS)

faults: ## a fault campaign (ARGS="--seconds 600 --seed 7", or ARGS=--slow-fronts)
	@deploy/faults $(ARGS)

lava: ## start a real LAVA on loopback (root)
	@deploy/lava up

lava-down: ## stop it
	@deploy/lava down

test-squad: ## the tests against a real SQUAD, which is installed from PyPI and started
	@deploy/test-squad $(ARGS)

squad: ## start a real SQUAD on loopback
	@deploy/squad up

squad-down: ## stop it
	@deploy/squad down

lint: ## what can be checked without building
	@deploy/lint

format: ## lay out all Swift as .swift-format says
	swift format format --in-place --parallel --recursive --configuration .swift-format Package.swift Sources Tests

docs: ## check the links and the language of the documentation
	@deploy/links.py
	@deploy/words.py

docc: ## build the pages of the libraries into .build/docc (fails on a broken link)
	@deploy/docc

bench: ## the benchmarks (release build)
	@test -x Benchmarks/run || { echo "there are no benchmarks yet (Benchmarks/run)"; exit 1; }
	@Benchmarks/run

clean: ## remove the build; servers and their data stay
	swift package clean
