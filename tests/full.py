#!/usr/bin/env python3
"""Everything that is too long for each change: what `make test-full` runs after `make test`.

    tests/full.py BUILD [--minutes N] [--without-sanitizers | --only-sanitizers]

Conformance by the reference operators too, random and damaged models with new seeds, fuzzing for minutes, the share of reference
operators in real models. Then the sanitizer builds (`make test-sanitizers`: these alone): the whole conformance pack, real and random
models, damaged ones, plugins, unit tests and fuzzers under the address and undefined-behaviour sanitizers, and what uses threads under the
thread sanitizer. The figures come last, as a table.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(name, command, figures, env=None):
    """Runs a stage with its output as it comes; keeps its figures. A stage that skips itself (77) is no failure."""
    print(f"\n--- {name}: {' '.join(str(c) for c in command)}", flush=True)
    start = time.monotonic()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                               cwd=ROOT, env={**os.environ, **(env or {})})
    found = []
    for line in process.stdout:
        print(line, end="", flush=True)
        if line.startswith("figure: "):
            found.append(line[len("figure: "):].strip())
    code = process.wait()
    outcome = "passed" if code == 0 else "skipped" if code == 77 else f"FAILED ({code})"
    figures.append((name, outcome, f"{time.monotonic() - start:.0f} s", "; ".join(found)))
    return code in (0, 77)


FUZZERS = ["engine_file", "graph_text", "onnx_model", "log", "policy", "json_export"]
UNIT_TESTS = ["base", "catalog", "graph", "ops", "onnx", "passes", "tactics", "plugins", "engine", "runtime", "builder", "zoo", "tensorrt", "logs",
              "exports", "findings", "compare", "baselines", "policy", "reports", "doctor", "cli", "tensorrt_logger", "tensorrt7_logger"]
COUNTING = ["test_plugins", "test_runtime"]
THREADED = ["base", "tactics", "plugins", "runtime", "builder", "baselines", "cli", "tensorrt_logger"]


def corpus(fuzzer):
    return ROOT / "tests" / "fuzz" / "corpus" / fuzzer


def release_stages(build, python, seconds):
    pharos = build / "bin" / "pharos"
    oracle = [python, "tests/oracle/run.py", "--cases", "1000000", "--time", seconds]
    return [("conformance, engines", [python, "tests/conformance/run.py", pharos, "--work", build / "conformance", "--against-reference"], None),
            ("conformance, reference", [python, "tests/conformance/run.py", pharos, "--work", build / "conformance", "--reference"], None),
            ("whole models", [build / "bin" / "test_models"], {"PHAROS_LONG_TESTS": "1"}),
            ("oracle, engines", [*oracle, "--pharos", pharos], None),
            ("oracle, graphs", [*oracle, "--pharos", pharos, "--only", "graph"], None),
            ("oracle, reference", [*oracle, "--pharos", pharos, "--reference"], None),
            ("damaged models", [python, "tests/oracle/hostile.py", "--pharos", pharos, "--cases", 10000], None),
            ("hostile logs", [python, "tests/doctor/hostile.py", pharos], None),
            ("reference in models", [python, "tests/models/fallbacks.py", pharos], None),
            *((f"fuzz {f}", [build / "bin" / f"fuzz_{f}", corpus(f), "--seconds", seconds], None) for f in FUZZERS)]


def asan_options(stage):
    """Memory that there is not is asked for on purpose; tests that count allocations replace only the operators that they need."""
    return "allocator_may_return_null=1" + (":alloc_dealloc_mismatch=0" if stage in COUNTING else "")


def sanitizer_stages(build, python, seconds):
    asan, tsan = ROOT / "build-asan", ROOT / "build-tsan"
    pharos = asan / "bin" / "pharos"
    targets = ["pharos", *(f"fuzz_{f}" for f in FUZZERS), *(f"test_{t}" for t in UNIT_TESTS)]
    # The pack is unpacked once; a model that takes a second takes ten here.
    checked = [("conformance", [python, "tests/conformance/run.py", pharos, "--work", build / "conformance", "--timeout", 600]),
               ("conformance, reference", [python, "tests/conformance/run.py", pharos, "--work", build / "conformance", "--timeout", 600, "--reference"]),
               ("oracle", [python, "tests/oracle/run.py", "--pharos", pharos, "--cases", "1000000", "--time", seconds]),
               ("damaged", [python, "tests/oracle/hostile.py", "--pharos", pharos, "--cases", 2000]),
               ("bad values", [python, "tests/oracle/bad_values.py", "--pharos", pharos]),
               ("kept models", [python, "tests/oracle/kept.py", pharos]),
               ("plugins", [python, "tests/plugins/run.py", pharos, "cc"]),
               ("hostile logs", [python, "tests/doctor/hostile.py", pharos, "--quick", "--sanitized"]),
               *((f"test_{t}", [asan / "bin" / f"test_{t}"]) for t in UNIT_TESTS),
               *((f"fuzz {f}", [asan / "bin" / f"fuzz_{f}", corpus(f), "--seconds", seconds]) for f in FUZZERS)]
    return [("address sanitizer: configure", ["cmake", "--preset", "asan"], None),
            ("address sanitizer: build", ["cmake", "--build", asan, "--target", *targets], None),
            *((f"address sanitizer: {name}", command, {"PHAROS_SANITIZED": "1", "ASAN_OPTIONS": asan_options(name)}) for name, command in checked),
            ("thread sanitizer: configure", ["cmake", "--preset", "tsan"], None),
            ("thread sanitizer: build", ["cmake", "--build", tsan, "--target", *(f"test_{t}" for t in THREADED)], None),
            *((f"thread sanitizer: test_{t}", [tsan / "bin" / f"test_{t}"], None) for t in THREADED)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=3, help="of each oracle and each fuzzer")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--without-sanitizers", action="store_true")
    which.add_argument("--only-sanitizers", action="store_true")
    options = parser.parse_args()
    build, seconds = options.build.resolve(), int(options.minutes * 60)
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        python = pathlib.Path(sys.executable)
    stages = [] if options.only_sanitizers else release_stages(build, python, seconds)
    stages += [] if options.without_sanitizers else sanitizer_stages(build, python, seconds)
    figures = []
    fine = [run(name, command, figures, env) for name, command, env in stages]
    print("\n| stage | outcome | time | figures |\n| --- | --- | --- | --- |")
    for row in figures:
        print("| " + " | ".join(row) + " |")
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
