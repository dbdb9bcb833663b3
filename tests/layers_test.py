#!/usr/bin/env python3
"""Checks that modules include only what they may.

What a module may use is the LINKS of its line in src/<module>/CMakeLists.txt, and what those link in turn. Every
#include "module/..." below src/ is compared with that; dependencies must not form a cycle.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
MODULE = re.compile(r"pharos_module\((\w+)([^)]*)\)")
PROGRAM = re.compile(r"target_link_libraries\((\w+)\s+PRIVATE([^)]*)\)")


def direct_links():
    links = {}
    for lists in sorted(SRC.glob("*/CMakeLists.txt")):
        text = lists.read_text()
        if match := MODULE.search(text):
            words = match.group(2).replace("${", "").split()
            names = words[words.index("LINKS") + 1:] if "LINKS" in words else []
            if "LIBS" in names:
                names = names[:names.index("LIBS")]
            links[match.group(1)] = names
        elif match := PROGRAM.search(text):
            links[lists.parent.name] = [w[len("pharos_"):] for w in match.group(2).split() if w.startswith("pharos_")]
    return links


def closure(module, links, path=()):
    if module in path:
        sys.exit("modules depend on each other in a circle: " + " -> ".join(path + (module,)))
    out = {module}
    for other in links.get(module, []):
        if other not in links:
            sys.exit(f"src/{module}/CMakeLists.txt links '{other}', which is no module")
        out |= closure(other, links, path + (module,))
    return out


def main():
    links = direct_links()
    may = {module: closure(module, links) for module in links}
    faults = []
    for file in sorted([*SRC.rglob("*.h"), *SRC.rglob("*.cpp")]):
        module = file.relative_to(SRC).parts[0]
        if module not in may:
            faults.append(f"{file.relative_to(ROOT)}: folder '{module}' has no CMakeLists.txt with a module")
            continue
        for include in INCLUDE.findall(file.read_text()):
            target = include.split("/")[0]
            if target == "zoo" and file.stem.endswith("_test"):
                continue  # tests of any module may take the sample networks as their models
            if target in may and target not in may[module] and (SRC / include).exists():
                faults.append(f'{file.relative_to(ROOT)}: {module} may not include "{include}"')
    for header in sorted((ROOT / "include").rglob("*.h")):
        for include in INCLUDE.findall(header.read_text()):
            if not include.startswith("pharos/"):
                faults.append(f'{header.relative_to(ROOT)}: a public header includes "{include}"')
    for fault in faults:
        print(fault)
    print(f"{len(links)} modules, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
