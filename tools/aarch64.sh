#!/bin/bash
# Compiles Pharos for 64-bit ARM with Debian's cross compiler and runs the unit tests of its kernels under emulation.
#   tools/aarch64.sh [FOLDER]      FOLDER: build folder [build-aarch64]; the libraries of that architecture go to FOLDER/root
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-build-aarch64}
mkdir -p "$folder"
folder=$(realpath "$folder")

tools/deps.sh
packages=(g++-aarch64-linux-gnu qemu-user-static mmdebstrap)
root=()
[ "$(id -u)" = 0 ] || root=(sudo)
dpkg-query -W "${packages[@]}" >/dev/null 2>&1 || "${root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}"

# Unpacked, not installed: nothing of the other architecture comes near this machine's own packages.
if [ ! -d "$folder/root/usr" ]; then
  libraries=$(sed -n '/^packages=(/,/^)/p' tools/deps.sh | grep -oE '\blib[a-z0-9.+-]+|[a-z0-9-]+-dev\b' | sort -u | paste -sd,)
  mmdebstrap --quiet --variant=extract --architectures=arm64 --include="libc6-dev,libstdc++-12-dev,libgomp1,$libraries" \
    "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$folder/root"
fi

cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DPHAROS_TESTS=ON \
  -DCMAKE_TOOLCHAIN_FILE=cmake/toolchains/aarch64.cmake -DPHAROS_AARCH64_ROOT="$folder/root"
tests=(test_base test_graph test_ops test_engine test_tactics)
cmake --build "$folder" --target pharos "${tests[@]}"
# The emulator has no system call filters: that test is for the real thing.
for test in "${tests[@]}"; do
  qemu-aarch64-static -L "$folder/root" "$folder/bin/$test" --gtest_brief=1 --gtest_filter=-*WhereTheSystemLacksTheCall
done
