#!/usr/bin/env python3
"""The doctor against grep on one large verbose log, in turn, in one run, each pinned to one core; then the doctor with all
rules against itself with ten.

usage: doctor_speed.py PHAROS [MIB] [ROUNDS]

grep searches the literals that the doctor searches for (`grep -c -i -F -f`, LC_ALL=C). Prints medians, spread, the ratio
and the doctor's peak memory. The log (make_log.py) is written to a temporary folder and read once before the first round.
The second comparison needs bench_doctor beside PHAROS (cmake -DPHAROS_BENCHMARKS=ON).
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def timed(command, env=None):
    start = time.perf_counter()
    # Into a pipe: grep stops at the first match where its output is /dev/null.
    subprocess.run(command, stdout=subprocess.PIPE, env=env, preexec_fn=lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))}))
    return time.perf_counter() - start


def peak_mib(command):
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_maxrss / 1024


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    pharos, mib, rounds = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "1024", int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory() as folder:
        log, literals = os.path.join(folder, "build.log"), os.path.join(folder, "literals")
        subprocess.run([sys.executable, str(HERE / "make_log.py"), log, mib], check=True)
        listed = subprocess.run([pharos, "list", "literals"], check=True, capture_output=True, text=True).stdout.splitlines()[1:]
        pathlib.Path(literals).write_text("".join(line.rstrip() + "\n" for line in listed))
        doctor, grep = [pharos, "doctor", log], ["grep", "-c", "-i", "-F", "-f", literals, log]
        with open(log, "rb") as file:  # into the page cache
            while file.read(1 << 20):
                pass
        times = {"doctor": [], "grep": []}
        for _ in range(rounds):
            times["doctor"].append(timed(doctor))
            times["grep"].append(timed(grep, {**os.environ, "LC_ALL": "C"}))
        for name, t in times.items():
            print(f"{name:<8}{statistics.median(t):7.2f} s ({min(t):.2f}-{max(t):.2f})")
        ratio = statistics.median(g / d for d, g in zip(times["doctor"], times["grep"]))
        print(f"{len(listed)} literals, {mib} MiB, {rounds} rounds: the doctor is {ratio:.2f} times as fast; peak memory {peak_mib(doctor):.0f} MiB")
        rules = pathlib.Path(pharos).resolve().parent / "bench_doctor"
        if rules.exists():
            one_core = lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
            subprocess.run([rules, log, str(rounds)], check=True, preexec_fn=one_core)
        else:
            print("no bench_doctor: the cost of the rules is not measured")


if __name__ == "__main__":
    main()
