#!/usr/bin/env python3
"""Short logs typed by hand (typed_logs.txt): does the doctor give the verdict that an expert gives?

usage: typed_logs.py PHAROS [--verbose]
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def cases():
    text = (HERE / "typed_logs.txt").read_text()
    for part in text.split("\n=== ")[1:]:
        head, log = part.split("\n", 1)
        verdict, _, words = head.partition(": ")
        yield verdict, words, log.rstrip("\n") + "\n"


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    wrong = count = 0
    for verdict, words, log in cases():
        count += 1
        done = subprocess.run([sys.argv[1], "doctor", "-", "--format", "json", "--lang", "en"], input=log.encode(), capture_output=True)
        report = json.loads(done.stdout)
        top = report["findings"][0] if report["findings"] else {"code": "-", "title": "", "message": "", "remedy": []}
        said = " ".join([top["title"], top["message"], *top["remedy"]])
        fits = report["verdict"] == verdict and words in said
        if verdict == "clean":
            fits = fits and all(f["severity"] not in ("ERROR", "WARNING") for f in report["findings"])
        wrong += not fits
        if not fits or "--verbose" in sys.argv:
            print(f"{'ok   ' if fits else 'WRONG'} want {verdict} '{words}', got {report['verdict']} {top['code']} {top['title']}: {top['message'][:160]}\n      {log.splitlines()[0][:150]}")
    print(f"{count - wrong} of {count} typed logs judged as an expert would")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
