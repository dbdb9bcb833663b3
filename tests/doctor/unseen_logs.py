#!/usr/bin/env python3
"""Logs that nobody had seen when the rules were written (unseen_logs.txt): verdict and key line.

usage: unseen_logs.py PHAROS [--verbose]
"""
import json
import pathlib
import subprocess
import sys

from corpus import has_key_line

# Of the first run after they were typed: logs, verdicts right, cause among the evidence.
FIRST_PASS = ((45, 32, 40), (20, 15, 19))
HERE = pathlib.Path(__file__).resolve().parent
MARK = ">>> "


def cases():
    text = (HERE / "unseen_logs.txt").read_text()
    for part in text.split("\n=== ")[1:]:
        head, body = part.split("\n", 1)
        lines = body.rstrip("\n").split("\n")
        keys = [line[len(MARK):] for line in lines if line.startswith(MARK)]
        log = "".join(line.removeprefix(MARK) + "\n" for line in lines)
        yield head.split("|"), keys, log


def judge(pharos, verdicts, keys, log):
    done = subprocess.run([pharos, "doctor", "-", "--format", "json", "--lang", "en"], input=log.encode(), capture_output=True)
    report = json.loads(done.stdout)
    top = report["findings"][0] if report["findings"] else None
    loud = [f["code"] for f in report["findings"] if f["severity"] in ("INTERNAL_ERROR", "ERROR", "WARNING")]
    right = report["verdict"] in verdicts and not (verdicts == ["clean"] and loud)
    key = verdicts == ["clean"] or bool(top and any(has_key_line(top, k) for k in keys))
    return right, key, report["verdict"], f"{top['code']} {top['title']}: {top['message'][:140]}" if top else "-"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    count = rights = keys_found = 0
    for verdicts, keys, log in cases():
        right, key, got, top = judge(sys.argv[1], verdicts, keys, log)
        count, rights, keys_found = count + 1, rights + right, keys_found + key
        if not (right and key) or "--verbose" in sys.argv:
            print(f"{'ok   ' if right and key else 'WRONG'} want {'|'.join(verdicts)}, got {got}, key line {'found' if key else 'MISSING'}; {top}\n      {(keys or log.splitlines())[0][:170]}")
    print("\ntable: Logs that were typed before the rules for them were looked at")
    logs, first_right, first_key = (sum(column) for column in zip(*FIRST_PASS))
    print(f"first pass: category {first_right} of {logs} ({100 * first_right / logs:.0f} %), key line {first_key} of {logs} ({100 * first_key / logs:.0f} %)")
    print(f"now:        category {rights} of {count} ({100 * rights / count:.0f} %), key line {keys_found} of {count} ({100 * keys_found / count:.0f} %)")
    return 0 if rights == keys_found == count else 1


if __name__ == "__main__":
    sys.exit(main())
