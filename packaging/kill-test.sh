#!/usr/bin/env bash
# The long form of tests/kill.rs: two processes label at once and are killed, 50 times.
set -euo pipefail
# Its figures are in benches/README.md.
cd "$(dirname "$0")/.."
MODELIER_KILL_REPEATS=${1:-50} cargo test --test kill -- --nocapture
