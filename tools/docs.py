#!/usr/bin/env python3
"""Writes the pages that are rendered from definitions: docs/cli.md, docs/operators.md, docs/passes.md, docs/tactics.md
and docs/diagnostics/. With --check nothing is written: differences are printed and the exit code is 1.

usage: docs.py PHAROS [--check]
"""
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def output(pharos, *words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PHAROS_")}
    environment |= {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    return subprocess.run([pharos, *words], check=True, capture_output=True, text=True, env=environment).stdout


def commands_page(pharos):
    page = "# Commands\n\nGenerated from the definitions by `make docs`; not to be edited.\n\n"
    page += "```text\n" + output(pharos, "--help") + "```\n"
    for line in output(pharos, "list", "commands").splitlines()[1:]:
        name = line.split()[0]
        page += f"\n## pharos {name}\n\n```text\n{output(pharos, name, '--help')}```\n"
    return page


def pages(pharos):
    yield DOCS / "cli.md", commands_page(pharos)
    yield DOCS / "operators.md", output(pharos, "list", "ops", "--markdown")
    yield DOCS / "passes.md", output(pharos, "list", "passes", "--markdown")
    yield DOCS / "tactics.md", output(pharos, "list", "tactics", "--markdown")
    with tempfile.TemporaryDirectory() as folder:
        output(pharos, "list", "diagnostics", "--pages", folder)
        for page in sorted(pathlib.Path(folder).rglob("*.md")):
            yield DOCS / "diagnostics" / page.relative_to(folder), page.read_text()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    check = "--check" in sys.argv[2:]
    stale = []
    for path, text in pages(sys.argv[1]):
        if path.exists() and path.read_text() == text:
            continue
        stale.append(str(path.relative_to(ROOT)))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    print("\n".join(("stale, run 'make docs': " if check else "wrote ") + name for name in stale))
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
