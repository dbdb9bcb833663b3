#!/usr/bin/env python3
"""Writes src/tensorrt/operators.cpp from a table of TensorRT's ONNX operator support.

Usage: tools/make_tensorrt_operators.py TABLE.csv
The table has the columns operator, trt_version, supported (Y or N), types (FP32|FP16|...), restrictions.
"""
import csv
import pathlib
import sys

OUT = pathlib.Path(__file__).resolve().parent.parent / "src/tensorrt/operators.cpp"


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def wrapped(text, first, width=116, indent=5):
    """A string literal in pieces, the first of which starts in column `first`."""
    lines, line, room = [], "", width - first
    for word in text.split(" "):
        if line and len(line) + len(word) + 3 > room:
            lines.append(quoted(line + " "))
            line, room = "", width - indent
        line += (" " if line else "") + word
    lines.append(quoted(line))
    return ("\n" + " " * indent).join(lines)


def main():
    with open(sys.argv[1], newline="", encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    versions = sorted({tuple(map(int, r["trt_version"].split("."))) for r in rows})
    table = {}
    for r in rows:
        version = tuple(map(int, r["trt_version"].split(".")))
        table.setdefault(r["operator"], {})[versions.index(version)] = (r["supported"] == "Y", r["types"], r["restrictions"])
    lines = ["// Written by tools/make_tensorrt_operators.py; do not edit.", "", '#include "tensorrt/operators.h"', "",
             "namespace pharos::tensorrt {", "namespace {", "", "constexpr Version version_table[] = {"]
    lines += ["    " + ", ".join("{%d, %d}" % v for v in versions) + ",", "};", "", "constexpr Support support_table[] = {"]
    for op in sorted(table):
        at = 0
        while at < len(versions):
            entry = table[op].get(at)
            end = at
            while end + 1 < len(versions) and table[op].get(end + 1) == entry:
                end += 1
            if entry:
                head = '    {%s, %d, %d, %s, %s, ' % (quoted(op), at, end, "true" if entry[0] else "false", quoted(entry[1]))
                body = wrapped(entry[2], len(head))
                if "\n" in body or len(head) + len(body) > 116:
                    head, body = head.rstrip() + "\n     ", wrapped(entry[2], 5)
                lines.append(head + body + "},")
            at = end + 1
    lines += ["};", "", "}  // namespace", "", "std::span<const Version> versions() { return version_table; }",
              "std::span<const Support> support() { return support_table; }", "", "}  // namespace pharos::tensorrt", ""]
    OUT.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
