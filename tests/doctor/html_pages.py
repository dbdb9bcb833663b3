#!/usr/bin/env python3
"""The HTML report as a page: well formed, self-contained, deaf to hostile logs; in headless Chromium it runs without an
error, holds no sideways scroll on a phone and shows nothing that a log smuggled in. Without Chromium that part is left out
(exit status 77 where nothing else failed).

    tests/doctor/html_pages.py build/bin/pharos [--keep FOLDER]
"""

import argparse
import base64
import hashlib
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

LOGS = pathlib.Path(__file__).parent / "logs"
SKIPPED = 77
faults: list[str] = []


def check(holds: bool, what: str) -> None:
    if not holds:
        faults.append(what)


def report(pharos: str, out: pathlib.Path, *arguments: str) -> str:
    done = subprocess.run([pharos, "doctor", *arguments, "--format", "html", "-o", str(out)], capture_output=True, text=True)
    check(done.returncode in (0, 1), f"{arguments}: exit {done.returncode}: {done.stderr}")
    return out.read_text(encoding="utf-8")


def check_markup(name: str, page: str) -> None:
    body = page.removeprefix("<!DOCTYPE html>\n")
    check(body != page, f"{name}: no doctype")
    try:
        root = xml.fromstring(body)
    except xml.ParseError as e:
        check(False, f"{name}: not well formed: {e}")
        return
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    check(len(ids) == len(set(ids)), f"{name}: an id twice")
    known = {"html", "head", "meta", "title", "style", "body", "script", "header", "nav", "main", "section", "footer", "div", "span", "p", "h1", "h2", "h3", "h5", "b", "br", "a", "small",
             "ul", "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "figure", "figcaption", "pre", "code"}
    drawing = {"svg", "line", "rect", "circle", "path", "text", "title"}
    for e in root.iter():
        tag = e.tag.removeprefix("{http://www.w3.org/2000/svg}")
        check(tag in (drawing if tag != e.tag else known), f"{name}: <{tag}>")
        for attribute, value in e.attrib.items():
            check(not attribute.startswith("on"), f"{name}: {attribute}")
            check(attribute not in ("src", "srcset", "xlink:href", "action", "data", "poster"), f"{name}: {attribute}={value}")
        if tag == "a":
            href = e.get("href", "")
            check(href.startswith("https://") or (href.startswith("#") and href[1:] in ids), f"{name}: link to {href!r}")
        if tag in ("line", "rect", "circle", "path"):
            check(not re.search(r"nan|inf", " ".join(e.attrib.values())), f"{name}: {e.attrib}")
    scripts = [e for e in root.iter() if e.tag == "script"]
    check(len(scripts) == 1, f"{name}: {len(scripts)} scripts")
    digest = base64.b64encode(hashlib.sha256(scripts[0].text.encode()).digest()).decode()
    check(f"script-src 'sha256-{digest}'" in page, f"{name}: the policy does not name the page's own script: sha256-{digest}")
    check("@import" not in page and "url(" not in page, f"{name}: the style sheet loads something")
    check(not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069]", page), f"{name}: a control character")


def chromium() -> str | None:
    return next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome")) if p), None)


PROBE = """<script>
window.addEventListener("load", function () {
  var wide = [];
  document.querySelectorAll("body *").forEach(function (e) {
    if (e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest(".scroll")) { wide.push(e.tagName + "." + e.className); }
  });
  var r = document.createElement("output");
  r.id = "probe";
  r.textContent = JSON.stringify({ inner: innerWidth, page: document.documentElement.scrollWidth, wide: wide.slice(0, 5), copies: document.querySelectorAll("button.copy").length });
  document.body.append(r);
});
</script>"""


def check_in_browser(browser: str, name: str, page: str, folder: pathlib.Path) -> None:
    probed = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page).replace("</body>", PROBE + "</body>")
    frame = folder / f"{name}.frame.html"
    (folder / f"{name}.probed.html").write_text(probed, encoding="utf-8")
    # A frame has the width of a phone whatever a browser thinks of the least width of its window.
    frame.write_text(f'<!DOCTYPE html><body style="margin:0"><iframe id="f" src="{name}.probed.html" style="border:0;width:375px;height:812px"></iframe><script>'
                     'window.addEventListener("load",function(){var d=document.getElementById("f").contentDocument;var p=d.getElementById("probe");var o=document.createElement("output");'
                     'o.id="answer";o.textContent=p?p.textContent:"none";document.body.append(o);});</script></body>', encoding="utf-8")
    common = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=5000", "--enable-logging=stderr", "--v=0"]
    done = subprocess.run([*common, "--dump-dom", frame.as_uri()], capture_output=True, text=True, timeout=120)
    answer = re.search(r'<output id="answer">(.*?)</output>', done.stdout, re.S)
    told = json.loads(html.unescape(answer[1])) if answer and answer[1] != "none" else {}
    check(told.get("inner") == 375 and told["page"] <= 375 and not told["wide"], f"{name}: on a phone: {told or done.stdout[-500:]}")
    # The page as it is, with its policy: no complaint on the console, and only its own script ran.
    done = subprocess.run([*common, "--dump-dom", (folder / f"{name}.html").as_uri()], capture_output=True, text=True, timeout=120)
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    check(not said, f"{name}: console: {said[:3]}")
    check('class="copy"' in done.stdout, f"{name}: the page's script did not run")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pharos")
    parser.add_argument("--keep", type=pathlib.Path, help="write the pages here")
    a = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = a.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        many = folder / "many.log"
        many.write_text("\n".join(f"&&&& RUNNING TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=m{i}.onnx\n[09/19/2024-22:15:35] [E] Engine could not be created from network\n"
                                  f"&&&& FAILED TensorRT.trtexec [TensorRT v8601] # trtexec --onnx=m{i}.onnx" for i in range(60)))
        cases = {"fallback": [LOGS / "segnet-resize.log"], "chinese": [LOGS / "segnet-resize.log", "--lang", "zh"], "hostile": [LOGS / "hostile.log", "--all", "--fail-on", "warning"],
                 "several": [LOGS / "segnet-resize.log", LOGS / "hostile.log", "--fail-on", "error"], "runs": [many]}
        pages = {name: report(a.pharos, folder / f"{name}.html", *map(str, arguments)) for name, arguments in cases.items()}
        for name, page in pages.items():
            check_markup(name, page)
        for figure in ("Latency · distribution", "Latency and its parts", "Over the run", "Slowest layers", "Stages", "Memory in use"):
            check(figure in pages["fallback"], f"fallback: no {figure}")
        check('lang="zh-CN"' in pages["chinese"] and "根本原因" in pages["chinese"] and "What to do" not in pages["chinese"], "chinese: not in Chinese")
        check(pages["hostile"].count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5, "hostile: the evidence is not shown")
        check("The first 40 of 60 runs" in pages["runs"] and 'id="run40"' in pages["runs"] and 'id="run41"' not in pages["runs"], "runs: the limit is not kept or not told")
        check(pages["fallback"] == report(a.pharos, folder / "again.html", str(LOGS / "segnet-resize.log")), "the same log gives another page")
        browser = chromium()
        if browser:
            for name in ("fallback", "chinese", "hostile", "several", "runs"):
                check_in_browser(browser, name, pages[name], folder)
    for fault in faults:
        print(f"FAIL {fault}")
    if not faults:
        print(f"{len(pages)} pages well formed and self-contained; {'looked at in ' + browser if browser else 'no Chromium here: not looked at'}")
    return 1 if faults else 0 if browser else SKIPPED


if __name__ == "__main__":
    sys.exit(main())
