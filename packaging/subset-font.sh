#!/bin/sh
# Makes fonts/*.otf again: a subset of Noto Sans CJK SC that covers the window's text in English and Chinese.
# Needs: fonts-noto-cjk (Debian, Ubuntu), python3 with venv, the network for fonttools.
set -eu
cd "$(dirname "$0")/.."
source_folder=${1:-/usr/share/fonts/opentype/noto}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'fonttools==4.68.0'
"$work/venv/bin/python" packaging/subset_font.py "$source_folder" fonts
