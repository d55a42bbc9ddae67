# SPDX-License-Identifier: Apache-2.0
# `make help` lists the targets whose line ends in "## words".

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help build release dist image check-deploy test-client test-install up down status demo test test-lava test-squad test-pooler test-cluster test-upgrade faults lava lava-down squad squad-down lint
.PHONY: format docs docc bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build everything (debug; the first build takes many minutes)
	swift build

release: ## build everything, optimised
	swift build -c release

dist: ## build what is installed into dist/: tarball, Debian package, bill of materials, checksums
	@deploy/dist $(ARGS)

image: ## build a container image from the package into dist/, without a container engine (root)
	@deploy/container/build $(ARGS)

check-deploy: ## validate the Kubernetes manifests and the compose file, offline
	@deploy/check-deploy

test-client: ## run the tests of the Python client against a gateway
	@deploy/test-client

test-install: ## install the package into an empty Debian system and run the example there (root)
	@deploy/test-install $(ARGS)

up: ## start RabbitMQ, PostgreSQL and the whole fleet with two simulated labs
	@deploy/fleet up

down: ## stop the fleet and the servers (data are kept in .muster/)
	@deploy/fleet down
	@deploy/stack down

status: ## list the running servers and workers
	@deploy/stack status; deploy/fleet status

demo: ## set everything up and run a jobset, up to its report and callback (KEEP=1: leave it running, with the dashboard)
	@deploy/demo

test: ## start the servers, lint, build, run all tests (ARGS="--filter Name" is passed to swift test)
	@deploy/test $(ARGS)

test-lava: ## install and start a real LAVA, and run the tests against it (root)
	@deploy/test-lava $(ARGS)

faults: ## run a fault campaign (ARGS="--seconds 600 --seed 7", or ARGS=--slow-fronts)
	@deploy/faults $(ARGS)

lava: ## start a real LAVA on loopback (root)
	@deploy/lava up

lava-down: ## stop the real LAVA
	@deploy/lava down

test-squad: ## install and start a real SQUAD, and run the tests against it
	@deploy/test-squad $(ARGS)

test-pooler: ## start a PgBouncer, and run the tests of the store through it
	@deploy/test-pooler $(ARGS)

test-cluster: ## run a fleet on three nodes of RabbitMQ and a PostgreSQL with a standby, and kill some of them (five minutes)
	@deploy/test-cluster $(ARGS)

test-upgrade: ## upgrade a running fleet from the last release, go back, and upgrade it again (its first build takes ten minutes)
	@deploy/test-upgrade $(ARGS)

squad: ## start a real SQUAD on loopback
	@deploy/squad up

squad-down: ## stop the real SQUAD
	@deploy/squad down

lint: ## run the checks that need no build
	@deploy/lint

format: ## format all Swift files
	swift format format --in-place --parallel --recursive --configuration .swift-format Package.swift Sources Tests

docs: ## check the documentation, and build it as a searchable site into .build/docs/site
	@deploy/docs

docc: ## build the documentation of the libraries into .build/docc
	@deploy/docc

bench: ## run the benchmarks (release build)
	@test -x Benchmarks/run || { echo "Benchmarks/run is missing"; exit 1; }
	@Benchmarks/run

clean: ## remove the build; servers and their data are kept
	swift package clean
