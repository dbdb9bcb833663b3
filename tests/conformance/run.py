#!/usr/bin/env python3
"""The ONNX backend tests and the real models through `pharos verify`, compared with the list of known exceptions.

    python3 tests/conformance/run.py build/bin/pharos --work build/conformance

The data is read from $PHAROS_TEST_DATA/conformance, or ../shared/conformance beside the project. Without it the test is
skipped (exit code 77). A case that is not in known.tsv and does not pass fails the test; so does one that is in known.tsv
and passes: the list then is out of date.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SUITES = {  # least share that must pass
    "pack": 0.99,
    "models": 0.95,
}


def data_folder():
    named = os.environ.get("PHAROS_TEST_DATA")
    root = pathlib.Path(named) if named else HERE.parent.parent.parent / "shared"
    return root / "conformance"


def known_cases():
    known = {}
    for line in (HERE / "known.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            suite, case, reason = line.split("\t")
            known[suite, case] = reason
    return known


def unpack(archive, work):
    folder = work / "pack"
    stamp = folder / ".unpacked"
    if not stamp.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["tar", "--zstd", "-xf", archive, "-C", folder], check=True)
        stamp.touch()
    return folder


def verify(pharos, folder, work, extra, timeout):
    report = work / "verify.json"
    report.unlink(missing_ok=True)
    done = subprocess.run([pharos, "verify", folder, "--jobs", str(min(2, os.cpu_count() or 1)), "--timeout", str(timeout), "--json", report, *extra],
                          capture_output=True, text=True)
    if not report.exists():
        sys.exit(f"pharos verify gave no report (exit code {done.returncode})\n{done.stdout}{done.stderr}")
    return json.loads(report.read_text(encoding="utf-8"))["cases"]


def judge(suite, cases, known):
    """Prints what is unexpected; returns how many cases are, and the share that passed."""
    unexpected = passed = 0
    seen = set()
    for case in cases:
        name = pathlib.PurePath(case["name"]).name
        seen.add(name)
        ok = case["outcome"] == "passed"
        passed += ok
        if ok and (suite, name) in known:
            unexpected += 1
            print(f"{suite}/{name} passes now: take it out of known.tsv")
        if not ok and (suite, name) not in known:
            unexpected += 1
            print(f"{suite}/{name}: {case['outcome']}: {case.get('code', '')} {case.get('message', '')}")
    for other, name in known:
        if other == suite and name not in seen:
            unexpected += 1
            print(f"{suite}/{name} is in known.tsv, but there is no such case")
    return unexpected, passed / max(1, len(cases))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pharos")
    parser.add_argument("--work", default="build/conformance")
    parser.add_argument("--reference", action="store_true", help="with the reference operators instead of engines")
    parser.add_argument("--against-reference", action="store_true", help="compare engines with the unoptimised graph, too")
    parser.add_argument("--timeout", type=int, default=120, help="seconds for a case")
    args = parser.parse_args()
    data = data_folder()
    if not data.is_dir():
        print(f"skipped: no conformance data at {data}")
        return 77
    work = pathlib.Path(args.work)
    work.mkdir(parents=True, exist_ok=True)
    mode = ["--reference"] if args.reference else ["--against-reference"] if args.against_reference else []
    way = "the reference" if args.reference else "engines, these against the unoptimised graph" if args.against_reference else "engines"
    # Whole models: tolerances relative to the largest value of an output, as their makers recommend.
    runs = {"pack": (unpack(data / "onnx-backend-tests.tar.zst", work), mode),
            "models": (data / "models", [*mode, "--scaled-atol", "1e-4"])}
    known = known_cases()
    failures = 0
    print("| suite | cases | passed | share |\n| --- | --- | --- | --- |")
    for suite, (folder, extra) in runs.items():
        cases = verify(args.pharos, folder, work, extra, args.timeout)
        unexpected, share = judge(suite, cases, known)
        failures += unexpected + (share < SUITES[suite])
        print(f"| {suite} | {len(cases)} | {round(share * len(cases))} | {share:.2%} |", flush=True)
        print(f"figure: {suite} through {way}: {round(share * len(cases))} of {len(cases)}", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
