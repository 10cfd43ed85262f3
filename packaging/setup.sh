#!/bin/sh
# Installs the system libraries that Modelier needs on Debian and Ubuntu: `setup.sh run` to build and run it,
# `setup.sh test` for the tests as well. Does nothing, and needs no network, where everything is there.
set -eu

# A C compiler for SQLite, Zstandard and BLAKE3; the rest is opened by the window when it starts.
packages='gcc libc6-dev libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon0 libxkbcommon-x11-0
libwayland-client0 libwayland-egl1 libegl1 libgl1 libgl1-mesa-dri'
case ${1-} in
    run) ;;
    # A display of their own, and real keys and mouse events, for the tests of the window.
    test) packages="$packages xvfb xdotool" ;;
    *) echo 'usage: packaging/setup.sh run|test' >&2 && exit 2 ;;
esac

if ! command -v cargo >/dev/null; then
    # rustup's own place, when the shell has not read its profile yet; the caller looks there too.
    [ -x "${HOME-}/.cargo/bin/cargo" ] || { echo 'Rust is missing: install it from https://rustup.rs, then run this again' >&2; exit 1; }
fi
# macOS and Windows have all of it; other Linux systems name their packages differently (see the README).
command -v dpkg-query >/dev/null || exit 0

missing=
for package in $packages; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=sudo
else
    echo "System packages are missing. Run this line, then the command again:" >&2
    echo "    sudo apt-get update && sudo apt-get install --yes --no-install-recommends$missing" >&2
    exit 1
fi
echo "Installing system packages:$missing"
$as_root apt-get update --quiet=2
# shellcheck disable=SC2086 # one word a package
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends $missing
