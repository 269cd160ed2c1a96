#!/usr/bin/env bash
# Draws docs/map.svg: frequent words of a text, by default of the Penn Treebank. Usage: docs/map.sh [CORPUS]
set -euo pipefail
rapidvec=${RAPIDVEC:-rapidvec}
folder=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# One thread, so that the picture is the same every time. Names of persons and places have no place on a map of everyday words:
# words 100 to 400 by frequency are past those that go with everything.
"$rapidvec" --quiet train "${1:-ptb}" --trainer word2vec --model skipgram --epochs 15 --threads 1 -o words.safetensors
"$rapidvec" vocab "${1:-ptb}" --top 420 --format tsv | cut -f 1 | grep -E '^[a-z]{3,}$' | tail -n +60 > list.txt
"$rapidvec" map words.safetensors --words list.txt -o "$folder/map.svg" --force
