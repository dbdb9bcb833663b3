#!/usr/bin/env python3
"""Everything that is too long for each change: what `make test-full` runs after `make test`.

    tests/full.py BUILD [--minutes N] [--without-sanitizers]

Conformance by the reference operators too, random and damaged models with new seeds, fuzzing for minutes, the share of reference
operators in real models, and the whole conformance pack and the fuzzers under the sanitizers. The figures come last, as a table.
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--minutes", type=float, default=3, help="of each oracle and each fuzzer")
    parser.add_argument("--without-sanitizers", action="store_true")
    options = parser.parse_args()
    build = options.build.resolve()
    pharos, seconds = build / "bin" / "pharos", int(options.minutes * 60)
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        python = pathlib.Path(sys.executable)
    oracle = [python, "tests/oracle/run.py", "--cases", "1000000", "--time", seconds]
    stages = [("conformance, engines", [python, "tests/conformance/run.py", pharos, "--work", build / "conformance"], None),
              ("conformance, reference", [python, "tests/conformance/run.py", pharos, "--work", build / "conformance", "--reference"], None),
              ("whole models", [build / "bin" / "test_models"], {"PHAROS_LONG_TESTS": "1"}),
              ("oracle, engines", [*oracle, "--pharos", pharos], None),
              ("oracle, reference", [*oracle, "--pharos", pharos, "--reference"], None),
              ("damaged models", [python, "tests/oracle/hostile.py", "--pharos", pharos, "--cases", 10000], None),
              ("reference in models", [python, "tests/models/fallbacks.py", pharos], None)]
    fuzzers = ["engine_file", "graph_text", "onnx_model"]
    stages += [(f"fuzz {f}", [build / "bin" / f"fuzz_{f}", ROOT / "tests" / "fuzz" / "corpus" / f, "--seconds", seconds], None) for f in fuzzers]
    if not options.without_sanitizers:
        asan, tsan = ROOT / "build-asan", ROOT / "build-tsan"
        stages += [("address sanitizer: configure", ["cmake", "--preset", "asan"], None),
                   ("address sanitizer: build", ["cmake", "--build", asan, "--target", "pharos", *(f"fuzz_{f}" for f in fuzzers)], None),
                   ("address sanitizer: conformance", [python, "tests/conformance/run.py", asan / "bin" / "pharos", "--work", asan / "conformance"], None),
                   ("address sanitizer: damaged", [python, "tests/oracle/hostile.py", "--pharos", asan / "bin" / "pharos", "--cases", 2000], None)]
        stages += [(f"address sanitizer: fuzz {f}", [asan / "bin" / f"fuzz_{f}", ROOT / "tests" / "fuzz" / "corpus" / f, "--seconds", seconds], None)
                   for f in fuzzers]
        stages += [("thread sanitizer: configure", ["cmake", "--preset", "tsan"], None),
                   ("thread sanitizer: build", ["cmake", "--build", tsan, "--target", "test_runtime", "test_tactics", "test_builder"], None),
                   *((f"thread sanitizer: {t}", [tsan / "bin" / t], None) for t in ("test_runtime", "test_tactics", "test_builder"))]
    figures = []
    fine = [run(name, command, figures, env) for name, command, env in stages]
    print("\n| stage | outcome | time | figures |\n| --- | --- | --- | --- |")
    for row in figures:
        print("| " + " | ".join(row) + " |")
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
