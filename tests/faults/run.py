#!/usr/bin/env python3
"""Faults of the machine: one allocation, read, write, open, rename or fsync after another fails, and the command has to end with
one of its exit codes, a coded message, and either the whole file or none.

usage: run.py PHAROS CC [--points N]
"""
import argparse
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


RESULTS = {"out.engine", "out.cache", "out.json", "output.npy"}


def commands(folder):
    (folder / "build.log").write_text("[05/04/2024-10:00:00] [E] [TRT] Out of memory during engine build. Requested: 2.1GB, Free: 1.8GB\n")
    return [["build", "net.onnx", "-o", "out.engine", "--timing-cache", "out.cache"], ["run", "net.engine", "--output-dir", "."],
            ["doctor", "build.log", "--format", "json", "-o", "out.json"]]


class Bench:
    def __init__(self, pharos, shim, folder):
        self.pharos, self.shim, self.folder = pharos, shim, folder
        self.kept = {p.name for p in folder.iterdir()}

    def run(self, words, kind, at=-1):
        for path in self.folder.iterdir():
            if path.name not in self.kept:
                path.unlink()
        env = {**os.environ, "LD_PRELOAD": str(self.shim), "FAULT_KIND": kind, "FAULT_AT": str(at), "FAULT_COUNT": str(self.folder / "count"),
               "LC_ALL": "C"}
        return subprocess.run([self.pharos, *words], cwd=self.folder, env=env, capture_output=True, timeout=120)

    def problem(self, words, kind, at):
        done = self.run(words, kind, at)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        if not 0 <= done.returncode <= 4:
            return f"exit {done.returncode}"
        if done.returncode > 1 and not re.search(r"\[PH\d{4}\]", said):
            return f"exit {done.returncode} without a code"
        left = {p.name for p in self.folder.iterdir()} - self.kept - {"count", *RESULTS}
        if left:
            return f"left {left}"
        engine = self.folder / "out.engine"
        if not engine.exists():
            return "no engine in spite of success" if "out.engine" in words and done.returncode == 0 else ""
        if subprocess.run([self.pharos, "inspect", engine.name], cwd=self.folder, capture_output=True).returncode:
            return "half an engine"
        return ""

    def check(self, words, kind, points):
        clean = self.run(words, kind)
        assert clean.returncode in (0, 1), clean.stderr
        total = int((self.folder / "count").read_text())
        assert total > 0, "nothing was counted: the shim does not work"
        chosen = range(total) if total <= points else sorted(random.Random(1).sample(range(total), points))
        bad = [(at, text) for at in chosen if (text := self.problem(words, kind, at))]
        print(f"{words[0]:7} {kind:7} {len(chosen):4} of {total} calls failed in turn: {len(bad)} bad")
        for at, text in bad[:10]:
            print(f"    call {at}: {text}")
        return len(bad)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pharos")
    parser.add_argument("cc")
    parser.add_argument("--points", type=int, default=60)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shim = folder / "shim.so"
        subprocess.run([args.cc, "-O1", "-shared", "-fPIC", str(HERE / "shim.c"), "-o", str(shim), "-ldl"], check=True)
        pharos = str(pathlib.Path(args.pharos).resolve())
        subprocess.run([pharos, "zoo", "mobilenet_v2", "--size", "32", "-o", "net.onnx"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        subprocess.run([pharos, "build", "net.onnx", "-o", "net.engine", "-q"], cwd=folder, check=True)
        words_of_all = commands(folder)
        bench = Bench(pharos, shim, folder)
        bad = sum(bench.check(words, kind, args.points) for words in words_of_all for kind in ("memory", "io"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
