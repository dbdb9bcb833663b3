#!/usr/bin/env python3
"""What the tests of the last ctest run measured: their lines "figure: NAME: VALUE", as one table, and the tables that they print
themselves, each from a line "table: TITLE" to the next empty one.

    python3 tools/figures.py build
"""
import pathlib
import re
import sys


def main():
    log = pathlib.Path(sys.argv[1]) / "Testing" / "Temporary" / "LastTest.log"
    if not log.exists():
        sys.exit(f"{log} is missing: run ctest first")
    rows, tables, test, inside = [], [], "", False
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        if head := re.match(r"\d+/\d+ Test: (\S+)", line):
            test = head.group(1)
        elif line.startswith("figure: "):
            rows.append((test, *line[len("figure: "):].rsplit(": ", 1)))
        elif line.startswith("table: "):
            tables += ["", f"{test}: {line[len('table: '):]}"]
            inside = True
            continue
        inside = inside and line not in ("", "<end of output>") and not line.startswith("figure: ")
        if inside:
            tables.append(line)
    print(*tables, sep="\n")
    if not rows:
        print("no test gave figures: their data or packages are missing")
        return
    print("\n| test | figure | value |\n| --- | --- | --- |")
    for row in rows:
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
