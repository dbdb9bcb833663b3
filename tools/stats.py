#!/usr/bin/env python3
"""Prints the size of the code by folder: files, lines, median and 95th percentile of lines per file, largest file."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def lines(path):
    return sum(1 for _ in path.open(encoding="utf-8", errors="replace"))


def row(name, files):
    sizes = sorted((lines(f), f) for f in files)
    if not sizes:
        return
    counts = [n for n, _ in sizes]
    middle, high = counts[len(counts) // 2], counts[min(len(counts) - 1, len(counts) * 95 // 100)]
    print(f"{name:<14}{len(counts):>6}{sum(counts):>8}{middle:>8}{high:>6}  {sizes[-1][1].name} ({counts[-1]})")


def main():
    print(f"{'folder':<14}{'files':>6}{'lines':>8}{'median':>8}{'95 %':>6}  largest")
    code = [f for f in sorted((ROOT / "src").rglob("*")) if f.suffix in (".h", ".cpp")]
    for folder in sorted({f.relative_to(ROOT / "src").parts[0] for f in code}):
        row(folder, [f for f in code if f.relative_to(ROOT / "src").parts[0] == folder and not f.stem.endswith("_test")])
    row("public", sorted((ROOT / "include").rglob("*.h")))
    row("unit tests", [f for f in code if f.stem.endswith("_test")])
    row("all code", [f for f in code if not f.stem.endswith("_test")])


if __name__ == "__main__":
    main()
