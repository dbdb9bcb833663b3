# make        release build: build/bin/pharos
# make demo   installs what is missing, builds, compiles ResNet-50, measures and verifies it
# make test   installs what is missing, builds and runs the tests; their figures come last
# make test-full  the same, then all that takes long: new seeds, minutes of fuzzing, sanitizer builds (an hour)
# make test-sanitizers  the sanitizer builds alone, each fuzzer and oracle for a minute
# make bench  speed, load and memory beside other CPU runtimes (a short form; BENCH='resnet50 --threads 1' for a part)
BUILD   ?= build
JOBS    ?= $(shell nproc)
PHAROS  := $(BUILD)/bin/pharos
DEMO    := $(BUILD)/demo
CMAKE   := cmake -S . -B $(BUILD) -G Ninja -DCMAKE_BUILD_TYPE=Release

.PHONY: all deps demo test test-full test-sanitizers bench docs stats clean
.DEFAULT_GOAL := all

all: deps
	$(CMAKE) -DPHAROS_TESTS=OFF
	cmake --build $(BUILD) -j $(JOBS) --target pharos

deps:
	@tools/deps.sh

demo: all
	mkdir -p $(DEMO)
	$(PHAROS) zoo resnet50 -o $(DEMO)/resnet50.onnx
	$(PHAROS) build $(DEMO)/resnet50.onnx -o $(DEMO)/resnet50.engine
	$(PHAROS) bench $(DEMO)/resnet50.engine --profile --top 10
	$(PHAROS) run $(DEMO)/resnet50.engine --compare $(DEMO)/resnet50.onnx

test: deps
	@timeout 240 tools/venv.sh || echo "no PyPI: tests that compare with ONNX Runtime are skipped"
	$(CMAKE) -DPHAROS_TESTS=ON
	cmake --build $(BUILD) -j $(JOBS)
	@ctest --test-dir $(BUILD) --output-on-failure -j $(JOBS); status=$$?; python3 tools/figures.py $(BUILD); exit $$status

test-full: test
	python3 tests/full.py $(BUILD)

test-sanitizers: deps
	@timeout 240 tools/venv.sh || echo "no PyPI: tests that compare with ONNX Runtime are skipped"
	python3 tests/full.py $(BUILD) --only-sanitizers --minutes 1

# All models, one thread and two, batch 1; without arguments compare.py measures everything (an hour).
bench: deps
	tools/venv.sh --benchmarks
	$(CMAKE) -DPHAROS_TESTS=OFF -DPHAROS_BENCHMARKS=ON
	cmake --build $(BUILD) -j $(JOBS) --target pharos fma_peak
	.venv/bin/python benchmarks/compare.py --pharos $(PHAROS) --batch 1 --rounds 3 --seconds 1 $(BENCH)

docs: all
	python3 tools/docs.py $(PHAROS)

stats:
	@python3 tools/stats.py

clean:
	rm -rf $(BUILD)
