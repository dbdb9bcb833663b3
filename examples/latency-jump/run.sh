#!/bin/sh
# Replays the story of README.md. Needs nothing but Pharos: no GPU, no TensorRT, no model.
# usage: run.sh [PHAROS [LANGUAGE]]
set -u
pharos=${1:-pharos}
case $pharos in */*) pharos=$(cd "$(dirname "$pharos")" && pwd)/$(basename "$pharos") ;; esac
cd "$(dirname "$0")" || exit 1
store=$(mktemp -d)
trap 'rm -rf "$store"' EXIT
export PHAROS_LANG="${2:-en}"

step() {
  printf '\n$ pharos'
  for word in "$@"; do
    case $word in "$store"/*) word=${word##*/} ;; esac
    printf ' %s' "$word"
  done
  printf '\n'
  "$pharos" "$@" 2>"$store/stderr"
  code=$?
  cat "$store/stderr"
  [ $code -eq 0 ] || printf '(exit code %s)\n' $code
}

step doctor week2/build.log
step doctor week2/build.log week2/profile.json
step compare week1 week2
step compare week2 week3
of="--model resnet50 --precision FP16 --store $store/baselines.db"
step baseline record week1/run.log week1/times.json --label week1 $of
step baseline check week2/run.log week2/times.json $of
