#!/usr/bin/env bash
# Installs what the tests need beside the .NET SDK: git's HTTP backend, RabbitMQ, ngircd, Prometheus and Alertmanager (started by the tests, on ports of their own), Chromium, strace, C compilers for native AOT, qemu, python-gitlab, Node.js packages
# (a real SMTP server and other implementations that we did not write), Python packages (AWS as others wrote it, the linter of template.yaml).
# Does nothing where all is there; names what is missing when it may not install.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

missing=()
command -v git >/dev/null || missing+=(git)
command -v strace >/dev/null || missing+=(strace)
command -v chromium >/dev/null || missing+=(chromium)
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing+=(rabbitmq-server)
[ -x /usr/sbin/ngircd ] || missing+=(ngircd)
# Both promtool, which reads what we say of ourselves, and the server that scrapes it.
command -v promtool >/dev/null && command -v prometheus >/dev/null || missing+=(prometheus)
command -v amtool >/dev/null && command -v prometheus-alertmanager >/dev/null || missing+=(prometheus-alertmanager)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)
command -v python3 >/dev/null || missing+=(python3)
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
# Native AOT links with a C compiler; for arm64 with clang and Debian's cross tools. What came out runs in qemu, with arm64's OpenSSL.
command -v clang >/dev/null || missing+=(clang)
[ -e /usr/include/stdlib.h ] || missing+=(libc6-dev)
command -v readelf >/dev/null || missing+=(binutils)
command -v aarch64-linux-gnu-gcc >/dev/null || missing+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
command -v aarch64-linux-gnu-objcopy >/dev/null || missing+=(binutils-aarch64-linux-gnu)
command -v qemu-aarch64 >/dev/null || missing+=(qemu-user)
[ -e /usr/lib/aarch64-linux-gnu/libssl.so.3 ] || missing+=(libssl3:arm64)
# A library of Debian's own interpreter, whichever python3 comes first in the PATH.
/usr/bin/python3 -E -s -c 'import gitlab' 2>/dev/null || missing+=(python3-gitlab)

if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "tests/setup.sh: please install: ${missing[*]}" >&2
    exit 1
  fi
  echo "tests/setup.sh: installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  [[ "${missing[*]}" != *:arm64* ]] || dpkg --add-architecture arm64
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# npm leaves its own copy of the lock behind: older than ours means that a peer was added or changed since.
installed=$here/peers/node_modules/.package-lock.json
if [ ! -f "$installed" ] || [ "$here/peers/package-lock.json" -nt "$installed" ]; then
  echo "tests/setup.sh: installing the test peers of tests/peers/package.json"
  (cd "$here/peers" && npm ci --silent --no-audit --no-fund --ignore-scripts)
fi

# Exactly the versions of requirements.txt, in whichever python3 comes first; an interpreter that belongs to the system has to be told so.
wanted=$here/requirements.txt
if ! python3 - "$wanted" <<'CHECK' 2>/dev/null
import re, sys
from importlib.metadata import version
for line in open(sys.argv[1], encoding="utf-8"):
    pin = re.match(r"([A-Za-z0-9-]+)(?:\[[^]]*\])?==(\S+)", line)
    if pin and version(pin[1]) != pin[2]:
        sys.exit(1)
import antlr4, flask, jsonpath_ng  # what moto's extras bring
CHECK
then
  echo "tests/setup.sh: installing the Python packages of tests/requirements.txt"
  python3 -m pip install -q --disable-pip-version-check -r "$wanted" 2>/dev/null \
    || python3 -m pip install -q --disable-pip-version-check --break-system-packages -r "$wanted"
fi
