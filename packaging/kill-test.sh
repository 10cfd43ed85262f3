#!/usr/bin/env bash
# The long form of tests/kill.rs: two processes label at once and are killed, 50 times.
set -euo pipefail
cd "$(dirname "$0")/.."
MODELIER_KILL_REPEATS=${1:-50} cargo test --test kill -- --nocapture
