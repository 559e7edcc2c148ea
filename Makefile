# `make` builds what is stale and starts the demo; `make test` runs everything. `make help` lists the rest.

CARGO ?= cargo
NPM ?= npm
CHROMIUM ?= /usr/bin/chromium
PROMETHEUS_TOOLS ?= /usr/bin/prometheus /usr/bin/prometheus-alertmanager /usr/bin/amtool
DATA ?= ../shared/data
# Cargo's own variable, when it is set, moves what is built out of the checkout.
TARGET := $(or $(CARGO_TARGET_DIR),target)
# The same selection of packages everywhere: another one would turn other features on and build everything again.
BUILD_FOR_TESTS = $(CARGO) test --workspace --locked --no-run --quiet
UI_SOURCES := $(shell find ui/src ui/public ui/index.html ui/package.json ui/vite.config.ts ui/tsconfig.json -type f)

.DEFAULT_GOAL := demo
.PHONY: demo build ui ui-dev test test-rust test-ui test-browser test-clients test-alerting lint fmt bench bench-detect bench-diagnose bench-forecast bench-alerts help clean-demo

demo: build ## Build what is stale and start the demo on http://127.0.0.1:4295
	$(TARGET)/release/hawkeye demo

build: ui ## Build the UI and the release binary
	$(CARGO) build --release --locked -p hawkeye

ui: ui/dist/index.html ## Build the UI

ui/dist/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	$(NPM) --prefix ui run build && touch $@

ui/node_modules/.package-lock.json: ui/package-lock.json
	$(NPM) --prefix ui ci --ignore-scripts --no-audit --no-fund && touch $@

ui-dev: ui/node_modules/.package-lock.json ## Serve the UI with hot reload, against a running server
	$(NPM) --prefix ui run dev

test: lint test-ui test-rust test-browser test-clients test-alerting ## Run every test
	@echo "all tests passed"

test-rust: ui ## Rust: unit, property and binary tests
	@$(CARGO) nextest --version >/dev/null 2>&1 || $(CARGO) install cargo-nextest --locked
	HAWKEYE_EXPECT_UI=1 $(CARGO) nextest run --workspace --locked
	$(CARGO) test --doc --locked -p hawkeye-detect

test-ui: ui/node_modules/.package-lock.json ## UI: unit tests and the generated client
	$(NPM) --prefix ui test
	$(NPM) --prefix ui run check:api

test-browser: ui $(CHROMIUM) ## UI: the real binary in headless Chromium
	$(BUILD_FOR_TESTS)
	$(NPM) --prefix ui run size
	cd ui && HAWKEYE_BIN=$(abspath $(TARGET))/debug/hawkeye CHROMIUM_PATH=$(CHROMIUM) $(NPM) run e2e

test-clients: ## Real OpenTelemetry SDKs in Python and Node
	$(BUILD_FOR_TESTS)
	HAWKEYE_BIN=$(abspath $(TARGET))/debug/hawkeye python3 examples/run_tests.py

test-alerting: $(PROMETHEUS_TOOLS) ## Real Prometheus, Alertmanager, amtool and SMTP, and receivers that misbehave
	$(BUILD_FOR_TESTS)
	HAWKEYE_BIN=$(abspath $(TARGET))/debug/hawkeye python3 tests/alerting/run_tests.py

$(PROMETHEUS_TOOLS) &:
	apt-get update -qq && apt-get install -y -qq --no-install-recommends prometheus prometheus-alertmanager

$(CHROMIUM):
	apt-get update -qq && apt-get install -y -qq chromium

lint: ui/node_modules/.package-lock.json ## Formatting and lints, as errors
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	$(NPM) --prefix ui run lint

fmt: ## Format the Rust code
	$(CARGO) fmt --all

bench: build ## CPU-seconds per million requests of intake, import and queries
	$(TARGET)/release/hawkeye bench

bench-detect: ## How well anomalies are found: public data (DATA=../shared/data) and simulated incidents; rewrites docs/detection.md
	$(CARGO) run --release --locked -p hawkeye-bench -- detect --data $(DATA) --write docs/detection.md $(BENCH_DETECT_FLAGS)

bench-diagnose: ## How well root causes are found: public data (DATA=../shared/data); rewrites docs/diagnosis.md
	$(CARGO) run --release --locked -p hawkeye-bench -- diagnose --data $(DATA) --write docs/diagnosis.md $(BENCH_DIAGNOSE_FLAGS)

bench-forecast: ## How well series are forecast, beside peers: public data (DATA=../shared/data); rewrites docs/forecasting.md
	$(CARGO) run --release --locked -p hawkeye-bench -- forecast --data $(DATA) --write docs/forecasting.md

bench-alerts: ## How reliably and how soon alerts arrive: kills, storms, slow receivers, heartbeat; takes ten minutes
	$(BUILD_FOR_TESTS)
	CARGO="$(CARGO)" HAWKEYE_BIN=$(abspath $(TARGET))/debug/hawkeye python3 tests/alerting/bench.py $(BENCH_ALERTS_FLAGS)

clean-demo: ## Forget everything that was stored in ./hawkeye-data
	rm -rf hawkeye-data

help: ## This list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16
