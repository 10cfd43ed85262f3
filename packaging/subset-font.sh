#!/bin/sh
# Makes the files in fonts/ again: subsets of Noto Sans CJK SC, and of its sisters for what it lacks.
# Needs: fonts-noto-cjk and fonts-noto-core (Debian, Ubuntu), python3 with venv, the network for fonttools.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet 'fonttools==4.68.0'
"$work/venv/bin/python" packaging/subset_font.py /usr/share/fonts/opentype/noto /usr/share/fonts/truetype/noto fonts
