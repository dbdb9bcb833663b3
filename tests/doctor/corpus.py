#!/usr/bin/env python3
"""The doctor on real logs with known causes: is the category of the top finding right, is the line that carries the cause
among its evidence, are clean logs left alone?

usage: corpus.py PHAROS [--verbose] [--held-out]

Reads corpus/trt-logs below PHAROS_TEST_DATA or ../shared; exits with 77 where it is missing. Prints two tables (tools/figures.py
shows them after `make test`): all logs, and each fifth (by row of labels.tsv): the texts of these logs were not used while the
rules were written, but the table of labels with their key lines had been seen.
"""
import csv
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATEGORY_FLOOR, KEY_LINE_FLOOR = 0.95, 0.90


def folder():
    for base in (os.environ.get("PHAROS_TEST_DATA"), ROOT.parent / "shared"):
        if base and (path := pathlib.Path(base) / "corpus" / "trt-logs").is_dir():
            return path
    return None


def squeezed(text):
    return re.sub(r"\s+", " ", text).strip()


def has_key_line(finding, key):
    key = squeezed(key)
    for e in finding["evidence"]:
        line = squeezed(e["text"])
        if key and (key in line or (line in key and len(line) > 20)):
            return True
    return False


def judge(pharos, log, row):
    done = subprocess.run([pharos, "doctor", str(log), "--format", "json", "--lang", "en"], capture_output=True)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return {"verdict": "none", "category": False, "key": False, "error": done.stderr.decode(errors="replace")[:300]}
    top = report["findings"][0] if report["findings"] else None
    loud = [f for f in report["findings"] if f["severity"] in ("INTERNAL_ERROR", "ERROR", "WARNING")]
    clean = row["category"] == "clean"
    return {
        "verdict": report["verdict"],
        "category": report["verdict"] == row["category"],
        "key": clean or bool(top and has_key_line(top, row["key_line"])),
        "noise": [f["code"] for f in loud] if clean else [],
        "top": top["code"] if top else "-",
    }


def table(title, rows):
    print(f"\ntable: {title}\n{'category':<20}{'logs':>5}{'category right':>16}{'key line':>10}")
    groups = {}
    for row, got in rows:
        groups.setdefault(row["category"], []).append(got)
    for name, got in sorted(groups.items()) + [("all", [g for _, g in rows])]:
        right, key = sum(g["category"] for g in got), sum(g["key"] for g in got)
        print(f"{name:<20}{len(got):>5}{right:>10} {100 * right / len(got):>4.0f}%{key:>5} {100 * key / len(got):>3.0f}%")
    return sum(g["category"] for _, g in rows) / len(rows), sum(g["key"] for _, g in rows) / len(rows)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    logs = folder()
    if not logs:
        print("no corpus: skipped")
        return 77
    with open(logs / "labels.tsv", newline="") as f:
        labels = list(csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [(row, judge(sys.argv[1], logs / row["file"], row)) for row in labels]
    held_out = [r for i, r in enumerate(rows) if i % 5 == 4]
    noisy = [(row["file"], got["noise"]) for row, got in rows if got.get("noise")]
    if "--verbose" in sys.argv:
        for row, got in rows:
            if not (got["category"] and got["key"]):
                print(f"{row['file']:<44} want {row['category']:<18} got {got['verdict']:<18} top {got.get('top', '-')} key {'ok' if got['key'] else 'MISSING'} {got.get('error', '')}")
    category, key = table("All logs", rows)
    table("Each fifth log (rows 5, 10, 15 ... of labels.tsv), not used while the rules were written (their key lines had been seen)", held_out)
    for name, codes in noisy:
        print(f"clean log {name} has findings of warning or above: {', '.join(codes)}")
    ok = category >= CATEGORY_FLOOR and key >= KEY_LINE_FLOOR and not noisy
    print(f"\ncategory {100 * category:.1f} % (at least {100 * CATEGORY_FLOOR:.0f}), key line {100 * key:.1f} % (at least {100 * KEY_LINE_FLOOR:.0f}), {len(noisy)} clean logs with noise")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
