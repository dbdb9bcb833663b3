#!/bin/bash
# Makes .venv with the packages that comparisons with other tools need (tests and benchmarks only, never the product).
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || python3 -m venv .venv
.venv/bin/python -c 'import numpy, onnx, onnxruntime' 2>/dev/null ||
  .venv/bin/python -m pip install --quiet --disable-pip-version-check numpy onnx onnxruntime
