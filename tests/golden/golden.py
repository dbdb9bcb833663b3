#!/usr/bin/env python3
"""Runs the command lines in tests/golden/*.txt and compares what they print.

A file holds cases like

    $ pharos list zoo
    > expected line of stdout
    ! expected line of stderr
    ? 0

'?' is the exit code (0 where it is missing). Within an expected line, '<...>' stands for any text; a line that is just
'> <...>' or '! <...>' stands for any number of lines. Cases of a file run in order in one empty folder, with 'pharos' as
the only command. --bless rewrites the expectations of failing cases with what was printed.

Files of a folder that is named as the case file (doctor/ beside doctor.txt) are there, and those of --with=FOLDER.

usage: golden.py PHAROS [FILE...] [--bless] [--with=FOLDER]
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


class Case:
    def __init__(self, command):
        self.command, self.out, self.err, self.code = command, [], [], 0


def read_cases(path):
    cases, head = [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("$ "):
            cases.append(Case(line[2:]))
        elif not cases:
            head.append(line)
        elif line.startswith(("> ", "! ")) or line in (">", "!"):
            (cases[-1].out if line[0] == ">" else cases[-1].err).append(line[2:])
        elif line.startswith("? "):
            cases[-1].code = int(line[2:])
    return head, cases


def matches(expected, actual):
    pattern = ""
    for line in expected:
        if line == "<...>":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.split("<...>")) + r"\n"
    return re.fullmatch(pattern, actual) is not None


def run(pharos, case, folder):
    words = shlex.split(case.command)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PHAROS_", "LC_", "LANG"))}
    environment["LC_ALL"] = "C.UTF-8"
    while "=" in words[0]:  # NAME=value before the command, as in a shell
        name, value = words.pop(0).split("=", 1)
        environment[name] = value
    assert words[0] == "pharos", case.command
    done = subprocess.run([pharos, *words[1:]], cwd=folder, env=environment, capture_output=True, stdin=subprocess.DEVNULL, timeout=300)
    return done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"), done.returncode


def run_file(pharos, path, bless, given):
    head, cases = read_cases(path)
    failures, text = 0, list(head)
    with tempfile.TemporaryDirectory() as folder:
        for file in given + files_of(path.with_suffix("")):
            shutil.copy(file, folder)
        for case in cases:
            out, err, code = run(pharos, case, folder)
            good = matches(case.out, out) and matches(case.err, err) and code == case.code
            if not good:
                failures += 1
                print(f"{path.name}: $ {case.command}\n  exit code {code}, expected {case.code}")
                for mark, got, wanted in ((">", out, case.out), ("!", err, case.err)):
                    if not matches(wanted, got):
                        print("".join(f"  {mark} {line}\n" for line in got.splitlines()), end="")
            keep = good or not bless
            text.append("$ " + case.command)
            text += ["> " + line if line else ">" for line in (case.out if keep else stamped(out))]
            text += ["! " + line if line else "!" for line in (case.err if keep else stamped(err))]
            if (case.code if keep else code) != 0:
                text.append(f"? {case.code if keep else code}")
            text.append("")
    if bless and failures:
        path.write_text("\n".join(text), encoding="utf-8")
    return failures, len(cases)


def files_of(folder):
    return sorted(file for file in folder.iterdir() if file.is_file()) if folder.is_dir() else []


def stamped(text):
    text = re.sub(r"\[\d\d/\d\d/\d{4}-\d\d:\d\d:\d\d\]", "[<...>]", text)
    text = re.sub(r'"time": "[^"]*"', '"time": "<...>"', text)
    text = re.sub(r'("name": "pharos doctor",\s*"version": )"[^"]*"', r'\1"<...>"', text)
    return re.sub(r"pharos-[0-9a-f]{16}\b", "pharos-<...>", text).splitlines()


def main():
    words = [w for w in sys.argv[1:] if not w.startswith("--")]
    folders = [w.split("=", 1)[1] for w in sys.argv[1:] if w.startswith("--with=")]
    given = [file for f in folders for file in files_of(pathlib.Path(f))]
    if not words:
        sys.exit(__doc__)
    files = [pathlib.Path(w) for w in words[1:]] or sorted(HERE.glob("*.txt"))
    failures = cases = 0
    for path in files:
        f, n = run_file(os.path.abspath(words[0]), path, "--bless" in sys.argv, given)
        failures, cases = failures + f, cases + n
    print(f"{cases - failures} passed, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
