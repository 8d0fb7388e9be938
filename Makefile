# Assay: two commands do everything on a fresh machine with Swift 6.3: `make gate` and `make test`.

SWIFT       ?= swift
BUILD_FLAGS := --explicit-target-dependency-import-check error
ASSAY       := .build/release/assay
ARM         := aarch64-linux-gnu-gcc qemu-aarch64
ARM_PACKAGES := gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
PACKAGES    := libsqlite3-dev libcmocka-dev libyaml-dev libzip-dev libssl-dev libmicrohttpd-dev

.PHONY: arm arm-tests ota-clients ota-mutation ota-rows gate test build packages lint format asan tsan ubsan fuzz conformance \
        operators bench help

help:
	@sed -n 's/^## //p' Makefile

## make gate         install what is missing, build, judge everything under suites/
gate: build
	$(ASSAY) gate --reports reports/latest

## make test         every test, kernels in C included
test: packages
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	$(SWIFT) test --skip-build --disable-xctest
	@$(if $(filter 2,$(words $(shell which $(ARM)))),$(MAKE) arm,\
	  echo "skipped: the kernels of Arm (make arm-tests installs a cross-compiler and an emulator)")

## make arm-tests    the C kernels and their cases cross-compiled for 64-bit Arm, run by an emulator
arm-tests:
	@scripts/install-packages $(ARM_PACKAGES)
	@$(MAKE) arm

arm:
	@$(MAKE) --no-print-directory --jobs=2 --output-sync --directory=Tests/Arm

## make ota-clients  real update clients (curl, swupdate, mender) against the service and a relay that misbehaves
ota-clients: build
	@scripts/install-packages curl openssl swupdate mender-client
	@echo "curl"; $(ASSAY) ota replay --client scripts/ota-client-curl
	@echo "swupdate (DDI)"
	@$(ASSAY) ota replay --client scripts/ota-client-swupdate --package swu \
	  --known resume-answered-with-all --known wrong-hash --known overloaded --known overloaded-artifact
	@echo "mender, standalone (waits a minute before it resumes)"
	@$(ASSAY) ota replay --client scripts/ota-client-mender --package mender --limit 300 \
	  --known overloaded-artifact

## make ota-rows     the reference client (curl) through every committed row that applies to a client
ota-rows: build
	@scripts/install-packages curl openssl
	$(ASSAY) ota replay --client scripts/ota-client-curl suites/ota/*.yaml

## make ota-mutation every small change of the simulated device: does the explorer notice? (an hour of one core)
ota-mutation: packages
	$(PYTHON) tools/ota-mutation --patches
	$(PYTHON) tools/ota-mutation

build: packages
	$(SWIFT) build -c release --product assay $(BUILD_FLAGS)

packages:
	@scripts/install-packages $(PACKAGES)

## make lint         formatting and style, changing nothing
lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests

## make format       format Swift and C in place
format:
	$(SWIFT) format --in-place --recursive Package.swift Sources Tests
	find Sources Tests -name '*.[ch]' -not -path '*/.build/*' | xargs clang-format -i

## make asan tsan    every test under the address or thread sanitizer
asan tsan: packages
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/leaks.supp:print_suppressions=0 $(SWIFT) test --disable-xctest --sanitize=$(if $(filter asan,$@),address,thread) --scratch-path .build/$@

## make ubsan        every test with the C kernels trapping on undefined behaviour
ubsan: packages
	$(SWIFT) test --disable-xctest --scratch-path .build/$@ \
	  -Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined

SECONDS ?= 60
RUNS    ?= 100000

## make fuzz         RUNS mutants of models from SEED, then libFuzzer for SECONDS; failures go to Tests/FailCases
fuzz: packages
	$(SWIFT) build -c release --package-path Tests/Fuzz --product fuzz-models
	SWIFT_BACKTRACE=enable=no Tests/Fuzz/.build/release/fuzz-models --seed $(SEED) --runs $(RUNS) \
	  --corpus suites/digits/models --output Tests/FailCases/tflite
	for format in pte onnx; do SWIFT_BACKTRACE=enable=no Tests/Fuzz/.build/release/fuzz-models --format $$format \
	  --seed $(SEED) --runs $(RUNS) --output Tests/FailCases/formats || exit 1; done
	Tests/Fuzz/run-libfuzzer.sh $(SECONDS)
	Tests/Fuzz/run-libfuzzer-formats.sh $(SECONDS)
	Tests/Fuzz/run-libfuzzer-inputs.sh $(SECONDS)

PYTHON ?= python3
VENV   := .build/venv
COUNT  ?= 20
SEED   ?= 1

## make conformance  bit for bit against TensorFlow Lite Micro: committed models and COUNT generated graphs per family
conformance: build $(VENV)/conformance.stamp
	$(VENV)/bin/python tools/conformance --program $(ASSAY) --count $(COUNT) --seed $(SEED)

## make operators    the support matrix: writes docs/operators.md
operators: build
	$(ASSAY) operators --markdown > docs/operators.md

## make bench        time per inference beside LiteRT and TFLM, one interleaved run; writes docs/benchmarks.md
bench: build $(VENV)/bench.stamp
	$(VENV)/bin/python tools/bench --program $(ASSAY)

# Pinned Python packages of one tool (Python 3.11, Debian's python3-venv), installed once.
$(VENV)/%.stamp: tools/%/requirements.txt
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --requirement $<
	touch $@
