#!/usr/bin/env python3
"""Installs the build into a folder of its own, builds the examples against it with find_package(pharos), and runs them.

    python3 tests/install/run.py BUILD-FOLDER
"""
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(*command, expect=0):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != expect:
        sys.exit(f"exit code {done.returncode} instead of {expect}: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def plugin(prefix, work):
    """The example plugin against the installed header, and what the test kit says about it."""
    source, build, pharos = ROOT / "examples" / "plugin", work / "plugin", prefix / "bin" / "pharos"
    run("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
    run("cmake", "--build", build)
    library, model = build / "librows.so", work / "detections.onnx"
    run(sys.executable, source / "make_model.py", model)
    shapes = "boxes:50x4,logits:50"
    assert "PH1010" in run(pharos, "run", model, "--shapes", shapes, expect=4)
    assert "agrees with the reference" in run(pharos, "run", model, "--plugin", library, "--shapes", shapes, "--compare", model)
    assert "checks passed" in run(pharos, "plugin-check", library, "--cases", source / "cases.txt")


def doctor(prefix, work):
    """The doctor alone: its component, its library, which must not pull the engine in; an unknown component is refused."""
    source, build, log = ROOT / "examples" / "doctor", work / "doctor", work / "build.log"
    run("cmake", "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
    run("cmake", "--build", build)
    log.write_text("[09/19/2024-22:15:35] [E] [TRT] 4: [network.cpp::validate::2738] Error Code 4: Internal Error (Network must have at least one output)\n"
                   "[09/19/2024-22:15:35] [E] Engine set up failed\n")
    said = run(build / "read_log", log)
    assert "api_misuse" in said and "PH9802" in said and "build.log:1" in said, said
    assert '"verdict": "api_misuse"' in run(build / "read_log", "--format", "json", log)
    assert "PH9001" in run(build / "read_log", work / "missing.log", expect=1)
    needed = run("ldd", build / "read_log")
    assert "libpharos-doctor" in needed and "dnnl" not in needed and "protobuf" not in needed and "libpharos.so" not in needed, needed
    unknown = work / "unknown"
    unknown.mkdir()
    (unknown / "CMakeLists.txt").write_text("cmake_minimum_required(VERSION 3.25)\nproject(x LANGUAGES CXX)\nfind_package(pharos REQUIRED COMPONENTS surgeon)\n")
    assert "surgeon" in run("cmake", "-S", unknown, "-B", unknown / "b", f"-DCMAKE_PREFIX_PATH={prefix}", expect=1)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    work = build / "install-test"
    shutil.rmtree(work, ignore_errors=True)
    prefix, examples = work / "prefix", work / "examples"
    run("cmake", "--install", build, "--prefix", prefix)
    run("cmake", "-S", ROOT / "examples", "-B", examples, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
    run("cmake", "--build", examples)
    model = work / "model.onnx"
    run(prefix / "bin" / "pharos", "zoo", "mobilenet_v2", "--size", "64", "-o", model)
    assert "ran in" in run(examples / "example_build_and_run", model)
    assert "0 finding(s)" in run(examples / "example_clean_build", model)
    assert "4 threads, 0 failed" in run(examples / "example_many_threads", model, "4")
    # A model that cannot be built is an error of its own kind.
    dynamic = work / "dynamic.onnx"
    run(prefix / "bin" / "pharos", "zoo", "mobilenet_v2", "--size", "64", "--dynamic-batch", "-o", dynamic)
    assert "PH4101" in run(examples / "example_clean_build", dynamic, expect=4)
    plugin(prefix, work)
    doctor(prefix, work)
    shutil.rmtree(work)
    print("installed, found, built and ran: 4 examples, 1 plugin")


if __name__ == "__main__":
    os.environ.setdefault("LC_ALL", "C.UTF-8")
    main()
