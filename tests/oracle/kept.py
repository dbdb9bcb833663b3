#!/usr/bin/env python3
"""Runs the models in tests/oracle/kept, each of which failed once, through engines and through the reference operators.

    python3 tests/oracle/kept.py build/bin/pharos
"""
import json
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "kept"


def main():
    bad = 0
    cases = sorted(p for p in FOLDER.iterdir() if (p / "model.onnx").exists())
    for case in cases:
        limits = json.loads((case / "tolerance.json").read_text())
        for mode in ([], ["--reference"]):
            command = [sys.argv[1], "verify", case, "--rtol", str(limits["rtol"]), "--atol", str(limits["atol"]), *mode]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                bad += 1
                print(f"{case.name} {' '.join(mode)}:\n{done.stdout}{done.stderr}")
    print(f"figure: models that failed once: {2 * len(cases) - bad} of {2 * len(cases)} runs agree")
    return 1 if bad or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
