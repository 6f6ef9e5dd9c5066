#!/usr/bin/env bash
# Installs what the tests need beside the .NET SDK: git's HTTP backend, Chromium, strace, Node.js packages (a real SMTP server).
# Does nothing where all is there; names what is missing when it may not install.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

missing=()
command -v git >/dev/null || missing+=(git)
command -v strace >/dev/null || missing+=(strace)
command -v chromium >/dev/null || missing+=(chromium)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "tests/setup.sh: please install: ${missing[*]}" >&2
    exit 1
  fi
  echo "tests/setup.sh: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if [ -f "$here/peers/package.json" ] && [ ! -d "$here/peers/node_modules" ]; then
  echo "tests/setup.sh: installing the test peers of tests/peers/package.json"
  (cd "$here/peers" && npm ci --silent --no-audit --no-fund --ignore-scripts)
fi
