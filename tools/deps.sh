#!/bin/bash
# Installs the Debian packages that the build needs, if any is missing. Uses sudo only where it is not root.
set -euo pipefail

packages=(
  g++ cmake ninja-build python3 python3-venv lld ccache
  libfmt-dev libxxhash-dev libre2-dev libprotobuf-dev protobuf-compiler libonnx-dev
  libflatbuffers-dev flatbuffers-compiler libdnnl-dev libhwy-dev libgtest-dev nlohmann-json3-dev
  libturbojpeg0-dev libopenjp2-7-dev libpng-dev libwebp-dev
  zlib1g-dev libzstd-dev libsqlite3-dev libtomlplusplus-dev libevent-dev zstd
)

if ! command -v dpkg-query >/dev/null; then
  echo "no Debian system: please install the like of: ${packages[*]}" >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

echo "installing: ${missing[*]}"
root=()
[ "$(id -u)" = 0 ] || root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${root[@]}" apt-get update -qq
"${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
