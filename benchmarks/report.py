#!/usr/bin/env python3
"""Table and plot of what compare.py measured.

    python3 benchmarks/report.py benchmarks/runs/today.json [--svg docs/images/benchmarks.svg]
"""
import argparse
import json
import pathlib
import statistics

NAMES = {"pharos": "Pharos", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "ncnn": "ncnn"}
COLOURS = {"onnxruntime": "#4477aa", "openvino": "#ee6677", "ncnn": "#999933"}


def peers_of(data):
    return [p for p in list(NAMES)[1:] if any(p in r for r in data["results"])]


def head(peers):
    columns = ["model", "batch", "threads", "Pharos ms", "of peak"]
    columns += [f"{NAMES[p]} ms" for p in peers] + [f"against {NAMES[p]}" for p in peers]
    return f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"


def duration(m):
    low, high = m["spread_ms"]
    return f"{m['median_ms']:.2f} ({low:.2f}-{high:.2f})"


def share_of_peak(r):
    if not r.get("peak_gflops") or not r.get("gflop"):
        return ""
    return f"{100 * r['gflop'] / r['pharos']['median_ms'] * 1e3 / r['peak_gflops']:.0f} %"


def row(r, peers):
    cells = [r["model"], r["batch"], r["threads"], duration(r["pharos"]), share_of_peak(r)]
    cells += [duration(r[p]) if p in r else "-" for p in peers]
    cells += [f"{r[p]['speedup']:.2f}x" if p in r else "-" for p in peers]
    return f"| {' | '.join(map(str, cells))} |"


def load_head(peers):
    columns = ["model", "build s", "rebuild s", "Pharos load + first run = ms"] + [f"{NAMES[p]} ms" for p in peers]
    columns += ["Pharos MiB"] + [f"{NAMES[p]} MiB" for p in peers]
    return f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"


def load_times(m, ratio=""):
    return f"{m['load_ms']:.0f} + {m['first_ms']:.0f} = {m['to_first_result_ms']:.0f}{ratio}"


def load_speedup(us, peer):
    return peer.get("load_speedup") or peer["to_first_result_ms"] / us["to_first_result_ms"]


def rebuild(r):
    if "rebuild_s" not in r:
        return "-"
    return f"{r['rebuild_s']:.2f}" if r["same_bytes"] else f"{r['rebuild_s']:.2f}, other bytes"


def load_row(r, peers):
    us = r["pharos"]
    cells = [r["model"], f"{r['build_s']:.1f}", rebuild(r), load_times(us)]
    cells += [load_times(r[p], f" ({load_speedup(us, r[p]):.1f}x)") if p in r else "-" for p in peers]
    cells += [f"{us['peak_mib']:.0f}"]
    cells += [f"{r[p]['peak_mib']:.0f} ({us['peak_mib'] / r[p]['peak_mib']:.2f}x)" if p in r else "-" for p in peers]
    return f"| {' | '.join(cells)} |"


def means(data):
    lines = []
    for peer in peers_of(data):
        for batch in sorted({r["batch"] for r in data["results"]}):
            group = [r for r in data["results"] if r["batch"] == batch and peer in r]
            for threads in sorted({r["threads"] for r in group}):
                ratios = [r[peer]["speedup"] for r in group if r["threads"] == threads]
                least = min((r for r in group if r["threads"] == threads), key=lambda r: r[peer]["speedup"])
                lines.append(f"- against {NAMES[peer]}, batch {batch}, {threads} thread(s): geometric mean "
                             f"{statistics.geometric_mean(ratios):.2f}x over {len(ratios)} model(s), least "
                             f"{least[peer]['speedup']:.2f}x ({least['model']})")
    return "\n".join(lines)


def in_order(data):
    order = {r["model"]: i for i, r in reversed(list(enumerate(data["results"])))}
    return sorted(data["results"], key=lambda r: (r["batch"], r["threads"], order[r["model"]]))


def loads(data):
    """Loading, building and memory at the smallest batch."""
    peers, rows = peers_of(data), in_order(data)
    first = [r for r in rows if r["batch"] == rows[0]["batch"]]
    return "\n\n".join(f"{t} thread(s):\n\n" + "\n".join([load_head(peers)] + [load_row(r, peers) for r in first if r["threads"] == t])
                       for t in sorted({r["threads"] for r in first}))


def tables(data):
    peers = peers_of(data)
    speed = "\n".join([head(peers)] + [row(r, peers) for r in in_order(data)])
    return speed + "\n\n" + means(data) + "\n\n" + loads(data) + "\n"


def plot(data):
    """Bars of the speed-ups at the smallest batch, one group per model and thread count."""
    peers, rows = peers_of(data), data["results"]
    batch = min(r["batch"] for r in rows)
    rows = sorted((r for r in rows if r["batch"] == batch), key=lambda r: (r["model"], r["threads"]))
    bar, gap, left, unit = 11, 10, 150, 220
    top = max([2.0] + [r[p]["speedup"] for r in rows for p in peers if p in r])
    height = 50 + sum(gap + bar * len(peers) for _ in rows)
    width = left + unit * top + 60
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" font-family="sans-serif" font-size="11">',
             f'<rect width="{width:.0f}" height="{height}" fill="white"/>']
    x = left
    for i, p in enumerate(peers):
        parts.append(f'<rect x="{left + 130 * i}" y="10" width="10" height="10" fill="{COLOURS[p]}"/>'
                     f'<text x="{left + 130 * i + 15}" y="19">against {NAMES[p]}</text>')
    y = 34
    for r in rows:
        parts.append(f'<text x="{left - 8}" y="{y + bar * len(peers) / 2 + 4:.0f}" text-anchor="end">{r["model"]}, {r["threads"]} thr.</text>')
        for p in peers:
            if p in r:
                ratio = r[p]["speedup"]
                parts.append(f'<rect x="{x}" y="{y}" width="{unit * ratio:.0f}" height="{bar - 2}" fill="{COLOURS[p]}"/>'
                             f'<text x="{x + unit * ratio + 4:.0f}" y="{y + bar - 2}">{ratio:.2f}x</text>')
            y += bar
        y += gap
    parts.append(f'<line x1="{left + unit}" x2="{left + unit}" y1="28" y2="{height - 8}" stroke="black" stroke-dasharray="3 3"/></svg>')
    return "\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("json", type=pathlib.Path)
    parser.add_argument("--svg", type=pathlib.Path)
    args = parser.parse_args()
    data = json.loads(args.json.read_text())
    print(f"{data['cpu']}, {data['date']}\n\n{tables(data)}")
    if args.svg:
        args.svg.write_text(plot(data))


if __name__ == "__main__":
    main()
